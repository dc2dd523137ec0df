// A query put to the index: which posts answer it and how well. knowrepo/search/asking.py says the same with whoosh's index.
import { inWords } from "./phrases.js";
import { firstDay, near } from "./query.js";
import { intended } from "./spelling.js";
import { chunks, fold, same, terms } from "./words.js";

const JOINED = 0.5; // what an identifier as a whole counts beside its parts
const ENDINGS = 100; // a beginning stands for at most so many terms
const FREQUENT = 0.25; // of a word that more posts have not all are looked at while somebody is typing
const FEW = 3; // in a query of so few words one that is a name means just that name
const FARTHER = 0.05; // what those count that are farther from it than the nearest
const STEPS = 255;
const DAY = 86_400_000;

const MASKS = { prose: 0b0001100, comment: 0b0010000, code: 0b0100000, output: 0b1000000 };
const ALL = 0b1111111;
const TITLE = 0b0000001;
const TEXT = 0b1111000;

/**
 * One query and the index, with what has been looked up already. ``wanted`` are the terms that are marked, with how much each tells; ``inText`` the posts
 * that have one of them in a cell.
 */
export class Asking {
  constructor(files, asked, whole) {
    asked = { ...asked, clauses: asked.clauses.flatMap(spread) };
    Object.assign(this, { files, asked, whole, about: files.about, wanted: new Map(), instead: [], problems: [], named: new Map(), inText: new Set() });
    this.mask = asked.in.reduce((mask, place) => mask | MASKS[place], 0) || ALL;
  }

  /** The posts, best first. */
  async hits() {
    const given = counted(this.asked.clauses.filter((clause) => !clause.not));
    const found = await Promise.all(given.map(async ({ clause, times }) => ({ clause, times, scores: await this.clause(clause) })));
    const real = found.filter(({ scores }) => scores);
    const texts = real.filter(({ clause }) => !isFilter(clause));
    const required = real.filter(({ clause }) => !isOptional(clause));
    const [joined, excluded] = await Promise.all([this.neighbours(), this.excluded()]);
    const total = new Map();
    for (const { scores, times } of texts) for (const [post, score] of scores) total.set(post, (total.get(post) ?? 0) + score * Math.sqrt(times));
    if (!texts.length && real.length) for (let post = 0; post < this.about.posts; post++) total.set(post, 0);
    for (const scores of joined) for (const [post, score] of scores) if (total.has(post)) total.set(post, total.get(post) + score);
    const asked = texts.filter(({ scores }) => !scores.frequent);
    const hits = [];
    for (const [post, score] of total) {
      if (excluded.has(post) || !required.every(({ scores }) => scores.has(post))) continue;
      hits.push({ post, score: score * this.youth(post), full: asked.every(({ scores }) => scores.has(post)) });
    }
    const named = ({ post }) => (texts.length <= FEW ? (this.named.get(post)?.size ?? 0) : 0);
    return hits.sort((one, other) => other.full - one.full || named(other) - named(one) || other.score - one.score || other.post - one.post);
  }

  /** The query with the words that somebody wrote in place of those that nobody did, or "". */
  suggestion(query) {
    let meant = query;
    for (const [word, form] of this.instead) meant = meant.replace(word, () => form);
    return meant === query ? "" : meant;
  }

  /** How much more a younger post counts. */
  youth(post) {
    const { posts, undated, recency } = this.about;
    return post < undated ? 1 : 1 + (recency * (post - undated)) / Math.max(1, posts - undated - 1);
  }

  /** The posts that a clause finds with their scores; null if there is nothing in it to look for. */
  async clause({ any }) {
    const made = (await Promise.all(any.map((leaf) => this.leaf(leaf)))).filter(Boolean);
    if (made.length && !made.some((scores) => scores.size)) {
      if (any.length === 1 && any[0].kind === "word") made.push(await this.misspelt(any[0]));
      else if (any.every(({ kind }) => kind === "field") && !this.files.lost.size) return this.unknown(any);
    }
    return made.length ? made.reduce(either) : null;
  }

  /** Values that no post has are left out. */
  async unknown(leaves) {
    for (const { name, value } of leaves) {
      const rows = await this.files.beginning(`${name}=`);
      const meant = near(same(value), rows.map(({ term }) => term.slice(name.length + 1)));
      this.problems.push({ key: "unknown-value", at: 0, length: 0, value: `${name}:${value}`, hint: meant && `${name}:${meant}` });
    }
    return null;
  }

