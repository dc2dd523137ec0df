// The posts that were found, as cards, as a table or as a tree: the same elements and classes as on the pages that were built.
import { ago, tell } from "./dates.js";
import { button, element } from "./page.js";
import { COLUMNS, columnOf } from "./state.js";

const SLICES = { cards: 12, table: 40 };
const LEAVES = 200;

const time = (date) => element("time", { dateTime: date, title: ago(date) }, date);
const isolated = (made, text) => {
  made.dir = "auto";
  made.append(text);
  return made;
};

/** Makes elements for posts. ``site`` is the address of the site's root, ``say`` gives the words of the interface. */
export class Maker {
  constructor(posts, site, say) {
    Object.assign(this, { posts, site, say });
  }

  address(url) {
    return new URL(url, this.site).href;
  }

  link(post) {
    return isolated(element("a", { href: this.address(post.url) }), post.title);
  }

  named(facet, number, className) {
    const { name, url } = this.posts.tables[facet][number];
    return element("a", { className, href: this.address(url) }, name || this.say("top"));
  }

  names(post, facet, className = "") {
    return post[facet].flatMap((number, at) => [...(at ? [", "] : []), this.named(facet, number, className)]);
  }

  byline(post) {
    const line = element("p", { className: "byline" });
    if (post.author.length) line.append(element("span", {}, ...this.names(post, "author", "author")));
    if (post.created) line.append(element("span", {}, time(post.created)));
    if (post.updated) line.append(element("span", {}, `${this.say("updated-on")} `, time(post.updated)));
    line.append(element("span", {}, post.host || this.say("read", { count: post.minutes })));
    if (post.comments) line.append(element("span", {}, element("a", { href: `${this.address(post.url)}#_discussion` }, post.comments)));
    return line;
  }

  thumbnail(post) {
    const home = this.address(post.url);
    const link = element("a", { className: "thumbnail", href: home, tabIndex: -1 });
    link.setAttribute("aria-hidden", "true");
    if (Array.isArray(post.picture)) {
      const [name, dense, width, height] = post.picture;
      const picture = element("img", { alt: "", loading: "lazy", decoding: "async", src: new URL(name, home).href });
      if (dense) picture.srcset = `${new URL(dense, home).href} 2x`;
      if (width && height) Object.assign(picture, { width, height });
      link.append(picture);
    } else {
      link.classList.add("drawn");
      link.style.setProperty("--hue", post.picture);
      link.append([...post.title].find((letter) => /[\p{L}\p{N}]/u.test(letter))?.toUpperCase()[0] ?? "·");
    }
    return link;
  }

  card(post) {
    const about = element("div", { className: "about" }, isolated(element("h2"), this.link(post)), this.byline(post));
    if (post.summary) about.append(isolated(element("p", { className: "summary" }), post.summary));
    if (post.tag.length) about.append(this.tags(post));
    const card = element("article", { className: "card" }, this.thumbnail(post), about);
    card.dataset.item = "";
    return card;
  }

  tags(post) {
    const list = element("ul", { className: "tags" }, ...post.tag.map((number) => element("li", {}, this.named("tag", number, "tag"))));
    list.setAttribute("aria-label", this.say("tag"));
    return list;
  }

  row(post) {
    const cell = (className, ...inside) => element("td", { className }, ...inside);
    const row = element(
      "tr",
      {},
      isolated(cell("name"), this.link(post)),
      cell("", ...this.names(post, "author", "author")),
      cell("", ...this.names(post, "tag")),
      cell("", ...(post.created ? [time(post.created)] : [])),
      cell("", ...(post.updated || post.created ? [time(post.updated || post.created)] : [])),
      cell("", ...(post.home === undefined ? [] : [this.named("folder", post.home, "")])),
      cell("number", String(post.minutes)),
    );
    row.dataset.item = "";
    return row;
  }

  leaf(post) {
    const leaf = element("li", {}, this.link(post), ...(post.created ? [" ", time(post.created)] : []));
    leaf.dataset.item = "";
    return leaf;
  }
}

