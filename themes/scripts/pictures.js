// Click (or Enter) on a picture of a post shows it large. Arrow keys lead to the next one, Esc back; a click shows its true size.
import { words } from "./page.js";

const SMALLEST = 100; // CSS pixels; what is smaller is a badge

export function start() {
  const body = document.querySelector(".body");
  const pictures = body ? [...body.querySelectorAll("img")].filter(worthwhile) : [];
  if (!pictures.length || typeof HTMLDialogElement !== "function") return;
  let viewer;
  for (const picture of pictures) {
    picture.tabIndex = 0;
    picture.setAttribute("role", "button");
    picture.setAttribute("aria-haspopup", "dialog");
    picture.classList.add("enlarge");
    const open = (event) => {
      event.preventDefault();
      viewer ??= new Viewer();
      viewer.open(pictures.filter(visible), picture);
    };
    picture.addEventListener("click", open);
    picture.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") open(event);
    });
  }
}

const visible = (picture) => picture.getClientRects().length > 0;

function worthwhile(picture) {
  const width = Number(picture.getAttribute("width"));
  return !picture.closest("a, button, summary") && !(width && width < SMALLEST);
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Where the file as the author made it lies, or "" (a drawing is part of the page).
function original(picture) {
  const url = new URL(picture.dataset.original || picture.getAttribute("src"), document.baseURI);
  return url.protocol === "data:" ? "" : url.href;
}

class Viewer {
  constructor() {
    this.count = make("span", { class: "count" });
    this.link = make("a", { target: "_blank", rel: "noopener" });
    this.previous = make("button", { type: "button", "aria-label": words("previous-picture") }, "←");
    this.next = make("button", { type: "button", "aria-label": words("next-picture") }, "→");
    const close = make("button", { type: "button", "aria-label": words("close") }, "×");
    this.image = make("img", { alt: "" });
    this.zoom = make("button", { type: "button", class: "zoom" }, this.image);
    this.caption = make("p", { class: "caption", "aria-live": "polite" });
    const bar = make("div", { class: "tools" }, this.previous, this.count, this.next, this.link, close);
    this.dialog = make("dialog", { class: "viewer", "aria-label": words("picture") }, bar, this.zoom, this.caption);
    this.previous.addEventListener("click", () => this.step(-1));
    this.next.addEventListener("click", () => this.step(1));
    this.zoom.addEventListener("click", (event) => this.scale(event));
    close.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => this.opener.focus());
    document.body.append(this.dialog);
  }

  open(pictures, opener) {
    this.pictures = pictures;
    this.opener = opener;
    this.show(pictures.indexOf(opener));
    this.dialog.showModal();
    this.zoom.focus();
  }

  show(number) {
    const picture = this.pictures[number];
    this.number = number;
    this.large(false);
    const width = Number(picture.getAttribute("width"));
    this.image.style.setProperty("--widest", width ? `${2 * width}px` : "100%"); // small ones are not blown up
    this.image.src = picture.currentSrc || picture.src;
    this.image.alt = this.caption.textContent = picture.alt;
    this.count.textContent = `${number + 1} / ${this.pictures.length}`;
    this.previous.disabled = number === 0;
    this.next.disabled = number === this.pictures.length - 1;
    this.previous.hidden = this.next.hidden = this.count.hidden = this.pictures.length === 1;
    const address = original(picture);
    this.link.hidden = !address;
    this.link.href = address || "#";
    this.link.textContent = picture.dataset.about ? `${words("original")} (${picture.dataset.about})` : words("original");
  }

  step(by) {
    if (this.pictures[this.number + by]) this.show(this.number + by);
  }

  key(event) {
    if (this.dialog.classList.contains("true-size")) return; // the arrow keys scroll
    if (event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "ArrowRight") this.step(1);
    else return;
    event.preventDefault();
  }

  large(yes) {
    this.dialog.classList.toggle("true-size", yes);
    this.zoom.setAttribute("aria-pressed", String(yes));
    this.zoom.setAttribute("aria-label", yes ? words("fit") : words("full-size"));
  }

  // At 100 % the place that was clicked stays under the pointer.
  scale(event) {
    const box = this.image.getBoundingClientRect();
    const at = event.detail ? [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height] : [0.5, 0.5];
    this.large(!this.dialog.classList.contains("true-size"));
    this.zoom.scrollLeft = at[0] * this.zoom.scrollWidth - this.zoom.clientWidth / 2;
    this.zoom.scrollTop = at[1] * this.zoom.scrollHeight - this.zoom.clientHeight / 2;
  }
}
