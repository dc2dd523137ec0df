// The dialog: a field, and below it what is found while one types. The focus stays in the field; what is chosen is told by aria-activedescendant.
import { button, element } from "../page.js";
import * as recent from "./recent.js";
import { date, lost, meant, missing, named, problems, section, title, told } from "./results.js";

const POSTS = 6;
const SECTIONS = 3;
const COMPLETIONS = 6;
const SLOW = 150;
const SETTLED = 600;

let number = 0;
const role = (name, made, label) => {
  made.setAttribute("role", name);
  if (label) made.setAttribute("aria-label", label);
  return made;
};

export class Dialog {
  constructor(site) {
    Object.assign(this, { site, say: site.say, turn: 0, options: [], at: -1 });
    this.list = role("listbox", element("div", { id: "_found", className: "found-list", hidden: true }), this.say("results"));
    this.said = element("div", { className: "said" });
    this.rest = element("div", { className: "resting" });
    this.status = role("status", element("p", { className: "unseen" }));
    this.box = element("dialog", { className: "search" }, this.top(), this.said, this.list, this.rest, this.foot(), this.status);
    this.box.setAttribute("aria-label", this.say("search"));
    this.box.addEventListener("click", ({ target }) => target === this.box && this.box.close());
    this.box.addEventListener("close", () => this.closed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousemove", ({ target }) => this.point(this.options.indexOf(target.closest("[role=option]"))));
    this.list.addEventListener("click", (event) => this.pressed(event));
    document.body.append(this.box);
  }

  top() {
    const field = element("input", { type: "search", placeholder: this.say("hint"), maxLength: 300, autocomplete: "off", autocapitalize: "off", spellcheck: false, enterKeyHint: "go" });
    role("combobox", field, this.say("search"));
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.seek());
    this.field = field;
    const close = button(this.say("close"), "quiet-button", () => this.box.close());
    return element("div", { className: "search-field" }, field, close);
  }

  foot() {
    const hint = (keys, words) => element("span", {}, ...keys.map((key) => element("kbd", {}, key)), ` ${words}`);
    const hints = element("p", { className: "hints" }, hint(["↑", "↓"], this.say("choose")), hint(["↵"], this.say("open")), hint(["Esc"], this.say("leave")));
    return element("div", { className: "search-foot" }, hints, element("a", { href: `${this.site.page("")}#_how` }, this.say("how")));
  }

  show(typed) {
    if (typed) this.field.value = typed;
    if (this.box.open) return;
    const root = document.documentElement;
    if (root.clientWidth < innerWidth) root.style.scrollbarGutter = "stable"; // the page behind does not move
    root.style.overflow = "hidden";
    this.box.showModal();
    this.field.focus();
    if (!typed) this.field.select();
    this.seek();
  }

  closed() {
    this.turn++;
    document.documentElement.style.overflow = document.documentElement.style.scrollbarGutter = "";
  }

  /** Looks for what stands in the field. Only the newest answer counts. */
  async seek() {
    const turn = ++this.turn;
    const query = this.field.value;
    clearTimeout(this.slow);
    clearTimeout(this.settled);
    this.wait(false);
    if (!query.trim()) return this.idle();
    this.slow = setTimeout(() => this.wait(true), SLOW);
    const answer = await this.ask(query).catch(() => null);
    if (turn !== this.turn) return;
    clearTimeout(this.slow);
    this.wait(false);
    if (answer) this.fill(query, ...answer);
    else this.fail();
  }

  async ask(query) {
    const index = await this.site.index();
    return Promise.all([index.search(query, { typing: true, limit: POSTS }), index.complete(query, this.field.selectionStart ?? query.length)]);
  }

  wait(slow) {
    this.box.classList.toggle("waiting", slow);
    this.list.ariaBusy = slow ? "true" : null;
  }

  fail() {
    this.place([], []);
    this.said.replaceChildren(lost(this.say, () => this.seek()));
    this.status.textContent = this.said.textContent;
    this.field.focus();
  }

  /** Shows what was found for a query. */
  fill(query, found, completions) {
    const { say } = this;
    const ways = completions.slice(0, COMPLETIONS);
    if (found.waiting && !ways.length) return this.idle();
    this.list.setAttribute("aria-label", say("results"));
    const groups = [...(ways.length ? [this.ways(ways)] : []), ...found.results.map((result) => this.post(result))];
    if (found.total) groups.push(this.all(query, found.total));
    this.place(groups, this.about(query, found, ways, query));
    const first = this.options.findIndex((option) => option.localName === "a");
    this.point(first < 0 && ways.length ? 0 : first);
    const answer = found.total ? told(say, found) : ways.length || found.missing ? "" : say("nothing", { query });
    const sentence = [answer, ways.length && `${say("complete")}: ${ways.map(({ label }) => label).join(", ")}`].filter(Boolean).join(". ");
    this.settled = setTimeout(() => {
      this.status.textContent = sentence;
      this.said.replaceChildren(...this.about(query, found, ways));
    }, SETTLED);
  }

  /** What is to be said of a query; of one that is still being typed, less. */
  about(query, { problems: wrong, suggestion, total, missing: lacking }, ways, typing = "") {
    const { say } = this;
    const lines = problems(say, ways.length ? wrong.filter(({ key }) => key !== "empty-field") : wrong, typing);
    if (!total && !ways.length && !lacking) lines.push(element("p", { className: "none" }, say("nothing", { query })));
    if (suggestion) lines.push(meant(say, suggestion, (better) => this.take(better)));
    if (lacking) lines.push(missing(say, lacking));
    return lines;
  }

