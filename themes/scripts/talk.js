// Discussion: at each cell of code a link to begin one about it. The page has one address for all of them.
import { element } from "./page.js";

const CELL = "knowrepo-cell";

export function start() {
  const body = document.querySelector("main [data-discuss]");
  if (!body) return;
  const { discuss, discussWords } = body.dataset;
  for (const cell of body.querySelectorAll(".cell.code")) {
    let line = cell.querySelector(":scope > .talk");
    if (!line) cell.prepend((line = element("p", { className: "talk" })));
    line.append(element("a", { className: "begin", href: discuss.replaceAll(CELL, encodeURIComponent(cell.id)), rel: "noopener" }, discussWords));
  }
}
