// What may follow while a query is typed: the names of fields, and the values that posts have.
import { FIELDS, PLACES } from "./query.js";
import { same } from "./words.js";

const MOST = 8;

/** The ways to go on from ``caret``: whole queries, each with its caret, a label, and for a value how many posts have it. */
export async function complete(files, query, caret) {
  const before = query.slice(0, caret);
  const found = /(?:^|[\s(])-?([^\s:"]+)(?:(:)"?([^\s"]*))?$/u.exec(before);
  if (!found) return [];
  const [, name, colon, typed = ""] = found;
  const start = colon ? before.lastIndexOf(`${name}:`) : caret - name.length;
  const ways = colon ? await values(files, name.toLowerCase(), typed) : fields(files, name.toLowerCase());
  return ways.map(({ text, count }) => {
    const end = text.endsWith(":") ? "" : " ";
    const made = query.slice(0, start) + text + end;
    return { query: made + query.slice(caret).trimStart(), caret: made.length, label: text, count };
  });
}

function fields(files, begin) {
  const all = [...FIELDS, ...files.about.fields];
  return all.filter((name) => name.startsWith(begin) && name !== begin).slice(0, MOST).map((name) => ({ text: `${name}:` }));
}

async function values(files, name, typed) {
  if (name === "in") return PLACES.filter((place) => place.startsWith(typed)).map((place) => ({ text: `in:${place}` }));
  if (![...FIELDS, ...files.about.fields].includes(name) || ["title", "before", "after"].includes(name)) return [];
  const rows = await files.beginning(`${name}=${same(typed)}`);
  rows.sort((one, other) => other.all - one.all || (one.term < other.term ? -1 : 1));
  return rows.slice(0, MOST).map(({ term, all }) => ({ text: term.replace("=", ":"), count: all }));
}
