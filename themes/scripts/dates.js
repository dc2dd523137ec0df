// Dates also say how long ago they are: in words beside the date where a line of a list has room for it, and when pointed at.
const DAY = 86_400_000;
const UNITS = [["year", 365.25], ["month", 30.44], ["week", 7], ["day", 1]];
const DATE = /^\d{4}-\d\d-\d\d$/;
const format = new Intl.RelativeTimeFormat(document.documentElement.lang || undefined, { numeric: "auto" });

export function ago(date) {
  const now = new Date();
  const days = Math.round((Date.parse(date) - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / DAY);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(days) >= size) ?? UNITS.at(-1);
  return format.format(Math.round(days / length), unit);
}

/** The dates within; the last of a card's line, its latest, is said at the line's end, which moves nothing. */
export function tell(within) {
  for (const time of within.querySelectorAll("time")) if (DATE.test(time.dateTime)) time.title = ago(time.dateTime);
  const made = [];
  for (const line of within.querySelectorAll("[data-item] p.byline")) {
    const latest = [...line.querySelectorAll("time")].at(-1);
    if (!latest?.title || line.lastElementChild.className === "ago") continue;
    const words = document.createElement("span");
    words.className = "ago";
    words.textContent = latest.title;
    made.push([line, words]);
  }
  for (const [line, words] of made) line.append(words);
  fit(made);
}

/** Words that would cover others are hidden. */
function fit(lines) {
  const crowded = lines.map(([line, words]) => {
    const [box, last] = [words.getBoundingClientRect(), words.previousElementSibling?.getBoundingClientRect()];
    return last ? box.top < last.bottom - 4 && box.left < last.right + 16 && box.right > last.left - 16 : false;
  });
  lines.forEach(([, words], number) => words.classList.toggle("crowded", crowded[number]));
}

export function start() {
  const main = document.querySelector("main");
  if (!main) return;
  tell(main);
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => fit([...main.querySelectorAll("span.ago")].map((words) => [words.parentElement, words])));
  });
}
