/* The day of the next contact follows the level that is chosen; an earlier day that was typed stays. */
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const field = event.target.form?.querySelector("[data-latest]");
    if (!field || event.target.name !== "level") return;
    const latest = JSON.parse(field.dataset.latest)[event.target.value] || "";
    field.max = latest;
    if (!latest || !field.value || field.value > latest || field.value === field.dataset.proposed || field.value === field.defaultValue) field.value = latest;
    field.dataset.proposed = latest;
  });
})();
