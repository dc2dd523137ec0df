// The reader's choice between dark and light; without one the page follows the system.
import { keep, recall } from "./memory.js";

const KEY = "knowrepo:scheme";
const SCHEMES = ["light", "dark"];
const root = document.documentElement;

export function chosen() {
  const found = recall(KEY);
  return SCHEMES.includes(found) ? found : "";
}

/** "" follows the system. */
export function show(scheme) {
  const meta = document.querySelector("meta[name='color-scheme']");
  if (meta) meta.content = scheme || "light dark";
  if (scheme) root.dataset.scheme = scheme;
  else delete root.dataset.scheme;
}

/** "" forgets the choice. */
export function choose(scheme) {
  show(scheme);
  keep(KEY, scheme || null);
}

export { KEY };
