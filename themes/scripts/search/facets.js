// The panel of facets: every tag, author, year … of the result, with the number of posts. Names keep their places while a query stands.
import { button, choice, element } from "../page.js";
import { FACETS } from "./asked.js";

const FEW = 8;

export class Facets {
  /** ``change(facet, name, on)`` is told what the reader asks for, ``match(any)`` how tags combine. */
  constructor(say, change, match) {
    Object.assign(this, { say, change });
    this.lists = new Map(FACETS.map((facet) => [facet, this.list(facet)]));
    const ways = [["", say("all-of")], ["1", say("any-of")]];
    this.all = choice(say("match"), "_any", ways, "", (value) => match(value === "1"));
    this.lists.get("tag").set.firstElementChild.after(this.all);
    const inner = element("div", {}, ...[...this.lists.values()].map(({ set }) => set));
    this.box = element("section", { className: "facets", id: "_filters", hidden: true }, inner);
    this.box.setAttribute("aria-label", say("filters"));
  }

  list(facet) {
    const { say } = this;
    const heads = { tag: say("tag"), author: say("author"), year: say("year"), folder: say("folder"), kind: say("kind"), lang: say("lang") };
    const items = element("ul", { className: "plain counted" });
    const more = button("", "quiet-button", () => {
      list.whole = !list.whole;
      this.show(this.state, this.counts);
    });
    const set = element("fieldset", {}, element("legend", {}, heads[facet]), items, more);
    const list = { facet, items, more, set, names: [], labels: new Map(), boxes: new Map(), whole: false };
    return list;
  }

  /** Forgets the places of all names. */
  anew() {
    for (const list of this.lists.values()) list.names = [];
  }

  show(state, counts) {
    Object.assign(this, { state, counts });
    for (const list of this.lists.values()) this.fill(list, state[list.facet], counts?.[list.facet] ?? []);
    this.all.hidden = state.tag.length < 2;
    for (const radio of this.all.querySelectorAll("input")) radio.checked = radio.value === (state.any ? "1" : "");
  }

  fill(list, chosen, rows) {
    const counts = new Map(rows);
    for (const [name, , label] of rows) list.labels.set(name, label);
    list.names = [...new Set([...list.names, ...counts.keys(), ...chosen])];
    if (list.facet === "year") list.names.sort().reverse();
    const shown = list.names.filter((name, place) => list.whole || place < FEW || chosen.includes(name));
    const items = shown.map((name) => this.option(list, name, chosen.includes(name), counts.get(name) ?? 0));
    if (items.length !== list.items.childElementCount || items.some((item, place) => item !== list.items.children[place])) {
      const focused = document.activeElement;
      list.items.replaceChildren(...items);
      if (list.items.contains(focused)) focused.focus();
    }
    list.set.hidden = list.names.length < (list.facet === "tag" || chosen.length ? 1 : 2);
    list.more.hidden = list.names.length <= FEW;
    list.more.textContent = list.whole ? this.say("fewer-names") : this.say("more-names", { count: list.names.length });
    list.more.setAttribute("aria-expanded", String(list.whole));
  }

  option(list, name, checked, number) {
    if (!list.boxes.has(name)) {
      const input = element("input", { type: "checkbox", name: `_${list.facet}` });
      const count = element("span", { className: "count" });
      input.addEventListener("change", () => this.change(list.facet, name, input.checked));
      const label = element("label", {}, input, element("span", { dir: "auto" }, this.named(list.facet, name)), count);
      list.boxes.set(name, { input, count, item: element("li", {}, label) });
    }
    const { input, count, item } = list.boxes.get(name);
    input.checked = checked;
    count.textContent = String(number);
    item.classList.toggle("none", !number && !checked);
    return item;
  }

  /** What a reader calls a name. */
  named(facet, name) {
    const { say } = this;
    const kinds = { notebook: say("kind-notebook"), markdown: say("kind-markdown"), rmarkdown: say("kind-rmarkdown"), quarto: say("kind-quarto"), script: say("kind-script") };
    if (facet === "kind" && Object.hasOwn(kinds, name)) return kinds[name];
    if (facet === "lang") return language(name);
    return (this.lists.get(facet).labels.get(name) ?? name) || say("top");
  }
}


function language(name) {
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(name);
  } catch {
    return name; // none that a browser knows
  }
}
