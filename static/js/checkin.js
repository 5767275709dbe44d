/* Enter in a search box inside the form presses its own button, not the one that registers. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-enter-presses]");
    if (!box || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    document.getElementById(box.dataset.enterPresses).click();
  });
})();
