// The formulas of a post to MathML with Temml: one function for the browser and for build time (knowrepo/render/maths.py runs this very file).
// TeX that MathJax takes and Temml does not is rewritten first; what comes out is held to a list of MathML elements, attributes and styles.

const LONGEST = 50000;
const OPTIONS = { annotate: true, throwOnError: true, trust: false, strict: false, maxExpand: 2000, maxSize: [40, 600] };
const MACROS = { "\\mbox": "\\text", "\\and": "\\land", "\\or": "\\lor" };

const list = (words) => new Set(words.split(" "));
const ELEMENTS = list(
  "annotation math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub " +
    "msubsup msup mtable mtd mtext mtr munder munderover none semantics",
);
const ATTRIBUTES = list(
  "accent columnalign depth display displaystyle encoding fence form height largeop linebreak linethickness lspace mathbackground mathcolor mathsize " +
    "mathvariant maxsize minsize movablelimits notation rowspacing rspace scriptlevel separator stretchy symmetric voffset width",
);
const STYLES = list(
  "border borderBottom borderLeft borderRight borderTop color display font-family font-style font-weight fontWeight height justifyContent " +
    "marginLeft math-depth mathDepth padding paddingBottom paddingLeft paddingRight paddingTop textAlign transform width",
);

const TOKENS = list("mi mn mo ms mtext");
/** Environments that stand on lines of their own even between single dollars. */
const DISPLAYED = /\\(?:begin\{(?:align|alignat|eqnarray|equation|flalign|gather|multline|split)\*?\}|tag\b)/;

/**
 * The formulas of a post in their order, [[tex, display], …], to as many { tree } or { error }; a tree has toNode() and toMarkup().
 * What one formula defines holds in those that follow; a label may be referred to from anywhere.
 */
export function typeset(temml, formulas) {
  const math = temml.__renderToMathMLTree("x", {});
  const post = {
    macros: { ...MACROS },
    labels: new Map(),
    references: [],
    numbers: 0,
    Element: math.constructor, // Temml does not export its nodes
    Text: math.children[0].children[0].constructor,
  };
  const made = formulas.map(([tex, display]) => one(temml, tex, display, post));
  for (const { text, name, bare } of post.references) {
    const number = post.labels.get(name) ?? name;
    text.text = bare ? number : `(${number})`;
  }
  return made;
}

function one(temml, tex, display, post) {
  if (tex.length > LONGEST) return { error: `it is longer than ${LONGEST} characters` };
  const attempt = { ...post, macros: { ...post.macros }, references: [], waiting: [], last: "" };
  try {
    const tree = temml.__renderToMathMLTree(rewritten(tex.trim()), { ...OPTIONS, displayMode: display || DISPLAYED.test(tex), macros: attempt.macros });
    tidied(tree, attempt, tex);
    if (attempt.wide) tree.classes.push("numbered");
    for (const name of attempt.waiting) if (attempt.last) post.labels.set(name, attempt.last);
    delete attempt.macros["\\df@tag"];
    post.macros = attempt.macros;
    post.numbers = attempt.numbers;
    post.references.push(...attempt.references);
    return { tree };
  } catch (error) {
    return { error: reason(error) };
  }
}

