// The search in the browser: a query → posts, best first, each with the places where its words stand.
import { complete } from "./completing.js";
import { marked, sections } from "./excerpts.js";
import { opened } from "./files.js";
import { parse } from "./query.js";
import { Asking } from "./asking.js";
import { loosened, ofPage, phrases, says, texts } from "./phrases.js";

const CHECKED = 200;
const TOGETHER = 20;

/** Opens the index; ``read`` gives the bytes of a file by its name, ``page`` the HTML of a post by its address. Rejects if there is none. */
export async function open(read, page) {
  return new Index(await opened(read), page);
}

class Index {
  constructor(files, page) {
    this.files = files;
    this.page = page;
  }

  get fields() {
    return this.files.about.fields;
  }

  get languages() {
    return this.files.about.languages;
  }

  /** What answers a query. Where files are gone because the site was published anew, its new index is asked. */
  async search(query, options) {
    const found = await this.asked(query, options);
    return found.missing && (await this.renewed()) ? this.asked(query, options) : found;
  }

  async renewed() {
    const files = await opened(this.files.read).catch(() => null);
    if (!files || JSON.stringify(files.about) === JSON.stringify(this.files.about)) return false;
    this.files = files;
    return true;
  }

  /**
   * ``facets`` counts what was found. While somebody is ``typing``, not all posts of a frequent word are looked at. So many of the first posts are
   * ``opened`` for an excerpt that their cards have no room for.
   */
  async asked(query, { typing = false, limit = 10, offset = 0, sort = "relevance", facets = null, opened = 0 } = {}) {
    let asked = parse(query, this.fields, typing);
    const begun = typing && asked.clauses.some(isBegun);
    if (begun) asked = { ...asked, clauses: asked.clauses.filter((clause) => !isBegun(clause)) };
    const cards = new Map();
    let [asking, hits] = await this.hits(asked, offset + limit, cards, Boolean(facets), typing);
    const inWords = loosened(asked);
    if (!hits.length && inWords) {
      asked = inWords;
      [asking, hits] = await this.hits(asked, offset + limit, cards, Boolean(facets), typing);
      hits = hits.map((hit) => ({ ...hit, full: false }));
    }
    if (sort === "date") hits.sort((one, other) => other.post - one.post);
    const shown = hits.slice(offset, offset + limit);
    await Promise.all(shown.map(async ({ post }) => cards.set(post, await this.files.card(post))));
    const results = shown.flatMap((hit) => this.result(cards.get(hit.post), hit, asking, asked));
    await this.opened(results.slice(0, opened), asking, asked);
    return {
      query: asked,
      total: hits.length,
      full: hits.filter(({ full }) => full).length,
      results,
      facets: facets && (await facets(this.files, hits)),
      suggestion: asking.suggestion(query),
      problems: asked.problems,
      missing: this.files.lost.size,
      waiting: begun && asked.clauses.every(({ not }) => not),
    };
  }

  /** What has been asked, and the posts that answer it. */
  async hits(asked, enough, cards, all, typing) {
    const asking = new Asking(this.files, asked, all || !typing);
    const hits = await asking.hits();
    const exact = phrases(asked);
    const checked = exact.required.length || exact.excluded.length;
    return [asking, checked ? await this.checked(hits, exact, enough, cards, all) : hits];
  }

  complete(query, caret) {
    return complete(this.files, query, caret);
  }

  result(card, { post, full }, asking, asked) {
    if (!card) return [];
    const { url, title, date, authors, tags, summary, cut } = card;
    const hidden = cut && asking.inText.has(post);
    const name = marked(title, asking.wanted, this.languages);
    return [{ url, title, name, date, authors, tags, summary, full, hidden, ...sections(card, asking.wanted, this.languages, asked.in) }];
  }

  /** Looks on the page of each post whose card has no room for what was found. */
  opened(results, asking, asked) {
    const wanting = results.filter(({ hidden, sections }) => hidden && !sections.length);
    return Promise.all(
      wanting.map(async (result) => {
        const passages = await this.page(result.url).then(ofPage, () => []);
        Object.assign(result, sections({ passages }, asking.wanted, this.languages, asked.in));
      }),
    );
  }

  /** The hits that have all phrases and none of the excluded ones. What a card had no room for is looked for on the page of the post. */
  async checked(hits, exact, enough, cards, all) {
    const found = [];
    for (let at = 0; at < hits.length && (all || found.length < enough || at < CHECKED); at += TOGETHER) {
      const some = hits.slice(at, at + TOGETHER);
      const fit = await Promise.all(some.map(({ post }) => this.fits(post, exact, cards)));
      found.push(...some.filter((_, number) => fit[number]));
    }
    return found;
  }

  async fits(post, { required, excluded }, cards) {
    const card = await this.files.card(post);
    cards.set(post, card);
    if (!card) return false;
    const has = (texts) => (phrase) => says(texts, phrase, this.languages);
    const short = texts(card);
    if (excluded.some(has(short))) return false;
    const fits = required.every((clause) => clause.some(has(short)));
    if (!card.cut || (fits && !excluded.length)) return fits;
    const whole = await this.page(card.url).then((html) => ofPage(html).map(([, , , text]) => text), () => []);
    return !excluded.some(has(whole)) && required.every((clause) => clause.some((phrase) => has(short)(phrase) || has(whole)(phrase)));
  }
}

/** One letter of a word that is being typed says nothing yet. */
const isBegun = ({ any: [leaf] }) => leaf?.kind === "word" && leaf.prefix && /^[a-z0-9]$/i.test(leaf.text);
