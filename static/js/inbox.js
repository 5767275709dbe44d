/* j and k walk through the items of [data-keys]; Enter opens. Silent while typing or composing Chinese. */
(() => {
  "use strict";
  const typing = (event) => event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || event.target.matches("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || typing(event)) return;
    const items = [...document.querySelectorAll("[data-keys] [data-item]")];
    if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    const next = at === -1 ? 0 : Math.min(items.length - 1, Math.max(0, at + step));
    items[next].focus();
    event.preventDefault();
  });
})();
