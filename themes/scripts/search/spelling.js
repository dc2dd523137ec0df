// What a word that nobody wrote was probably meant to be. knowrepo/search/spelling.py says the same.
import { distance } from "./query.js";

const MEANT = 8; // a word that is written wrongly stands for at most so many others
const BY_STEM = 0.5; // so much farther is a word of which only the stem is near

/**
 * The stems of which some form has the fewest letters different from what was typed (one in a short word, else two), the most frequent first. ``own`` are
 * the posts with that form, where it tells more than the stem.
 */
export async function intended(files, stem, typed) {
  const allowed = stem.length < 6 ? 1 : 2;
  const far = (one, other) => (Math.abs(one.length - other.length) > allowed || lacking(one, other) > allowed ? 9 : distance(one, other));
  const found = [];
  for (const known of await Promise.all([...new Set([stem[0], typed[1]])].map((letter) => files.words(letter)))) {
    const [stems, forms, counts, rare] = known ?? [[]];
    stems.forEach((other, at) => {
      const ways = forms[at] ? [...forms[at].split(" "), other] : [other];
      const distances = ways.map((way) => far(typed, way));
      const best = Math.min(...distances);
      const least = Math.min(best, far(stem, other) + BY_STEM);
      if (least > allowed + BY_STEM) return;
      const way = distances.indexOf(best);
      const own = best > least ? "" : (rare[at].split(" ")[way] ?? "");
      found.push({ stem: other, far: least, word: ways[way], posts: counts[at], own: own.split(",").filter(Boolean).map(Number) });
    });
  }
  found.sort((one, other) => one.far - other.far || other.posts - one.posts || (one.stem < other.stem ? -1 : 1));
  return found.slice(0, MEANT);
}

/** How many letters of a word another does not have: it has at least so many different ones, and that is soon known. */
function lacking(one, other) {
  let count = 0;
  for (let bits = letters(one) & ~letters(other); bits; bits &= bits - 1) count += 1;
  return count;
}

function letters(word) {
  let bits = 0;
  for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31);
  return bits;
}
