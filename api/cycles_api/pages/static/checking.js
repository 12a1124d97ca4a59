// A check that runs: its page looks again by itself; without scripts there is a button.
(() => {
  "use strict";
  const again = () => {
    if (document.visibilityState === "visible") location.reload();
    else setTimeout(again, 3000);
  };
  if (document.querySelector("[data-again]")) setTimeout(again, 3000);
})();