function reason(error) {
  if (error instanceof RangeError) return "it is nested too deeply";
  if (error instanceof TypeError) return "it is no valid TeX";
  const words = String(error.message).replace(/ at (?:position \d+|end of input): [^]*$/, "").trim();
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** The node held to the lists, with numbers at its equations and a place for the number at each reference. Throws at what is not allowed. */
function tidied(node, post, tex) {
  if (node.href !== undefined) return reference(node, post);
  if (node.classes?.includes("tml-eqn")) return new post.Text(numbered(`${++post.numbers}`, post));
  if (!node.children) return node;
  if (node.label) post.waiting.push(node.label);
  if (node.type === "annotation") node.children[0].text = tex;
  node.children = node.children.map((child) => tidied(child, post, tex));
  if (node.classes?.includes("tml-tag")) numbered(node.toText().replace(/^\s*\(|\)\s*$/g, ""), post);
  if (!(node instanceof post.Element)) return node;
  if (!ELEMENTS.has(node.type)) throw new Error(`the element ${node.type} is not shown`);
  if (TOKENS.has(node.type) && node.children.some((child) => child instanceof post.Element)) node.type = "mrow"; // in HTML a token holds text alone
  for (const name of Object.keys(node.attributes)) if (!ATTRIBUTES.has(name)) delete node.attributes[name];
  if (node.type === "mtable" && node.style.width === "100%") post.wide = true;
  node.style = Object.fromEntries(Object.entries(node.style).filter(([name, value]) => STYLES.has(name) && /^[-\w.#%,() ]+$/.test(value)));
  return node;
}

function numbered(number, post) {
  for (const name of post.waiting.splice(0)) post.labels.set(name, number);
  post.last = number;
  return `(${number})`;
}

function reference(node, post) {
  const text = new post.Text("");
  post.references.push({ text, name: node.href.slice(1), bare: !node.classes.includes("tml-eqref") });
  return new post.Element("mtext", [text]);
}

/** TeX as Temml takes it. */
function rewritten(tex) {
  const reader = new Reader(tex);
  let made = reader.tex.startsWith("\\eqref") || reader.tex.startsWith("\\ref") ? "{}" : ""; // Temml makes a lone reference no formula
  for (let found; (found = reader.command()); ) {
    const rule = Object.hasOwn(RULES, found.name) ? RULES[found.name] : null;
    const script = /[_^]\s*$/.test(found.before) && (OPERATORS.has(found.name) ? 0 : ACCENTS.has(found.name) ? 1 : -1);
    if (script === 0 || script === 1) made += `${found.before}{\\${found.name}${script ? rewritten(reader.argument()) : ""}}`;
    else made += found.before + (rule ? rule(reader) : "\\" + found.name);
  }
  return made + reader.rest();
}

class Reader {
  constructor(tex) {
    this.tex = tex;
    this.at = 0;
  }

  /** The next command and the text before it; null at the end. */
  command() {
    const pattern = /\\([a-zA-Z@]+|[^])/g;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.tex);
    if (!found) return null;
    const before = this.tex.slice(this.at, found.index);
    this.at = pattern.lastIndex;
    return { name: found[1], before };
  }

  /** What the pattern finds here, past blanks; "" if it is not here. */
  take(pattern) {
    const sticky = new RegExp(`\\s*(${pattern})`, "y");
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.tex);
    if (found) this.at = sticky.lastIndex;
    return found ? found[1] : "";
  }

  /** What stands between the marks that begin here; null if none do. */
  group(open = "{", close = "}") {
    if (!this.take(`\\${open}`)) return null;
    const start = this.at;
    for (let depth = 0; this.at < this.tex.length; this.at++) {
      const character = this.tex[this.at];
      if (character === "\\") this.at++;
      else if (character === close && depth === 0) return this.tex.slice(start, this.at++);
      else if (character === "{") depth++;
      else if (character === "}") depth--;
    }
    throw new Error(`a ${close} is missing`);
  }

  /** The argument of a command, as it stands there. */
  argument() {
    const start = this.at;
    this.group("[", "]");
    if (this.group() === null) this.take("\\\\(?:[a-zA-Z@]+|[^])|[^]");
    return this.tex.slice(start, this.at);
  }

  rest() {
    return this.tex.slice(this.at);
  }
}

const dropped = (reader) => (reader.group(), "");
const defined = (reader) => {
  reader.take("\\*");
  const name = reader.take("\\\\(?:[a-zA-Z@]+|[^])") || reader.group()?.trim();
  const count = Number(reader.group("[", "]") ?? 0);
  const fallback = reader.group("[", "]");
  const body = rewritten(reader.group() ?? "");
  const parameters = (first) => Array.from({ length: Math.max(0, count - first + 1) }, (_, index) => `#${index + first}`).join("");
  if (fallback === null) return `\\gdef${name}${parameters(1)}{${body}}`;
  return `\\gdef${name}{\\@ifnextchar[{${name}@given}{${name}@given[${fallback}]}}\\gdef${name}@given[#1]${parameters(2)}{${body}}`;
};

/** Definitions hold for the rest of the post, as with MathJax; what would make a link or an attribute keeps what it shows. */
const RULES = {
  def: () => "\\gdef",
  edef: () => "\\xdef",
  let: () => "\\global\\let",
  newcommand: defined,
  renewcommand: defined,
  providecommand: defined,
  DeclareMathOperator(reader) {
    const star = reader.take("\\*");
    const name = reader.take("\\\\[a-zA-Z@]+") || reader.group()?.trim();
    return `\\gdef${name}{\\operatorname${star}{${reader.group() ?? ""}}}`;
  },
  begin(reader) {
    const name = reader.group() ?? "";
    if (!/^(?:eqnarray\*?|multline)$/.test(name)) return `\\begin{${name}}`;
    const end = reader.tex.indexOf(`\\end{${name}}`, reader.at);
    if (end < 0) throw new Error(`\\end{${name}} is missing`);
    const rows = reader.tex.slice(reader.at, end);
    reader.at = end + name.length + 6;
    const known = name.replace("eqnarray", "align");
    return `\\begin{${known}}${rewritten(name === "multline" ? oneNumber(rows) : twoColumns(rows))}\\end{${known}}`;
  },
  require: dropped,
  href: dropped,
  class: dropped,
  cssId: dropped,
  style: dropped,
};

/** What Temml wants in braces where it is a subscript. */
const OPERATORS = list("arccos arcsin arctan arg cos cosh cot deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr sec sin sinh sup tan tanh");
const ACCENTS = list("acute bar breve check ddot dot grave hat mathring not operatorname overline sqrt tilde underline vec widehat widetilde");

/** The rows of an eqnarray (left & relation & right) as those of an align (left & relation right). */
function twoColumns(rows) {
  let columns = 0;
  return atTop(rows, (mark) => {
    if (mark === "\\\\") columns = 0;
    return mark === "&" && ++columns === 2 ? "{} " : mark;
  });
}

/** The rows of a multline, of which only the last is numbered. */
function oneNumber(rows) {
  return atTop(rows, (mark) => (mark === "\\\\" ? "\\nonumber\\\\" : mark));
}

/** The rows with their ends and columns seen to, but for those of what stands in them. */
function atTop(rows, seen) {
  let depth = 0;
  return rows.replace(/\\begin\b|\\end\b|\\\\|\\[^]|[{}&]/g, (mark) => {
    if (mark === "{" || mark === "\\begin") depth++;
    else if (mark === "}" || mark === "\\end") depth--;
    else if (depth === 0) return seen(mark);
    return mark;
  });
}
