/* "/" goes to the search field, or to its page where the field has no room; Escape leaves it. Silent while typing or composing. */
(() => {
  "use strict";
  const typing = (event) => event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || event.target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    const field = document.getElementById("find");
    if (!field) return;
    if (event.key === "Escape" && document.activeElement === field) field.blur();
    if (event.key !== "/" || event.repeat || typing(event)) return;
    event.preventDefault();
    if (field.offsetParent) field.focus();
    else document.querySelector(".find-link")?.click();
  });
})();
