// What is begun is kept: on this device at each key, at the school once it can be reached. What
// was pressed and not heard is sent again under the same key until it is heard, once.
(() => {
  "use strict";
  const person = document.body.dataset.person;
  const template = document.getElementById("writing");
  const words = template.dataset;
  const files = window.cyclesFiles;
  const writings = [];
  let wait = 10;

  // --- on this device, each person apart ---------------------------------------------------

  const every = "cycles.draft ";
  const mine = `${every}${person} `;
  const memory = new Map();
  let store = null;
  try {
    window.localStorage.getItem(mine);
    store = window.localStorage;
  } catch {
    // switched off: then only the school keeps drafts
  }
  const keys = () => (store ? Object.keys(store) : [...memory.keys()]);
  const read = (key) => {
    try {
      return JSON.parse(store ? store.getItem(key) : memory.get(key) || null);
    } catch {
      return null;
    }
  };
  const write = (key, entry) => {
    if (!store) memory.set(key, JSON.stringify(entry));
    try {
      if (store) store.setItem(key, JSON.stringify(entry));
    } catch {
      return false; // full
    }
    return Boolean(store);
  };
  const drop = (key) => (store ? store.removeItem(key) : memory.delete(key));
  const my = (entry) => entry && Array.isArray(entry.values);

  // A shared phone: what another left here and the school has is taken away.
  for (const key of keys().filter((k) => k.startsWith(every))) {
    const entry = read(key);
    const old = !my(entry) || entry.at < Date.now() - 92 * 864e5;
    if (!my(entry) || (entry.clean && !entry.waiting && (old || !key.startsWith(mine)))) drop(key);
  }

  // --- with the school ---------------------------------------------------------------------

  const ask = async (path, pairs, more = {}) => {
    const options = { headers: { "X-Cycles": "script" }, cache: "no-store", ...more };
    if (pairs) {
      options.method = "POST";
      options.body = new FormData();
      for (const [name, value] of pairs) options.body.append(name, value);
    }
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), pairs && pairs.some(([, v]) => v instanceof File) ? 6e5 : 3e4);
    try {
      const answer = await fetch(path, { ...options, signal: ended.signal });
      const text = await answer.text(); // one that breaks off in a dead spot is none
      return { ok: answer.ok, status: answer.status, headers: answer.headers, text };
    } finally {
      clearTimeout(timer);
    }
  };
  const isJson = (answer) => (answer.headers.get("content-type") || "").includes("json");
  const csrf = () => document.querySelector('input[name="csrf"]').value;

  /** The school's drafts of these forms; false: nobody, or somebody else, is signed in now. */
  const known = async (names) => {
    const asked = new URLSearchParams(names.map((name) => ["form", name]));
    const answer = await ask(`/drafts?${asked}`);
    if (answer.status >= 500) throw new Error("away");
    const told = isJson(answer) ? JSON.parse(answer.text) : {};
    if (told.person !== person) return false;
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = told.csrf;
    return told.drafts;
  };

  const keep = (name, entry, more) =>
    ask("/drafts", [["csrf", csrf()], ["form", name], ["after", entry.base], ["content", JSON.stringify(entry.values)]], more);

  /** Send what was pressed: {to}, {status, html}, or {out} where nobody is signed in. Throws. */
  const deliver = async ({ sent, base }, extra = []) => {
    for (const again of [true, false]) {
      const own = sent.pairs.filter(([name]) => name !== "csrf" && name !== "key");
      const pairs = [["csrf", csrf()], ["key", sent.key], ["pressed_ago", Math.round((Date.now() - sent.at) / 1e3)], ["draft_version", base], ...own, ...extra];
      const answer = await ask(sent.action, pairs);
      const to = answer.headers.get("location") || "";
      if (answer.status >= 500 || answer.status === 429) throw new Error("away");
      if (to.startsWith("/sign-in")) return { out: true };
      if (answer.ok && to) return { to };
      if (answer.status !== 403) return { status: answer.status, html: answer.text };
      if (!again || !(await known([]))) break;
    }
    return { out: true };
  };

  // --- forms -------------------------------------------------------------------------------

  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  const drafted = (form) =>
    [...form.elements].filter(
      (f) => f.name && !["BUTTON", "FIELDSET"].includes(f.tagName) && !["hidden", "file"].includes(f.type),
    );
  const values = (form) => [
    ...drafted(form).filter((f) => !ticks(f) || f.checked).map((f) => [f.name, f.value]),
    ...[...form.querySelectorAll("input[data-kept]")].map((f) => [f.name, f.value]),
  ];
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  const fill = (form, pairs) => {
    const said = new Map();
    for (const [name, value] of pairs) said.set(name, [...(said.get(name) || []), value]);
    for (const field of drafted(form)) {
      const there = said.get(field.name);
      if (field.type === "checkbox" || (field.type === "radio" && there)) {
        field.checked = (there || []).includes(field.value);
      } else if (!ticks(field) && there) field.value = there[0];
      const more = field.closest("details.more");
      if (more && field.value && !ticks(field)) more.open = true;
    }
    for (const input of form.querySelectorAll("input[data-file]")) {
      const [digest, name, size] = files.parts.map((p) => (said.get(`${input.name}.${p}`) || [""])[0]);
      if (digest) files.show(input, { digest, name, size: Number(size) });
    }
  };

  const label = (form, name) => {
    const field = [...form.elements].find((f) => f.name === name);
    const said = field && ((field.labels && field.labels[0]) || field.closest("fieldset")?.querySelector("legend"));
    return (field && field.getAttribute("aria-label")) || (said ? said.textContent : "");
  };

  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  class Writing {
    constructor(form) {
      this.form = form;
      this.name = form.dataset.draft;
      this.key = mine + this.name;
      this.first = values(form);
      this.line = form.querySelector("[data-state]") || document.createElement("p");
      this.line.className = "kept";
      this.line.setAttribute("aria-live", "polite");
      this.before = form.querySelector("button:not([type])");
      if (!this.line.isConnected) this.before.before(this.line);
      this.stored = true;
      this.entry = read(this.key);
      if (this.entry) fill(form, this.entry.values);
      this.say();
      form.addEventListener("input", () => this.typed());
      form.addEventListener("submit", (event) => this.press(event));
    }

    /** Where what is written is, in words. */
    say(note = "") {
      const entry = this.entry;
      const here = matchMedia("(pointer: coarse)").matches ? words.phone : words.computer;
      const parts = entry ? [note, this.stored ? here : words.unkept] : [];
      if (entry && entry.clean) parts.push(words.school);
      else if (entry && this.large) parts.push(words.large);
      else if (entry && this.alone) parts.push(words.alone);
      this.line.textContent = parts.filter(Boolean).join(" · ");
      this.line.classList.toggle("safe", Boolean(entry && entry.clean));
    }

    tell(text, link, to) {
      if (this.told) this.told.remove();
      this.told = null;
      if (!text) return;
      this.told = document.createElement("p");
      this.told.className = "faults unsent";
      this.told.setAttribute("role", "alert");
      this.told.textContent = text;
      if (link) {
        const leads = document.createElement("a");
        leads.href = to;
        leads.textContent = link;
        this.told.append(" ", leads);
      }
      this.before.before(this.told);
    }

    set(changes) {
      this.entry = { base: "", values: values(this.form), page: location.pathname, ...this.entry, ...changes, at: Date.now() };
      this.stored = write(this.key, this.entry);
      this.say();
    }

    typed() {
      if (this.done) return;
      const now = values(this.form);
      if (!this.entry && same(now, this.first)) return;
      if (this.entry && same(now, this.entry.values)) return;
      if (this.entry && this.entry.waiting) this.tell(words.changed);
      this.set({ values: now, clean: false, waiting: false });
      this.later();
    }

    later() {
      const long = JSON.stringify(this.entry.values).length > 8000;
      this.timer = this.timer || setTimeout(() => this.push(), long ? 10000 : 3000);
    }

    push(more) {
      clearTimeout(this.timer);
      this.timer = 0;
      if (this.busy || !this.entry || this.entry.clean || this.other || this.done) return this.busy;
      this.busy = this.save(more).finally(() => {
        this.busy = null;
        if (this.done) return;
        this.say();
        if (this.entry && !this.entry.clean && !this.other && !this.alone && !this.large) this.later();
      });
      return this.busy;
    }

    async save(more) {
      const sent = this.entry;
      try {
        const answer = await keep(this.name, sent, more);
        if (!isJson(answer)) {
          if (answer.status === 403) await known([]); // for the next time
          throw new Error("away");
        }
        const told = JSON.parse(answer.text);
        if (this.done) return;
        this.alone = false;
        this.large = answer.status === 413;
        if (answer.ok) this.set({ base: told.draft.version, clean: same(this.entry.values, sent.values) });
        else if (answer.status === 409) this.meet(told.draft);
      } catch {
        this.alone = true;
      }
    }

    /** What the school has of it, when the page is opened. */
    compare(draft) {
      const entry = this.entry;
      if (this.done || (!entry && !draft)) return;
      if (!entry) this.take(draft);
      else if (entry.waiting) return;
      else if (!draft && !entry.base) this.push();
      else if (!draft && entry.clean) {
        drop(this.key);
        this.entry = null;
        fill(this.form, this.first);
        this.say();
      } else if (draft && draft.version === entry.base) this.push();
      else if (draft && entry.clean) this.take(draft);
      else this.meet(draft);
    }

    take(draft) {
      const pairs = JSON.parse(draft.content);
      fill(this.form, pairs);
      this.set({ values: pairs, base: draft.version, clean: true });
      this.say(words.taken.replace("{at}", draft.at).replace("{device}", draft.device).trim());
    }

    /** Another device wrote, too, or has filed it: nothing is thrown away unasked. */
    meet(draft) {
      if (!draft) {
        this.tell(words.gone);
        this.set({ base: "", clean: false });
        this.later();
      } else if (draft.content === JSON.stringify(this.entry.values)) {
        this.set({ base: draft.version, clean: true });
      } else this.choose(draft);
    }

    choose(draft) {
      if (this.other) this.other.remove();
      const theirs = JSON.parse(draft.content);
      const here = new Map(this.entry.values);
      this.other = template.content.firstElementChild.cloneNode(true);
      this.other.querySelector("[data-where]").textContent = `${draft.at} ${draft.device}`;
      const list = this.other.querySelector("[data-theirs]");
      for (const [name, value] of theirs.filter(([n, v]) => v && here.get(n) !== v && !/\.(digest|size)$/.test(n))) {
        for (const [tag, text] of [["dt", label(this.form, name)], ["dd", value]]) {
          const part = document.createElement(tag);
          part.textContent = text;
          list.append(part);
        }
      }
      this.other.addEventListener("click", (event) => {
        const choice = event.target.dataset.choose;
        if (!choice) return;
        if (choice === "theirs") fill(this.form, theirs);
        if (choice === "both") this.join(theirs);
        this.other.remove();
        this.other = null;
        this.set({ values: values(this.form), base: draft.version, clean: false });
        this.push();
      });
      this.before.before(this.other);
    }

    /** Their words after mine; what can be but one thing stays mine unless it is empty. */
    join(theirs) {
      const said = new Map(theirs);
      for (const field of drafted(this.form)) {
        const other = said.get(field.name);
        if (!other || ticks(field) || field.value.includes(other)) continue;
        if (!field.value) field.value = other;
        else if (other.includes(field.value)) field.value = other;
        else if (field.tagName === "TEXTAREA") field.value += `\n${other}`;
      }
    }

    // --- sending ---------------------------------------------------------------------------

    chosen() {
      return [...new FormData(this.form)].filter(([, v]) => v instanceof File && v.name);
    }

    async press(event) {
      event.preventDefault();
      if (this.sending || this.done) return;
      const button = event.submitter;
      const pairs = [...new FormData(this.form)].filter(([, v]) => !(v instanceof File));
      if (button && button.name) pairs.push([button.name, button.value]);
      const plain = pairs.filter(([n]) => !["csrf", "key", "revision", "draft"].includes(n));
      const before = this.entry && this.entry.sent;
      const again = before && same(before.plain, plain);
      // Pressed again with other words it is another thing: the first may have been heard.
      const key = again ? before.key : before ? fresh() : this.form.elements.key.value;
      const sent = {
        key,
        plain,
        pairs,
        action: this.form.getAttribute("action"),
        at: again ? before.at : Date.now(),
        title: this.form.dataset.title,
        files: this.chosen().map(([, file]) => file.name),
      };
      this.set({ sent, waiting: true, values: values(this.form) });
      await this.send();
    }

    async send() {
      const sent = this.entry.sent;
      const extra = this.chosen();
      if (extra.length < sent.files.length) {
        this.set({ waiting: false });
        return this.tell(words.chooseFile.replace("{name}", sent.files.join(", ")));
      }
      this.sending = true;
      this.form.setAttribute("aria-busy", "true");
      try {
        await this.busy;
        this.heard(await deliver(this.entry, extra));
      } catch {
        this.tell(words.unsent);
        this.alone = true;
        this.say();
      } finally {
        this.sending = false;
        this.form.removeAttribute("aria-busy");
        delete this.form.dataset.sent;
      }
    }

    heard(answer) {
      if (answer.to) {
        this.done = true;
        drop(this.key);
        const filed = new CustomEvent("cycles:filed", { cancelable: true, detail: { form: this.form, to: answer.to } });
        if (document.dispatchEvent(filed)) location.assign(answer.to);
      } else if (answer.out) {
        this.tell(words.out, words.signIn, `/sign-in?next=${encodeURIComponent(location.pathname)}`);
      } else {
        const page = new DOMParser().parseFromString(answer.html, "text/html");
        this.set({ waiting: false, sent: undefined });
        if (answer.status === 422 && page.querySelector("form[data-draft]")) show(page);
        else {
          const text = [...page.querySelectorAll("main h1, main h1 ~ p")].map((p) => p.textContent.trim()).join(" ");
          this.tell(text, words.look, location.pathname);
        }
      }
    }
  }

  /** Another page in the place of this one, with nothing loaded anew that is there. */
  const show = (page) => {
    for (const asset of page.querySelectorAll("head link[rel=stylesheet], head script[src]")) {
      const source = asset.getAttribute("src") || asset.getAttribute("href");
      if (document.querySelector(`head [src="${source}"], head [href="${source}"]`)) continue;
      const made = document.createElement(asset.tagName);
      for (const { name, value } of asset.attributes) made.setAttribute(name, value);
      document.head.append(made);
    }
    const main = page.querySelector("main");
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    document.dispatchEvent(new CustomEvent("cycles:renewed"));
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  };

  // --- what waits --------------------------------------------------------------------------

  /** What was pressed on pages that are not open any more. */
  const sendOthers = async () => {
    for (const key of keys().filter((k) => k.startsWith(mine))) {
      const entry = read(key);
      if (!my(entry) || !entry.waiting || writings.some((w) => w.key === key) || entry.sent.files.length) continue;
      const answer = await deliver(entry);
      if (answer.out) return;
      if (answer.to) drop(key);
      else write(key, { ...entry, waiting: false, sent: undefined });
      const said = document.createElement("p");
      said.className = answer.to ? "done" : "faults";
      said.setAttribute("role", answer.to ? "status" : "alert");
      said.textContent = (answer.to ? words.sent : words.refused).replace("{title}", entry.sent.title);
      if (!answer.to) {
        const leads = document.createElement("a");
        leads.href = entry.sent.action;
        leads.textContent = words.look;
        said.append(" ", leads);
      }
      document.querySelector("main h1").after(said);
    }
  };

  let turn = null;
  const again = () => {
    turn = turn || all().finally(() => (turn = null));
    return turn;
  };
  const all = async () => {
    try {
      await sendOthers();
    } catch {
      // still away
    }
    for (const w of [...writings]) {
      if (w.entry && w.entry.waiting && !w.sending && !w.done) await w.send();
      else await w.push();
    }
  };
  const left = () =>
    keys().some((k) => k.startsWith(mine) && (read(k) || {}).waiting) || writings.some((w) => w.entry && !w.entry.clean);
  const beat = async () => {
    if (left()) await again();
    wait = left() ? Math.min(wait * 2, 60) : 10;
    setTimeout(beat, wait * 1000);
  };

  const start = async (first = true) => {
    const gone = writings.filter((w) => !w.form.isConnected);
    for (const w of gone) writings.splice(writings.indexOf(w), 1);
    const names = new Set(writings.map((w) => w.name));
    const here = [];
    for (const form of document.querySelectorAll("form[data-draft]")) {
      if (names.has(form.dataset.draft)) continue;
      names.add(form.dataset.draft);
      here.push(new Writing(form));
    }
    writings.push(...here);
    if (!first && !here.length) return;
    try {
      const drafts = here.length ? await known(here.map((w) => w.name)) : {};
      if (drafts) for (const w of here) w.compare(drafts[w.name]);
      if (drafts) await again();
    } catch {
      for (const w of here.filter((one) => one.entry)) {
        w.alone = true;
        w.say();
      }
    }
  };

  // A page renewed a part of itself: what is gone is let go, what came is kept from now on.
  document.addEventListener("cycles:renewed", () => start(false));
  window.addEventListener("online", () => again());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") again();
    else for (const w of writings) if (w.entry && JSON.stringify(w.entry.values).length < 2e4) w.push({ keepalive: true });
  });
  // A page that is taken out of the drawer shows what its form had, not what was written since.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // --- leaving -----------------------------------------------------------------------------

  const safe = async () => {
    for (const key of keys().filter((k) => k.startsWith(mine))) {
      const entry = read(key);
      if (!my(entry) || (entry.clean && !entry.waiting)) continue;
      if (entry.waiting || !(await keep(key.slice(mine.length), entry)).ok) return false;
    }
    return true;
  };
  for (const form of document.querySelectorAll('form[action^="/sign-out"]'))
    form.addEventListener("submit", async (event) => {
      const wipe = () => {
        for (const w of writings) w.done = true;
        keys().filter((k) => k.startsWith(mine)).forEach(drop);
      };
      if (form.dataset.warned) return wipe();
      const pressed = event.submitter || document.activeElement;
      event.preventDefault();
      try {
        await again();
        if (!(await safe())) throw new Error("away");
        wipe();
        // Sent from here, a form would leave out which of its buttons was pressed.
        if (pressed && pressed.name) {
          const as = document.createElement("input");
          [as.type, as.name, as.value] = ["hidden", pressed.name, pressed.value];
          form.append(as);
        }
        form.submit();
      } catch {
        form.dataset.warned = "yes";
        const said = document.createElement("p");
        said.className = "fault";
        said.setAttribute("role", "alert");
        said.textContent = words.leaving;
        form.before(said);
      }
      delete form.dataset.sent;
    });

  start();
  setTimeout(beat, wait * 1000);
})();
