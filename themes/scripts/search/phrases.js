// Phrases: whether words stand in a post one after the other.
import { chunks, terms } from "./words.js";

const only = ({ any }) => any.filter(({ kind }) => kind === "phrase").map(({ text }) => text);

/** The phrases of a query: ``required`` is a list of clauses, of each of which one must be there. */
export function phrases({ clauses }) {
  return {
    required: clauses.filter(({ not, any }) => !not && any.length && any.every(({ kind }) => kind === "phrase")).map(only),
    excluded: clauses.filter(({ not }) => not).flatMap(only),
  };
}

/** A clause for each word of a text; of a ``prefix`` the last may go on. */
export const inWords = (text, prefix = false) =>
  [...chunks(text)].map((chunk, at, all) => ({ not: false, any: [{ kind: "word", text: chunk.text, prefix: prefix && at === all.length - 1 }] }));

/** A query with the words of its phrases in their place, and a problem that says so; null where it has no phrase. */
export function loosened(asked) {
  const wanted = (clause) => !clause.not && only(clause).length;
  const said = asked.clauses.filter(wanted).flatMap(only);
  if (!said.length) return null;
  const problems = said.map((value) => ({ key: "no-phrase", at: 0, length: 0, value, hint: "" }));
  const clauses = asked.clauses.flatMap((clause) => (wanted(clause) ? only(clause).flatMap((phrase) => inWords(phrase)) : [clause]));
  return { ...asked, clauses, problems: [...asked.problems, ...problems] };
}

/** The texts of a post, as far as its card has them. */
export const texts = ({ title, tags, summary, passages }) => [title, summary, ...tags, ...passages.flatMap(([, , heading, text]) => [heading, text])];

const CELL = /<div class="cell (?=markdown|code|raw)/;
const HEAD = /^(code)?[^"]*" id="([^"]*)"[^>]*>/;
const SOURCE = /<pre class="code"><code[^>]*>([^]*?)<\/code><\/pre>/;
const UNREAD = /<(math|svg|style)\b[^]*?<\/\1>/g;
const BLOCK = /<\/?(?:p|div|li|ul|ol|t[dhr]|table|br|pre|blockquote|d[ltd]|h[1-6]|summary|details|figcaption|section)\b[^>]*>/g;
const TAG = /<(?:[^<>"]|"[^"]*")*>/g;
const ENTITY = /&(?:amp|lt|gt|quot|nbsp|#39);/g;
const LETTERS = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&#39;": "'" };

const plain = (html) => html.replace(TAG, "").replace(ENTITY, (entity) => LETTERS[entity]);
const prose = (html) => plain(html.replace(UNREAD, " ").replace(BLOCK, " ")).replace(/\s+/g, " ").trim();

/** The passages of the cells of a page, without their headings; it is text to us, and never shown as anything else. */
export const ofPage = (html) =>
  html
    .split('<footer class="post-footer"')[0]
    .split(CELL)
    .slice(1)
    .flatMap((cell) => {
      const [head, code, anchor] = HEAD.exec(cell) ?? [""];
      const rest = cell.slice(head.length);
      if (!code) return [[0, anchor, "", prose(rest)]];
      const [, source] = SOURCE.exec(rest) ?? [];
      return [
        [1, anchor, "", plain(source ?? "").trim()],
        [3, anchor, "", prose(rest.replace(SOURCE, ""))],
      ];
    });

/** Whether one of some texts has a phrase. */
export function says(texts, phrase, languages) {
  return languages.some((language) => {
    const wanted = inOrder(phrase, language);
    return wanted.length && texts.some((text) => contains(inOrder(text, language), wanted));
  });
}

const inOrder = (text, language) =>
  [...chunks(text)].flatMap(({ text: chunk }) => {
    const { parts, joined } = terms(chunk, language);
    return parts.length ? parts : joined.slice(-1);
  });

function contains(all, wanted) {
  for (let at = all.indexOf(wanted[0]); at >= 0; at = all.indexOf(wanted[0], at + 1)) {
    if (wanted.every((term, place) => all[at + place] === term)) return true;
  }
  return false;
}
