// Single keys, shown by "?". None works while somebody types or a menu is open.
(() => {
  "use strict";
  const sheet = document.getElementById("keys");
  const typing = (target) => target.closest?.('input:not([type="checkbox"]), textarea, select, [data-menu], dialog[open]');
  const help = () => sheet?.showModal();
  document.querySelector("[data-keys]")?.addEventListener("click", help);

  const current = () => document.activeElement?.closest(".record") ?? null;
  function step(by) {
    const records = window.ponte?.records() ?? [], at = records.indexOf(current());
    const next = records[at < 0 ? (by > 0 ? 0 : records.length - 1) : Math.max(0, Math.min(records.length - 1, at + by))];
    next && window.ponte.opener(next).focus();
    next?.scrollIntoView({ block: "nearest" });
  }
  function press(verb) {
    const button = current()?.querySelector(`[data-part="actions"] [data-verb="${verb}"]`);
    button?.form.requestSubmit(button);
  }

  const keys = {
    "/": () => document.getElementById("q")?.focus(),
    "?": help,
    j: () => step(1),
    k: () => step(-1),
    o: () => current() && window.ponte.toggle(current()),
    x: () => current()?.querySelector('input[name="id"]')?.click(),
    a: () => document.querySelector("[data-open-all]")?.click(),
    r: () => press("reprocess"),
    e: () => press("remove"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
