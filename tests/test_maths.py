"""Formulas: what counts as one, what Temml makes of it at build, and what is said of one that it refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from knowrepo import render, shipped, workers
from knowrepo.model import Body, Cell, CellKind, Document, Meta
from knowrepo.render import formulas, markdown, maths, sanitize
from knowrepo.render.maths import Refused
from tests import gitrepo, team

FORMULAS = [line for line in (Path(__file__).parent / "cases" / "formulas.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
_SOURCE = re.compile(r'<span class="math (inline|display)">\\[(\[](.*?)\\[)\]]</span>', re.DOTALL)


def found(html: str) -> list[str]:
    """The formulas that were recognised, in dollars as their kind asks for."""
    return [f"${tex}$" if kind == "inline" else f"$${tex}$$" for kind, tex in _SOURCE.findall(unescape(html))]


def body(*texts: str, typesetting: maths.Typesetting = maths.at_build, **outputs: str) -> Body:
    """A notebook of Markdown cells, with one code cell that displays ``outputs`` (``text_html="…"``)."""
    cells = [Cell(CellKind.MARKDOWN, text, id=f"m{number}", index=number) for number, text in enumerate(texts, 1)]
    if outputs:
        data = {name.replace("_", "/"): value for name, value in outputs.items()}
        shown = {"output_type": "display_data", "metadata": {}, "data": data}
        cells.append(Cell(CellKind.CODE, "", (shown,), id="c", index=len(cells) + 1))
    document = Document("posts/a.ipynb", Meta("A", (), (), None, None, ""), tuple(cells))
    return render.body(document, render.Options(), typesetting=typesetting)


def html(made: Body) -> str:
    assert isinstance(made.html, bytes)
    return made.html.decode()


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """Every element with its attributes, as a parser sees them."""
    seen: list[tuple[str, dict[str, str]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, {name: value or "" for name, value in attrs}))

    Parser().feed(html)
    return seen


def visible(markup: str) -> str:
    """What a reader sees of MathML."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<annotation.*?</annotation>", "", markup, flags=re.DOTALL)))


def typeset(*texts: str) -> list[str]:
    """MathML of displayed formulas of one post, or the reason why there is none."""
    made = maths.at_build([(text, True) for text in texts])
    assert made is not None
    return [shown.reason if isinstance(shown, Refused) else str(shown) for shown in made]


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10",
        "It costs $5.",
        "from $5 to 10$ or more",
        "between $1,000 and $2,000 (that is $1.5k)",
        "US$5-US$10",
        r"\$5 and \$10, \$x\$",
        "`$x^2$` and ``$y$``",
        "```\n$x^2$\n```",
        "    $x^2$",
        "set $HOME and $PATH",
        "$HOME/bin:$PATH",
        "${HOME}/$USER",
        r"\[x\] done, \[a\_b\](link), \(see below\)",
        "5$ and 6$",
        "a $ b $ c",
    ],
)
def test_what_is_no_formula_stays_text(text: str) -> None:
    """Prices, shell variables, escaped dollars, escaped brackets and code are no maths."""
    assert not found(markdown.to_html(text))
    assert "$5 and $10" in visible(html(body("$5 and $10")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let $x$, $y_1$; ($z$).", ["$x$", "$y_1$", "$z$"]),
        ("$k$NN, the $n$th, $p$-values", ["$k$", "$n$", "$p$"]),
        ("for $5 we get $x$", ["$x$"]),
        ("$ 3^3 2^5 $", ["$3^3 2^5$"]),
        ("$a\nb$", ["$a\nb$"]),
        ("$$x$$", ["$$x$$"]),
        ("so $$x$$ and $$y$$ here", ["$$x$$", "$$y$$"]),
        ("$$x$$ and $$y$$", ["$$x$$", "$$y$$"]),
        ("text\n$$\nx\n= y\n$$\nmore", ["$$x\n= y$$"]),
        ("- item\n  $$\n  x^2\n  $$\n- next", ["$$x^2$$"]),
        ("1. one\n\n    $$x$$\n\n2. two", ["$$x$$"]),
        ("> $$\n> x\n> $$", ["$$x$$"]),
        ("| a |\n|---|\n| $x_1$ |", ["$x_1$"]),
        (r"\\(x\\) and \\[y\\]", ["$x$", "$$y$$"]),
        (r"\(x_1\) and \[ y = 2 \]", ["$x_1$", "$$y = 2$$"]),
        ("\\begin{align}\na &= b\n\\end{align}", ["$$\\begin{align}\na &= b\n\\end{align}$$"]),
        (r"see \begin{equation*}a\end{equation*} there", [r"$$\begin{equation*}a\end{equation*}$$"]),
        (r"by \eqref{a}, \ref{b}", [r"$\eqref{a}$", r"$\ref{b}$"]),
        ("<div>$x_1$ costs $5</div>", ["$x_1$"]),
        ("<center>$$x$$</center>", ["$$x$$"]),
        ("**$x$** and [$y$](b.md)", ["$x$", "$y$"]),
    ],
)
def test_formulas_are_recognised_where_jupyterlab_does(text: str, expected: list[str]) -> None:
    """Dollars, environments, doubled backslashes, references; in lists, tables, quotes and HTML."""
    assert found(markdown.to_html(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"<table><td>$\alpha$</td><td>$R^2$</td><td>$x$</td></table>", [r"$\alpha$", "$R^2$", "$x$"]),
        ("<td>$5</td><td>$10</td><p>$5 and $10</p><p>$HOME/bin:$PATH, $1.20 = $1.10</p>", []),
        ("<p>$p &lt; 0.05$ \\(x\\) $$y$$</p>", ["$p < 0.05$", "$x$", "$$y$$"]),
        ("<pre>$x^2$</pre><code>$x^2$</code>", []),
        ("<p>\\$x^2$</p>", []),
    ],
)
def test_formulas_in_html_outputs(text: str, expected: list[str]) -> None:
    """TeX in HTML that a program printed is typeset, but not money and not code."""
    assert found(formulas.marked(sanitize.clean(text), prose=False)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\displaystyle \frac{a}{b}$", [r"$$\displaystyle \frac{a}{b}$$"]),
        ("$x$", ["$x$"]),
        ("$$x$$", ["$$x$$"]),
        (r"\begin{equation}x\end{equation}", [r"$$\begin{equation}x\end{equation}$$"]),
        ("The mean is $x_1$ here", ["$x_1$"]),
        (r"\begin{tabular}{l} a \end{tabular}", []),
        ("\\begin{enumerate*}\n\\item 1\n\\end{enumerate*}", []),
        (" ", []),
    ],
)
def test_latex_outputs(text: str, expected: list[str]) -> None:
    """``text/latex`` is a formula, or text with formulas; a table or a list is left to the other forms of the output."""
    assert found(formulas.latex(text)) == expected
    if not expected:
        assert "plain form" in html(body(text_latex=text, text_plain="plain form"))


