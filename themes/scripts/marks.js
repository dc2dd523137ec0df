// Who comes from the search (?h=word~word) sees the words marked in the post. Marks are no elements: what a page holds stays as it is.
import { button, words } from "./page.js";

const NAME = "search";
const MOST = 2000;
const BLOCKS = "p, li, pre, td, th, dt, h1, h2, h3, h4, div, style, section";
/** Not within a word; scripts without blanks have no whole words. */
const EDGE = "(?<!(?!\\p{Lo})[\\p{L}\\p{N}](?=(?!\\p{Lo})[\\p{L}\\p{N}]))";

export function start() {
  const sought = new URLSearchParams(location.search).get("h");
  const ranges = sought && CSS.highlights ? find(document.querySelectorAll("main > article > :is(section, div)"), pattern(sought)) : [];
  if (!ranges.length) return;
  CSS.highlights.set(NAME, new Highlight(...ranges));
  const clear = button(words("unmark"), "unmark", () => {
    CSS.highlights.delete(NAME);
    clear.remove();
    history.replaceState(null, "", location.pathname + location.hash);
  });
  document.body.append(clear);
  addEventListener("keydown", ({ key }) => key === "Escape" && clear.isConnected && !document.querySelector("dialog[open]") && clear.click());
}

/** As long as the text: every letter small, and without an accent where the script has some. */
const plain = (text) => text.replace(/[À-῿]/g, (letter) => letter.normalize("NFD")[0]).toLowerCase();

/** Of words that begin alike the longest comes first. */
function pattern(sought) {
  const escaped = plain(sought.normalize()).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/ +/g, "\\s+");
  return new RegExp(`${EDGE}(?:${escaped.split("~").filter(Boolean).sort().reverse().join("|")})${EDGE}`, "gu");
}

/** A block is searched as a whole, since in code a name may be made of several elements. */
function find(parts, wanted) {
  const blocks = new Map();
  const ranges = [];
  for (const part of parts) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const block = walker.currentNode.parentElement.closest(BLOCKS);
      if (!blocks.has(block)) blocks.set(block, []);
      blocks.get(block).push(walker.currentNode);
    }
  }
  for (const nodes of blocks.values()) {
    for (const { 0: word, index } of plain(nodes.map((node) => node.data).join("")).matchAll(wanted)) {
      const range = new Range();
      range.setStart(...place(nodes, index));
      range.setEnd(...place(nodes, index + word.length));
      if (ranges.push(range) === MOST) return ranges;
    }
  }
  return ranges;
}

function place(nodes, at) {
  let number = 0;
  while (at > nodes[number].length) at -= nodes[number++].length;
  return [nodes[number], at];
}
