/* On a phone the number that was just asked for is dialled at once. */
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const link = document.querySelector("a[data-call-now]");
    if (link && matchMedia("(pointer: coarse)").matches) link.click();
  });
})();
