// Formulas: typeset here where that was not done at build, and copied as their TeX.
import { words } from "./page.js";
import { typeset } from "./tex.js";

const SOURCE = /^\s*\\([([])([^]*)\\[)\]]\s*$/;

export function start() {
  if (typeof globalThis.temml?.__renderToMathMLTree === "function") fill();
  document.addEventListener("copy", copied);
}

/** Sources become MathML. That they are found by class is harmless: an author who writes such an element gets a formula. */
function fill() {
  const waiting = [];
  for (const place of document.querySelectorAll("span.math")) {
    const found = place.childElementCount === 0 && SOURCE.exec(place.textContent);
    if (found) waiting.push({ place, formula: [found[2], place.classList.contains("display")] });
  }
  const made = typeset(globalThis.temml, waiting.map(({ formula }) => formula));
  made.forEach(({ tree, error }, number) => {
    const { place } = waiting[number];
    if (tree) return place.replaceChildren(tree.toNode());
    place.classList.add("unread");
    place.title = words("formula", { error });
  });
  for (const link of document.querySelectorAll("nav a[href^='#']")) if (/\\[([]/.test(link.textContent)) name(link);
}

/** A link to a heading says the heading's formulas as they are read. */
function name(link) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))?.cloneNode(true);
  if (!heading?.querySelector("math")) return;
  for (const part of heading.querySelectorAll("annotation, a")) part.remove();
  link.textContent = heading.textContent.trim();
}

/** What is copied holds the TeX of its formulas, and whole formulas only. */
function copied(event) {
  const selection = getSelection();
  if (event.defaultPrevented || !event.clipboardData || selection.isCollapsed || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0).cloneRange();
  const formula = (node) => (node instanceof Element ? node : node.parentElement)?.closest("math");
  const [first, last] = [formula(range.startContainer), formula(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  if (!copy.querySelector("math")) return;
  copy.style.cssText = "position: fixed; left: -99999px; white-space: normal";
  document.body.append(copy); // innerText needs a layout
  const rich = copy.innerHTML;
  for (const part of copy.querySelectorAll("audio, iframe, img, video")) part.remove();
  for (const math of copy.querySelectorAll("math")) math.replaceWith(source(math));
  for (const part of copy.querySelectorAll("*")) if (getComputedStyle(part).userSelect === "none") part.remove();
  event.clipboardData.setData("text/html", rich);
  event.clipboardData.setData("text/plain", copy.innerText);
  copy.remove();
  event.preventDefault();
}

function source(math) {
  const tex = math.querySelector("annotation")?.textContent ?? math.textContent;
  const environment = /^\\begin\{(?:align|equation|eqnarray|gather|multline|flalign|alignat)/.test(tex);
  const mark = environment ? "" : math.getAttribute("display") === "block" ? "$$" : "$";
  return mark + tex + mark;
}
