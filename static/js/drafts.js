/* Keeps what was typed into a form marked data-draft="name" for a day on this device, for this person only.
   The draft goes when the form is accepted (a page carrying data-draft-done="name" is shown) and at sign-out. */
(() => {
  "use strict";
  const DAY = 24 * 3600 * 1000;
  const PREFIX = "draft:";
  const keyOf = (name) => `${PREFIX}${document.body.dataset.user}:${name}`;
  const all = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const skipped = (field) => !field.name || ["hidden", "password", "file", "submit"].includes(field.type);

  const read = (key) => {
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      return draft && Date.now() - draft.at < DAY ? draft.values : null;
    } catch { return null; }
  };
  const save = (form) => {
    const values = [...form.elements].filter((field) => !skipped(field))
      .map((field) => [field.name, field.value, ["checkbox", "radio"].includes(field.type) ? field.checked : null]);
    localStorage.setItem(keyOf(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
  };
  const fill = (form) => {
    if (form.querySelector("[data-error-summary]")) return;
    (read(keyOf(form.dataset.draft)) || []).forEach(([name, value, checked]) => {
      [...form.elements].filter((field) => field.name === name && !skipped(field)).forEach((field) => {
        if (checked === null) { if (!field.value) field.value = value; } else if (field.value === value) field.checked = checked;
      });
    });
  };

  const start = () => {
    all().forEach((key) => { if (!read(key)) localStorage.removeItem(key); });
    document.querySelectorAll("[data-draft-done]").forEach((mark) => localStorage.removeItem(keyOf(mark.dataset.draftDone)));
    document.querySelectorAll("form[data-draft]").forEach(fill);
  };
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", (event) => {
    event.target.querySelectorAll("[data-draft-done]").forEach((mark) => localStorage.removeItem(keyOf(mark.dataset.draftDone)));
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (form) save(form);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-clear-drafts]")) all().forEach((key) => localStorage.removeItem(key));
  });
})();
