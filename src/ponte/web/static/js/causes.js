// The list of causes: a line opens, lines are chosen, counts stay true without moving what is read.
(() => {
  "use strict";
  const list = document.getElementById("causas"), bulk = document.getElementById("bulk");
  if (!list) return;
  const records = () => [...list.querySelectorAll(".record:not([hidden])")];
  const opener = (record) => record.querySelector("[data-open]");
  const boxes = () => records().map((record) => record.querySelector('input[name="id"]')).filter(Boolean);

  /* opening */
  function inside(record) {
    const known = record.querySelector(".inside");
    if (known) return known;
    const row = document.createElement("tr"), cell = document.createElement("td");
    Object.assign(row, { className: "inside", id: `d-${record.dataset.id}` });
    row.setAttribute("role", "row");
    cell.setAttribute("role", "cell");
    cell.colSpan = 9;
    row.append(cell);
    record.append(row);
    return row;
  }
  async function toggle(record, open = !record.classList.contains("open")) {
    const place = inside(record);
    if (open && !place.textContent.trim()) await htmx.ajax("GET", `/causas/${record.dataset.id}/dentro`, { source: record, target: place.firstElementChild, swap: "innerHTML" });
    record.classList.toggle("open", open);
    place.hidden = !open;
    opener(record).setAttribute("aria-expanded", String(open));
    const address = new URL(location.href);
    if (open) address.searchParams.set("aberta", record.dataset.id); else address.searchParams.delete("aberta");
    history.replaceState(history.state, "", address);
  }
  function upgrade(record) {
    const link = opener(record);
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", String(record.classList.contains("open")));
    link.setAttribute("aria-controls", `d-${record.dataset.id}`);
  }
  list.addEventListener("click", (event) => {
    const record = event.target.closest(".record");
    if (!record || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("[data-open]")) { event.preventDefault(); toggle(record); return; }
    if (!event.target.closest(".row") || event.target.closest("a, button, input, label, [popover]")) return;
    if (!getSelection().toString()) toggle(record);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("[data-open]")) { event.preventDefault(); toggle(event.target.closest(".record")); }
  });

  /* choosing */
  const all = list.querySelector("[data-all]");
  function count() {
    if (!bulk) return;
    const every = boxes(), chosen = every.filter((box) => box.checked).length;
    bulk.querySelector("[data-chosen]").textContent = String(chosen);
    bulk.querySelector("[data-one]").hidden = chosen !== 1;
    bulk.querySelector("[data-many]").hidden = chosen === 1;
    document.body.classList.toggle("has-chosen", chosen > 0);
    all.checked = chosen > 0 && chosen === every.length;
    all.indeterminate = chosen > 0 && chosen < every.length;
  }
  const mark = (on) => { boxes().forEach((box) => { box.checked = on; }); count(); };
  all?.addEventListener("change", () => mark(all.checked));
  list.addEventListener("change", (event) => { if (event.target.matches('input[name="id"]')) count(); });
  // The buttons stand outside their form, where htmx does not see which was pressed.
  bulk?.addEventListener("click", (event) => { const button = event.target.closest('[name="state"]'); if (button) document.querySelector("[data-state]").value = button.value; }, true);
  bulk?.querySelector("[data-clear]").addEventListener("click", () => { mark(false); all.focus(); });

  /* staying true */
  const QUIET = 15_000, MOST = 60_000;
  const button = document.querySelector("[data-live]"), news = document.getElementById("mudou");
  let wait = QUIET, timer = 0, paused = false, known = list.dataset.known;

  function leave(record) {
    const every = records(), at = every.indexOf(record), held = record.contains(document.activeElement);
    record.hidden = true;
    const box = record.querySelector('input[name="id"]');
    if (box) box.checked = false;
    if (held) (every[at + 1] ?? every[at - 1])?.querySelector("[data-menu-button]")?.focus();
  }
  function patch(fresh) {
    const record = document.getElementById(fresh.id);
    if (!record) return;
    record.hidden = false;
    if (record.querySelector("[popover]:popover-open")) return;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const cell = record.querySelector(`.row [data-part="${part.dataset.part}"]`);
      if (cell.contains(document.activeElement) && part.dataset.part !== "tags") continue;
      cell.className = part.className;
      cell.replaceChildren(...part.childNodes);
      htmx.process(cell);
    }
    record.querySelector("[data-menu-button]")?.setAttribute("aria-haspopup", "menu");
    record.dataset.version = fresh.dataset.version;
  }
  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html"), head = page.getElementById("live");
    known = head.dataset.known;
    document.querySelector('main [data-part="lead"]').replaceChildren(...head.querySelector('[data-part="lead"]').childNodes);
    for (const shown of document.querySelectorAll(".tabs [data-count]")) shown.textContent = head.querySelector(`[data-count="${shown.dataset.count}"]`).textContent;
    page.querySelectorAll(".record").forEach((fresh) => patch(document.adoptNode(fresh)));
    head.dataset.gone.split(",").filter(Boolean).forEach((id) => { const gone = document.getElementById(`c-${id}`); if (gone && !gone.hidden) leave(gone); });
    const there = Number(document.querySelector(".tabs [aria-current] [data-count]").textContent.replace(/\D/g, ""));
    news.hidden = document.querySelector(".pager a") ? records().length > 0 : there === records().length;
    count();
  }
  function show(state) {
    if (!button) return;
    button.classList.toggle("lost", state === "lost");
    button.setAttribute("aria-pressed", String(!paused));
    button.querySelector(".live-word").textContent = button.dataset[paused ? "off" : state];
  }
  async function ask() {
    clearTimeout(timer);
    const query = new URLSearchParams(location.search);
    ["depois", "antes", "aberta"].forEach((name) => query.delete(name));
    query.set("linhas", records().map((record) => `${record.dataset.id}:${record.dataset.version}`).join(","));
    query.set("contas", known);
    try {
      const answer = await fetch(`/causas/vivo?${query}`, { headers: { "X-Ponte-Live": "1" }, credentials: "same-origin" });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status === 200) take(await answer.text());
      wait = QUIET;
      show("on");
    } catch {
      wait = Math.min(wait * 2, MOST);
      show("lost");
    }
    plan();
  }
  function plan() {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(ask, wait);
  }
  button?.addEventListener("click", () => { paused = !paused; show("on"); if (paused) clearTimeout(timer); else ask(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else if (!paused) ask(); });
  document.body.addEventListener("ponte:changed", () => { mark(false); ask(); });

  records().forEach(upgrade);
  count();
  plan();
  window.ponte = { records, toggle, patch, opener };
})();
