/* A pressed button stays busy until the answer is here: nothing is sent twice. */
(() => {
  "use strict";
  const buttonsOf = (form, submitter) => (submitter ? [submitter] : form.querySelectorAll("button[type=submit], button:not([type])"));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    buttonsOf(form, event.submitter).forEach((button) => button.setAttribute("aria-busy", "true"));
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if (event.detail.requestConfig.verb === "get") return;
    if (source.dataset.sent) { event.preventDefault(); return; }
    source.dataset.sent = "1";
    const form = source.closest("form");
    (form ? buttonsOf(form) : [source]).forEach((button) => button.setAttribute("aria-busy", "true"));
  });

  const release = (root) => {
    root.querySelectorAll("[data-sent]").forEach((element) => delete element.dataset.sent);
    root.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const source = event.detail.elt;
    if (event.detail.requestConfig.verb === "get") return;
    delete source.dataset.sent;
    source.removeAttribute("aria-busy");
    release(source.closest("form") || source);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) release(document); });
})();
