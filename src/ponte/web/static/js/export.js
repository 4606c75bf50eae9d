// Says how far a download got: each export has a key of its own, by which it is asked for until it ends.
(() => {
  "use strict";
  const menu = document.querySelector("[data-exports]"), place = document.getElementById("toasts"), said = document.getElementById("said");
  if (!menu || !place) return;
  const EVERY = 1_000, PATIENCE = 15, LINGERS = 8_000;

  function toast() {
    const made = document.createElement("div"), words = document.createElement("span"), link = document.createElement("a");
    made.className = "toast";
    words.textContent = menu.dataset.exports;
    Object.assign(link, { className: "btn small ghost", textContent: menu.dataset.details, href: "/exportacoes" });
    made.append(words, link);
    place.append(made);
    said.textContent = menu.dataset.exports;
    return { made, words, link };
  }

  async function follow(key, shown, silent = 0) {
    const answer = await fetch(`/exportacoes/andamento?chave=${key}`, { headers: { "X-Ponte-Live": "1" } }).catch(() => null);
    const news = answer?.status === 200 ? await answer.json() : null;
    if (news) {
      if (!shown.made.isConnected && news.state !== "running") place.append(shown.made);
      shown.words.textContent = news.text;
      shown.link.href = news.href;
    }
    if ((news && news.state !== "running") || (!news && silent >= PATIENCE)) {
      if (news) said.textContent = news.text;
      setTimeout(() => shown.made.remove(), LINGERS);
      return;
    }
    setTimeout(() => follow(key, shown, news ? 0 : silent + 1), EVERY);
  }

  menu.addEventListener("click", (event) => {
    const link = event.target.closest("[data-export]");
    if (!link) return;
    const key = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const address = new URL(link.href);
    address.searchParams.set("chave", key);
    link.href = address;
    follow(key, toast());
  });
})();
