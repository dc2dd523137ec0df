// The filters of the feed: a bar and a panel, made here, over data that are fetched when somebody first uses them. What they say stands in the address.
import { Panel } from "./facets.js";
import { button, choice, element, filled } from "./page.js";
import { load } from "./posts.js";
import { cards, Maker, table, tree } from "./results.js";
import { columnOf, EMPTY, FACETS, filters, read, VIEWS, without, written } from "./state.js";

const wide = matchMedia("(min-width: 1100px)");

export function start() {
  const place = document.querySelector("main div[data-feed]");
  if (place) new Feed(place).start();
}

class Feed {
  constructor(place) {
    const known = JSON.parse(place.dataset.words || "{}");
    this.say = (key, values) => filled(known[key] ?? key, values);
    this.place = place;
    this.address = new URL(place.dataset.feed, location.href);
    this.usual = [...document.querySelectorAll("main [data-unfiltered]")];
    this.ways = [...document.querySelectorAll("main nav[data-ways] a")];
    this.state = read(location.search);
    this.results = element("div", { className: "results", hidden: true });
  }

  start() {
    this.place.append(this.bar(), this.told());
    this.place.after(this.results);
    this.ways.forEach((link, at) => link.addEventListener("click", (event) => this.go(event, VIEWS[at])));
    addEventListener("popstate", () => this.apply(read(location.search)));
    if (written(this.state)) this.apply(this.state, { opening: true });
  }

  bar() {
    const say = this.say;
    this.field = element("input", { type: "search", placeholder: say("find-hint"), value: this.state.q, autocomplete: "off", spellcheck: false, maxLength: 200 });
    this.field.setAttribute("aria-label", say("find"));
    this.field.addEventListener("input", () => this.apply({ ...this.state, q: this.field.value }, { typing: true }));
    const sorts = [["created", say("sort-created")], ["-created", say("sort-oldest")], ["updated", say("sort-updated")], ["title", say("sort-title")]];
    this.sort = element("select", {}, ...sorts.map(([value, words]) => element("option", { value }, words)));
    this.sort.setAttribute("aria-label", say("sort"));
    this.sort.addEventListener("change", () => this.change({ ...this.state, sort: this.sort.value }));
    this.number = element("span", { className: "number" });
    this.more = button(say("filters"), "plain-button", () => this.unfold(this.panel?.box.hidden ?? true));
    this.more.append(this.number);
    this.more.setAttribute("aria-expanded", "false");
    this.more.setAttribute("aria-controls", "_filters");
    const bar = element("div", { className: "finder" }, this.field, this.sort, this.more);
    bar.addEventListener("focusin", () => this.loaded(), { once: true });
    return bar;
  }

  told() {
    this.status = element("p", { className: "found", tabIndex: -1 });
    this.status.setAttribute("role", "status");
    this.chips = element("ul", { className: "tags chips" });
    return element("div", { className: "told" }, this.status, this.chips);
  }

  /** The posts, fetched once; undefined where that failed. */
  async loaded() {
    this.waiting ??= load(this.address).then((posts) => {
      this.posts = posts;
      this.maker = new Maker(posts, new URL(".", this.address), this.say);
      this.panel = new Panel(posts, this.say, (state) => this.change(state));
      this.place.firstElementChild.after(this.panel.box);
      return posts;
    });
    try {
      return await this.waiting;
    } catch {
      this.waiting = undefined; // the next use tries again
      this.status.textContent = this.say("unavailable");
    }
  }

  async unfold(open) {
    if (!(await this.loaded())) return;
    this.panel.box.hidden = !open;
    this.render();
  }

  change(state) {
    return this.apply(state, { chosen: true });
  }

