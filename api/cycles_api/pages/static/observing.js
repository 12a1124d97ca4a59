// Notes through a lesson: a time mark at one tap, and how long the lesson has been going on.
(() => {
  "use strict";
  const MARK = /^\s*([01]?\d|2[0-3])[:：]([0-5]\d)(?!\d)/m;
  const LONGEST = 150; // minutes: two lessons and the break between them
  const pad = (n) => String(n).padStart(2, "0");

  const begin = () => {
    const bar = document.querySelector("[data-bar]");
    const text = document.getElementById("notes");
    if (!bar || !text || !bar.hidden) return;
    const words = bar.dataset;
    const clock = bar.querySelector("[data-clock]");
    const plain = bar.querySelector('[data-mark=""]');
    const label = plain.textContent;
    bar.hidden = false;
    document.querySelector("[data-plain]").hidden = true;

    /** The lesson began with the first mark: whoever goes on elsewhere sees the same. */
    const show = () => {
      const now = new Date();
      const first = MARK.exec(text.value);
      plain.textContent = first ? `${label} ${pad(now.getHours())}:${pad(now.getMinutes())}` : words.start;
      const since = first ? now.getHours() * 60 + now.getMinutes() - first[1] * 60 - first[2] : -1;
      // Notes of this morning's lesson, looked at in the evening, belong to no clock.
      clock.textContent = since >= 0 && since < LONGEST ? words.lesson.replace("{n}", since + 1) : "";
    };
    const tick = () => {
      if (!text.isConnected) return;
      show();
      setTimeout(tick, 5000);
    };

    const mark = (said) => {
      const now = new Date();
      const time = `${pad(now.getHours())}:${pad(now.getMinutes())} `;
      const lines = text.value.split("\n");
      // The same minute, and nothing written yet: that line is meant.
      if (lines[lines.length - 1].trim() === time.trim()) lines.pop();
      else if (lines[lines.length - 1] === "") lines.pop();
      const first = !MARK.test(text.value);
      text.value = [...lines, time + (said || (first ? `${words.begin} ` : ""))].join("\n");
      text.focus({ preventScroll: true });
      text.setSelectionRange(text.value.length, text.value.length);
      text.scrollTop = text.scrollHeight;
      const under = text.getBoundingClientRect().bottom - (window.visualViewport || { height: innerHeight }).height;
      if (under > 0) scrollBy(0, under + 16);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    };
    for (const button of bar.querySelectorAll("[data-mark]")) {
      button.addEventListener("click", () => {
        mark(button.dataset.mark);
        show();
      });
    }
    tick();
  };
  begin();
  document.addEventListener("cycles:renewed", begin);
})();
