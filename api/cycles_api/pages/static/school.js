// A phone's visit is seen without loading the page again.
(() => {
  "use strict";
  const box = document.querySelector("[data-again]");
  if (!box) return;
  const LONGEST_MS = 15 * 60 * 1000; // a page that was left open lets its session end
  const begun = Date.now();
  setInterval(async () => {
    if (document.hidden || Date.now() - begun > LONGEST_MS) return;
    try {
      const answer = await fetch(box.dataset.again, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById(box.id);
      if (now && now.innerHTML !== box.innerHTML) box.innerHTML = now.innerHTML;
    } catch {
      // Tried again in a moment.
    }
  }, 3000);
})();
