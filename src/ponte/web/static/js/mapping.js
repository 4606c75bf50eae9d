// The mapping's editor: line numbers that follow, and errors that lead to their line.
(() => {
  "use strict";
  const box = document.querySelector("[data-editor]");
  if (!box) return;
  const text = box.querySelector("textarea"), gutter = box.querySelector(".gutter");
  const first = text.value;
  let leaving = false;

  const count = () => text.value.split("\n").length;
  function number() {
    const wanted = count(), shown = gutter.querySelectorAll("span").length;
    if (wanted === shown) return;
    gutter.replaceChildren();
    const lines = [];
    for (let line = 1; line <= wanted; line += 1) {
      const mark = document.createElement("span");
      mark.textContent = String(line);
      lines.push(mark, "\n");
    }
    gutter.append(...lines);
    follow();
  }
  function follow() { gutter.scrollTop = text.scrollTop; }
  function goTo(line) {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 5) * (text.scrollHeight / count()));
    follow();
  }

  text.addEventListener("input", number);
  text.addEventListener("scroll", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-line]");
    if (link) { event.preventDefault(); goTo(Number(link.dataset.line)); }
  });
  text.form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => { if (!leaving && text.value !== first) event.preventDefault(); });
  number();
})();
