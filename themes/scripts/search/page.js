// The page of the search: a field, filters with counts, all results. What is asked for stands in the address.
import { button, element } from "../page.js";
import { chosen, clauses, either, EMPTY, FACETS, PAGE, read, SORTS, toggled, written } from "./asked.js";
import { counted } from "./counting.js";
import { Facets } from "./facets.js";
import * as recent from "./recent.js";
import { date, lost, meant, missing, named, problems, section, title, told } from "./results.js";

const SECTIONS = 4;
const OPENED = 3;
const SLOW = 150;
const SETTLED = 600;
const wide = matchMedia("(min-width: 1100px)");

export class SearchPage {
  constructor(site, place) {
    Object.assign(this, { site, place, say: site.say, turn: 0, state: read(location.search) });
    this.folding = [...document.querySelectorAll("main [data-grammar]")];
    this.results = element("div", { className: "results", hidden: true });
    this.said = element("div", { className: "said" });
  }

  start() {
    for (const part of document.querySelectorAll("main [data-unscripted]")) part.remove();
    this.facets = new Facets(this.say, (facet, name, on) => this.choose(toggled(this.state, facet, name, on)), (any) => this.choose({ ...this.state, any, page: 1 }));
    this.place.append(this.bar(), this.facets.box, this.told(), this.said);
    this.place.after(this.results);
    addEventListener("popstate", () => this.apply(read(location.search)));
    if (written(this.state)) this.apply(this.state);
  }

  bar() {
    const { say } = this;
    this.field = element("input", { type: "search", placeholder: say("hint"), autocomplete: "off", autocapitalize: "off", spellcheck: false, maxLength: 300, value: this.state.q });
    this.field.dataset.find = "";
    this.field.setAttribute("aria-label", say("search"));
    this.field.addEventListener("focus", () => this.site.index().catch(() => {}), { once: true });
    this.field.addEventListener("input", () => this.apply({ ...this.state, q: this.field.value, page: 1 }, { typing: true }));
    this.field.addEventListener("keydown", ({ key, isComposing }) => key === "Enter" && !isComposing && this.apply(this.state));
    this.field.addEventListener("change", () => this.found?.total && recent.add(this.state.q));
    const names = { relevance: say("sort-relevance"), date: say("sort-date") };
    this.sort = element("select", {}, ...SORTS.map((value) => element("option", { value }, names[value])));
    this.sort.setAttribute("aria-label", say("sort"));
    this.sort.addEventListener("change", () => this.choose({ ...this.state, sort: this.sort.value, page: 1 }));
    this.more = button(say("filters"), "plain-button", () => this.unfold(this.facets.box.hidden));
    this.number = element("span", { className: "number" });
    this.more.append(this.number);
    this.more.setAttribute("aria-controls", this.facets.box.id);
    this.unfold(false);
    return element("div", { className: "finder" }, this.field, this.sort, this.more);
  }

  told() {
    this.status = element("p", { className: "found" });
    this.status.setAttribute("role", "status");
    this.chips = element("ul", { className: "tags chips" });
    return element("div", { className: "told" }, this.status, this.chips);
  }

  unfold(open) {
    this.unfolded = open;
    this.facets.box.hidden = !open || !this.found;
    this.more.setAttribute("aria-expanded", String(open));
  }

  /** A choice is a step of the history; typing is none. */
  choose(state) {
    history.pushState(null, "", written(state) || location.pathname);
    return this.apply(state);
  }

  async apply(state, { typing = false } = {}) {
    const turn = ++this.turn;
    clearTimeout(this.settled);
    if (state.q !== this.state.q) this.facets.anew();
    this.state = state;
    if (typing) history.replaceState(null, "", written(state) || location.pathname);
    this.mark();
    if (!state.q.trim() && !chosen(state).length) return this.idle();
    for (const part of this.folding) part.hidden = true;
    const slow = setTimeout(() => this.place.classList.add("waiting"), SLOW);
    const answer = await this.search(state, typing).catch(() => null);
    clearTimeout(slow);
    if (turn !== this.turn) return;
    this.place.classList.remove("waiting");
    if (answer) this.show(answer.found, answer.counts, typing);
    else this.fail();
  }

  /** The result, and for each facet the posts behind its names; of alternatives those count too that are not chosen. */
  async search(state, typing) {
    const index = await this.site.index();
    const ask = (asked, more) => index.search(clauses(asked) + asked.q, { typing, sort: state.sort, facets: counted, opened: typing ? 0 : OPENED, ...more });
    const open = FACETS.filter((facet) => state[facet].length && either(state, facet));
    const [found, ...others] = await Promise.all([ask(state, { limit: PAGE * state.page }), ...open.map((facet) => ask({ ...state, [facet]: [] }, { limit: 0 }))]);
    return { found, counts: { ...found.facets, ...Object.fromEntries(open.map((facet, at) => [facet, others[at].facets?.[facet]])) } };
  }

