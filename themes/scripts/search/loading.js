// Where the site is, and its index: asked for when somebody first searches.
import { open } from "./engine.js";
import { Site } from "./results.js";

const about = JSON.parse(document.body.dataset.search);
const root = new URL(about.root, location.href);
const arrived = new Map();
let opened;

async function fetched(address, cache = "default") {
  const answer = await fetch(address, { credentials: "same-origin", cache });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

/** A file of an offline site's index is a script that calls this: a page from file:// may load nothing else. */
globalThis.knowrepoFile = (name, data) => arrived.set(name, Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));

async function read(name) {
  if (about.offline) {
    await globalThis.knowrepoLoad([new URL(`search/${name.replace(/bin$/, "js")}`, root).href, ""]);
    return arrived.get(name);
  }
  const answer = await fetched(new URL(`search/${name}`, root), name === "index.bin" ? "no-cache" : "default");
  return new Uint8Array(await answer.arrayBuffer());
}

const page = async (url) => (await fetched(new URL(url, root))).text();

/** The index, opened once; where that fails the next use tries again. In a preview the server has it. */
export function index() {
  opened ??= Promise.resolve(globalThis.knowrepoIndex ?? open(read, page)).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** The words of the search. */
export async function words() {
  if (about.offline) return JSON.parse(new TextDecoder().decode(await read("texts.bin")));
  return (await fetched(about.texts)).json();
}

export const site = (texts) => new Site(root, texts, index);
