"""The documentation tells the whole truth: everything that a person can write or read is in it, and what it shows works."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from knowrepo import config, doctor, frontmatter, scaffold, text
from knowrepo.cli import cli
from knowrepo.fields import Field
from knowrepo.model import Severity
from knowrepo.read import READERS
from tests import gitrepo, team

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(file for file in DOCS.rglob("*.md") if "decisions" not in file.parts)
OUTSIDE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
TEMPLATES = sorted(path.name for path in (ROOT / "themes" / "base" / "templates").iterdir())

_FENCE = re.compile(r"^(`{3,})([\w+-]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def entries(folder: str) -> list[str]:
    """The names of the pages in a folder, without its own."""
    return sorted(file.stem for file in (DOCS / folder).glob("*.md") if file.name != "README.md")


def tldr(markdown: str) -> str:
    return str(yaml.safe_load(markdown.split("---\n")[1])["tldr"])


def sections(markdown: str, level: int) -> dict[str, str]:
    """The text below each heading of this level, down to the next heading of this level or above; by the heading without backticks."""
    parts = re.split(rf"^(#{{1,{level}}}) (.+)$", _FENCE.sub(_kept_open, markdown), flags=re.MULTILINE)
    marks, names, texts = parts[1::3], parts[2::3], parts[3::3]
    return {name.strip("` "): body for mark, name, body in zip(marks, names, texts, strict=True) if len(mark) == level}


def _kept_open(found: re.Match[str]) -> str:
    """A code block whose comments are no headings."""
    return re.sub(r"^#", " #", found[0], flags=re.MULTILINE)


def blocks(markdown: str, language: str) -> list[str]:
    """The code blocks in this language, in their order."""
    return [found[3] for found in _FENCE.finditer(markdown) if found[2] == language]


# The program


def options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from (*parameter.opts, *parameter.secondary_opts)
    if isinstance(command, click.Group) and command is not cli:
        for each in command.commands.values():
            yield from options(each)


def words(command: click.Command) -> Iterator[str]:
    """The choices that its options and arguments leave, and the names of its other arguments."""
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice):
            yield from parameter.type.choices
        elif isinstance(parameter, click.Argument):
            yield parameter.human_readable_name


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_described_with_all_its_options(name: str) -> None:
    """A command has a page, which names each option and argument, with the words it may be, and shows a run."""
    section = page(f"commands/{name}.md")
    named = {word for code in re.findall(r"`([^`]+)`", section) for word in code.split()}
    assert named >= {*options(cli.commands[name]), *words(cli.commands[name])}
    assert any(f"$ knowrepo {name}" in block for block in blocks(section, "console"))


def test_no_command_is_described_that_is_not_there() -> None:
    """The pages of the commands are the commands."""
    assert entries("commands") == sorted(cli.commands)
    assert set(options(cli)) <= set(re.findall(r"(?<![\w-])(--?[\w-]+)", page("commands/README.md")))


def test_the_help_is_shown_as_it_is() -> None:
    """The help in the docs is the program's."""
    shown = blocks(page("commands/README.md"), "console")[0]
    assert shown == "$ knowrepo --help\n" + CliRunner().invoke(cli, ["--help"], prog_name="knowrepo", terminal_width=78).stdout


@pytest.mark.parametrize("name", ["first-site.md", "commands/init.md"])
def test_init_is_shown_as_it_runs(name: str, tmp_path: Path) -> None:
    """What ``knowrepo init`` prints in the docs is what it prints."""
    done = CliRunner().invoke(cli, ["-C", str(tmp_path), "init"])
    assert any(block.endswith(done.output) and "$ knowrepo init " in block for block in blocks(page(name), "console"))


