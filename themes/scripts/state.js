// What the reader asked for, as a value; in the address it is the query, so that a shared link shows the same. Anything odd there counts as not said.
export const FACETS = ["tag", "author", "folder", "kind"];
export const VIEWS = ["cards", "table", "tree"];
export const BY = ["folder", "tag", "author"];
/** The columns that sort, those that begin with their largest first; a "-" before a name turns it round. */
export const COLUMNS = { title: 1, author: 1, tag: 1, created: -1, updated: -1, folder: 1, minutes: -1 };

const LONGEST = 200;
const MOST = 50;
const MONTH = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-\d\d)?)?$/;

export const EMPTY = { q: "", tag: [], author: [], folder: [], kind: [], any: false, from: "", to: "", sort: "created", view: "cards", by: "folder" };

export const columnOf = (sort) => sort.replace(/^-/, "");

/** A month from what somebody wrote; a year alone is its first or its last month. */
export function month(text, last = false) {
  const found = MONTH.exec(text.trim());
  return found ? `${found[1]}-${found[2] ?? (last ? "12" : "01")}` : "";
}

const among = (value, known, usual) => (known.includes(value) ? value : usual);

export function read(query) {
  const given = new URLSearchParams(query);
  const one = (name) => (given.get(name) ?? "").slice(0, LONGEST);
  const state = { ...EMPTY, q: one("q"), any: given.get("any") === "1", from: month(one("from")), to: month(one("to"), true) };
  for (const name of FACETS) state[name] = [...new Set(given.getAll(name).slice(0, MOST))];
  state.sort = Object.hasOwn(COLUMNS, columnOf(one("sort"))) ? one("sort") : EMPTY.sort;
  state.view = among(one("view"), VIEWS, EMPTY.view);
  state.by = among(one("by"), BY, EMPTY.by);
  return state;
}

/** The query of a state: "" for what the page shows by itself. */
export function written(state) {
  const query = new URLSearchParams();
  if (state.q.trim()) query.set("q", state.q);
  for (const name of FACETS) for (const value of state[name]) query.append(name, value);
  if (state.any && state.tag.length) query.set("any", "1");
  for (const name of ["from", "to"]) if (state[name]) query.set(name, state[name]);
  for (const name of ["sort", "view"]) if (state[name] !== EMPTY[name]) query.set(name, state[name]);
  if (state.view === "tree" && state.by !== EMPTY.by) query.set("by", state.by);
  return query.size ? `?${query}` : "";
}

/** The state without one of its filters. */
export function without(state, { facet, value }) {
  return { ...state, [facet]: FACETS.includes(facet) ? state[facet].filter((other) => other !== value) : "" };
}

/** Every filter that is set, in the order in which they stand on the page. */
export function filters(state) {
  const set = FACETS.flatMap((facet) => state[facet].map((value) => ({ facet, value })));
  return [...["q", "from", "to"].filter((facet) => state[facet].trim()).map((facet) => ({ facet, value: state[facet].trim() })), ...set];
}
