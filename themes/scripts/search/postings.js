// The binary form of the index, read: knowrepo/search/postings.py says what stands where.

/** The bytes without gzip; a server may have taken it off already. */
export async function unpacked(data) {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const json = (data) => JSON.parse(new TextDecoder().decode(data));

class Bytes {
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  number() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.data[this.at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }

  take(length) {
    return this.data.subarray(this.at, (this.at += length));
  }

  /** The numbers of posts, written as distances. */
  rising(length) {
    const found = new Uint32Array(length);
    for (let at = 0, last = 0; at < length; at++) found[at] = last += this.number();
    return found;
  }
}

/** A file of terms: each term → how many posts have it, those that are here, and the name of the file with the others. */
export function shard(data) {
  const bytes = new Bytes(data);
  const count = bytes.number();
  const names = terms(new Bytes(bytes.take(bytes.number())), count);
  const counts = new Bytes(bytes.take(bytes.number()));
  const rows = names.map((term) => {
    const all = counts.number();
    const more = counts.take(1)[0] ? [...counts.take(5)].map((byte) => byte.toString(16).padStart(2, "0")).join("") : "";
    return { term, all, more, length: more ? INLINE : all };
  });
  const posts = new Bytes(bytes.take(bytes.number()));
  for (const row of rows) row.posts = posts.rising(row.length);
  for (const name of ["impacts", "masks"]) for (const row of rows) row[name] = bytes.take(row.length);
  return new Map(rows.map((row) => [row.term, row]));
}

const INLINE = 512;

/** The posts of a term that its shard had no room for. */
export function rest(data) {
  const bytes = new Bytes(data);
  const length = bytes.number();
  const posts = new Bytes(bytes.take(bytes.number())).rising(length);
  return { posts, impacts: bytes.take(length), masks: bytes.take(length) };
}

function terms(bytes, count) {
  const text = new TextDecoder();
  const last = new Uint8Array(1024);
  return Array.from({ length: count }, () => {
    const shared = bytes.number();
    const tail = bytes.take(bytes.number());
    last.set(tail, shared);
    return text.decode(last.subarray(0, shared + tail.length));
  });
}
