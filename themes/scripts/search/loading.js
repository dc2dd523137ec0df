// Where the site is, and its index: asked for when somebody first searches.
import { open } from "./engine.js";
import { Site } from "./results.js";

const root = new URL(JSON.parse(document.body.dataset.search).root, location.href);
let opened;

export async function fetched(address, cache = "default") {
  const answer = await fetch(address, { credentials: "same-origin", cache });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

async function read(name) {
  const answer = await fetched(new URL(`search/${name}`, root), name === "index.bin" ? "no-cache" : "default");
  return new Uint8Array(await answer.arrayBuffer());
}

const page = async (url) => (await fetched(new URL(url, root))).text();

/** The index, opened once; where that fails the next use tries again. */
function index() {
  opened ??= open(read, page).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

export const site = (texts) => new Site(root, texts, index);
