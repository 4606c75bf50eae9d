// Suggestions: whoever chooses ticks the line; how many are ticked.
(() => {
  "use strict";
  const form = document.querySelector("[data-suggestions]");
  if (!form) return;
  const said = form.querySelector("[data-chosen]");
  const ticks = () => [...form.querySelectorAll('[name="usar"]')];
  const tell = () => {
    if (said) said.textContent = `${ticks().filter((one) => one.checked).length}/${ticks().length}`;
  };
  form.addEventListener("input", (event) => {
    const name = event.target.name ?? "";
    const tick = event.target.closest("[data-gap]")?.querySelector('[name="usar"]');
    if (tick && (name.startsWith("alvo.") || (name.startsWith("livre.") && event.target.value.trim()))) tick.checked = true;
    tell();
  });
  form.querySelector("[data-tick-all]")?.addEventListener("click", () => {
    for (const tick of ticks()) {
      if (tick.closest("[data-gap]").querySelector('[name^="alvo."]:checked')) tick.checked = true;
    }
    tell();
  });
  tell();
})();
