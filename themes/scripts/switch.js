// The switch between dark and light. To come back to what the system has is to follow it again.
import { choose, chosen, KEY, show } from "./colours.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const shown = () => document.documentElement.dataset.scheme || (system.matches ? "dark" : "light");

export function toggle() {
  const wanted = shown() === "dark" ? "light" : "dark";
  choose((wanted === "dark") === system.matches ? "" : wanted);
  tell();
}

function tell() {
  for (const control of document.querySelectorAll("button[data-scheme-switch]")) control.setAttribute("aria-pressed", String(shown() === "dark"));
}

export function start() {
  for (const control of document.querySelectorAll("button[data-scheme-switch]")) {
    control.hidden = false;
    control.addEventListener("click", toggle);
  }
  tell();
  system.addEventListener("change", tell);
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    show(chosen()); // chosen in another tab
    tell();
  });
}
