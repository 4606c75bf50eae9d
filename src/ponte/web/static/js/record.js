// A record's page: copying, tries that open and close, single keys, and what must outlive a refresh.
(() => {
  "use strict";
  const said = document.getElementById("said");

  document.addEventListener("click", (event) => {
    const copy = event.target.closest?.("[data-copy]");
    if (copy) write(copy.closest("figure").querySelector("[data-copied]").textContent, copy);
  });

  function write(text, button) {
    navigator.clipboard?.writeText(text).then(() => {
      button?.classList.add("done");
      said.textContent = "";
      requestAnimationFrame(() => { said.textContent = said.dataset.copied ?? "✓"; });
    });
  }

  /* tries: what is open is in the address, so that a refresh opens it again */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-passages]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const box = link.closest(".try-body").querySelector(".passages"), loaded = box.childElementCount > 0;
    const open = loaded ? box.hidden : true;
    link.setAttribute("aria-expanded", String(open));
    box.hidden = !open;
    const address = new URL(location.href);
    if (open) address.searchParams.set("tentativa", link.dataset.passages); else address.searchParams.delete("tentativa");
    history.replaceState(history.state, "", address);
    if (loaded) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  /* a note that was kept leaves its field; the result of a check is read */
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches?.("[data-note]") && event.detail.successful) document.querySelector("[data-note]")?.reset();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "verificacao") return;
    const title = document.getElementById("verification-title");
    title?.scrollIntoView({ block: "center" });
    title?.focus({ preventScroll: true });
  });

  /* keys, before those of the list hear them */
  if (!document.querySelector("main.one .columns")) return;
  const typing = (target) => target.closest?.('input:not([type="checkbox"]), textarea, select, [data-menu], dialog[open]');
  const press = (verb) => document.querySelector(`main [data-verb="${verb}"]`)?.form.requestSubmit();
  const keys = {
    r: () => press("reprocess"),
    e: () => press("remove"),
    n: () => document.querySelector('main a[rel="next"]')?.click(),
    p: () => document.querySelector('main a[rel="prev"]')?.click(),
    c: () => {
      const place = document.querySelector("#mensagem [data-copied]") ?? document.querySelector("[data-sku]");
      place && write(place.textContent, place.closest("figure")?.querySelector("[data-copy]"));
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); event.stopImmediatePropagation(); act(); }
  }, true);
})();