  /** The posts that are excluded; a phrase is looked for in their texts, later. */
  async excluded() {
    const found = new Set();
    const other = new Asking(this.files, { clauses: [], in: [] }, true);
    for (const { any, not } of this.asked.clauses) {
      if (!not || any[0].kind === "phrase") continue;
      for (const post of (await other.leaf(any[0]))?.keys() ?? []) found.add(post);
    }
    return found;
  }

  leaf(leaf) {
    switch (leaf.kind) {
      case "word":
        return this.word(leaf.text, leaf.prefix, this.mask);
      case "title":
        return this.word(leaf.text, leaf.prefix, TITLE);
      case "phrase":
        return this.phrase(leaf.text);
      case "field":
        return this.value(`${leaf.name}=${same(leaf.name === "folder" ? leaf.value.replace(/^\/+|\/+$/g, "") : leaf.value)}`);
      default:
        return this.dated(leaf);
    }
  }

  /** The posts that have all chunks of a text; null if it has none. */
  async word(text, prefix, mask) {
    const all = [...chunks(text)].map((chunk) => chunk.text).filter((chunk) => !isNothing(terms(chunk)));
    if (!all.length) return null;
    const made = await Promise.all(all.map((chunk) => this.chunk(chunk, mask)));
    if (prefix) made[made.length - 1] = either(made.at(-1), await this.beginning(all.at(-1), mask));
    return made.reduce(both);
  }

  /** The posts that have all parts of a chunk, or the whole of it as one word. */
  async chunk(chunk, mask) {
    const { joined } = terms(chunk);
    const whole = joined.reduce((longest, term) => (term.length > longest.length ? term : longest), "");
    const [parts, wholes] = await Promise.all([
      Promise.all(this.slots(chunk).map((slot) => this.scores(slot, mask))),
      Promise.all(joined.map((term) => this.scores([term], mask))),
    ]);
    const own = whole ? wholes[joined.indexOf(whole)] : new Map();
    const found = parts.length ? either(parts.reduce(both), own) : new Map(own);
    for (const post of own.keys()) this.named.set(post, (this.named.get(post) ?? new Set()).add(chunk)); // who writes a name means the name, not its parts
    for (const scores of wholes) for (const [post, score] of scores) if (found.has(post)) found.set(post, found.get(post) + JOINED * score);
    return found;
  }

  /** The parts of a chunk, each as the stems that it has in the languages of the site. */
  slots(chunk) {
    const made = this.about.languages.map((language) => terms(chunk, language).parts);
    return (made[0] ?? []).map((_, at) => [...new Set(made.map((parts) => parts[at]).filter((part) => part !== undefined))]);
  }

  async beginning(chunk, mask) {
    const begin = fold(chunk.toLowerCase()).replaceAll("_", "");
    if (!begin) return new Map();
    const rows = await this.files.beginning(begin);
    const found = rows.map((row) => row.term).filter((term) => !term.includes("="));
    const shortest = found.sort((one, other) => one.length - other.length || (one < other ? -1 : 1)).slice(0, ENDINGS);
    return this.scores(shortest, mask);
  }

  async phrase(text) {
    const slots = [...chunks(text)].flatMap(({ text: chunk }) => {
      const made = this.slots(chunk);
      return made.length ? made : [terms(chunk).joined.slice(-1)];
    });
    const asked = slots.filter((slot) => slot.length);
    if (!asked.length) return null;
    return (await Promise.all(asked.map((slot) => this.scores(slot, this.mask, true)))).reduce(both);
  }

  /** The posts with a value; where there is none, those with one that begins so. */
  async value(term) {
    const row = await this.files.row(term);
    const rows = row ? [row] : await this.files.beginning(term);
    const found = new Map();
    for (const { posts } of (await Promise.all(rows.map((one) => this.files.columns(one)))).flat()) for (const post of posts) found.set(post, 0);
    return found;
  }

  async dated({ name, value }) {
    const limit = Date.parse(firstDay(value)) / DAY;
    const days = (await this.files.columnsOfAll())?.days ?? [];
    const found = new Map();
    days.forEach((day, post) => {
      if (day >= 0 && (name === "before" ? day < limit : day >= limit)) found.set(post, 0);
    });
    return found;
  }