  go(event, view) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.change({ ...this.state, view });
  }

  /** Shows a state: one that was ``chosen`` is a step of the history, ``typing`` is none. */
  async apply(state, { chosen = false, typing = false, opening = false } = {}) {
    this.state = state;
    const query = written(state) || location.pathname;
    if (chosen && query !== (location.search || location.pathname)) history.pushState(null, "", query);
    else if (typing) history.replaceState(null, "", query);
    if (!this.posts && !(await this.loaded())) return;
    if (this.state !== state) return; // asked for something else meanwhile
    if (opening && wide.matches && this.state.view !== "table" && FACETS.some((facet) => this.state[facet].length)) this.panel.box.hidden = false;
    if (chosen && this.place.getBoundingClientRect().top < 0) this.place.scrollIntoView();
    this.render();
  }

  render() {
    const { state, posts, panel } = this;
    const { found, counts } = posts.select(state);
    const resting = !written(state);
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.column : undefined;
    for (const part of this.usual) part.hidden = part.tagName === "ASIDE" ? !panel.box.hidden || state.view === "table" : !resting;
    document.querySelector("main").classList.toggle("wide", state.view === "table");
    this.results.hidden = resting;
    this.results.replaceChildren(...(resting ? [] : this.shown(found)));
    if (focused) this.results.querySelector(`button[data-column="${CSS.escape(focused)}"]`)?.focus();
    panel.show(state, counts);
    this.describe(found.length, resting);
    this.mark();
  }

  shown(found) {
    const { state, maker, say } = this;
    if (!found.length) return [this.nothing()];
    if (state.view === "table") return [table(maker, found, state, (sort) => this.change({ ...state, sort }))];
    if (state.view === "cards") return [cards(maker, found)];
    const ways = [["folder", say("folder")], ["tag", say("tag")], ["author", say("author")]];
    return [choice(say("by"), "_by", ways, state.by, (by) => this.change({ ...state, by })), tree(maker, found, state)];
  }

  /** How to find something after all: what each filter costs. */
  nothing() {
    const { state, posts, say } = this;
    const ways = filters(state).flatMap((filter) => {
      const count = posts.select(without(state, filter)).found.length;
      const name = this.label(filter);
      return count ? [element("li", {}, button(say("widen", { name, count }), "plain-button", () => this.drop(filter)))] : [];
    });
    const all = element("li", {}, button(say("clear"), "plain-button", () => this.drop()));
    return element("div", { className: "nothing" }, element("p", {}, say("nothing")), element("ul", { className: "tags" }, ...ways, all));
  }

  label({ facet, value }) {
    if (facet === "kind") return this.posts.tables.kind[this.posts.numbers.kind.get(value)]?.label ?? value;
    if (facet === "from" || facet === "to") return `${this.say(facet)} ${value}`;
    return facet === "q" ? `“${value}”` : value;
  }

  /** Takes out a filter, or all of them. */
  async drop(filter) {
    const { sort, view, by } = this.state;
    await this.change(filter ? without(this.state, filter) : { ...EMPTY, sort, view, by });
    (this.chips.querySelector("button") ?? this.field).focus();
  }

  describe(found, resting) {
    const { state, say } = this;
    const set = filters(state);
    this.status.textContent = resting ? "" : say("found", { found, count: this.posts.all.length });
    const chips = set.map((filter) => {
      const chip = button("", "tag", () => this.drop(filter));
      chip.append(element("span", { dir: "auto" }, this.label(filter)));
      chip.setAttribute("aria-label", say("without", { name: this.label(filter) }));
      return chip;
    });
    if (set.length > 1) chips.push(button(say("clear"), "quiet-button", () => this.drop()));
    this.chips.replaceChildren(...chips.map((chip) => element("li", {}, chip)));
    this.number.textContent = set.length ? String(set.length) : "";
  }

  /** Brings the controls to what the state says. */
  mark() {
    const { state } = this;
    if (this.field.value !== state.q) this.field.value = state.q;
    if (![...this.sort.options].some(({ value }) => value === state.sort)) this.sort.append(element("option", { value: state.sort }, this.say(columnOf(state.sort))));
    this.sort.value = state.sort;
    this.more.setAttribute("aria-expanded", String(!this.panel.box.hidden));
    this.ways.forEach((link, at) => {
      link.href = written({ ...state, view: VIEWS[at] }) || location.pathname;
      if (VIEWS[at] === state.view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  }
}
