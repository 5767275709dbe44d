/* Focus goes to the error summary; what an htmx request could not do is said in words. */
(() => {
  "use strict";
  const focusSummary = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  };
  document.addEventListener("DOMContentLoaded", () => focusSummary(document));
  document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.target));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) return;
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const control = field.matches("input, select, textarea") ? field : field.querySelector("input") || field;
    control.focus();
    control.closest(".field")?.scrollIntoView({ block: "start" });
  });

  const say = (sentence) => {
    const line = document.createElement("p");
    line.className = "message error";
    line.textContent = sentence;
    document.getElementById("messages").replaceChildren(line);
    line.scrollIntoView({ block: "nearest" });
  };
  const sentenceOf = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    return page.querySelector("[data-sentence]")?.textContent.trim();
  };
  const polled = (event) => event.detail.elt.hasAttribute("data-quiet");
  document.addEventListener("htmx:responseError", (event) => {
    if (!polled(event)) say(sentenceOf(event.detail.xhr.responseText) || document.body.dataset.refused);
  });
  document.addEventListener("htmx:sendError", (event) => { if (!polled(event)) say(document.body.dataset.unreachable); });
})();
