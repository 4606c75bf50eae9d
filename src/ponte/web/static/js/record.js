// A record's page: copying, and tries that open and close.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const copy = event.target.closest?.("[data-copy]");
    if (copy) {
      const text = copy.closest("figure").querySelector("[data-copied]").textContent;
      navigator.clipboard?.writeText(text).then(() => { copy.classList.add("done"); });
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-passages]");
    if (!link || event.ctrlKey || event.metaKey) return;
    const box = link.nextElementSibling, loaded = box.childElementCount > 0;
    const open = loaded ? box.hidden : true;
    link.setAttribute("aria-expanded", String(open));
    box.hidden = !open;
    if (loaded) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
})();