/** Cards, the first of them at once and the others as the reader comes to them. */
export function cards(maker, found) {
  const list = element("div", { className: "cards" });
  const rest = sliced(found, SLICES.cards, maker, (some) => {
    const made = element("div", {}, ...some.map((post) => maker.card(post)));
    list.append(made);
    return made;
  });
  return element("div", {}, list, ...rest);
}

const HEADS = ["title", "author", "tag", "created", "updated", "folder", "minutes"];

export function table(maker, found, { sort }, choose) {
  const body = element("tbody");
  const heads = HEADS.map((column) => head(maker, column, sort, choose));
  const whole = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  const box = element("div", { className: "box posts-table", tabIndex: 0 }, whole);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", maker.say("found", { found: found.length, count: maker.posts.all.length }));
  const rest = sliced(found, SLICES.table, maker, (some) => {
    body.append(...some.map((post) => maker.row(post)));
    return null;
  });
  return element("div", {}, box, ...rest);
}

function head(maker, column, sort, choose) {
  const cell = element("th", { scope: "col" });
  const current = columnOf(sort) === column;
  const rising = COLUMNS[column] * (sort.startsWith("-") ? -1 : 1) > 0;
  if (current) cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const control = button(column === "folder" ? maker.say("one-folder") : maker.say(column), "sort", () => choose(current && !sort.startsWith("-") ? `-${column}` : column));
  control.dataset.column = column;
  cell.append(control);
  return cell;
}

/** What is left to show: a button, which presses itself when it comes into view. */
function sliced(found, size, maker, show) {
  let shown = 0;
  const more = button(maker.say("more"), "plain-button more", () => {
    const made = show(found.slice(shown, shown + size));
    if (made) requestAnimationFrame(() => made.isConnected && tell(made));
    shown += size;
    if (shown < found.length) return;
    near.disconnect();
    more.remove();
  });
  const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more.click(), { rootMargin: "600px" });
  more.click();
  if (shown >= found.length) return [];
  near.observe(more);
  return [more];
}

/** A tree of folders, tags or authors; a branch is filled when it is opened for the first time. */
export function tree(maker, found, { by }) {
  const root = { branches: new Map(), posts: [], all: found };
  for (const post of found) {
    const numbers = by === "folder" ? [post.home].filter((number) => number !== undefined) : post[by];
    if (!numbers.length) root.posts.push(post);
    for (const number of numbers) place(root, maker.posts.tables[by][number].name, post, by === "folder");
  }
  return element("ul", { className: "tree" }, ...inside(maker, root, by, true));
}

function place(root, name, post, nested) {
  let branch = root;
  for (const part of nested ? name.split("/").filter(Boolean) : [name]) {
    if (!branch.branches.has(part)) branch.branches.set(part, { branches: new Map(), posts: [], all: [] });
    branch = branch.branches.get(part);
    branch.all.push(post);
  }
  branch.posts.push(post);
}

function inside(maker, branch, by, top = false) {
  const names = [...branch.branches.keys()].sort((a, b) => a.localeCompare(b, document.documentElement.lang || undefined));
  const few = top && (names.length === 1 || branch.all.length <= 40);
  const made = names.map((name) => element("li", {}, folded(maker, name, branch.branches.get(name), by, few)));
  const leaves = branch.posts.slice(0, LEAVES).map((post) => maker.leaf(post));
  const rest = branch.posts.slice(LEAVES);
  if (rest.length) {
    const more = button(maker.say("more"), "plain-button", () => line.replaceWith(...rest.map((post) => maker.leaf(post))));
    const line = element("li", {}, more);
    leaves.push(line);
  }
  return [...made, ...leaves];
}

function folded(maker, name, branch, by, open) {
  const summary = element("summary", {}, isolated(element("span"), name), " ", element("span", { className: "count" }, String(branch.all.length)));
  const details = element("details", { open }, summary);
  const fill = () => details.childElementCount === 1 && details.append(element("ul", {}, ...inside(maker, branch, by)));
  if (open) fill();
  details.addEventListener("toggle", () => details.open && fill());
  return details;
}
