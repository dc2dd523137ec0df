// Keys: / searches, j and k go from post to post in a list, t changes the colours, ? tells of all this. Never while something is being written.
import { find } from "./finder.js";
import { button, element, words } from "./page.js";
import { toggle } from "./switch.js";

const WRITING = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";

const items = () => [...document.querySelectorAll("main [data-item]")].filter((item) => item.getClientRects().length);
const link = (item) => item.querySelector("h2 a") ?? item.querySelector("a");

/** To the next post of the list (or the one before): from the focus, else from the top of what is seen. */
function move(step) {
  const all = items();
  const current = all.findIndex((item) => item.contains(document.activeElement));
  const seen = all.findIndex((item) => item.getBoundingClientRect().bottom > 0);
  const next = current >= 0 ? current + step : step > 0 ? seen : seen - 1;
  if (all[next]) link(all[next])?.focus();
}

function help() {
  const keys = [["/", words("key-find")], ["j", words("key-next")], ["k", words("key-previous")], ["Enter", words("key-open")], ["t", words("key-theme")], ["?", words("key-help")]];
  const list = element("dl", {}, ...keys.flatMap(([key, meaning]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning)]));
  const title = element("h2", { id: "_keys" }, words("keys"));
  const dialog = element("dialog", { className: "keys" }, title, list);
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(button(words("close"), "plain-button", () => dialog.close()));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const ACTS = { "/": find, j: () => move(1), k: () => move(-1), t: toggle, "?": help };

export function start() {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const held = event.ctrlKey || event.metaKey;
    const act = held && key === "k" ? find : !held && Object.hasOwn(ACTS, key) && !(target instanceof Element && target.closest(WRITING)) && ACTS[key];
    if (!act || event.defaultPrevented || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
  for (const control of document.querySelectorAll("button[data-shortcuts]")) {
    control.hidden = false;
    control.addEventListener("click", help);
  }
}
