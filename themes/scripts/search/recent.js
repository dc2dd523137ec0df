// What was searched for lately, newest first: known to this browser alone.
import { keep, recall } from "../memory.js";

const KEY = "knowrepo:searches";
const MOST = 8;

export function all() {
  try {
    const kept = JSON.parse(recall(KEY) ?? "[]");
    return kept.filter((query) => typeof query === "string" && query).slice(0, MOST);
  } catch {
    return []; // somebody else's
  }
}

const store = (queries) => keep(KEY, queries.length ? JSON.stringify(queries.slice(0, MOST)) : null);

export const add = (query) => query.trim() && store([query.trim(), ...all().filter((other) => other !== query.trim())]);
export const forget = (query) => store(all().filter((other) => other !== query));
export const clear = () => store([]);
