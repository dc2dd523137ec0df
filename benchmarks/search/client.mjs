// The client of the site, in Node: queries (JSON, from standard input) → what it found, and what that cost.
//   node client.mjs ENGINE SITE < {"queries": ["…"], "limit": 10, "typing": false}
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [engine, site] = process.argv.slice(2);
const { open } = await import(pathToFileURL(engine));
const { queries, limit = 10, typing = false, cold = false } = JSON.parse(readFileSync(0, "utf8"));

let log = [];
const read = async (name) => {
  const data = readFileSync(`${site}/search/${name}`);
  log.push([name, data.length]);
  return new Uint8Array(data);
};

const page = async (url) => {
  const html = readFileSync(`${site}/${url}`);
  log.push([url, gzipSync(html, { level: 9 }).length]);
  return html.toString();
};
let index = await open(read, page);
const first = log;
log = [];
const answers = [];
for (const query of queries) {
  if (cold) index = await open(read, page);
  log = [];
  const began = performance.now();
  const { results, total, full, suggestion } = await index.search(query, { limit, typing });
  const milliseconds = performance.now() - began;
  answers.push({ urls: results.map(({ url }) => url), sections: results.map(({ sections }) => sections), total, full, suggestion, files: log, milliseconds });
}
process.stdout.write(JSON.stringify({ first, answers }));