def test_300_formulas_without_a_backslash() -> None:
    """All formulas of ``cases/formulas.txt`` are typeset, none shows a backslash, each keeps its TeX."""
    assert len(FORMULAS) >= 300
    for tex, shown in zip(FORMULAS, typeset(*FORMULAS), strict=True):
        assert shown.startswith("<math"), f"{tex}: {shown}"
        assert "\\" not in visible(shown), tex
        assert unescape(shown).count(f'<annotation encoding="application/x-tex">{tex}</annotation>') == 1


def test_a_page_holds_mathml_in_the_place_of_formulas() -> None:
    """Markdown, HTML and LaTeX outputs become MathML at build; nothing is left for the browser."""
    made = body("Let $x$.", text_html="<p>$y_1$</p>")
    assert html(made).count("<math>") == 2
    assert not made.maths
    assert '<span class="math display"><math display="block"' in html(body(text_latex="$$z$$"))


def test_without_mini_racer_the_browser_typesets() -> None:
    """Without mini-racer the TeX stays, readable, and the page asks for Temml; a page without formulas does not."""
    made = body("Let $x$ be.", typesetting=maths.in_browser)
    assert made.maths
    assert r'<span class="math inline">\(x\)</span>' in html(made)
    assert not body("No maths, $5 and $10.", typesetting=maths.in_browser).maths


def test_a_tldr_with_a_formula() -> None:
    """A tldr is no part of the body: its formulas are typeset in the browser, even if the body's are not."""
    meta = Meta("A", (), (), None, None, "We found $x^2$.")
    assert render.body(Document("posts/a.ipynb", meta, ()), render.Options()).maths
    assert not render.body(Document("posts/a.ipynb", replace(meta, tldr="It costs $5 and $10."), ()), render.Options()).maths


def test_definitions_hold_for_the_rest_of_a_post() -> None:
    """What one cell defines, later cells and outputs use, and no other post."""
    made = body(
        r"$\newcommand{\R}{\mathbb{R}} \def\sq#1{#1^2} \DeclareMathOperator{\logit}{logit}$",
        r"$\R$, $\sq{x}$, $\logit(p)$",
        text_html=r"<p>$\R$</p>",
    )
    assert not made.problems
    assert html(made).count("<mi>ℝ</mi>") == 2
    assert "<mi>logit</mi>" in html(made)
    assert typeset(r"\R") == [r"unsupported function name: \R"]


