// What the dialog and the page share: words, addresses, and what stands for a result. All that comes from the index is text, and nothing else.
import { ago } from "../dates.js";
import { button, element, filled } from "../page.js";

const POST = /^posts\/(?:[a-z0-9_-][a-z0-9._-]*\/)+index\.html$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The site as the search sees it: ``root`` is its address, ``index()`` a promise of the index. */
export class Site {
  constructor(root, texts, index) {
    Object.assign(this, { root, texts, index });
    this.say = this.say.bind(this);
  }

  /** A text of the interface; ``count`` chooses its form. */
  say(key, values = {}) {
    const text = this.texts[key] ?? key;
    return filled(typeof text === "string" ? text : text[values.count === 1 ? "one" : "other"], values);
  }

  /** The address of a result, or of one of its sections, with the words that are marked there. */
  address({ url, marks }, section) {
    const address = new URL(POST.test(url) ? url : "index.html", this.root);
    if (marks?.length) address.search = `?h=${encodeURIComponent(marks.join("~"))}`;
    if (section?.anchor) address.hash = encodeURIComponent(section.anchor);
    return address.href;
  }

  /** The page of the search, for a query. */
  page(query) {
    return new URL(`search/index.html${query ? `?q=${encodeURIComponent(query)}` : ""}`, this.root).href;
  }
}

const isolated = (tag, className, ...inside) => element(tag, { className, dir: "auto" }, ...inside);

const marks = (parts) => parts.map(([text, match]) => (match ? element("mark", {}, text) : text));

/** Code without what all its lines are indented by. */
function outdented(parts) {
  const text = parts.map(([part]) => part).join("");
  const most = Math.min(...text.split("\n").map((line) => line.search(/\S|$/)));
  return parts.map(([part, match], at) => [part.replace(new RegExp(`(?<=\\n${at ? "" : "|^"}) {${most}}`, "g"), ""), match]);
}

/** The title of a post, with what was looked for marked. */
export const named = (tag, { name }, properties = {}) => Object.assign(isolated(tag, "", ...marks(name)), properties);

/** A section of a post: where it stands, and the text around the match. */
export function section(say, { heading, kind, parts }) {
  const places = { code: say("code"), output: say("output"), comment: say("comment") };
  const code = kind === "code" || kind === "output";
  const head = element("span", { className: "where" }, isolated("span", "heading", heading || ""));
  if (Object.hasOwn(places, kind)) head.append(element("span", { className: "place" }, places[kind]));
  const excerpt = isolated(code ? "code" : "span", "excerpt", ...marks(kind === "code" ? outdented(parts) : parts));
  if (code) excerpt.dir = "ltr";
  return [...(head.textContent ? [head] : []), ...(parts.length ? [excerpt] : [])];
}

export const title = (tag, text, properties = {}) => Object.assign(isolated(tag, "", text), properties);

export function date(text) {
  return element("time", { dateTime: text, title: DAY.test(text) ? ago(text) : "" }, text);
}

/** How many posts were found, in one sentence. */
export function told(say, { total, full }) {
  if (!full && total) return say("found-some", { count: total });
  const found = say("found", { count: total });
  return full < total ? say("found-full", { found, full }) : found;
}

/** What is wrong with a query, a line each. Where ``query`` is still being typed, its end may yet become right. */
export function problems(say, found, query = "") {
  const lines = {
    "unknown-field": ({ value, hint }) => (hint ? say("unknown-field-hint", { value, hint }) : say("unknown-field", { value })),
    "unclosed-quote": () => say("unclosed-quote"),
    "bad-date": ({ value }) => say("bad-date", { value }),
    "bad-place": ({ value }) => say("bad-place", { value }),
    "empty-field": ({ value }) => say("empty-field", { value }),
    "lonely-or": () => say("lonely-or"),
    "no-phrase": ({ value }) => say("no-phrase", { value }),
    "only-not": () => say("only-not"),
  };
  return found
    .filter(({ key, at, length }) => Object.hasOwn(lines, key) && !(query && key !== "unknown-field" && at + length >= query.trimEnd().length))
    .map((problem) => element("p", { className: "wrong" }, lines[problem.key](problem)));
}

/** Another query that finds more; ``take`` is told of it. */
export function meant(say, suggestion, take) {
  return element("p", { className: "meant" }, `${say("meant")} `, button(suggestion, "quiet-button", () => take(suggestion)), "?");
}

/** Why nothing can be found, and a way to try again. */
export function lost(say, again) {
  const why = location.protocol === "file:" ? say("unavailable-file") : say("unavailable");
  return element("p", { className: "wrong" }, why, " ", button(say("again"), "quiet-button", again));
}

export const missing = (say, count) => element("p", { className: "wrong" }, say("missing", { count }));