  /** What words that stand side by side count when they are written as one: "read csv" means read_csv too. */
  neighbours() {
    const runs = [[]];
    for (const { any, not } of this.asked.clauses) {
      const [leaf] = any;
      if (not || any.length > 1 || leaf.kind !== "word" || !/^[\p{L}\p{N}]+$/u.test(leaf.text)) runs.push([]);
      else runs.at(-1).push(fold(leaf.text.toLowerCase()));
    }
    const joined = new Set();
    for (const run of runs) {
      if (run.length < 2) continue;
      for (let at = 1; at < run.length; at++) joined.add(run[at - 1] + run[at]);
      joined.add(run.join(""));
    }
    return Promise.all([...joined].filter((term) => term.length <= 40).map((term) => this.scores([term], this.mask)));
  }

  /** The posts with the words that a word of which there is none was probably meant to be. */
  async misspelt({ text }) {
    const all = [...chunks(text)];
    const slots = all.length === 1 ? this.slots(all[0].text) : [];
    if (slots.length > 1) return this.inParts(slots);
    if (!slots.length || slots[0][0].length < 3) return new Map();
    const [stem] = slots[0];
    const meant = await intended(this.files, stem, fold(text.toLowerCase()));
    if (!meant.length) return new Map();
    this.instead.push([text, meant[0].word]);
    const [first, rest] = [meant.filter(({ far }) => far === meant[0].far), meant.filter(({ far }) => far > meant[0].far)];
    const [nearest, others] = await Promise.all([first, rest].map((some) => this.scores(some.map((one) => one.stem), this.mask)));
    for (const [post, score] of others) others.set(post, score * FARTHER);
    const most = Math.max(0, ...nearest.values());
    for (const post of new Set(first.flatMap(({ own }) => own))) if (nearest.has(post)) nearest.set(post, nearest.get(post) + most);
    return either(nearest, others);
  }

  /** The posts with all parts of a name that nobody wrote, some of which may be written wrongly. */
  async inParts(slots) {
    const made = await Promise.all(slots.map(([text]) => this.clause({ any: [{ kind: "word", text, prefix: false }] })));
    return made.map((scores) => scores ?? new Map()).reduce(both);
  }

  /** The posts with any of some terms, which count as one. ``whole``: however many they are. */
  async scores(some, mask, whole = this.whole) {
    const rows = (await Promise.all(some.map((term) => this.files.row(term)))).filter(Boolean);
    const frequent = !whole && rows.some((row) => row.more && row.all > this.about.posts * FREQUENT);
    const columns = (await Promise.all(rows.map((row) => (frequent ? [row] : this.files.columns(row))))).flat();
    const found = new Map();
    for (const { posts, impacts, masks } of columns) {
      for (let at = 0; at < posts.length; at++) {
        if (masks[at] & mask && impacts[at] > (found.get(posts[at]) ?? 0)) found.set(posts[at], impacts[at]);
        if (masks[at] & mask & TEXT) this.inText.add(posts[at]);
      }
    }
    const holders = Math.max(found.size, ...rows.map((row) => row.all), 0);
    const rarity = Math.log(1 + (this.about.posts - holders + 0.5) / (holders + 0.5));
    for (const [post, impact] of found) found.set(post, rarity * (impact / STEPS) ** 2);
    for (const { term } of rows) this.wanted.set(term, Math.max(rarity, this.wanted.get(term) ?? 0));
    return Object.assign(found, { frequent });
  }
}

/** A word with a hyphen is several words: a post that has some of them answers in part. */
function spread(clause) {
  const { not, any } = clause;
  const [{ kind, text, prefix }] = any;
  const all = !not && any.length === 1 && kind === "word" ? inWords(text, prefix) : [];
  return all.length > 1 ? all : [clause];
}

/** Clauses that mean the same count once, and a little more. */
function counted(clauses) {
  const found = new Map();
  for (const clause of clauses) {
    const key = JSON.stringify(clause.any.map((leaf) => (leaf.kind === "word" ? [leaf.prefix, ...meaning(leaf.text)] : leaf)));
    found.set(key, { clause, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()];
}

const meaning = (text) => [...chunks(text)].map((chunk) => terms(chunk.text));

const isFilter = ({ any }) => any.every(({ kind }) => kind === "field" || kind === "date");
const isOptional = ({ any }) => any.every(({ kind }) => kind === "word");
const isNothing = ({ parts, joined }) => !parts.length && !joined.length;

function both(one, other) {
  const found = new Map();
  for (const [post, score] of one) if (other.has(post)) found.set(post, score + other.get(post));
  return Object.assign(found, { frequent: one.frequent && other.frequent });
}

function either(one, other) {
  const found = new Map(one);
  for (const [post, score] of other) found.set(post, Math.max(score, found.get(post) ?? 0));
  return Object.assign(found, { frequent: one.frequent || other.frequent });
}
