// The font of formulas is larger than all else that a page loads: until the page is painted, formulas show in a font of the reader's system.
const KEY = "knowrepo:formulas";
const WAITING = "waiting";
const root = document.documentElement;

/** A reader who has the font already sees it at once. */
export function wait() {
  if (known()) return;
  root.classList.add(WAITING);
  const painted = () => {
    root.classList.remove(WAITING);
    if (document.querySelector("math")) know();
  };
  new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
}

function known() {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return true; // storage is switched off
  }
}

function know() {
  try {
    sessionStorage.setItem(KEY, "");
  } catch {
    // the next page waits again
  }
}
