// Keeps the page of a meeting as it is for everybody else: asks often, renews what has changed.
(() => {
  "use strict";

  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const root = document.querySelector("[data-now]");
  if (!root) return;
  const EVERY_MS = 2000;
  const PATIENCE_MS = 10000;
  const LONGEST_MS = 4 * 3600 * 1000; // nobody meets for longer: a forgotten page falls silent
  const begun = Date.now();
  const note = root.querySelector(".lost");
  let tag = root.dataset.tag;
  let busy = false;
  let again = false;
  let shownAt = Date.now();

  // What was said of the last press is not said again when the page renews itself.
  const here = new URL(window.location.href);
  here.searchParams.delete("done");
  window.history.replaceState(null, "", here);

  const say = (text) => {
    if (note && note.textContent !== text) note.textContent = text;
  };

  const ask = async (address, options = {}) => {
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      return await fetch(address, {
        cache: "no-store",
        credentials: "same-origin",
        signal: stop.signal,
        ...options,
      });
    } finally {
      window.clearTimeout(timer);
    }
  };

  // --- renewing -------------------------------------------------------------------------------

  const touched = (part) =>
    [...part.querySelectorAll("textarea, input, select")].some((field) => {
      if (field.type === "hidden") return false;
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.type === "file") return field.files.length > 0;
      if (field.tagName === "SELECT") return [...field.options].some((o) => o.selected !== o.defaultSelected);
      return field.value !== field.defaultValue;
    });

  const SECRET = "csrf key revision number".split(" ");
  const secrets = (part) => [...part.querySelectorAll("input[type=hidden]")].filter((f) => SECRET.includes(f.name));

  // A part without what is another each time: tokens, keys, what scripts have done to it.
  const plain = (part) => {
    const copy = part.cloneNode(true);
    for (const field of secrets(copy)) field.setAttribute("value", "");
    for (const left of copy.querySelectorAll("[data-left]")) left.textContent = left.dataset.left = "";
    for (const form of copy.querySelectorAll("form")) form.removeAttribute("data-sent");
    for (const box of copy.querySelectorAll("details")) box.removeAttribute("open");
    for (const told of copy.querySelectorAll(".kept, .unsent")) told.remove();
    return copy.innerHTML;
  };

  // A form that is being written in stays: its words are looked after by drafts.js.
  const keepsForm = (old, next) =>
    [...old.querySelectorAll("form[data-draft]")].some((form) =>
      [...next.querySelectorAll("form[data-draft]")].some((other) => other.dataset.draft === form.dataset.draft),
    );

  const renewSecrets = (old, fresh) => {
    const news = secrets(fresh);
    secrets(old).forEach((field, i) => {
      if (news[i] && news[i].name === field.name) field.value = news[i].value;
    });
    for (const form of old.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  };

  const swap = (old, fresh) => {
    const open = [...old.querySelectorAll("details[open] > summary")].map((s) => s.textContent);
    const focus = old.contains(document.activeElement) ? document.activeElement : null;
    const spot = focus && `${focus.tagName} ${focus.name || ""} ${focus.dataset.turn || focus.textContent}`;
    old.innerHTML = fresh.innerHTML;
    for (const summary of old.querySelectorAll("details > summary")) {
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
    }
    if (!focus) return;
    const same = [...old.querySelectorAll("button, a, input, textarea, summary")].find(
      (e) => `${e.tagName} ${e.name || ""} ${e.dataset.turn || e.textContent}` === spot,
    );
    if (same) same.focus({ preventScroll: true });
  };

  const renew = (html) => {
    const made = new DOMParser().parseFromString(html, "text/html");
    const fresh = made.querySelector("[data-now]");
    if (!fresh) {
      window.location.reload();
      return;
    }
    tag = fresh.dataset.tag;
    shownAt = Date.now();
    let kept = false;
    for (const old of [...root.querySelectorAll("[data-part]")]) {
      const next = fresh.querySelector(`#${old.id}`);
      if (next && keepsForm(old, next)) {
        if (!touched(old)) renewSecrets(old, next);
        for (const box of old.querySelectorAll("details.do")) if (!next.querySelector("details.do")) box.open = true;
      } else if (next && plain(next) === plain(old)) {
        if (!touched(old)) renewSecrets(old, next);
        const left = old.querySelector("[data-left]");
        if (left) left.dataset.left = next.querySelector("[data-left]").dataset.left;
      } else if (touched(old)) {
        kept = true;
      } else if (next) {
        swap(old, next);
      } else {
        old.remove();
      }
    }
    let before = null;
    for (const next of fresh.querySelectorAll("[data-part]")) {
      const old = root.querySelector(`#${next.id}`);
      if (!old && before) before.after(document.importNode(next, true));
      before = root.querySelector(`#${next.id}`) || before;
    }
    say(kept ? note.dataset.kept : "");
    tick();
    document.dispatchEvent(new CustomEvent("cycles:renewed"));
  };

  const look = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const asked = await ask(`${root.dataset.now}?seen=${encodeURIComponent(tag)}`);
      if (asked.redirected || asked.status === 404) {
        window.location.reload();
        return;
      }
      if (asked.status === 200) {
        const page = await ask(here.href);
        if (page.ok) renew(await page.text());
      } else if (asked.status === 204 && note && note.textContent === note.dataset.lost) {
        say("");
      }
    } catch {
      say(note ? note.dataset.lost : "");
    } finally {
      busy = false;
      if (again) {
        again = false;
        look();
      }
    }
  };

  const keepLooking = async () => {
    if (!root.isConnected) return; // another page stands in its place
    if (!document.hidden && Date.now() - begun < LONGEST_MS) await look();
    window.setTimeout(keepLooking, EVERY_MS);
  };
  window.setTimeout(keepLooking, EVERY_MS);
  // Back from another app, from a sleep, from a dead spot: at once.
  document.addEventListener("visibilitychange", () => document.hidden || look());
  window.addEventListener("online", look);
  window.addEventListener("pageshow", (event) => event.persisted && look());

  // --- presses that need no new page ------------------------------------------------------------

  root.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-quiet]")) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    try {
      const answer = await ask(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      renew(await answer.text());
    } catch {
      // The plain way says best what is wrong, and sends the same key again: it is done once.
      form.removeAttribute("data-quiet");
      if (navigator.onLine) form.submit();
      else say(note.dataset.lost);
    } finally {
      delete form.dataset.sending;
      delete form.dataset.sent;
      if (!navigator.onLine) form.setAttribute("data-quiet", "");
    }
  });

  document.addEventListener("keydown", (event) => {
    const wants = { ArrowRight: "onward", PageDown: "onward", ArrowLeft: "back", PageUp: "back" }[event.key];
    if (!wants || !root.matches(".wall") || event.altKey || event.ctrlKey || event.metaKey) return;
    const button = root.querySelector(`[data-turn=${wants}]:not([disabled])`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // --- the rest -----------------------------------------------------------------------------------

  const tick = () => {
    for (const clock of root.querySelectorAll("[data-left]")) {
      const left = Math.max(0, Math.round(clock.dataset.left - (Date.now() - shownAt) / 1000));
      const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (clock.textContent !== text) clock.textContent = text;
    }
  };
  window.setInterval(tick, 500);
})();
