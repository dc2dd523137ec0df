// The way to the search: its script is loaded when somebody first asks for it. What is typed meanwhile is kept; where it cannot be loaded, its page is opened.
import { element } from "./page.js";

const link = document.querySelector("a[data-search]");
let loading;
let typed;

export async function find() {
  const field = document.querySelector("main input[data-find]");
  if (field) return field.select();
  if (typed !== undefined || !link) return;
  typed = "";
  addEventListener("keydown", keep, true);
  try {
    await (loading ??= Promise.all(JSON.parse(document.body.dataset.search).scripts.map(load)));
    await globalThis.knowrepoSearch.open(() => typed);
  } catch {
    location.assign(link.href);
  }
  removeEventListener("keydown", keep, true);
  typed = undefined;
}

/** Only scripts that our pages name are trusted, and only with their hashes may they run (on an offline site: those of the index, which are named by theirs). */
const address = (script) => new URL(script, location.href).href;
let policy;

function load([script, integrity]) {
  policy ??= globalThis.trustedTypes?.createPolicy("knowrepo", { createScriptURL: address }) ?? { createScriptURL: address };
  const src = policy.createScriptURL(script);
  return new Promise((onload, onerror) => document.head.append(element("script", { integrity, onload, onerror, src, async: false })));
}

globalThis.knowrepoLoad = load;

function keep(event) {
  if (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  typed += event.key;
}

export function start() {
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    find();
  });
}
