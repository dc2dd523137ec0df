// The grammar of queries: what somebody typed → its clauses, as JSON. knowrepo/analysis/query.py is the same, line for line, and says what is what.
export const PLACES = ["code", "prose", "output", "comment"];
export const FIELDS = ["tag", "author", "folder", "kind", "lang", "title", "in", "before", "after"];

const BLANKS = String.raw`\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const QUOTES = '"“”„';

const sticky = (source) => new RegExp(source, "y");
const BLANK = sticky(`[${BLANKS}]*`);
const MINUS = sticky(`(?:-|NOT[${BLANKS}]+)(?=[^-${BLANKS}])`);
const QUOTED = sticky(`[${QUOTES}]([^${QUOTES}]*)([${QUOTES}]?)`);
const NAME = sticky(`([^:${BLANKS}${QUOTES}]+):(?!:|//)`);
const BARE = sticky(`[^${BLANKS}]*`);
const BETWEEN = new RegExp(`[${BLANKS}]+`);
const LIKE_A_FIELD = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const DATE = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/;

/** What a query asks for: `fields` are the other keys of the headers, in lower case; while somebody is `typing` the last word is only a beginning. */
export function parse(query, fields = [], typing = false) {
  const reading = new Reading(query, [...FIELDS, ...fields], typing);
  while (!reading.done()) reading.part();
  return reading.result();
}

class Reading {
  constructor(query, known, typing) {
    Object.assign(this, { query, known, typing, at: 0, start: 0, closed: false, clauses: [], places: [], problems: [], last: "", waiting: null });
  }

  done() {
    this.at += this.matched(BLANK)[0].length;
    return this.at === this.query.length;
  }

  part() {
    this.start = this.at;
    const minus = this.matched(MINUS);
    const excluded = minus !== null;
    this.at += excluded ? minus[0].length : 0;
    this.closed = false;
    if (this.matched(QUOTED)) {
      const text = this.quoted();
      this.leaf(text ? { kind: "phrase", text } : null, excluded);
      return;
    }
    const name = this.matched(NAME);
    if (name && this.isField(name[1], this.at + name[0].length)) {
      this.at += name[0].length;
      this.field(name[1], excluded);
      return;
    }
    const text = this.bare();
    if (text === "OR" && !excluded) this.or();
    else if (text !== "AND" || excluded || !this.last) this.leaf({ kind: "word", ...this.word(text, excluded) }, excluded);
  }

  result() {
    if (this.waiting) this.problem("lonely-or", this.waiting, "OR");
    if (this.clauses.length && this.clauses.every((clause) => clause.not)) this.problem("only-not", [0, this.query.length]);
    return { clauses: this.clauses, in: [...new Set(this.places)], problems: this.problems.sort((one, other) => one.at - other.at) };
  }

  matched(pattern, at = this.at) {
    pattern.lastIndex = at;
    return pattern.exec(this.query);
  }

  bare() {
    const [text] = this.matched(BARE);
    this.at += text.length;
    return text;
  }

  quoted() {
    const [all, text, end] = this.matched(QUOTED);
    if (!end) this.problem("unclosed-quote", [this.at, this.at + all.length]);
    this.closed = end !== "";
    this.at += all.length;
    return text.split(BETWEEN).filter(Boolean).join(" ");
  }

  isField(name, end) {
    const followed = this.matched(BARE, end)[0] !== "";
    return this.known.includes(name.toLowerCase()) || (followed && LIKE_A_FIELD.test(name));
  }

  field(written, excluded) {
    const name = written.toLowerCase();
    const value = this.matched(QUOTED) ? this.quoted() : this.bare();
    if (!this.known.includes(name)) {
      this.problem("unknown-field", [this.start, this.at], written, near(name, this.known));
      this.leaf({ kind: "word", ...this.word(value ? `${written} ${value}` : written, excluded) }, excluded);
    } else if (!value) {
      this.problem("empty-field", [this.start, this.at], name);
      this.leaf(null, excluded);
    } else if (name === "in") this.place(value, excluded);
    else if (name === "before" || name === "after") this.date(name, value, excluded);
    else if (name === "title") this.leaf({ kind: "title", ...this.word(value, excluded) }, excluded);
    else this.leaf({ kind: "field", name, value }, excluded);
  }

  place(value, excluded) {
    const place = value.toLowerCase();
    this.joined("place");
    this.last = "place";
    if (excluded) this.problem("bad-place", [this.start, this.at], `-in:${value}`);
    else if (!PLACES.includes(place)) this.problem("bad-place", [this.start, this.at], value, near(place, PLACES));
    else this.places.push(place);
  }

  date(name, value, excluded) {
    const right = firstDay(value) !== "";
    if (!right) this.problem("bad-date", [this.start, this.at], value);
    this.leaf(right ? { kind: "date", name, value } : null, excluded);
  }

  word(text, excluded) {
    let end = text.length;
    while (end && text[end - 1] === "*") end -= 1;
    if (end && end < text.length && !this.closed) return { text: text.slice(0, end), prefix: true };
    return { text, prefix: this.typing && !excluded && !this.closed && this.at === this.query.length };
  }

  or() {
    if (this.waiting || this.last === "" || this.last === "not") this.problem("lonely-or", [this.start, this.at], "OR");
    else if (this.last !== "nothing") this.waiting = [this.start, this.at];
  }

  joined(kind) {
    const { waiting } = this;
    this.waiting = null;
    if (waiting && this.last !== kind) this.problem("lonely-or", waiting, "OR");
    return waiting !== null && this.last === kind;
  }

  leaf(leaf, excluded) {
    if (leaf === null) {
      this.waiting = null;
      this.last = "nothing";
      return;
    }
    const kind = excluded ? "not" : "word";
    if (this.joined(kind)) this.clauses.at(-1).any.push(leaf);
    else this.clauses.push({ not: excluded, any: [leaf] });
    this.last = kind;
  }

  problem(key, [start, end], value = "", hint = "") {
    if (this.typing && end === this.query.length && key !== "unknown-field" && key !== "only-not") return;
    this.problems.push({ key, at: start, length: end - start, value, hint });
  }
}

/** The first day of YYYY, YYYY-MM or YYYY-MM-DD as YYYY-MM-DD; "" if it is no such date. */
export function firstDay(value) {
  const found = DATE.exec(value);
  if (!found || found[1] === "0000") return "";
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days ? [found[1], found[2] ?? "01", found[3] ?? "01"].join("-") : "";
}

/** The first name that begins like the word or that it begins with, else the one with the fewest letters different (at most a third); or "". */
export function near(word, names) {
  const alike = names.find((name) => [...word].length > 1 && (name.startsWith(word) || (name.length > 2 && word.startsWith(name))));
  if (alike) return alike;
  const distances = names.map((name) => distance(word, name));
  const least = Math.min(...distances);
  return least * 3 <= [...word].length ? names[distances.indexOf(least)] : "";
}

/** How many letters to add, leave out, change or swap with their neighbour (optimal string alignment). */
export function distance(one, other) {
  const [from, to] = [[...one], [...other]];
  let before = [];
  let row = [...to.keys(), to.length];
  for (let at = 0; at < from.length; at++) {
    const above = row;
    row = [at + 1];
    for (let place = 0; place < to.length; place++) {
      let least = Math.min(above[place] + Number(from[at] !== to[place]), above[place + 1] + 1, row[place] + 1);
      if (at && place && from[at] === to[place - 1] && from[at - 1] === to[place]) least = Math.min(least, before[place - 1] + 1);
      row.push(least);
    }
    before = above;
  }
  return row.at(-1);
}
