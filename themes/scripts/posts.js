// All posts as posts.json has them, and those that a state asks for.
import { columnOf, COLUMNS, FACETS } from "./state.js";

const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true, sensitivity: "base" });
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export async function load(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.status);
  return new Posts(await answer.json());
}

export class Posts {
  constructor(data) {
    const columns = Object.entries(data.posts);
    this.all = data.posts.title.map((_, at) => Object.fromEntries(columns.map(([name, values]) => [name, values[at]])));
    this.tables = Object.fromEntries(FACETS.map((facet) => [facet, data[facet].map(([name, more]) => ({ name, url: more, label: facet === "kind" ? more : name }))]));
    this.numbers = Object.fromEntries(FACETS.map((facet) => [facet, new Map(this.tables[facet].map(({ name }, at) => [name, at]))]));
    this.orders = new Map();
    const above = this.tables.folder.map(({ name }, at) => this.ancestors(name, at));
    this.all.forEach((post, at) => Object.assign(post, { at, home: post.folder[0], folder: post.folder.flatMap((folder) => above[folder]) }));
    this.totals = this.count(this.all);
    setTimeout(() => this.prepare());
  }

  /** What is slow the first time is done while nobody waits. */
  prepare(from = 0) {
    const some = this.all.slice(from, from + 300);
    for (const post of some) this.text(post);
    if (some.length) setTimeout(() => this.prepare(from + some.length));
    else this.places("title");
  }

  /** A folder and those above it: a filter for a folder is one for all that lies below. */
  ancestors(name, at) {
    const found = [at];
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) found.push(this.numbers.folder.get(name.slice(0, end)) ?? at);
    return found;
  }

  count(posts) {
    const counts = Object.fromEntries(FACETS.map((facet) => [facet, new Uint32Array(this.tables[facet].length)]));
    for (const post of posts) for (const facet of FACETS) for (const number of post[facet]) counts[facet][number]++;
    return counts;
  }

  /** The posts in their order; and for every name, how many there would be (of the alternatives of a name, those without it count too). */
  select(state) {
    const chosen = FACETS.map((facet) => state[facet].map((name) => this.numbers[facet].get(name)));
    const fits = this.matcher(state);
    const found = [];
    const nearly = FACETS.map(() => []);
    for (const post of this.all) {
      if (!fits(post)) continue;
      const missed = FACETS.findIndex((facet, at) => !passes(post[facet], chosen[at], facet === "tag" && !state.any));
      if (missed < 0) found.push(post);
      else if (FACETS.every((facet, at) => at <= missed || passes(post[facet], chosen[at], facet === "tag" && !state.any))) nearly[missed].push(post);
    }
    const counts = this.count(found);
    FACETS.forEach((facet, at) => {
      if (facet === "tag" && !state.any) return;
      for (const post of nearly[at]) for (const number of post[facet]) counts[facet][number]++;
    });
    return { found: this.sorted(found, state.sort), counts };
  }

  matcher({ q, from, to }) {
    const wanted = folded(q).split(/\s+/).filter(Boolean);
    const last = to && `${to}~`;
    return (post) => {
      if ((from && post.created < from) || (last && !(post.created && post.created < last))) return false;
      return wanted.every((word) => this.text(post).includes(word));
    };
  }

  text(post) {
    post.text ??= folded([post.title, post.summary, ...["tag", "author", "folder"].flatMap((facet) => post[facet].map((number) => this.tables[facet][number].name))].join("\n"));
    return post.text;
  }

  sorted(posts, sort) {
    const places = this.places(columnOf(sort));
    posts.sort((one, other) => places[one.at] - places[other.at]);
    return sort.startsWith("-") ? posts.reverse() : posts;
  }

  /** The place of every post by a column. Made once, since words are slow to compare. */
  places(column) {
    if (!this.orders.has(column)) this.orders.set(column, this.order(column));
    return this.orders.get(column);
  }

  /** Equals are newest first. */
  order(column) {
    const name = (facet) => (post) => this.tables[facet][post[facet][0]]?.name ?? "\uffff";
    const key = {
      title: (post) => post.title,
      author: name("author"),
      tag: name("tag"),
      folder: (post) => this.tables.folder[post.home]?.name ?? "",
      created: (post) => post.created,
      updated: (post) => post.updated || post.created,
      minutes: (post) => post.minutes,
    }[column];
    const words = ["title", "author", "tag", "folder"].includes(column);
    const keys = this.all.map(key);
    const compare = words ? (a, b) => collator.compare(keys[a], keys[b]) : (a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0);
    const places = new Uint32Array(this.all.length);
    [...keys.keys()].sort((a, b) => COLUMNS[column] * compare(a, b) || a - b).forEach((at, place) => (places[at] = place));
    return places;
  }
}

function passes(has, chosen, all) {
  if (!chosen.length) return true;
  return all ? chosen.every((number) => has.includes(number)) : chosen.some((number) => has.includes(number));
}
