// Ticks of a sample stay on this computer; without scripts they are for paper.
(() => {
  "use strict";
  const list = document.querySelector("[data-ticks]");
  if (!list) return;
  const key = `ticks:${list.dataset.ticks}`;
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(key) || "[]");
  } catch {
    return; // a browser that keeps nothing
  }
  boxes.forEach((box, at) => {
    box.checked = kept.includes(at);
    box.addEventListener("change", () => {
      const ticked = boxes.flatMap((one, place) => (one.checked ? [place] : []));
      try {
        localStorage.setItem(key, JSON.stringify(ticked));
      } catch {
        // full, or forbidden: the tick stands until the page is left
      }
    });
  });
})();
