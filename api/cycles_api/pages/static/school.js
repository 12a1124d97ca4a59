// A phone's visit is seen without loading the page again.
(() => {
  "use strict";
  const box = document.querySelector("[data-again]");
  if (!box) return;
  setInterval(async () => {
    if (document.hidden) return;
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
