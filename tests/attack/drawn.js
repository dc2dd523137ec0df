// Scrolls interactive outputs into view, runs those that wait for a click and waits until each has drawn or failed, at most 30 seconds for all; says how
// many have drawn. Each costs a second of a processor, so one page in four gives one, and all where the page is about them.
(async () => {
  const found = [...Document.prototype.querySelectorAll.call(document, "div.output.frame[data-frame]")];
  const number = Number(/\d+/.exec(location.pathname.split("/")[3])?.[0] ?? 0);
  const every = location.pathname.includes("/frames/") ? 1 : found.length;
  const boxes = found.filter((_, at) => at % every === 0 && (every === 1 || number % 4 === 0));
  const done = (box) => box.hasAttribute("data-drawn") || box.hasAttribute("data-failed");
  const until = performance.now() + 30000;
  for (const box of boxes) {
    const opened = performance.now() + 2000; // where a payload has broken the page nothing opens
    box.scrollIntoView();
    box.querySelector("button.run")?.click();
    while (!done(box) && performance.now() < (box.querySelector("iframe") ? until : opened)) await new Promise((next) => setTimeout(next, 20));
  }
  return boxes.filter((box) => box.hasAttribute("data-drawn")).length;
})();
