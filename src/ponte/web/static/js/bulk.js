// Many at once: rows of several pages or all of a filter are chosen, a plan opens as a dialog, what runs is kept true.
(() => {
  "use strict";
  const HTMX = { "HX-Request": "true" };
  const body = document.body, place = document.getElementById("toasts");
  const tell = (name, detail) => body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  const failed = () => tell("ponte:notice", { text: place?.dataset.failed ?? "", reload: true });

  // What an answer asks for by its header, for requests that htmx does not make.
  function follow(answer) {
    const events = answer.headers.get("HX-Trigger"), to = answer.headers.get("HX-Redirect");
    if (to) { location.assign(`${to}?next=${encodeURIComponent(location.pathname + location.search)}`); return true; }
    if (events) Object.entries(JSON.parse(events)).forEach(([name, detail]) => tell(name, detail));
    return Boolean(events);
  }

  async function send(url, values) {
    try { return await fetch(url, { method: "POST", body: new URLSearchParams(values), headers: HTMX, credentials: "same-origin" }); }
    catch { failed(); return null; }
  }

  /* the plan */
  let origin = null;
  function close() { document.getElementById("plano")?.close(); }

  function show(text) {
    document.getElementById("plano")?.remove();
    const dialog = new DOMParser().parseFromString(text, "text/html").getElementById("plano");
    if (!dialog) return;
    body.append(document.adoptNode(dialog));
    dialog.addEventListener("close", () => { dialog.remove(); if (origin?.isConnected) origin.focus(); if (document.activeElement === document.body) document.querySelector("[data-all]")?.focus(); });
    const typed = dialog.querySelector("[data-expected]"), go = dialog.querySelector("[data-plan-go]");
    const check = () => { go.disabled = typed.value.replace(/\D/g, "") !== typed.dataset.expected; };
    if (typed && go) { typed.addEventListener("input", check); check(); }
    dialog.showModal();
    typed?.focus();
  }

  async function plan(values, by) {
    origin = by ?? document.activeElement;
    origin?.setAttribute("aria-busy", "true");
    const answer = await send("/produtos/plano", values);
    origin?.removeAttribute("aria-busy");
    if (!answer || follow(answer)) return;
    if (answer.ok) show(await answer.text()); else failed();
  }

  async function begin(form) {
    const go = form.querySelector("[data-plan-go]");
    if (go.getAttribute("aria-busy")) return;
    go.setAttribute("aria-busy", "true");
    const answer = await send(form.getAttribute("action"), new FormData(form));
    go.removeAttribute("aria-busy");
    if (!answer) return;
    if (answer.status === 422) { show(await answer.text()); return; }
    if (answer.ok) { tell("ponte:clear"); close(); }
    if (!follow(answer) && !answer.ok) failed();
  }

  body.addEventListener("click", (event) => { if (event.target.closest?.("[data-plan-close]")) close(); });
  document.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    if (form.matches("dialog [data-plan-form]")) { event.preventDefault(); begin(form); return; }
    const to = by?.getAttribute("formaction") ?? form.getAttribute("action");
    if (to !== "/produtos/plano" || form.id === "chosen") return;
    event.preventDefault();
    plan(new FormData(form, by), by);
  });

  /* choosing */
  const bulk = document.getElementById("bulk"), band = document.getElementById("faixa"), form = document.getElementById("chosen");
  const boxes = () => [...document.querySelectorAll('#lista .record:not([hidden]) input[name="id"]')];
  const filter = () => document.querySelector('[name="filtro"]')?.value ?? location.search.slice(1);
  let ids = [], whole = false, choosing = null;
  const ticked = () => boxes().filter((box) => box.checked).map((box) => box.value);

  function word(count) {
    const shown = bulk.querySelector("[data-chosen]");
    shown.textContent = count;
    bulk.querySelector("[data-one]").hidden = count !== "1";
    bulk.querySelector("[data-many]").hidden = count === "1";
  }

  // The band above the list: the page is chosen, or all that the filter has.
  function offer() {
    const every = boxes(), all = every.length > 0 && every.every((box) => box.checked);
    const further = document.querySelector('.pager [rel="next"], .pager [rel="prev"]');
    if (whole) return;
    band.hidden = !(all && further);
    if (band.hidden) { band.replaceChildren(); return; }
    const button = Object.assign(document.createElement("button"), { type: "button", className: "as-link", textContent: band.dataset.allText });
    button.dataset.allOf = "";
    band.replaceChildren(`${band.dataset.pageText} `, button);
  }

  async function chooseAll() {
    const verb = bulk.querySelector('[value="restore"]') ? "restore" : "remove";
    const query = new URLSearchParams({ verb, filtro: filter() });
    const answer = await fetch(`/produtos/selecao?${query}`, { headers: HTMX, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) { if (!answer || !follow(answer)) failed(); return false; }
    const text = await answer.text();
    whole = true;
    tell("ponte:whole", true);
    // The focus follows the link it was on; it is not taken from where somebody went meanwhile.
    const held = band.contains(document.activeElement) || document.activeElement === document.body;
    band.innerHTML = text;
    word(band.querySelector("[data-all-count]").textContent);
    if (held) band.querySelector("[data-only-page]").focus();
    return true;
  }

  function onlyPage() { whole = false; tell("ponte:whole", false); word(String(ids.length)); offer(); band.querySelector("button")?.focus(); }

  if (bulk && band && form) {
    document.querySelector("#lista")?.before(band);
    body.addEventListener("ponte:chosen", (event) => {
      ids = event.detail.ids.map(String);
      whole = whole && ids.length > 0 && boxes().every((box) => box.checked);
      if (whole) { word(band.querySelector("[data-all-count]").textContent); tell("ponte:whole", true); }
      offer();
    });
    body.addEventListener("ponte:clear", () => { ids = []; whole = false; queueMicrotask(offer); });
    bulk.querySelector("[data-clear]")?.addEventListener("click", () => { ids = []; whole = false; queueMicrotask(offer); });
    band.addEventListener("click", (event) => {
      if (event.target.closest("[data-all-of]") && !choosing) choosing = chooseAll().finally(() => { choosing = null; });
      if (event.target.closest("[data-only-page]")) onlyPage();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const by = event.submitter, verb = by?.value ?? "", token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
      if (by?.getAttribute("aria-busy")) return;
      // Whoever asked for all and is faster than the answer means all.
      if (choosing && !(await choosing)) return;
      const some = ids.length ? ids : ticked(), base = { csrfmiddlewaretoken: token, verb, next: location.pathname + location.search };
      if (whole) { plan({ ...base, filtro: filter() }, by); return; }
      if (some.length > Number(bulk.dataset.few)) { plan({ ...base, ids: some.join(",") }, by); return; }
      by?.setAttribute("aria-busy", "true");
      const values = new URLSearchParams(base);
      some.forEach((id) => values.append("id", id));
      const answer = await send("/produtos/acoes", values);
      by?.removeAttribute("aria-busy");
      if (!answer) return;
      if (!follow(answer) && !answer.ok) failed();
      if (answer.ok) tell("ponte:clear");
    });
  }

  /* what runs is kept true: as often as something moves, never in a hidden tab */
  const QUICK = 2_500, SLOW = 12_000;
  for (const region of document.querySelectorAll("[data-refresh]")) {
    let known = "", timer = 0, wait = region.childElementCount ? QUICK : 0;
    const again = () => { clearTimeout(timer); if (!document.hidden) timer = setTimeout(ask, wait); };
    const busy = () => region.querySelector("details[open], [popover]:popover-open, :is(input, select, textarea):focus");
    async function ask() {
      if (busy()) { again(); return; }
      const answer = await fetch(region.dataset.refresh, { headers: { ...HTMX, "X-Ponte-Known": known }, credentials: "same-origin" }).catch(() => null);
      if (answer && (answer.status === 401 || answer.status === 404)) return;
      if (answer?.status === 200 && !busy()) {
        known = answer.headers.get("X-Ponte-Known") ?? "";
        const text = await answer.text(), held = region.contains(document.activeElement) ? document.activeElement.id : "";
        region.innerHTML = text;
        htmx.process(region);
        if (held) document.getElementById(held)?.focus();
      }
      wait = answer?.ok && region.querySelector("[data-live-card], .strip") ? QUICK : SLOW;
      again();
    }
    const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 150); };
    document.addEventListener("visibilitychange", again);
    body.addEventListener("ponte:started", soon);
    body.addEventListener("ponte:changed", soon);
    again();
  }
})();
