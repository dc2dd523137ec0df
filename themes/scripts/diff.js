// Diffs: the reader keeps the place and the choice when the view changes; pictures lie over each other; what is hidden can be shown where it is folded.
import { keep, recall } from "./memory.js";

const KEY = "knowrepo:diff:";
const LAID_OVER = ["swipe", "onion"];

let place; // the block that is being read, and how far it is from the top of the window

const blocks = () => [...document.querySelectorAll(".diff .block")];

function remember() {
  const top = document.querySelector(".diff-tools")?.getBoundingClientRect().bottom ?? 0;
  const seen = blocks().map((block) => ({ block, ...block.getBoundingClientRect().toJSON() })).filter(({ width, bottom }) => width && bottom > top + 1);
  const [first, second] = seen;
  place = first?.top < top && second?.top < innerHeight / 2 ? second : first; // one that begins in sight is read before one that ends there
}

/** Scrolls so that the block is where it was, if it was not at the very top of the page. */
function comeBack() {
  if (place && scrollY > 0) scrollBy({ top: place.block.getBoundingClientRect().top - place.top, behavior: "instant" });
  remember();
}

function choices(field) {
  for (const input of field.querySelectorAll("input")) {
    const { name, type, value } = input;
    const kept = recall(KEY + name);
    if (type === "checkbox") input.checked = kept === "yes";
    else if (kept === value) input.checked = true;
    input.addEventListener("change", () => {
      keep(KEY + name, type === "checkbox" ? (input.checked ? "yes" : null) : value);
      if (type === "checkbox" && input.checked) unfold();
      comeBack();
    });
    if (type === "checkbox" && input.checked) unfold();
  }
}

function unfold() {
  for (const fold of document.querySelectorAll(".diff details.fold")) if (fold.querySelector(".noise")) fold.open = true;
}

function pictures(box) {
  const slider = box.querySelector("[data-slider]");
  const frames = box.querySelector(".frames");
  for (const label of box.querySelectorAll("[data-scripted]")) label.hidden = false;
  for (const radio of box.querySelectorAll("input[type=radio]")) {
    radio.addEventListener("change", () => {
      slider.hidden = !LAID_OVER.includes(radio.value);
    });
  }
  slider.addEventListener("input", () => frames.style.setProperty("--at", `${slider.value}%`));
}

for (const field of document.querySelectorAll(".diff-tools")) choices(field);
for (const box of document.querySelectorAll("[data-pictures]")) pictures(box);
remember();
addEventListener("scroll", remember, { passive: true });
addEventListener("resize", remember, { passive: true });