def test_a_default_argument() -> None:
    """``\\newcommand`` with an optional argument works with and without it."""
    shown = typeset(r"\newcommand{\E}[2][X]{E_{#1}(#2)} \E{a}", r"\E[Z]{b}")
    assert [visible(one) for one in shown] == ["EX(a)", "EZ(b)"]


def test_numbers_and_references() -> None:
    """Equations are numbered through the post; a reference may come before its equation; an unknown one says its label."""
    shown = typeset(
        r"\eqref{late}",
        r"\begin{equation} a \end{equation}",
        r"\begin{align} b \\ c \label{late} \\ d \nonumber \end{align}",
        r"\begin{eqnarray} e &=& f \label{old} \end{eqnarray}",
        r"g \tag{A} \label{tagged}",
        r"\ref{late}, \eqref{old}, \eqref{tagged}, \eqref{none}",
    )
    assert visible(shown[0]) == "(3)"
    assert visible(shown[2]) == "b(2)c(3)d"
    assert visible(shown[5]) == "3,(4),(A),(none)"
    assert not re.search(r" (?:id|href)=|<a\b", "".join(shown))


def test_a_formula_that_cannot_be_typeset() -> None:
    """Its TeX stays with a mark and the reason; ``check`` warns with the cell and the line; the other formulas are typeset."""
    made = body("Good $x$.\n\nBad $\\nosuch{<b>}$.")
    assert r'title="This formula cannot be typeset: unsupported function name: \nosuch">\(\nosuch{&lt;b&gt;}\)</span>' in html(made)
    assert html(made).count("<math>") == 1
    [problem] = made.problems
    assert (problem.rule, problem.cell, problem.line, problem.excerpt) == ("maths-error", 1, 3, r"\nosuch{<b>}")


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 5000 + "}" * 5000,
        r"\def\a{\a\a}\a",
        r"\def\a#1{#1#1#1#1#1#1#1#1}" + r"\a{" * 12 + "x" + "}" * 12,
        "x" * 60_000,
        r"\frac{",
        r"\begin{align}",
        r"\left(",
        r"x^2^3",
    ],
    ids=lambda tex: tex[:12],
)
def test_hostile_and_broken_tex_is_refused(tex: str) -> None:
    """Bombs and broken TeX end quickly with a reason in one line, and the next formula is typeset."""
    reason, after = typeset(tex, "x")
    assert not reason.startswith("<math")
    assert 0 < len(reason) < 200
    assert "\n" not in reason
    assert after.startswith("<math")


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\url{javascript:alert(1)}",
        r"\class{evil}{x}",
        r"\cssId{_main}{x}",
        r"\style{position:fixed}{x}",
        r"\htmlClass{evil}{x}",
        r"\htmlData{a=b}{x}",
        r"\htmlStyle{position:fixed}{x}",
        r"\id{_main}{x}",
        r"\data{a=b}{x}",
        r"\includegraphics{https://example.org/a.png}",
        r"\unicode{x3c}script\unicode{x3e}",
        r"\text{<script>alert(1)</script>}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\color{red;position:fixed}{x}",
        r'\textcolor{" onclick="alert(1)}{x}',
        r"\mathtip{x}{y}",
        r"\texttip{x}{y}",
        r"\toggle{a}{b}\endtoggle",
        r"\rule{1e9em}{1e9em}",
        r"\label{_main}\tag{<b>}",
        r"\char`<script>",
        r"\mmlToken{mi}[href=javascript:alert(1)]{x}",
        r"\verb|<script>|",
        r"</annotation></semantics></math><script>alert(1)</script>",
        r"<mglyph><style><!--</style><img src=x onerror=alert(1)>-->",
    ],
)
def test_tex_makes_nothing_but_presentation(tex: str) -> None:
    """No formula makes a link, an id, a class of its own, an image, a script or anything outside of the lists; sanitising again changes nothing."""
    shown = html(body(f"$${tex}$$", f"${tex}$"))
    allowed = set(maths._ELEMENTS.split()) | {"div", "span", "p"}
    for tag, attributes in elements(shown):
        assert tag in allowed
        assert attributes.keys() <= (set(maths._ATTRIBUTES.split()) if tag not in ("div", "span", "p") else {"class", "id", "title"})
        assert attributes.get("id", "m1") in ("m1", "m2")
        assert not re.search(r"position|url\(|evil", " ".join(value for name, value in attributes.items() if name != "title"))
    for formula in re.findall(r"<math.*?</math>", shown, re.DOTALL):
        assert maths._CLEANER.clean(formula) == formula


