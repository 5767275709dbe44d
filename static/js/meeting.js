/* "Guidance" beside a customer writes the number into the form: what is ticked stays ticked. Without this, the address does it. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-guide]");
    const number = document.getElementById("guidance_number");
    if (!link || !number || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    number.value = link.dataset.guide;
    const words = document.getElementById("guidance_words");
    words.focus({ preventScroll: true });
    document.getElementById("guide").scrollIntoView({ block: "center" });
  });
})();
