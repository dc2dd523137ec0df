// What was searched for lately, newest first: known to this browser alone.
const KEY = "knowrepo:searches";
const MOST = 8;

export function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return kept.filter((query) => typeof query === "string" && query).slice(0, MOST);
  } catch {
    return []; // no storage, or somebody else's
  }
}

function keep(queries) {
  try {
    if (queries.length) localStorage.setItem(KEY, JSON.stringify(queries.slice(0, MOST)));
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage nothing is kept.
  }
}

export const add = (query) => query.trim() && keep([query.trim(), ...all().filter((other) => other !== query.trim())]);
export const forget = (query) => keep(all().filter((other) => other !== query));
export const clear = () => keep([]);
