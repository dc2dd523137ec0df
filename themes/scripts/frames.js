// Interactive outputs. Each is drawn in a sandboxed frame that knows nothing but its own output: its document is the same for all of them, it is sent the
// output's data and the libraries' text in one message, and tells only its height and whether it has drawn. Until then, and in print, the still stands.
import { words } from "./page.js";

const TALLEST = 20000;
const CHANGES = 20;
const REASONS = {
  library: "library",
  version: "version",
  script: "failed",
  fetch: "not-loaded",
};

const outputs = new Map(); // the frame's window → what is known of it
const texts = new Map(); // address → promise of the file's text, for all frames

export function start() {
  const main = document.querySelector("main[data-frame-document]");
  if (!main) return;
  const site = described(main);
  addEventListener("message", ({ source, data }) => hear(outputs.get(source), data));
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((entry) => entry.isIntersecting)) {
        near.unobserve(entry.target);
        open(entry.target, site);
      }
    },
    { rootMargin: "400px" },
  );
  for (const box of main.querySelectorAll("div.output.frame[data-frame]")) {
    if (box.dataset.run === "auto") near.observe(box);
    else offer(box, site);
  }
}

function described(main) {
  const here = (address) => new URL(address, location.href);
  const libraries = new Map();
  for (const [name, files] of Object.entries(JSON.parse(main.dataset.libraries || "{}"))) libraries.set(name, files.map(here));
  return { document: here(main.dataset.frameDocument), libraries, hosts: (main.dataset.hosts || "").split(" ").filter(Boolean) };
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function offer(box, site) {
  const note = element("p", "note", "");
  const button = element("button", "run", words("run"));
  button.type = "button";
  button.addEventListener("click", () => {
    note.remove();
    open(box, site, true);
  });
  note.append(button, ` ${words("sandbox")}`);
  box.prepend(note);
}

function open(box, site, focus = false) {
  const name = box.dataset.frame ?? "";
  if (!/^\w[\w.-]*\.json$/.test(name)) return;
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.referrerPolicy = "no-referrer";
  frame.title = box.dataset.label || words("interactive");
  frame.tabIndex = 0;
  frame.src = site.document;
  const output = { box, frame, site, focus, address: new URL(name, location.href), changes: 0, width: 0, asked: false };
  box.append(frame);
  outputs.set(frame.contentWindow, output);
}

function hear(output, message) {
  if (!output || typeof message !== "object" || !message) return;
  if (message.t === "knowrepo:ready") feed(output);
  else if (message.t === "knowrepo:h") resize(output, message.h);
  else if (message.t === "knowrepo:drawn") show(output, message.less === true);
  else if (message.t === "knowrepo:failed") fail(output, message.why);
}

async function feed(output) {
  if (output.asked) return;
  output.asked = true;
  try {
    const { view, data, libraries } = JSON.parse(await text(output.address));
    if (!libraries.every((name) => output.site.libraries.has(name))) return fail(output, "library");
    const files = libraries.flatMap((name) => output.site.libraries.get(name));
    const loaded = await Promise.all(files.map(async (file) => [file.pathname.endsWith(".css") ? "style" : "script", await text(file)]));
    output.frame.contentWindow.postMessage({ t: "knowrepo:render", view, data, libraries: loaded, hosts: output.site.hosts }, "*");
  } catch {
    fail(output, "fetch");
  }
}

function text(address) {
  if (!texts.has(address.href)) {
    const found = fetch(address, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.text();
    });
    found.catch(() => texts.delete(address.href));
    texts.set(address.href, found);
  }
  return texts.get(address.href);
}

function resize(output, height) {
  if (!(height > 0 && height < TALLEST)) return;
  const { frame } = output;
  if (frame.clientWidth !== output.width) {
    output.width = frame.clientWidth;
    output.changes = 0;
  }
  if (Math.abs(height - frame.clientHeight) < 2 || ++output.changes > CHANGES) return;
  frame.style.height = `${Math.round(height)}px`;
}

function show(output, less) {
  const { box, frame, site } = output;
  if (!frame?.isConnected || box.hasAttribute("data-drawn")) return;
  box.setAttribute("data-drawn", "");
  if (site.hosts.length) box.append(element("p", "note", words("hosts", { hosts: site.hosts.join(", ") })));
  else if (less) box.append(element("p", "note", words("less")));
  if (output.focus) frame.focus();
}

function fail({ box, frame }, why) {
  outputs.delete(frame.contentWindow);
  frame.remove();
  if (box.hasAttribute("data-failed")) return;
  box.removeAttribute("data-drawn");
  box.setAttribute("data-failed", "");
  const note = element("p", "note", words(Object.hasOwn(REASONS, why) ? REASONS[why] : REASONS.script));
  note.setAttribute("role", "status");
  box.append(note);
}
