// The font of formulas is larger than all else that a page loads: until the page is painted, formulas show in a font of the reader's system.
import { keep, recall } from "./memory.js";

const KEY = "knowrepo:formulas";
const WAITING = "waiting";
const root = document.documentElement;

/** A reader who has the font already sees it at once, and so does one of whom that cannot be known. */
export function wait() {
  if (recall(KEY, "sessionStorage") !== null) return;
  root.classList.add(WAITING);
  const painted = () => {
    root.classList.remove(WAITING);
    if (document.querySelector("math")) keep(KEY, "", "sessionStorage");
  };
  new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
}