def invocations() -> list[tuple[str, str]]:
    """Every ``knowrepo …`` at a prompt or in a shell script of the docs, with the file's name."""
    found = []
    for file in [*PAGES, *OUTSIDE]:
        markdown = file.read_text("utf-8")
        lines = [line.removeprefix("$ ") for block in blocks(markdown, "console") for line in block.splitlines() if line.startswith("$ ")]
        lines += [line for block in blocks(markdown, "sh") for line in block.splitlines()]
        lines += re.findall(r"`(knowrepo [^`]+)`", _FENCE.sub("", markdown))
        found += [(file.name, command) for line in lines for command in commands(line) if Path(shlex.split(command)[0]).name == "knowrepo"]
    return sorted(set(found))


def commands(line: str) -> list[str]:
    """The commands in a line of shell, without redirections and comments."""
    return [part.strip() for part in re.split(r"&&|\||;|>.*| #.*", line.strip()) if part and part.strip()]


@pytest.mark.parametrize(("file", "command"), invocations(), ids=lambda value: str(value))
def test_shown_commands_exist(file: str, command: str) -> None:  # noqa: ARG001 - names the test
    """Every command that the docs show is one that the program understands."""
    arguments = [argument.replace("…", "x") for argument in shlex.split(command)[1:]]
    top = click.Context(cli, info_name="knowrepo", **cli.context_settings)
    rest = cli.make_parser(top).parse_args(arguments)[1]
    if rest:
        name, *given = rest
        assert name in cli.commands
        if given or not required(cli.commands[name]):
            cli.commands[name].make_context(name, given, parent=top)


def required(command: click.Command) -> bool:
    """Whether the command cannot be called without arguments: then the text may name it alone."""
    return isinstance(command, click.Group) or any(parameter.required for parameter in command.params)


# The tables


@pytest.mark.parametrize("field", frontmatter.FIELDS, ids=lambda field: field.name)
def test_every_header_field_is_described(field: Field) -> None:
    """A field of the header has a page that begins with what it says, with its aliases, what holds without it, and an example of it."""
    section = page(f"header/{field.name}.md")
    assert tldr(section) == field.doc
    assert all(f"`{alias}`" in section for alias in field.aliases)
    assert "If missing" in section
    assert any(f"{field.name}:" in example for example in blocks(section, "yaml"))


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_described(setting: Field) -> None:
    """A setting has a page that begins with what it says, with its default, and stands in the example."""
    section = page(f"settings/{setting.name}.md")
    assert tldr(section) == setting.doc
    default = str(setting.default).lower() if setting.default is True else setting.default
    assert (f"Default: `{default}`" in section or f"Default: {default}." in section) if default else "Default: " in section
    assert f"\n{setting.name}: " in blocks(page("settings/README.md"), "yaml")[0]


def test_no_field_or_setting_is_described_that_is_not_there() -> None:
    """The pages of fields and settings are the fields and the settings, and the page before them leads to each, in the order of the table."""
    tables: tuple[tuple[str, list[str]], ...] = (
        ("header", [field.name for field in frontmatter.FIELDS]),
        ("settings", [setting.name for setting in config.SETTINGS]),
        ("commands", list(cli.commands)),
    )
    for folder, names in tables:
        assert entries(folder) == sorted(names)
        links = re.findall(r"^\| \[`(?:knowrepo )?(.+)`\]\((.+)\.md\) \|", page(f"{folder}/README.md"), re.MULTILINE)
        assert [name for name, target in links if name == target] == (names if folder != "commands" else sorted(names))


def test_every_suffix_is_described() -> None:
    """Every kind of file that may be a post stands in the table of formats."""
    formats = sections(page("posts.md"), 2)["Formats"]
    assert [suffix for suffix in READERS if f"`{suffix}`" not in formats] == []


def test_every_template_is_described() -> None:
    """Every template that a theme may replace stands in the table of templates."""
    assert [name for name in TEMPLATES if f"| `{name}` |" not in page("theme.md")] == []


def test_every_check_of_the_doctor_is_described() -> None:
    """The checks in the guide are those that are made, in their order."""
    table = sections(page("commands/doctor.md"), 2)["What is checked"]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [subject for subject, _ in doctor.CHECKS]


