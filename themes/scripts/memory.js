// What this browser keeps for the reader. Where storage is switched off nothing is kept, and all else works.

/** What is kept under a key: null if nothing is, undefined if nothing can be. */
export function recall(key, storage = "localStorage") {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return undefined;
  }
}

/** Keeps a text; null forgets it. */
export function keep(key, text, storage = "localStorage") {
  try {
    if (text === null) globalThis[storage].removeItem(key);
    else globalThis[storage].setItem(key, text);
  } catch {
    // not kept
  }
}
