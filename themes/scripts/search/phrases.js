// Phrases: whether words stand in a post one after the other.
import { chunks, terms } from "./words.js";

/** The phrases of a query: ``required`` is a list of clauses, of each of which one must be there. */
export function phrases({ clauses }) {
  const only = (clause) => clause.any.filter(({ kind }) => kind === "phrase").map(({ text }) => text);
  return {
    required: clauses.filter(({ not, any }) => !not && any.length && any.every(({ kind }) => kind === "phrase")).map(only),
    excluded: clauses.filter(({ not }) => not).flatMap(only),
  };
}

/** A query with the words of its phrases in their place, and a problem that says so; null where it has no phrase. */
export function loosened(asked) {
  const wanted = ({ not, any }) => !not && any.some(({ kind }) => kind === "phrase");
  if (!asked.clauses.some(wanted)) return null;
  const words = ({ text }) => [...chunks(text)].map((chunk) => ({ not: false, any: [{ kind: "word", text: chunk.text, prefix: false }] }));
  const said = asked.clauses.filter(wanted).flatMap(({ any }) => any.filter(({ kind }) => kind === "phrase").map(({ text }) => text));
  const problems = said.map((value) => ({ key: "no-phrase", at: 0, length: 0, value, hint: "" }));
  const clauses = asked.clauses.flatMap((clause) => (wanted(clause) ? clause.any.filter(({ kind }) => kind === "phrase").flatMap(words) : [clause]));
  return { ...asked, clauses, problems: [...asked.problems, ...problems] };
}

/** The texts of a post, as far as its card has them. */
export const texts = ({ title, tags, summary, passages }) => [title, summary, ...tags, ...passages.flatMap(([, , heading, text]) => [heading, text])];

const CELL = /<div class="cell (?:markdown|code|raw)/;
const BLOCK = /<\/?(?:p|div|li|ul|ol|t[dhr]|table|br|pre|blockquote|d[ltd]|h[1-6]|summary|details|figcaption|section)\b[^>]*>/g;
const TAG = /<(?:[^<>"]|"[^"]*")*>/g;
const ENTITY = /&(?:amp|lt|gt|quot|nbsp|#39);/g;
const LETTERS = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&#39;": "'" };

/** The texts of the cells of a page; it is text to us, and never shown. */
export const ofPage = (html) =>
  html.split(CELL).slice(1).map((cell) => cell.replace(BLOCK, " ").replace(TAG, "").replace(ENTITY, (entity) => LETTERS[entity]));

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
