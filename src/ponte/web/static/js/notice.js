// Short messages: shown for a while, read aloud, with an undo where there is one.
(() => {
  "use strict";
  const LONG = 10_000, SHORT = 6_000;
  const place = document.getElementById("toasts"), said = document.getElementById("said");
  if (!place) return;
  const token = () => document.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";

  function expire(toast, after) {
    let timer = setTimeout(() => toast.remove(), after);
    const hold = () => clearTimeout(timer);
    const go = () => { hold(); timer = setTimeout(() => toast.remove(), after); };
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", go);
    toast.addEventListener("focusout", go);
  }

  function button(text, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn small ghost", textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  function undo(ids, toast) {
    toast.remove();
    const values = { csrfmiddlewaretoken: token(), verb: "restore", id: ids.map(String) };
    htmx.ajax("POST", "/produtos/acoes", { source: document.body, values, swap: "none" });
  }

  function show({ text, undo: ids = [], reload = false }) {
    const toast = document.createElement("div"), words = document.createElement("span");
    toast.className = "toast";
    words.textContent = text;
    toast.append(words);
    if (ids.length) toast.append(button(place.dataset.undo, () => undo(ids, toast)));
    if (reload) toast.append(button(place.dataset.reload, () => location.reload()));
    place.replaceChildren(toast);
    said.textContent = text;
    expire(toast, ids.length || reload ? LONG : SHORT);
  }

  document.querySelectorAll("[data-toast]").forEach((toast) => expire(toast, LONG));
  document.body.addEventListener("ponte:notice", (event) => show(event.detail));
  document.body.addEventListener("htmx:sendError", () => show({ text: place.dataset.failed }));
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (!xhr.getResponseHeader("HX-Trigger") && !xhr.getResponseHeader("HX-Redirect")) show({ text: place.dataset.failed });
  });
  // A page that the browser kept may show what is no longer true, or no longer this person's to see.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
