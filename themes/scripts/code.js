// Code: a button that copies it, the reader's choice between Report and Notebook, and boxes that scroll reachable by keyboard.
import { keep, recall } from "./memory.js";
import { button, copy, element, words } from "./page.js";

const VIEW = "knowrepo:view";
const NOT_CODE = ".control, .gp, .go"; // marks of hidden characters; prompts and outputs of a session

function source(pre) {
  const kept = pre.cloneNode(true);
  for (const part of kept.querySelectorAll(NOT_CODE)) part.remove();
  return kept.textContent.replace(/\n+$/, "");
}

function copyable(pre) {
  const box = element("div", { className: "copyable" });
  pre.replaceWith(box);
  const control = button(words("copy"), "copy", () => copy(source(pre), control));
  box.append(pre, control);
}

function views(field) {
  const chosen = recall(VIEW);
  for (const radio of field.querySelectorAll("input[type=radio]")) {
    if (radio.value === chosen) radio.checked = true;
    radio.addEventListener("change", () => keep(VIEW, radio.value));
  }
}

function reachable() {
  for (const box of document.querySelectorAll("main pre, main .output, main table, main .math")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX === "auto";
    if (!scrolls || box.tabIndex >= 0) continue;
    box.tabIndex = 0;
    if (box.tagName === "TABLE") continue; // has a role of its own
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", box.querySelector("code") ? words("code-scrolls") : words("output-scrolls"));
  }
}

export function start() {
  for (const code of document.querySelectorAll("main pre > code")) copyable(code.parentElement);
  for (const field of document.querySelectorAll("fieldset[data-views]")) views(field);
  reachable();
  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  document.addEventListener("change", reachable);
}
