// What several parts share: words, elements, one polite line for screen readers, the clipboard.

const known = JSON.parse(document.body.dataset.words || "{}");

/** A text with its {names} filled in. */
export const filled = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const words = (key, values) => filled(known[key] ?? key, values);

export function element(tag, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
}

export function button(text, className, act) {
  const made = element("button", { type: "button", className }, text);
  made.addEventListener("click", act);
  return made;
}

/** Radio buttons side by side; ``ways`` are pairs of a value and its words. */
export function choice(label, name, ways, current, act) {
  const box = element("div", { className: "views" });
  box.setAttribute("role", "radiogroup");
  box.setAttribute("aria-label", label);
  for (const [value, said] of ways) {
    const radio = element("input", { type: "radio", name, value, checked: value === current });
    radio.addEventListener("change", () => act(value));
    box.append(element("label", {}, radio, said));
  }
  return box;
}

let line;

export function announce(said) {
  if (!line) {
    line = element("p", { className: "unseen", role: "status" });
    document.body.append(line);
  }
  line.textContent = said;
}

// A page from file:// or plain http has no navigator.clipboard.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = element("textarea", { value: text, className: "unseen" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("refused");
}

export async function copy(text, control) {
  const usual = control.dataset.usual ?? control.textContent;
  control.dataset.usual = usual;
  let said = words("copied");
  try {
    await write(text);
  } catch {
    said = words("not-copied");
  }
  announce(said);
  control.textContent = said;
  setTimeout(() => {
    control.textContent = usual;
    announce("");
  }, 2000);
}
