// Keeps what is shown true: one request for all rows in sight, slower while nothing happens, none in a hidden tab.
(() => {
  "use strict";
  const QUICK = 2_000, SLOW = 15_000, MOST = 60_000;
  const list = document.getElementById("lista"), one = () => document.querySelector("main[data-record]");
  const tabs = document.getElementById("abas"), button = document.querySelector("[data-live]");
  let timer = 0, wait = QUICK, paused = false, asking = false, again = false;
  let known = list?.dataset.known ?? "", news = "0", failed = 0, stale = false;
  const banner = document.getElementById("perdido");

  function times() {
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "narrow" });
    for (const time of document.querySelectorAll("[data-ago]")) {
      const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000, size = Math.abs(seconds);
      if (size < 60) continue;
      const [step, unit] = size < 3_600 ? [60, "minute"] : size < 86_400 ? [3_600, "hour"] : [86_400, "day"];
      time.textContent = format.format(Math.trunc(seconds / step), unit);
    }
  }
  setInterval(times, 30_000);
  if (!list && !one() && !tabs) return;

  const watched = () => (list ? [...list.querySelectorAll(".record")] : one() ? [one()] : []);
  const unsettled = () => Boolean(one() || list?.querySelector(".record[data-unsettled]:not([hidden])"));

  function address() {
    const query = new URLSearchParams(list || tabs ? location.search : "");
    ["depois", "antes", "aberto"].forEach((name) => query.delete(name));
    query.set("linhas", watched().map((item) => `${item.dataset.id ?? item.dataset.record}:${stale ? "" : item.dataset.version}`).join(","));
    query.set("contas", stale ? "" : known);
    query.set("novos", news);
    if (list) query.set("desde", list.dataset.mark);
    return `/produtos/linhas?${query}`;
  }

  function tell(count) {
    const box = document.getElementById("novos");
    if (!box || count === news) return;
    news = count;
    box.hidden = count === "0";
    box.querySelector('[data-news="1"]').hidden = count !== "1";
    box.querySelector('[data-news="n"]').hidden = count === "1";
    box.querySelector("[data-n]").textContent = count === "100" ? "100+" : count;
    if (count !== "0") document.getElementById("said").textContent = box.textContent.trim();
  }

  // The pager, above and below, writes the current tab's count once more ("1–25 de 415"), and so does the offer of all.
  function total(text) {
    const band = document.getElementById("faixa"), size = (words) => Number(words.replace(/\D/g, ""));
    for (const pager of document.querySelectorAll(".pager [data-of]")) {
      const { last, of } = pager.dataset, words = pager.textContent, at = words.lastIndexOf(of);
      const few = size(text) < size(last) ? text : last;
      pager.textContent = words.slice(0, at).replace(`–${last}`, `–${few}`) + text + words.slice(at + of.length);
      pager.dataset.last = few;
      pager.dataset.of = text;
      if (band) band.dataset.allText = band.dataset.allText.replace(of, text);
    }
  }

  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html"), head = page.getElementById("live");
    known = head.dataset.known;
    tell(head.dataset.news);
    for (const fresh of head.querySelectorAll("[data-count]")) {
      const shown = tabs?.querySelector(`[data-count="${fresh.dataset.count}"]`);
      if (!shown || shown.textContent === fresh.textContent) continue;
      shown.textContent = fresh.textContent;
      if (shown.parentElement.ariaCurrent && fresh.textContent) total(fresh.textContent);
    }
    const rows = [...page.querySelectorAll(".record")];
    if (list) rows.forEach((row) => window.ponte.patch(document.adoptNode(row)));
    else if (one() && rows.some((row) => row.dataset.version !== one().dataset.version)) htmx.ajax("GET", location.pathname + location.search, { source: document.body, target: "main", select: "main", swap: "outerHTML" });
    return rows.length > 0;
  }

  // Nothing of the page is left: on to the list's beginning, once no message offers to undo it.
  function emptied() {
    if (!list?.querySelector(".record") || list.querySelector(".record:not([hidden])") || document.querySelector("#toasts > *")) return false;
    const start = new URL(location.href);
    ["depois", "antes", "aberto"].forEach((name) => start.searchParams.delete(name));
    location.replace(start);
    return true;
  }

  // Twice without an answer is told; whoever was away has every row read anew when the way is free again.
  function lost() {
    failed += 1;
    stale ||= failed > 1;
    if (banner && failed > 1) banner.hidden = paused;
  }
  function found() {
    failed = 0;
    stale = false;
    if (banner) banner.hidden = true;
  }

  function show(state) {
    if (!button) return;
    button.classList.toggle("lost", state === "lost");
    button.setAttribute("aria-pressed", String(!paused));
    button.querySelector(".live-word").textContent = button.dataset[paused ? "off" : state];
  }

  async function ask() {
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(address(), { headers: { "X-Ponte-Live": "1", "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const changed = answer.status === 200 && take(await answer.text());
      found();
      if (emptied()) return;
      wait = changed ? QUICK : Math.min(wait * (unsettled() ? 1.15 : 2), unsettled() ? 8_000 : SLOW);
      show("on");
    } catch {
      wait = Math.min(Math.max(wait, QUICK) * 2, MOST);
      lost();
      show("lost");
    } finally {
      asking = false;
    }
    if (again) { again = false; soon(); } else plan();
  }

  function plan() {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(ask, wait);
  }
  function soon() {
    clearTimeout(timer);
    wait = QUICK;
    ask();
  }

  button?.addEventListener("click", () => { paused = !paused; show("on"); if (paused) { clearTimeout(timer); if (banner) banner.hidden = true; } else soon(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else if (!paused) soon(); });
  document.body.addEventListener("ponte:changed", soon);
  addEventListener("online", () => { if (!paused) soon(); });
  banner?.querySelector("[data-retry]").addEventListener("click", soon);
  wait = unsettled() ? QUICK : SLOW;
  plan();
})();
