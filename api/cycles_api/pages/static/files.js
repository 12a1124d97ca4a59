// A file goes to the school when it is chosen; the form then only names it, and so does a draft.
(() => {
  "use strict";
  const words = document.getElementById("writing").dataset;
  const parts = ["digest", "name", "size"];

  const line = (input) => {
    const next = input.nextElementSibling;
    if (next && next.matches(".chosen")) return next;
    const made = document.createElement("p");
    made.className = "chosen";
    made.setAttribute("aria-live", "polite");
    input.after(made);
    return made;
  };

  const hidden = (input, part) => {
    const name = `${input.name}.${part}`;
    const there = input.form.querySelector(`input[type=hidden][name="${name}"]`);
    if (there) return there;
    const made = document.createElement("input");
    made.type = "hidden";
    made.name = name;
    input.before(made);
    return made;
  };

  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

  const say = (input, text, file, fault) => {
    const said = line(input);
    said.className = fault ? "chosen fault" : "chosen";
    const name = file ? `${file.name}${file.size ? ` (${size(file.size)})` : ""}` : "";
    said.textContent = text.replace("{name}", name);
    return said;
  };

  const changed = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));

  /** The field holds a file that the school has: {digest, name, size}; null: none of ours. */
  const show = (input, file) => {
    for (const part of parts) {
      const field = hidden(input, part);
      if (!("before" in field.dataset)) field.dataset.before = field.value;
      field.value = file ? file[part] || "" : field.dataset.before;
      if (file) field.dataset.kept = "yes";
      else delete field.dataset.kept;
    }
    input.value = "";
    const before = input.closest(".field").querySelector("[data-there]");
    if (before) before.hidden = Boolean(file);
    if (!file) return line(input).remove();
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "plain";
    remove.textContent = words.remove;
    remove.addEventListener("click", () => {
      show(input, null);
      changed(input);
      input.focus();
    });
    say(input, words.there, file).append(" ", remove);
  };

  const take = async (input) => {
    const file = input.files[0];
    if (!file) return;
    say(input, words.sending, file);
    const body = new FormData();
    body.append("csrf", input.form.elements.csrf.value);
    body.append("file", file);
    let told = null;
    let taken = false;
    try {
      const answer = await fetch("/drafts/files", {
        method: "POST",
        body,
        headers: { "X-Cycles": "script" },
      });
      taken = answer.ok;
      told = await answer.json();
    } catch {
      told = null; // it goes with the form
    }
    if (input.files[0] !== file) return;
    if (taken && told) {
      show(input, { ...told, size: file.size });
      changed(input);
    } else if (told && told.said) {
      input.value = "";
      say(input, told.said, null, true);
    } else say(input, words.later, file);
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-file]")) take(event.target);
  });
  for (const kind of ["dragover", "drop"])
    document.addEventListener(kind, (event) => {
      const field = event.target.closest(".field");
      const input = field && field.querySelector("input[data-file]");
      if (!input || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "dragover") return;
      input.files = event.dataTransfer.files;
      take(input);
    });

  window.cyclesFiles = { show, parts };
})();
