// One press prints: the button here, or the link that led here.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  if (location.hash === "#print") {
    history.replaceState(null, "", location.pathname);
    window.addEventListener("load", () => window.print());
  }
})();