  idle() {
    this.found = null;
    for (const part of this.folding) part.hidden = false;
    this.results.hidden = true;
    this.said.replaceChildren();
    this.status.textContent = "";
    this.facets.box.hidden = true;
  }

  fail() {
    this.idle();
    this.said.replaceChildren(lost(this.say, () => this.apply(this.state)));
  }

  show(found, counts, typing) {
    const { say, state } = this;
    this.found = found;
    this.facets.show(state, counts);
    this.mark(); // now that the names are known
    if (wide.matches && this.unfolded === false && !this.touched) this.unfold((this.touched = true));
    this.facets.box.hidden = !this.unfolded;
    this.said.replaceChildren(...this.about(found, typing ? state.q : ""));
    if (typing) this.settled = setTimeout(() => this.said.replaceChildren(...this.about(found)), SETTLED);
    this.status.textContent = found.total ? told(say, found) : say("nothing", { query: state.q.trim() ? `“${state.q.trim()}”` : say("filters") });
    this.results.hidden = false;
    this.results.replaceChildren(...(found.total ? this.list(found) : [element("p", { className: "empty" }, say("widen"))]));
    if (!typing && state.q.trim() && found.total) recent.add(state.q);
  }

  /** What is to be said of the query; while it is being typed, less. */
  about({ problems: wrong, suggestion, missing: lacking }, typed = "") {
    const { say, state } = this;
    const before = clauses(state);
    const lines = problems(say, wrong.map((problem) => ({ ...problem, at: problem.at - before.length })).filter(({ at }) => at >= 0), typed);
    if (suggestion && suggestion.startsWith(before)) lines.push(meant(say, suggestion.slice(before.length), (q) => this.choose({ ...state, q, page: 1 })));
    if (lacking) lines.push(missing(say, lacking));
    return lines;
  }

  list(found) {
    const list = element("div", { className: "cards" });
    this.append(list, found.results);
    if (found.results.length >= found.total) return [list];
    const more = button(this.say("more"), "plain-button more", async () => {
      const { length } = list.querySelectorAll("article");
      this.state = { ...this.state, page: this.state.page + 1 };
      history.replaceState(null, "", written(this.state));
      const index = await this.site.index();
      const next = await index.search(clauses(this.state) + this.state.q, { sort: this.state.sort, limit: PAGE, offset: length });
      this.append(list, next.results);
      list.querySelectorAll("article h2 a")[length]?.focus({ preventScroll: true });
      if (length + next.results.length >= found.total || !next.results.length) more.remove();
    });
    return [list, more];
  }

  /** Where those begin that have only some of the words, a line says so. */
  append(list, results) {
    for (const result of results) {
      if (!result.full && this.state.sort === "relevance" && this.found.full && !list.querySelector(".partly")) list.append(element("p", { className: "partly" }, this.say("partly")));
      list.append(this.article(result));
    }
  }

  article(result) {
    const { site, say } = this;
    const link = named("a", result, { href: site.address(result) });
    const line = element("p", { className: "byline" });
    if (result.authors.length) line.append(title("span", result.authors.join(", ")));
    if (result.date) line.append(element("span", {}, date(result.date)));
    const article = element("article", { className: "hit" }, element("h2", { dir: "auto" }, link), line);
    const places = result.sections.slice(0, SECTIONS).map((place) => element("li", {}, element("a", { className: "section", href: site.address(result, place) }, ...section(say, place))));
    if (places.length) article.append(element("ul", {}, ...places));
    else if (result.summary) article.append(title("p", result.summary, { className: "summary" }));
    article.dataset.item = "";
    return article;
  }

  /** Brings the controls to what the state says. */
  mark() {
    const { state, say, facets } = this;
    if (this.field.value !== state.q) this.field.value = state.q;
    this.sort.value = state.sort;
    const set = chosen(state);
    const chips = set.map(({ facet, name }) => {
      const label = facets.named(facet, name);
      const chip = button("", "tag", () => this.drop(toggled(state, facet, name, false)));
      chip.append(title("span", label));
      chip.setAttribute("aria-label", say("without", { name: label }));
      return chip;
    });
    if (set.length > 1) chips.push(button(say("clear"), "quiet-button", () => this.drop({ ...EMPTY, q: state.q, sort: state.sort })));
    this.chips.replaceChildren(...chips.map((chip) => element("li", {}, chip)));
    this.number.textContent = set.length ? String(set.length) : "";
  }

  async drop(state) {
    await this.choose(state);
    (this.chips.querySelector("button") ?? this.field).focus();
  }
}
