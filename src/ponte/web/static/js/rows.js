// The list: a row opens to its origin, rows are chosen, and a fresh copy of a row is put in its place.
(() => {
  "use strict";
  const list = document.getElementById("lista");
  if (!list) return;
  const records = () => [...list.querySelectorAll(".record:not([hidden])")];
  const boxes = () => records().map((record) => record.querySelector('input[name="id"]')).filter(Boolean);
  const opener = (record) => record.querySelector("[data-open]");

  /* opening */
  function inside(record) {
    const known = record.querySelector(".inside");
    if (known) return known;
    const row = document.createElement("tr"), cell = document.createElement("td");
    Object.assign(row, { className: "inside", id: `d-${record.dataset.id}` });
    row.setAttribute("role", "row");
    cell.setAttribute("role", "cell");
    cell.colSpan = list.tHead.rows[0].cells.length;
    row.append(cell);
    record.append(row);
    return row;
  }

  const fill = (record) => htmx.ajax("GET", `/produtos/${record.dataset.id}/origem`, { source: record, target: inside(record).firstElementChild, swap: "innerHTML" });

  function remember(id) {
    const address = new URL(location.href);
    if (id) address.searchParams.set("aberto", id); else address.searchParams.delete("aberto");
    history.replaceState(history.state, "", address);
  }

  async function toggle(record, open = !record.classList.contains("open")) {
    if (open && !record.querySelector(".inside")?.textContent.trim()) await fill(record);
    record.classList.toggle("open", open);
    inside(record).hidden = !open;
    opener(record).setAttribute("aria-expanded", String(open));
    remember(open ? record.dataset.id : null);
    sayAll();
  }

  function upgrade(record) {
    const link = opener(record);
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", String(record.classList.contains("open")));
    link.setAttribute("aria-controls", `d-${record.dataset.id}`);
    const menu = record.querySelector("[data-menu-button]");
    menu?.setAttribute("aria-haspopup", "menu");
  }

  list.addEventListener("click", (event) => {
    const record = event.target.closest(".record");
    if (!record || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("[data-open]")) { event.preventDefault(); toggle(record); return; }
    if (!event.target.closest(".row") || event.target.closest("a, button, input, label, [popover]")) return;
    if (!getSelection().toString()) toggle(record);
  });
  // A record's page knows the list one came from, and leads on to the next of it.
  function takeAlong(event) {
    const link = event.target.closest("a");
    if (!link || !/^\/produtos\/\d+$/.test(link.pathname) || link.matches("[data-open]")) return;
    const from = new URLSearchParams(location.search), query = new URLSearchParams(link.search);
    ["depois", "antes", "aberto"].forEach((name) => from.delete(name));
    query.set("lista", from);
    link.search = query;
  }
  ["mousedown", "click"].forEach((kind) => list.addEventListener(kind, takeAlong));

  list.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("[data-open]")) { event.preventDefault(); toggle(event.target.closest(".record")); }
  });

  /* opening all */
  const every = document.querySelector("[data-open-all]");
  const closed = () => records().filter((record) => !record.classList.contains("open"));
  const sayAll = () => { if (every) every.textContent = closed().length ? every.dataset.open : every.dataset.close; };

  async function fillAll(some) {
    const empty = some.filter((record) => !record.querySelector(".inside")?.textContent.trim());
    if (!empty.length) return;
    const answer = await fetch(`/produtos/origens?linhas=${empty.map((record) => record.dataset.id).join()}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) { location.reload(); return; }
    for (const fresh of new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-inside]")) {
      const cell = inside(document.getElementById(`r-${fresh.dataset.inside}`)).firstElementChild;
      cell.replaceChildren(...fresh.childNodes);
      htmx.process(cell);
    }
  }

  every?.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const some = closed(), open = some.length > 0;
    if (open) await fillAll(some);
    await Promise.all((open ? some : records()).map((record) => toggle(record, open)));
    remember(open ? "todos" : null);
  });

  /* choosing: what is chosen on one page stays chosen on the others, until it is acted on or cleared */
  const all = list.querySelector("[data-all]"), bulk = document.getElementById("bulk");
  const kept = `ponte.chosen.${list.dataset.store}`;
  let last = null, chosen = new Set();
  try { chosen = new Set(JSON.parse(sessionStorage.getItem(kept) ?? "[]")); } catch { /* nothing kept that can be read */ }

  function keep(ids) {
    try { sessionStorage.setItem(kept, JSON.stringify(ids)); } catch { /* private mode: kept for this page alone */ }
  }
  function count() {
    if (!all) return;
    const here = boxes(), checked = here.filter((box) => box.checked).length;
    here.forEach((box) => (box.checked ? chosen.add(box.value) : chosen.delete(box.value)));
    keep([...chosen]);
    document.body.classList.toggle("has-chosen", chosen.size > 0);
    all.checked = checked > 0 && checked === here.length;
    all.indeterminate = checked > 0 && checked < here.length;
    if (bulk?.querySelector("[data-chosen]")) {
      bulk.querySelector("[data-chosen]").textContent = String(chosen.size);
      bulk.querySelector("[data-one]").hidden = chosen.size !== 1;
      bulk.querySelector("[data-many]").hidden = chosen.size === 1;
    }
    document.body.dispatchEvent(new CustomEvent("ponte:chosen", { detail: { ids: [...chosen] } }));
  }
  all?.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); count(); });
  list.addEventListener("click", (event) => {
    const box = event.target.closest('input[name="id"]');
    if (!box) return;
    if (event.shiftKey && last) {
      const here = boxes(), [from, to] = [here.indexOf(last), here.indexOf(box)].sort((a, b) => a - b);
      here.slice(from, to + 1).forEach((between) => { between.checked = box.checked; });
    }
    last = box;
    count();
  });
  // The bar of the chosen is about to go, and the focus in it: it returns to the first of them.
  function clear() {
    const first = records().find((record) => record.querySelector('input[name="id"]')?.checked);
    const held = bulk?.contains(document.activeElement);
    chosen.clear();
    boxes().forEach((box) => { box.checked = false; });
    count();
    if (held) (first ? opener(first) : all)?.focus();
  }
  document.body.addEventListener("ponte:clear", clear);
  // All of a filter is chosen: what was its first page is not left over for the next filter.
  document.body.addEventListener("ponte:whole", (event) => keep(event.detail ? [] : [...chosen]));
  bulk?.querySelector("[data-clear]")?.addEventListener("click", () => { document.body.dispatchEvent(new CustomEvent("ponte:clear")); all.focus(); });

  /* a fresh copy of a row */
  const verbs = (cell) => [...cell.querySelectorAll("[data-verb]")].map((item) => item.dataset.verb).join();

  function patchActions(cell, fresh) {
    if (verbs(cell) === verbs(fresh)) return true;
    const menu = cell.querySelector("[data-menu]");
    if (!menu) return true;
    if (menu.matches(":popover-open")) return false;
    menu.replaceChildren(...fresh.querySelector("[data-menu]").childNodes);
    htmx.process(menu);
    return true;
  }

  function leave(record) {
    const every = records(), at = every.indexOf(record), held = record.contains(document.activeElement);
    record.hidden = true;
    const box = record.querySelector('input[name="id"]');
    if (box) { box.checked = false; chosen.delete(box.value); }
    if (held) (every[at + 1] ?? every[at - 1])?.querySelector("[data-menu-button]")?.focus();
    count();
  }

  function patch(fresh) {
    const record = document.getElementById(fresh.id);
    if (!record) return;
    const gone = "removed" in fresh.dataset !== "removedView" in list.dataset;
    if (gone) { record.dataset.version = fresh.dataset.version; leave(record); return; }
    record.hidden = false;
    let whole = true;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const cell = record.querySelector(`[data-part="${part.dataset.part}"]`);
      if (part.dataset.part === "actions") whole = patchActions(cell, part);
      else if (cell.innerHTML !== part.innerHTML && !cell.contains(document.activeElement)) cell.replaceChildren(...part.childNodes);
    }
    if (!whole) return;
    record.dataset.version = fresh.dataset.version;
    record.toggleAttribute("data-unsettled", "unsettled" in fresh.dataset);
    if (!record.querySelector(".inside")) return;
    if (record.classList.contains("open")) fill(record); else record.querySelector(".inside").remove();
  }

  records().forEach(upgrade);
  boxes().forEach((box) => { box.checked ||= chosen.has(box.value); });
  count();
  sayAll();
  window.ponte = { records, toggle, patch, opener };
})();
