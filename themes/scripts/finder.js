// The way to the search: its script is loaded when somebody first asks for it. What is typed meanwhile is kept; where it cannot be loaded, its page is opened.
import { element } from "./page.js";

let loading;
let typed;

export async function find() {
  const field = document.querySelector("main input[data-find]");
  if (field) return field.select();
  if (typed !== undefined) return;
  typed = "";
  addEventListener("keydown", keep, true);
  try {
    await (loading ??= load(JSON.parse(document.body.dataset.search)));
    await globalThis.knowrepoSearch.open(() => typed);
  } catch {
    location.assign(document.querySelector("a[data-search]").href);
  }
  removeEventListener("keydown", keep, true);
  typed = undefined;
}

/** Only this script is trusted, and only with this hash may it run. */
function load({ script, integrity }) {
  const policy = { createScriptURL: () => new URL(script, location.href).href };
  const source = (globalThis.trustedTypes?.createPolicy("knowrepo", policy) ?? policy).createScriptURL("");
  return new Promise((onload, onerror) => document.head.append(element("script", { integrity, onload, onerror, src: source })));
}

function keep(event) {
  if (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  typed += event.key;
}

export function start() {
  const link = document.querySelector("a[data-search]");
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    find();
  });
}
