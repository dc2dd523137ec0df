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

/** Whether one of a post's texts has a phrase. */
export function says({ title, tags, summary, passages }, phrase, languages) {
  const texts = [title, summary, ...tags, ...passages.flatMap(([, , heading, text]) => [heading, text])];
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
