// The analyser: text to chunks, chunks to terms. The same as knowrepo/analysis/words.py, which says why; a test runs both over the same words.
import "../snowball/en.js";

const LONGEST = 40;
const DIGITS = 8;
const PIECES = 12;

const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3041-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const SIGNS =
  "\\u0300-\\u036f\\u0591-\\u05c7\\u064b-\\u065f\\u0900-\\u0dff\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1\\u0eb4-\\u0ebc\\u0ec8-\\u0ece\\u102b-\\u103e\\u17b4-\\u17d3";
const EMOJI = "\\u2600-\\u27bf\\u2b05-\\u2b55\\u{1f000}-\\u{1faff}";
const IN = `\\p{L}\\p{N}_${SIGNS}`;

const CHUNK = new RegExp(
  `[0-9]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]+)?(?![${IN}])` +
    `|[${IN}]+(?:\\.[${IN}]+)*(?:(?:['\\u2019][A-Za-z]{1,2}|\\+\\+|#)(?![${IN}]))?` +
    `|[${EMOJI}]`,
  "gu",
);
const VERSION = /^v?([0-9]+(?:\.[0-9]+)+(?:[a-z]+[0-9]*)?)$/;
const HUMPS = /[0-9]+|[A-Z]{2,}s(?![A-Za-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;
const PIECE = new RegExp(`[0-9]+|(?:(?![0-9])[\\p{L}\\p{N}${SIGNS}])+`, "gu");
const END = /['\u2019].*|\++$|#$/;
const SYMBOL = new RegExp(`^(?:[${EMOJI}]|[A-Za-z](?:\\+\\+|#))$`, "u");
const WITH_STEM = /^[a-z\u00df-\u024f\u0370-\u052f]{3,}$/;
const UNSPACED_RUN = new RegExp(`^[${UNSPACED}]`, "u");
const RUN = new RegExp(`[${UNSPACED}${SIGNS}]+|[^${UNSPACED}]+`, "gu");
const LIKE = { ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i" };
const ASCII = /^[\x00-\x7f]*$/;

const known = new Map();

/** The chunks of a text with their places. */
export function* chunks(text) {
  for (const found of text.matchAll(CHUNK)) yield { text: found[0], at: found.index };
}

/** What a chunk is found by: the stems of its parts, and what they are when joined. */
export function terms(chunk, language = "en") {
  const key = `${language} ${chunk}`;
  let made = known.get(key);
  if (!made) {
    if (known.size > 50_000) known.clear();
    made = analysed(chunk, language);
    known.set(key, made);
  }
  return made;
}

/** A word without its accents. */
export const fold = (word) =>
  ASCII.test(word) ? word : word.replace(/[ßøłđðþæœı]/g, (letter) => LIKE[letter]).normalize("NFD").replace(/[\u0300-\u036f]+/g, "").normalize("NFC");

/** What all spellings of a value have in common. */
export const same = (value) =>
  value.normalize("NFKC").toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ").replace(/[\s_-]+/g, "-").replace(/^-+|-+$/g, "");

function analysed(chunk, language) {
  if (SYMBOL.test(chunk)) return { parts: [chunk.toLowerCase()], joined: [] };
  let whole = chunk.replace(END, "").normalize("NFKC");
  if (/^[0-9.,]*,[0-9.,]*$/.test(whole)) whole = whole.replaceAll(",", "");
  const version = VERSION.exec(whole.toLowerCase());
  if (version) return { parts: [version[1].slice(0, DIGITS)], joined: [] };
  const names = whole.split(".").filter(Boolean).map((name) => named(name, language));
  const pairs = names.slice(1).flatMap((name, at) => (names[at].whole && name.whole ? [cut(`${names[at].whole}.${name.whole}`)] : []));
  return { parts: names.flatMap((name) => name.parts), joined: [...new Set([...names.flatMap((name) => name.joined), ...pairs])] };
}

function named(name, language) {
  const pieces = name.match(ASCII.test(name) ? HUMPS : PIECE) ?? [];
  if (!pieces.length || pieces.length > PIECES) return { whole: "", parts: [], joined: [] };
  const words = pieces.map((piece) => piece.toLowerCase());
  const whole = cut(fold(words.join("")));
  if (words.length === 1) return { whole, parts: split(words[0], language), joined: [] };
  const parts = words.filter((word) => [...word].length > 1 && !/^[0-9]/.test(word)).flatMap((word) => split(word, language));
  const pairs = words.slice(1).map((word, at) => cut(fold(words[at] + word)));
  return { whole, parts, joined: [...new Set([...pairs, whole])] };
}

function split(word, language) {
  if (ASCII.test(word)) return [cut(stem(word, language))];
  const found = (word.match(RUN) ?? []).flatMap((run) => (UNSPACED_RUN.test(run) ? pairs([...run]) : cut(stem(run, language))));
  return found.filter(Boolean); // an accent alone is nothing
}

const pairs = (letters) => (letters.length === 1 ? [fold(letters[0])] : letters.slice(1).map((letter, at) => fold(letters[at] + letter)));

function stem(word, language) {
  const own = language === "ru" && ASCII.test(word) ? "en" : language;
  const stemmer = globalThis.knowrepoStemmers[own];
  if (own === "en") word = fold(word);
  return fold(stemmer && WITH_STEM.test(word) ? stemmer.stemWord(word) : word);
}

const cut = (word) => (word.length <= LONGEST ? word : [...word].slice(0, LONGEST).join(""));