def test_the_gitlab_jobs_are_shown_as_they_are() -> None:
    """The file that the docs explain is the one that ``init`` writes."""
    assert blocks(page("publishing.md"), "yaml")[0] == scaffold.gitlab_ci()


# Problems

_RULE_AT = {"Problem": 2, "_note": 2, "Complaint": 1, "_complain": 3, "complain": 0}
"""Calls that make a problem, and which argument is the rule."""


def rules() -> set[str]:
    """Every rule id in the source."""
    found = {"header-value"}  # the default of nodes.wrong
    for file in (ROOT / "knowrepo").rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.Module):
                found |= {rule for node in own(function) if isinstance(node, ast.Call) for rule in rules_of(node, function)}
    return found


def own(function: ast.FunctionDef | ast.Module) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef):
            yield node
            waiting += ast.iter_child_nodes(node)
        elif isinstance(function, ast.FunctionDef):
            waiting += node.body


def rules_of(call: ast.Call, function: ast.AST) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in (*_RULE_AT, "wrong"):
        return
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "rule"), None)
    if given is None and name != "wrong" and len(call.args) > _RULE_AT[name]:
        given = call.args[_RULE_AT[name]]
    prefix = "" if name in ("Problem", "_note", "complain") else "header-"
    if isinstance(given, ast.Constant):
        yield prefix + str(given.value)
    elif isinstance(given, ast.JoinedStr):
        yield from (prefix + rule for rule in spelt_out(given, function))


def spelt_out(template: ast.JoinedStr, function: ast.AST) -> Iterator[str]:
    """The rules that an f-string makes: from the texts that its name is given, or from the first texts of the rows that it runs over."""
    names = [part.value.id for part in template.values if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name)]
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == names:
            values = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
        elif names and isinstance(node, ast.Tuple) and len(node.elts) > 2:
            values = node.elts[:1]
        else:
            continue
        for value in values:
            if isinstance(value, ast.Constant):
                parts = [str(part.value) if isinstance(part, ast.Constant) else str(value.value) for part in template.values]
                yield "".join(parts)


def test_every_problem_is_described() -> None:
    """Every rule id in the source has a section with its meaning and the way out, and every such section is about a rule in the source."""
    described = sections(page("problems.md"), 3)
    assert set(described) == rules()
    assert [rule for rule, section in described.items() if "The way out: " not in section] == []


def test_every_reason_to_leave_a_file_out_is_described() -> None:
    """What ``list --all`` says of a file without an error stands in the table of reasons."""
    table = sections(page("posts.md"), 2)["My post does not appear"]
    source = (ROOT / "knowrepo" / "read" / "__init__.py").read_text("utf-8")
    reasons = {*re.findall(r'Skipped\(source\.path, "([^"]+)"', source), "draft", "private", "excluded tag"}
    assert len(reasons) == 5
    assert [reason for reason in sorted(reasons) if f"| `{reason}` |" not in table] == []


# Examples


class _Plain(yaml.BaseLoader):
    """Everything but true and false is a text."""


_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
_Plain.add_constructor("tag:yaml.org,2002:bool", lambda _loader, node: node.value == "true")


def plain(example: str) -> Any:
    """YAML as JSON has it: every scalar but true and false is a text, which the schemas allow."""
    return yaml.load(example, Loader=_Plain)


def schema(what: str) -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["schema", what])
    assert result.exit_code == 0
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


