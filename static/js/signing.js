/* j and k walk through the list, a presses the deciding button, r asks why it goes back. Silent while typing or composing. */
(() => {
  "use strict";
  const typing = (event) => event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const step = (by) => {
    const items = [...document.querySelectorAll("#signing [data-item]")];
    const at = items.findIndex((item) => item.hasAttribute("aria-current"));
    items[Math.min(items.length - 1, Math.max(0, at + by))]?.click();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    a: () => document.querySelector("#signing [data-key=a]")?.click(),
    r: () => {
      const details = document.querySelector("#signing [data-key=r]")?.closest("details");
      if (!details) return;
      details.open = true;
      details.querySelector("textarea, input:not([type=hidden])")?.focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.repeat || typing(event)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("htmx:afterSettle", () => {
    document.querySelector("#signing [data-item][aria-current]")?.scrollIntoView({ block: "nearest" });
  });
})();
