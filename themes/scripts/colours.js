// The reader's choice between dark and light; without one the page follows the system.
const KEY = "knowrepo:scheme";
const SCHEMES = ["light", "dark"];
const root = document.documentElement;

export function chosen() {
  try {
    const found = localStorage.getItem(KEY);
    return SCHEMES.includes(found) ? found : "";
  } catch {
    return ""; // storage is switched off
  }
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
  try {
    if (scheme) localStorage.setItem(KEY, scheme);
    else localStorage.removeItem(KEY);
  } catch {
    // not remembered, but it works
  }
}

export { KEY };
