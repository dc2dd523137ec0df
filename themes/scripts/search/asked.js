// What the page of the search was asked for, as a value. In the address it is the query; for the engine its facets are clauses before what was typed.
export const FACETS = ["tag", "author", "year", "folder", "kind", "lang"];
export const SORTS = ["relevance", "date"];
export const PAGE = 20;

const LONGEST = 300;
const MOST = 30;
const PAGES = 50;
const YEAR = /^\d{4}$/;

export const EMPTY = { q: "", tag: [], author: [], year: [], folder: [], kind: [], lang: [], any: false, sort: "relevance", page: 1 };

export function read(address) {
  const given = new URLSearchParams(address);
  const state = { ...EMPTY, q: (given.get("q") ?? "").slice(0, LONGEST), any: given.get("any") === "1" };
  for (const facet of FACETS) state[facet] = [...new Set(given.getAll(facet).map((name) => name.slice(0, LONGEST)))].filter(Boolean).slice(0, MOST);
  state.year = state.year.filter((year) => YEAR.test(year)).sort();
  if (SORTS.includes(given.get("sort"))) state.sort = given.get("sort");
  state.page = Math.min(PAGES, Math.max(1, Math.trunc(Number(given.get("page"))) || 1));
  return state;
}

/** The query of the address; "" where nothing was asked for. */
export function written(state) {
  const query = new URLSearchParams();
  if (state.q.trim()) query.set("q", state.q);
  for (const facet of FACETS) for (const name of state[facet]) query.append(facet, name);
  if (state.any && state.tag.length > 1) query.set("any", "1");
  if (state.sort !== EMPTY.sort) query.set("sort", state.sort);
  if (state.page > 1) query.set("page", state.page);
  return query.size ? `?${query}` : "";
}

export const chosen = (state) => FACETS.flatMap((facet) => state[facet].map((name) => ({ facet, name })));

/** Whether one of the names is enough: a post may be asked to have several tags, but it was written in one year. */
export const either = (state, facet) => facet !== "tag" || state.any;

/** The state with a name chosen, or no more. */
export function toggled(state, facet, name, on) {
  const others = state[facet].filter((other) => other !== name);
  return { ...state, page: 1, [facet]: on ? [...others, name].sort() : others };
}

/** The clauses of the facets, as the grammar has them; "" without any. */
export function clauses(state) {
  const all = FACETS.filter((facet) => facet !== "year").flatMap((facet) => {
    const names = state[facet].map((name) => `${facet}:"${name.replace(/["“”„]/g, " ")}"`);
    return names.length ? [names.join(either(state, facet) ? " OR " : " ")] : [];
  });
  return [...all, ...years(state.year)].map((clause) => `${clause} `).join("");
}

/** From the first of the years to the last, without the gaps between them. */
function years(chosen) {
  if (!chosen.length) return [];
  const numbers = chosen.map(Number);
  const written = (year) => String(year).padStart(4, "0");
  const gaps = numbers.slice(1).flatMap((year, at) => (year > numbers[at] + 1 ? [`before:${written(numbers[at] + 1)} OR after:${written(year)}`] : []));
  return [`after:${written(numbers[0])} before:${written(numbers.at(-1) + 1)}`, ...gaps];
}
