// Filters: choices are read when their panel opens, a pasted list goes to its form, empty fields stay out of the address.
(() => {
  "use strict";
  const form = document.getElementById("filtros");
  const sift = (input) => {
    const wanted = input.value.trim().toLowerCase();
    for (const item of input.closest(".options").querySelectorAll("li")) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  };
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-sift]")) sift(event.target); });
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches?.("[data-sift]")) { event.preventDefault(); event.target.closest(".options").querySelector("li:not([hidden]) a")?.click(); } });
  if (!form) return;

  document.addEventListener("toggle", async (event) => {
    const panel = event.target;
    if (!panel.matches?.("details[data-facet]") || !panel.open || panel.dataset.full) return;
    const answer = await fetch(panel.dataset.facet, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    panel.dataset.full = "1";
    panel.querySelector(".panel").replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    panel.querySelector("[data-sift]")?.focus();
  }, true);

  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "date") form.querySelector('[name="periodo"][value=""]').checked = true;
    else if (event.target.name === "periodo" && event.target.value) form.querySelectorAll('[type="date"]').forEach((day) => { day.value = ""; });
  });
  form.elements.q?.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "", list = document.getElementById("skus");
    if (!list || !(/[\r\n\t;]/.test(text.trim()) || (text.length > 200 && text.includes(",")))) return;
    event.preventDefault();
    list.value = text;
    list.form.requestSubmit();
  });
})();
