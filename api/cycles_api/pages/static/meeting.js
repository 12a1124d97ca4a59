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
  const HELD_MS = 10000; // a finger whose leaving was never told is gone by then
  const TAP_MS = 300; // after a finger has left, its click may still come
  const LONGEST_MS = 4 * 3600 * 1000; // nobody meets for longer: a forgotten page falls silent
  const begun = Date.now();
  const note = root.querySelector(".lost");
  let tag = root.dataset.tag;
  let busy = false;
  let again = false;
  let heldUntil = 0;
  let pressed = 0; // counts what may have made older answers wrong
  let shownAt = Date.now();

  // What was said of the last press is not said again when the page renews itself.
  const here = new URL(window.location.href);
  here.searchParams.delete("done");
  window.history.replaceState(null, "", here);
  let next = here.href;

  const say = (text) => {
    if (note && note.textContent !== text) note.textContent = text;
  };

  const pause = (ms) => new Promise((done) => window.setTimeout(done, ms));

  // To the last byte: an answer that breaks off in a dead spot is none.
  const ask = async (address, options = {}) => {
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(address, {
        cache: "no-store",
        credentials: "same-origin",
        signal: stop.signal,
        ...options,
      });
      const { ok, status, redirected } = answer;
      return { ok, status, redirected, text: await answer.text() };
    } finally {
      window.clearTimeout(timer);
    }
  };

  // --- renewing -------------------------------------------------------------------------------

  const touched = (part) =>
    [...part.querySelectorAll("textarea, input, select")].some((field) => {
      if (field.type === "hidden" || field.form?.matches("[data-filed]")) return false;
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
    [...old.querySelectorAll("form[data-draft]:not([data-filed])")].some((form) =>
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

  // What is under a finger stays there until the finger is off: else the press meets nothing.
  const untouched = async () => {
    while (Date.now() < heldUntil) await pause(50);
  };

  const look = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const before = pressed;
    try {
      const wanted = next;
      if (wanted === here.href) {
        const asked = await ask(`${root.dataset.now}?seen=${encodeURIComponent(tag)}`);
        if (asked.redirected || asked.status === 404) {
          window.location.reload();
          return;
        }
        if (asked.status === 204 && note && note.textContent === note.dataset.lost) say("");
        if (asked.status !== 200) return;
      }
      const page = await ask(wanted);
      await untouched();
      if (!page.ok || pressed !== before) return;
      next = here.href;
      renew(page.text);
      if (wanted !== next) {
        root.closest("main").focus({ preventScroll: true });
        window.scrollTo(0, 0);
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

  const waiting = [];
  let pressing = false;
  let lost = false;
  const named = (form) => {
    const button = form.querySelector("button");
    return `${form.action} ${button.dataset.turn || button.textContent}`;
  };
  const there = (name) =>
    [...root.querySelectorAll("form[data-quiet]")].find(
      (form) => named(form) === name && form.querySelector("button:not([disabled], [hidden])"),
    );

  // Sent under the same key until it is heard, so it is done once.
  const send = async (form) => {
    const body = new URLSearchParams(new FormData(form));
    form.setAttribute("aria-busy", "true");
    let answer = null;
    while (!answer) {
      pressed += 1;
      try {
        answer = await ask(form.action, { method: "POST", body });
      } catch {
        lost = true;
        waiting.length = 0;
        say(note ? note.dataset.lost : "");
        await pause(EVERY_MS);
      }
    }
    lost = false;
    pressed += 1;
    await untouched();
    form.removeAttribute("aria-busy");
    delete form.dataset.sent;
    if (answer.ok) {
      renew(answer.text);
      return;
    }
    // The plain way says best what is wrong.
    waiting.length = 0;
    if (!form.isConnected) root.append(form);
    form.submit();
  };

  // One after another: what is pressed before the last press is answered waits for its turn.
  root.addEventListener("submit", async (event) => {
    if (!event.target.matches("form[data-quiet]")) return;
    event.preventDefault();
    if (!lost) waiting.push(named(event.target));
    if (pressing) return;
    pressing = true;
    while (waiting.length) {
      const form = there(waiting.shift());
      if (form) await send(form);
    }
    pressing = false;
  });

  const held = (ms) => () => (heldUntil = Date.now() + ms);
  window.addEventListener("pointerdown", held(HELD_MS));
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, held(TAP_MS));
  window.addEventListener("click", held(0));

  // What was filed on this page needs no other page: this one shows it.
  document.addEventListener("cycles:filed", (event) => {
    const to = new URL(event.detail.to, here);
    if (to.pathname !== here.pathname) return;
    event.preventDefault();
    event.detail.form.dataset.filed = "yes";
    next = to.href;
    pressed += 1;
    look();
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