  place(groups, lines) {
    this.said.replaceChildren(...lines);
    this.list.replaceChildren(...groups);
    this.list.hidden = !groups.length;
    this.list.scrollTop = 0;
    this.rest.hidden = true;
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.moved = false;
    this.field.setAttribute("aria-expanded", String(groups.length > 0));
    this.point(-1);
  }

  group(className, name, inside) {
    name.id = `_group-${++number}`;
    const group = role("group", element("div", { className }, ...inside));
    group.setAttribute("aria-labelledby", name.id);
    return group;
  }

  option(made, act) {
    made.id = `_option-${++number}`;
    made.tabIndex = -1;
    if (act) made.act = act;
    return role("option", made);
  }

  post(result) {
    const address = (place) => this.site.address(result, place);
    const name = named("span", result);
    const head = this.option(element("a", { className: "head", href: address() }, name, ...(result.date ? [date(result.date)] : [])));
    const places = result.sections.slice(0, SECTIONS).map((place) => this.option(element("a", { className: "section", href: address(place) }, ...section(this.say, place))));
    if (!places.length && result.summary) head.append(title("span", result.summary, { className: "excerpt" }));
    return this.group("hit", name, [head, ...places]);
  }

  ways(ways) {
    const name = element("span", { className: "unseen" }, this.say("complete"));
    const made = ways.map((way) => {
      const option = this.option(element("span", { className: "tag" }, title("span", way.label)), () => this.take(way.query, way.caret));
      if (way.count !== undefined) option.append(" ", element("span", { className: "count" }, String(way.count)));
      option.way = way;
      return option;
    });
    return this.group("ways-on", name, [name, ...made]);
  }

  all(query, count) {
    return this.option(element("a", { className: "all", href: this.site.page(query) }, this.say("all", { count })));
  }

  /** Nothing is typed: what was searched for lately, or what could be. */
  idle() {
    const kept = recent.all();
    this.list.setAttribute("aria-label", this.say("recent"));
    this.place(kept.map((query) => this.option(title("div", query, { className: "recent" }), () => this.take(query))), kept.length ? [this.lately()] : []);
    this.rest.hidden = false;
    this.rest.replaceChildren(...(kept.length ? [this.removers(kept)] : [this.examples()]));
    this.status.textContent = "";
  }

  lately() {
    const clear = button(this.say("forget-all"), "quiet-button", () => this.forget());
    return element("p", { className: "lately" }, element("span", {}, this.say("recent")), clear);
  }

  /** They stand beside the list, since a list of options holds nothing else. */
  removers(kept) {
    const made = kept.map((query) => {
      const remove = button("", "forget", () => this.forget(query));
      remove.setAttribute("aria-label", this.say("forget", { name: query }));
      return remove;
    });
    return element("div", { className: "removers" }, ...made);
  }

  forget(query) {
    if (query === undefined) recent.clear();
    else recent.forget(query);
    this.idle();
    this.field.focus();
  }

  examples() {
    const { say } = this;
    const some = [["random forest", say("try-words")], ['"random forest"', say("try-phrase")], ["tag:", say("try-tag")], ["in:code read_csv", say("try-code")]];
    const rows = some.map(([query, words]) => element("div", {}, element("dt", {}, element("code", {}, query)), element("dd", {}, words)));
    return element("div", { className: "examples" }, element("p", {}, say("try")), element("dl", {}, ...rows));
  }

  /** Puts a query into the field and looks for it. */
  take(query, caret = query.length) {
    this.field.value = query;
    this.field.focus();
    this.field.setSelectionRange(caret, caret);
    this.seek();
  }

  point(at, shown = false) {
    if (at === this.at && this.options[at]?.ariaSelected === "true") return;
    this.at = at;
    this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at < 0) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", this.options[at].id);
    if (shown) this.options[at].scrollIntoView({ block: "nearest" });
  }

  move(at) {
    if (!this.options.length) return;
    this.moved = true;
    this.point((at + this.options.length) % this.options.length, true);
  }

  pressed(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    if (option.act) return option.act();
    recent.add(this.field.value);
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) this.box.close();
  }

  key(event) {
    const { key, ctrlKey, metaKey } = event;
    const act = key.toLowerCase() === "k" && (ctrlKey || metaKey) ? () => this.box.close() : event.isComposing ? undefined : this.acts(event)[key];
    if (!act || event.shiftKey) return;
    event.preventDefault();
    act();
  }

  acts({ target, ctrlKey, metaKey }) {
    const close = { Escape: () => this.box.close() };
    if (target !== this.field) return close;
    const way = this.options[this.at]?.way ?? this.options.find((option) => option.way)?.way;
    const acts = { ...close, ArrowDown: () => this.move(this.at + 1), ArrowUp: () => this.move(this.at < 0 ? -1 : this.at - 1), Enter: () => this.enter(ctrlKey, metaKey) };
    if (this.moved) Object.assign(acts, { Home: () => this.move(0), End: () => this.move(-1) });
    if (way) acts.Tab = () => this.take(way.query, way.caret);
    if (!this.field.value && this.at >= 0) acts.Delete = () => this.forget(this.options[this.at].textContent);
    return acts;
  }

  enter(ctrlKey, metaKey) {
    const option = this.options[this.at];
    if (option) option.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey }));
    else if (this.field.value.trim()) {
      recent.add(this.field.value);
      location.assign(this.site.page(this.field.value));
    }
  }
}