def test_both_lists_are_one() -> None:
    """The script's lists of elements and attributes are those of the cleaner."""
    script = (shipped.themes() / "scripts" / "tex.js").read_text("utf-8")

    def listed(name: str) -> set[str]:
        found = re.search(rf"const {name} = list\((.*?)\);", script, re.DOTALL)
        assert found
        return set("".join(re.findall(r'"([^"]*)"', found[1])).split())

    assert listed("ELEMENTS") == set(maths._ELEMENTS.split())
    assert listed("ATTRIBUTES") | {"class", "style"} == set(maths._ATTRIBUTES.split())
    hyphenated = {re.sub("[A-Z]", lambda found: "-" + found[0].lower(), name) for name in listed("STYLES")}
    assert hyphenated == set(maths._STYLES.split())


def test_a_forged_element_is_a_formula() -> None:
    """An author who writes the element of a formula gets his text typeset, and no more."""
    shown = html(
        body('<div><span class="math inline">\\(x</span><span class="math inline">\\(a &lt;b onclick=alert(1)&gt;\\)</span></div>')
    )
    assert shown.count("<math>") == 1
    assert {tag for tag, _ in elements(shown)} <= set(maths._ELEMENTS.split()) | {"div", "span"}


def test_mathml_of_an_author() -> None:
    """An author's own MathML is typeset anew from the TeX that it keeps; without any its words stay. None of its elements pass."""
    annotated = (
        '<math display="block"><semantics><mi>x</mi><annotation encoding="application/x-tex">y &lt; 1</annotation></semantics></math>'
    )
    shown = html(body(text_html=f'<p>{annotated}</p><p>a <math><mi href="javascript:1">b</mi><mo>+</mo><mn>1</mn></math> c</p>'))
    assert visible(re.findall("<math.*?</math>", shown)[0]) == "y<1"
    assert shown.count("<math") == 1
    assert "a b + 1 c" in " ".join(visible(shown).split())


def test_headings_are_read_as_words() -> None:
    """A heading's formulas stand as they are read in the table of contents, and its anchor is the same either way."""
    made = body(r"# The $\beta$ of $x^2$")
    left = body(r"# The $\beta$ of $x^2$", typesetting=maths.in_browser)
    assert made.headings[0].text == "The β of x2"
    assert made.headings[0].id == left.headings[0].id


def test_the_process_ends() -> None:
    """A process that has typeset a formula ends by itself, with its exit status."""
    program = "from knowrepo.render import maths; maths.at_build([('x', False)]); raise SystemExit(7)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 7


def test_workers_typeset() -> None:
    """Formulas are typeset within the bounds of a worker, and one worker does many posts."""
    tasks = [[(f"x^{number}", False)] for number in range(3)]
    results = dict(workers.run(maths.at_build, tasks, workers.Bounds(30, 200), 1))
    assert ["<math>" in str(results[number]) for number in range(3)] == [True, True, True]


PRODUCE = """
import sys
from pathlib import Path
from knowrepo import drafts, read, render, scan
from knowrepo.cache import Cache
root, folder = map(Path, sys.argv[1:])
(source,) = scan.scan(root, worktree=True).sources
made = drafts.produce(drafts.Order(root, source, read.Options(True, False, frozenset(), "commonmark"), render.Options(), 10**6), Cache(folder))
draft = drafts.load(made, source, Cache(folder))
print("py_mini_racer" in sys.modules, Path(draft.body.html.file).read_text())
"""
"""Makes the draft of a repository's only post; prints whether V8 was loaded for it, and its HTML."""


def test_formulas_are_typeset_once(tmp_path: Path) -> None:
    """After an edit of the words around them a post's formulas are taken from the cache, without V8; a refused one is refused again."""
    formulas = "$x^2$, $$\\frac{a}{b}$$ and $\\undefined$"

    def made(text: str, cache: str) -> str:
        gitrepo.write(repository, {"post.md": team.header("A") + f"{text} {formulas}\n"})
        command = [sys.executable, "-c", PRODUCE, str(repository), str(tmp_path / cache)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    repository = gitrepo.make(tmp_path / "repo", {"post.md": ""})
    assert made("One", "warm").startswith("True ")
    loaded, _, warm = made("Two", "warm").partition(" ")
    cold = made("Two", "cold")
    assert (loaded, cold) == ("False", f"True {warm}")
    assert ("<msup>" in warm, "unread" in warm) == (True, True)
