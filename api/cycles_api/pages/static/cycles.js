// What scripts add; every step works without them, and without a secure context.
(() => {
  "use strict";

  // A time mark at one tap: "08:05 " on a line of its own.
  for (const button of document.querySelectorAll("[data-mark]")) {
    const text = document.getElementById(button.dataset.mark);
    if (!text) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const now = new Date();
      const pad = (n) => String(n).padStart(2, "0");
      const mark = `${pad(now.getHours())}:${pad(now.getMinutes())} `;
      text.value += (text.value && !text.value.endsWith("\n") ? "\n" : "") + mark;
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  // A text into the clipboard at one tap, also where the browser lends no clipboard.
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

  // Drafts of long texts stay on this phone until the form is taken.
  let store;
  try {
    store = window.localStorage;
    store.getItem("cycles");
  } catch {
    return;
  }
  const done = document.querySelector(".done");
  if (done) {
    const sent = store.getItem("cycles-sent");
    if (sent) store.removeItem(sent);
    store.removeItem("cycles-sent");
  }
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const fields = [...form.querySelectorAll("textarea")];
    if (!fields.length) continue;
    const who = document.querySelector(".me summary");
    const key = `cycles-draft ${who ? who.textContent.trim() : ""} ${form.getAttribute("action")}`;
    let kept = {};
    try {
      kept = JSON.parse(store.getItem(key) || "{}");
    } catch {
      kept = {};
    }
    for (const field of fields) if (!field.value && kept[field.name]) field.value = kept[field.name];
    form.addEventListener("input", () => {
      const now = {};
      for (const field of fields) if (field.value) now[field.name] = field.value;
      try {
        store.setItem(key, JSON.stringify(now));
      } catch {
        // full, or switched off: the text is still on the page
      }
    });
    form.addEventListener("submit", () => store.setItem("cycles-sent", key));
  }

  // One press is one sending.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
