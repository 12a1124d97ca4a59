// A text into the clipboard at one tap, also where the browser lends no clipboard.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy]")) {
    const text = document.getElementById(button.dataset.copy);
    const box = text && text.closest("details");
    if (!box) continue;
    const said = box.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", (event) => {
      if (button.matches("summary") && box.open) return;
      event.preventDefault();
      box.open = true;
      text.focus({ preventScroll: true });
      text.select();
      text.setSelectionRange(0, text.value.length);
      const taken = document.execCommand("copy");
      // A phone's keyboard would cover what was just said.
      if (taken) button.focus({ preventScroll: true });
      said.textContent = taken ? said.dataset.copied : said.dataset.uncopied;
      document.getElementById(text.getAttribute("aria-describedby")).hidden = true;
    });
  }
})();
