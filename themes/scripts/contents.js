// The table of contents: the section that is being read is marked.

function marker(links) {
  const sections = [...links]
    .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
    .filter(([, heading]) => heading);
  return () => {
    const line = innerHeight / 4;
    const passed = sections.filter(([, heading]) => heading.getBoundingClientRect().top < line);
    const current = passed.length ? passed[passed.length - 1][0] : null;
    for (const [link] of sections) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
}

export function start() {
  for (const contents of document.querySelectorAll("nav[data-contents]")) {
    const mark = marker(contents.querySelectorAll("a"));
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    };
    mark();
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
  }
}
