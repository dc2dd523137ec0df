// The files of the index: each is loaded once, when somebody asks for what is in it.
import { json, rest, shard, unpacked } from "./postings.js";

const BLOCK = 128;
const LISTS = 3;

/** Opens the index; ``read`` gives the bytes of a file by its name. Rejects if there is none. */
export async function opened(read) {
  return new Files(read, json(await unpacked(await read("index.bin"))));
}

class Files {
  constructor(read, about) {
    Object.assign(this, { read, about, loaded: new Map(), lost: new Set() });
  }

  /** A file as ``made`` makes it; null, and noted, where it cannot be loaded. */
  file(name, made) {
    if (!this.loaded.has(name)) {
      const loading = this.read(name).then(unpacked).then(made);
      this.loaded.set(
        name,
        loading.then(
          (value) => (this.lost.delete(name), value),
          () => (this.loaded.delete(name), this.lost.add(name), null),
        ),
      );
    }
    return this.loaded.get(name);
  }

  /** A term with its posts, or null. */
  async row(term) {
    const [name] = await this.shards(term, 1);
    const found = name && (await this.file(`t/${name}.bin`, shard));
    return found?.get(term) ?? null;
  }

  /** The same with all its posts, as [posts, impacts, masks] once or twice. */
  async columns(row) {
    const more = row.more ? await this.file(`t/${row.more}.bin`, rest) : null;
    return more ? [row, more] : [row];
  }

  /** The terms that begin so, with how many posts have them: of the first files that may hold any. */
  async beginning(prefix) {
    const names = await this.shards(prefix, LISTS);
    const shards = await Promise.all(names.map((name) => this.file(`t/${name}.bin`, shard)));
    return shards.flatMap((found) => [...(found?.values() ?? [])].filter((row) => row.term.startsWith(prefix)));
  }

  /** The names of the files where terms from ``prefix`` on may stand. */
  async shards(prefix, most) {
    let flat = this.about.terms;
    if (!flat) {
      const lists = this.about.lists;
      const first = before(lists, prefix);
      flat = await this.file(`t/${lists[first + 1]}.bin`, json);
      if (!flat) return [];
    }
    const names = [];
    for (let at = before(flat, prefix); at < flat.length && names.length < most; at += 2) {
      if (names.length && !flat[at].startsWith(prefix)) break;
      names.push(flat[at + 1]);
    }
    return names;
  }

  /** What a post shows. */
  async card(number) {
    const block = Math.floor(number / BLOCK);
    const name = `p/${block}-${this.about.blocks.slice(block * 4, block * 4 + 4)}/${number % BLOCK}.bin`;
    const card = await this.file(name, json);
    if (!card) return null;
    const [url, title, date, authors, tags, summary, cut, passages] = card;
    return { url, title, date, authors, tags, summary, cut, passages };
  }

  /** The words that begin with a letter: stems, how they are written, how many posts have them, which have their rare forms. */
  async words(letter) {
    const names = await this.file(`w/${this.about.words}.bin`, json);
    return names?.[letter] ? this.file(`w/${names[letter]}.bin`, json) : null;
  }

  /** Dates, tags and so on of all posts. */
  columnsOfAll() {
    return this.file(`c/${this.about.columns}.bin`, json);
  }
}

/** The place of the last pair that begins not after ``term``; code units are compared as the build sorts code points. */
function before(flat, term) {
  let low = 0;
  let high = flat.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (compared(flat[middle * 2], term) <= 0) low = middle;
    else high = middle - 1;
  }
  return low * 2;
}

const encoder = new TextEncoder();

function compared(one, other) {
  const [first, second] = [encoder.encode(one), encoder.encode(other)];
  for (let at = 0; at < Math.min(first.length, second.length); at++) if (first[at] !== second[at]) return first[at] - second[at];
  return first.length - second.length;
}
