// Where in a post it stands: the sections and cells with the most of what was looked for, and from each the lines that show it.
import { chunks, terms } from "./words.js";

const KINDS = ["prose", "code", "comment", "output"];
const FIRST = { prose: 3, comment: 2, code: 1, output: 0 }; // of passages that match alike, the one that people read first
const LENGTH = 220;
const BEFORE = 60;
const LINES = 4;
const SECTIONS = 3;
const MARKS = 8;

/** The best sections of a post and the words to mark on its page; ``wanted`` maps terms to how much they tell, ``places`` limits the kinds. */
export function sections({ passages }, wanted, languages, places) {
  const texts = analysed(passages, languages);
  const found = passages.flatMap(([number, anchor, heading, text], at) => {
    const kind = KINDS[number];
    if (places.length && !places.includes(kind)) return [];
    const matches = matched(texts.get(text), wanted);
    const above = matched(texts.get(heading), wanted);
    const score = worth([...matches, ...above], wanted) + worth(above, wanted);
    const begins = heading !== passages[at - 1]?.[2];
    return score && (matches.length || begins) ? [{ anchor, heading, kind, text, matches, above, score, at }] : [];
  });
  const says = ({ heading, matches }) => matches.length || !found.some((other) => other.heading === heading && other.matches.length);
  found.sort((one, other) => other.score - one.score || FIRST[other.kind] - FIRST[one.kind] || one.at - other.at);
  const best = found.filter(says).slice(0, SECTIONS);
  const marks = new Set(best.flatMap(({ matches, above }) => [...matches, ...above].map(({ text }) => text.toLowerCase())));
  return {
    marks: [...marks].slice(0, MARKS),
    sections: best.map(({ anchor, heading, kind, text, matches, above }) => ({ anchor, heading: pieces(heading, 0, above), kind, parts: excerpt(text, kind, matches) })),
  };
}

const read = new WeakMap();

/** The texts of some passages, each with its chunks and their terms; passages that stay loaded are read once. */
function analysed(passages, languages) {
  let texts = read.get(passages);
  if (!texts) {
    texts = new Map();
    for (const [, , heading, text] of passages) for (const each of [heading, text]) if (!texts.has(each)) texts.set(each, chunksOf(each, languages));
    read.set(passages, texts);
  }
  return texts;
}

const chunksOf = (text, languages) =>
  [...chunks(text)].map(({ text: chunk, at }) => {
    const own = languages.flatMap((language) => Object.values(terms(chunk, language)).flat());
    return { start: at, end: at + chunk.length, terms: own, text: chunk };
  });

/** The chunks that have wanted terms, with these alone. Every chunk of every card comes by here. */
function matched(found, wanted) {
  const matches = [];
  for (const chunk of found) {
    let own;
    for (const term of chunk.terms) if (wanted.has(term)) (own ??= []).push(term);
    if (own) matches.push({ ...chunk, terms: own });
  }
  return matches;
}

/** How much the different terms of some matches tell. */
function worth(matches, wanted) {
  let sum = 0;
  for (const term of new Set(matches.flatMap((match) => match.terms))) sum += 0.1 + wanted.get(term);
  return sum;
}

function excerpt(text, kind, matches) {
  let [start, end] = densest(matches);
  if (kind === "prose" || kind === "output") {
    start = start > BEFORE ? text.indexOf(" ", start - BEFORE) + 1 || start : 0;
    end = Math.min(text.length, Math.max(end, start + LENGTH));
    if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), start) || end;
  } else {
    start = text.lastIndexOf("\n", start) + 1;
    end = text.split("\n", text.slice(0, start).split("\n").length - 1 + LINES).join("\n").length;
    end = Math.min(end, start + 3 * LENGTH);
  }
  const cut = start && text[start - 1] !== "\n" ? [["…", false]] : [];
  return [...cut, ...pieces(text.slice(0, end).trimEnd(), start, matches), ...(text.slice(end).trim() ? [["…", false]] : [])];
}

/** A text from ``start`` on in pieces: [text, whether it matches]. */
function pieces(text, start, matches) {
  const inside = matches.filter((match) => match.start >= start && match.end <= text.length);
  const ends = inside.flatMap((match) => [match.start, match.end]);
  return [start, ...ends].map((at, number) => [text.slice(at, ends[number]), number % 2 === 1]).filter(([piece]) => piece);
}

/** A title in pieces. */
export const marked = (title, wanted, languages) => pieces(title, 0, matched(chunksOf(title, languages), wanted));

/** The stretch with the most different terms, the first of those that have as many. */
function densest(matches) {
  let best = [0, 0];
  let most = 0;
  matches.forEach((first, number) => {
    const within = matches.slice(number, number + 20).filter(({ end }) => end <= first.start + LENGTH - BEFORE);
    const different = new Set(within.flatMap((match) => match.terms)).size;
    if (different > most) {
      best = [first.start, within.at(-1).end];
      most = different;
    }
  });
  return best;
}
