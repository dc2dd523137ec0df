// Reloads the page after every build of the preview, shows what is wrong with the repository, and lets the server answer the search.
"use strict";
const source = new EventSource("/-/events");
let version = null;

function element(name, text, style) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (style) made.style.cssText = style;
  return made;
}

function overlay(problems) {
  document.getElementById("knowrepo-problems")?.remove();
  if (!problems.length) return;
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const box = element("details", "", "position:fixed;inset:auto 1rem 1rem auto;max-width:min(44rem,calc(100vw - 2rem));max-height:70vh;overflow:auto;" +
    "z-index:1000;padding:.6rem 1rem;border-radius:.5rem;background:#1f1f24;color:#f4f4f5;font:14px/1.45 system-ui,sans-serif;box-shadow:0 4px 24px #0008");
  box.id = "knowrepo-problems";
  box.open = errors > 0;
  const warnings = problems.length - errors;
  const title = [errors && `${errors} error${errors > 1 ? "s" : ""}`, warnings && `${warnings} warning${warnings > 1 ? "s" : ""}`].filter(Boolean).join(", ");
  box.append(element("summary", title, "cursor:pointer;font-weight:600;min-height:24px;color:inherit"));
  for (const problem of problems) {
    const item = element("div", "", "margin:.6rem 0;padding-left:.7rem;border-left:3px solid " + (problem.severity === "error" ? "#f87171" : "#fbbf24"));
    item.append(element("div", problem.message, "font-weight:600"));
    if (problem.place) item.append(element("div", problem.place, "font-family:ui-monospace,monospace;font-size:12px;opacity:.85"));
    if (problem.hint) item.append(element("div", problem.hint));
    box.append(item);
  }
  document.body.append(box);
}

source.addEventListener("message", (event) => {
  const state = JSON.parse(event.data);
  if (version !== null && state.version !== version) return location.reload();
  version = state.version;
  overlay(state.problems);
});

async function asked(what, given) {
  const answer = await fetch(`/-/${what}?${new URLSearchParams(given)}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

// What themes/scripts/search/engine.js is elsewhere.
globalThis.knowrepoIndex = {
  async search(query, { typing = false, limit = 10, sort = "relevance", facets = null } = {}) {
    return asked("search", { q: query, limit, sort, typing: typing ? 1 : 0, facets: facets ? 1 : 0 });
  },
  async complete(query, caret) {
    const ways = await asked("complete", { before: query.slice(0, caret) });
    return ways.map(({ made, label, count }) => ({ query: made + query.slice(caret).trimStart(), caret: made.length, label, count: count ?? undefined }));
  },
};
