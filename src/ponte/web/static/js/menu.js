// The menu-button pattern (WAI-ARIA APG) on top of the native popover; panels that close by Escape and outside clicks.
(() => {
  "use strict";
  const items = (menu) => [...menu.querySelectorAll("a, button")];
  const opener = (menu) => document.querySelector(`[popovertarget="${menu.id}"]`);

  function place(menu, by) {
    if (CSS.supports("position-area: block-end")) return;
    const at = by.getBoundingClientRect(), below = at.bottom + menu.offsetHeight + 8 < innerHeight;
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${below ? at.bottom : Math.max(8, at.top - menu.offsetHeight - 8)}px`;
  }

  document.addEventListener("beforetoggle", (event) => {
    if (!event.target.matches?.("[data-menu]") || event.newState !== "open") return;
    const menu = event.target;
    menu.setAttribute("role", "menu");
    menu.querySelectorAll("form, fieldset").forEach((box) => box.setAttribute("role", "none"));
    items(menu).forEach((item) => { item.setAttribute("role", "menuitem"); item.tabIndex = -1; });
    menu.querySelectorAll("hr").forEach((line) => line.setAttribute("role", "separator"));
  }, true);

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("[data-menu]")) return;
    const menu = event.target, by = opener(menu), open = event.newState === "open";
    by?.setAttribute("aria-expanded", String(open));
    if (open && by) { place(menu, by); items(menu)[0]?.focus(); }
  }, true);

  document.addEventListener("keydown", (event) => {
    const by = event.target.closest?.("[data-menu-button]");
    if (by && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const menu = document.getElementById(by.getAttribute("popovertarget"));
      if (!menu.matches(":popover-open")) by.click();
      if (event.key === "ArrowUp") requestAnimationFrame(() => items(menu).at(-1)?.focus());
      return;
    }
    const menu = event.target.closest?.("[data-menu]");
    if (!menu) return;
    const all = items(menu), at = all.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) { event.preventDefault(); all.at(next % all.length).focus(); }
    else if (event.key === "Tab") menu.hidePopover();
    else if (event.key.length === 1 && /\p{L}/u.test(event.key)) {
      const starts = (item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
      (all.slice(at + 1).find(starts) ?? all.find(starts))?.focus();
      event.stopPropagation();
    }
  });

  // A choice closes its menu and gives the focus back.
  document.addEventListener("click", (event) => {
    const menu = event.target.closest?.("[data-menu]");
    if (menu && event.target.closest("a, button")) { menu.hidePopover(); opener(menu)?.focus(); }
    document.querySelectorAll("details.filter[open]").forEach((panel) => { if (!panel.contains(event.target)) panel.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.filter[open]").forEach((panel) => { panel.open = false; panel.querySelector("summary").focus(); });
  });
  document.querySelectorAll("[data-menu-button]").forEach((by) => { by.setAttribute("aria-haspopup", "menu"); by.setAttribute("aria-expanded", "false"); });
})();