@pytest.mark.parametrize("what", ["header", "config"])
def test_schemas_are_schemas(what: str) -> None:
    """What ``knowrepo schema`` prints is valid JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(schema(what))


def headers() -> list[tuple[str, str]]:
    files = [*PAGES, *OUTSIDE]
    found = [(file.name, block) for file in files for block in blocks(file.read_text("utf-8"), "yaml") if block.startswith("---\n")]
    scripts = [(file.name, block) for file in PAGES for block in blocks(file.read_text("utf-8"), "python") if block.startswith("# ---\n")]
    return [*found, *((name, re.sub(r"^# ?", "", block.partition("\n\n")[0], flags=re.MULTILINE) + "\n") for name, block in scripts)]


@pytest.mark.parametrize(("file", "example"), headers())
def test_example_headers_are_right(file: str, example: str) -> None:
    """A header in the docs is one that knowrepo reads without a complaint, and that its schema accepts."""
    found = frontmatter.split(example)
    assert found is not None
    header, problems = frontmatter.parse(found, file)
    assert header is not None
    assert (problems, dict(header.extra)) == ((), {})
    jsonschema.Draft202012Validator(schema("header")).validate(plain(found.yaml))


def test_example_settings_are_right() -> None:
    """The example of knowrepo.yml is one that knowrepo reads, and that its schema accepts once its numbers are numbers."""
    example = blocks(page("settings/README.md"), "yaml")[0]
    config.load(example.encode())
    jsonschema.Draft202012Validator(schema("config")).validate(yaml.safe_load(example))


def test_example_documents_are_json() -> None:
    """The JSON in the docs is JSON, and its keys are those that the program prints."""
    documents = [json.loads(block) for name in ["README", *entries("commands")] for block in blocks(page(f"commands/{name}.md"), "json")]
    with_posts = [document for document in documents if "posts" in document]
    problems = [problem for document in documents for problem in document.get("problems", ())]
    assert problems
    assert all(document["schema_version"] == 1 for document in documents)
    assert set(with_posts[0]["posts"][0]) == {"path", "url", "title", "authors", "tags", "created_at", "updated_at", "tldr"}
    assert set(problems[0]) == {"path", "line", "cell", "message", "hint", "severity", "rule"}


# The whole


def test_the_guide_is_a_knowledge_repository(tmp_path: Path) -> None:
    """The guide builds with knowrepo itself: every page is published, and there is no error and no warning."""
    files = {file.relative_to(DOCS).as_posix(): file.read_bytes() for file in DOCS.rglob("*") if file.is_file() and not hidden(file)}
    report = team.site(gitrepo.make(tmp_path / "docs", files), tmp_path / "out")
    assert [str(problem) for problem in report.problems if problem.severity is not Severity.INFO] == []
    assert len(report.published) == len([file for file in PAGES if file.name != "README.md"])
    assert report.skipped == ()


def hidden(file: Path) -> bool:
    return any(part.startswith(".") or part == "public" for part in file.relative_to(DOCS).parts)


@pytest.mark.parametrize("file", OUTSIDE, ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    """A link from the files at the top leads to a file that exists, and to a heading in it."""
    markdown = _FENCE.sub("", file.read_text("utf-8"))
    broken = []
    for link in _LINK.findall(markdown):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = (file.parent / path) if path else file
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(file: Path) -> set[str]:
    return {text.slug(heading) for heading in re.findall(r"^#+ (.+)$", _FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)}


def test_the_readme_builds_the_sample(tmp_path: Path) -> None:
    """The README's first command builds the sample repository as it says; its second is what CI runs."""
    readme = (ROOT / "README.md").read_text("utf-8")
    first, second = blocks(readme, "sh")[:2]
    assert second.strip() == "scripts/check"
    builds = [
        command
        for line in first.replace("\\\n", " ").splitlines()
        for command in commands(line)
        if "knowrepo -C sample_repo build" in command
    ]
    assert len(builds) == 1
    repo = gitrepo.make(tmp_path / "copy")
    shutil.copytree(ROOT / "sample_repo", repo / "sample_repo", ignore=shutil.ignore_patterns(".knowrepo", "public"))
    gitrepo.commit(repo, {}, day=1)
    done = subprocess.run(
        [sys.executable, "-m", "knowrepo", *shlex.split(builds[0])[1:]], cwd=repo, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert " posts published" in done.stderr
    told = re.search(r"open `(.+?)`", readme)
    assert told is not None
    assert (repo / told[1]).is_file()
