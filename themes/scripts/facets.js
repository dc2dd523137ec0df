// The panel of filters: for every tag, author, folder and kind a box with the number of posts that it would leave.
import { button, choice, element } from "./page.js";
import { FACETS, month } from "./state.js";

const FEW = 8;

export class Panel {
  /** ``change(state, typing)`` is told what the reader asks for. */
  constructor(posts, say, change) {
    Object.assign(this, { posts, say, change, lists: new Map() });
    const shown = FACETS.filter((facet) => posts.totals[facet].filter(Boolean).length > (facet === "tag" ? 0 : 1));
    const inner = element("div", {}, ...shown.map((facet) => this.facet(facet)), this.dates());
    this.box = element("section", { className: "facets", id: "_filters", hidden: true }, inner);
    this.box.setAttribute("aria-label", say("filters"));
  }

  facet(facet) {
    const names = this.posts.tables[facet];
    const totals = this.posts.totals[facet];
    const order = [...names.keys()].filter((number) => totals[number] && names[number].name).sort((a, b) => totals[b] - totals[a] || a - b);
    const list = { facet, order, boxes: new Map(), whole: false, items: element("ul", { className: "plain counted" }) };
    this.lists.set(facet, list);
    const set = element("fieldset", {}, element("legend", {}, this.say(facet)));
    if (facet === "tag") set.append((this.all = this.switcher()));
    set.append(list.items);
    if (order.length > FEW + 2) {
      list.more = button("", "quiet-button", () => {
        list.whole = !list.whole;
        this.show(this.state, this.counts);
      });
      set.append(list.more);
    }
    return set;
  }

  /** Whether a post has to have all of the tags or any of them. */
  switcher() {
    const ways = [["", this.say("all-of")], ["1", this.say("any-of")]];
    const box = choice(this.say("match"), "_any", ways, "", (value) => this.change({ ...this.state, any: value === "1" }));
    box.hidden = true;
    return box;
  }

  dates() {
    const [first, last] = [this.posts.all.at(-1), this.posts.all[0]].map((post) => post?.created.slice(0, 7) ?? "");
    const field = (name, words) => {
      const input = element("input", { type: "month", name: `_${name}`, placeholder: "YYYY-MM", maxLength: 10 });
      if (first && last) Object.assign(input, { min: first, max: last });
      input.addEventListener("change", () => this.change({ ...this.state, [name]: month(input.value, name === "to") }));
      this[name] = input;
      return element("label", {}, element("span", {}, words), input);
    };
    return element("fieldset", {}, element("legend", {}, this.say("date")), element("div", { className: "months" }, field("from", this.say("from")), field("to", this.say("to"))));
  }

  show(state, counts) {
    Object.assign(this, { state, counts });
    for (const list of this.lists.values()) this.fill(list, state[list.facet], counts[list.facet]);
    if (this.all) {
      this.all.hidden = state.tag.length < 2;
      for (const radio of this.all.querySelectorAll("input")) radio.checked = radio.value === (state.any ? "1" : "");
    }
    for (const name of ["from", "to"]) if (this[name].value !== state[name]) this[name].value = state[name];
  }

  /** The names with the most posts, and all that are chosen: in one order, so that nothing moves below the pointer. */
  fill(list, chosen, counts) {
    const names = this.posts.tables[list.facet];
    const wanted = list.order.filter((number, place) => list.whole || place < FEW || chosen.includes(names[number].name) || list.more === undefined);
    if (wanted.length !== list.items.childElementCount || wanted.some((number, place) => list.items.children[place] !== list.boxes.get(number)?.item)) {
      const focused = document.activeElement;
      list.items.replaceChildren(...wanted.map((number) => this.option(list, number).item));
      if (focused instanceof HTMLElement && list.items.contains(focused)) focused.focus();
    }
    for (const number of wanted) {
      const { item, input, count } = list.boxes.get(number);
      input.checked = chosen.includes(names[number].name);
      count.textContent = String(counts[number]);
      item.classList.toggle("none", !counts[number] && !input.checked);
    }
    if (list.more) list.more.textContent = list.whole ? this.say("fewer-names") : this.say("more-names", { count: list.order.length });
    list.more?.setAttribute("aria-expanded", String(list.whole));
  }

  option(list, number) {
    if (!list.boxes.has(number)) {
      const { name, label } = this.posts.tables[list.facet][number];
      const input = element("input", { type: "checkbox", name: `_${list.facet}` });
      const count = element("span", { className: "count" });
      input.addEventListener("change", () => {
        const others = this.state[list.facet].filter((other) => other !== name);
        this.change({ ...this.state, [list.facet]: input.checked ? [...others, name] : others });
      });
      const words = element("span", { dir: "auto" }, label);
      list.boxes.set(number, { input, count, item: element("li", {}, element("label", {}, input, words, count)) });
    }
    return list.boxes.get(number);
  }
}
