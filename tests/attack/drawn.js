// Scrolls every interactive output into view and waits until it has drawn or failed, at most 30 seconds for all; says how many have drawn.
(async () => {
  const boxes = [...Document.prototype.querySelectorAll.call(document, "div.output.frame[data-frame]")];
  const done = (box) => box.hasAttribute("data-drawn") || box.hasAttribute("data-failed");
  const until = performance.now() + 30000;
  for (const box of boxes) {
    box.scrollIntoView();
    while (!done(box) && performance.now() < until) await new Promise((next) => setTimeout(next, 50));
  }
  return boxes.filter((box) => box.hasAttribute("data-drawn")).length;
})();
