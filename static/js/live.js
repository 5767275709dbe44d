/* Screens that poll: a warning when no answer came for ten seconds, and a clock on the office's time. */
(() => {
  "use strict";
  const PATIENCE = 10_000;
  let heard = Date.now();
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.hasAttribute("data-live") && event.detail.successful) heard = Date.now();
  });
  const tick = () => {
    const late = Date.now() - heard > PATIENCE;
    document.querySelectorAll("[data-stale]").forEach((warning) => { if (warning.hidden === late) warning.hidden = !late; });
    document.querySelectorAll("[data-clock]").forEach((clock) => {
      const shown = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: clock.dataset.clock });
      if (clock.textContent !== shown) clock.textContent = shown;
    });
  };
  setInterval(tick, 1000);
  document.addEventListener("DOMContentLoaded", tick);
})();
