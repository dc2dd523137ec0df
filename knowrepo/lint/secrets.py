"""Passwords and keys in a text, told by patterns that are precise enough to be believed.

Each kind has letters that it cannot do without, so that most texts cost no more than a search for these. The forms of tokens are those of their makers:
https://docs.gitlab.com/security/tokens/#token-prefixes
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
https://docs.slack.dev/authentication/tokens
https://www.rfc-editor.org/rfc/rfc7519 (JWT), https://www.rfc-editor.org/rfc/rfc7468 (keys)
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LONGEST_LINE = 100_000


@dataclass(frozen=True, slots=True)
class Secret:
    """What was found: its kind, as people call it, the line (from 1), and its first letters, which give nothing away."""

    kind: str
    line: int
    shown: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """``needs`` are letters, one of which is in every such secret; group 1 of ``pattern`` is the secret part; ``genuine`` says whether it can be one."""

    name: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    genuine: Callable[[str], bool]


def find(text: str) -> Iterator[Secret]:
    """The secrets in a text, each place once."""
    found: dict[int, Secret] = {}
    for kind in _KINDS:
        if any(letters in text for letters in kind.needs):
            for match in kind.pattern.finditer(text):
                value = match[1]
                if kind.genuine(value):
                    line = text.count("\n", 0, match.start(1)) + 1
                    found.setdefault(match.start(1), Secret(kind.name, line, f"{value[:4]}…"))
    yield from (secret for _, secret in sorted(found.items()))


def _random(least: float) -> Callable[[str], bool]:
    """Whether a text is as disordered as a key, in bits per character, and no example."""
    return lambda value: _disorder(value) >= least and not _EXAMPLE.search(value)


def _disorder(value: str) -> float:
    """Shannon's entropy, in bits per character."""
    return -sum(number / len(value) * math.log2(number / len(value)) for number in Counter(value).values())


def _password(value: str) -> bool:
    """Whether a person could have meant this as a password: no placeholder, no name of a variable, no word alone."""
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    return kinds >= 2 and _disorder(value) >= 2.5 and not (_EXAMPLE.search(value) or _PLACEHOLDER.search(value))


def _keyed(value: str) -> bool:
    """Whether the value of ``token = "…"`` is a password or key: those have digits, and no words between hyphens, dots or underscores."""
    words = re.split(r"[-_./:@ ]+", value)
    wordy = sum(word.isalpha() and (word.islower() or word.istitle()) for word in words)
    return _password(value) and bool(re.search("[0-9]", value)) and wordy * 2 < len(words) and _disorder(value) >= 3.0


_EXAMPLE = re.compile(
    r"example|dummy|fake|sample|placeholder|changeme|your[-_ ]|my[-_]|test[-_]|xxx|\.\.\.|…|\*\*\*|1234567|abcdefg|0000000", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"^[<{$%\[(]|[>})]$|\$\{|%\(|\{\{"
    r"|^(?:user|username|pass|passwd|password|pwd|secret|token|postgres|root|admin|guest)\W*\d{0,3}$",
    re.IGNORECASE,
)
_NAMES = "passw(?:or)?d|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|account[_-]?key|private[_-]?key|client[_-]?secret"

_KINDS = (
    _Kind(
        "a private key",
        ("PRIVATE KEY",),
        re.compile(r"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s|\")+([A-Za-z0-9+/=]{40,}|(?:Proc-Type|Version):)"),
        lambda _value: True,
    ),
    _Kind(
        "a GitLab token",
        ("gl",),
        re.compile(r"\b(gl(?:pat|ptt|dt|rt|cbt|imt|ft|soat|agent|oas|ffct)-[A-Za-z0-9_=-]{20,300})"),
        _random(3.0),
    ),
    _Kind("a GitHub token", ("gh",), re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,255})\b"), _random(3.0)),
    _Kind("a GitHub token", ("github_pat_",), re.compile(r"\b(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b"), _random(3.0)),
    _Kind(
        "an AWS access key", ("AKIA", "ASIA"), re.compile(r"(?<![A-Za-z0-9+/])((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9+/=])"), _random(3.0)
    ),
    _Kind(
        "an AWS secret key",
        ("aws", "AWS", "Aws"),
        re.compile(r"""(?i)aws.{0,20}?(?:secret|sk).{0,20}?["'\s=:]([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"""),
        _random(4.0),
    ),
    _Kind("a Slack token", ("xox",), re.compile(r"\b(xox[abeoprs]-[A-Za-z0-9-]{15,250})"), _random(3.0)),
    _Kind(
        "a Slack webhook",
        ("hooks.slack.com",),
        re.compile(r"hooks\.slack\.com/services/(T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,})"),
        _random(3.0),
    ),
    _Kind("a JSON Web Token", ("eyJ",), re.compile(r"\b(eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,})"), _random(3.5)),
    _Kind("a Google API key", ("AIza",), re.compile(r"(?<![A-Za-z0-9+/_-])(AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9+/_=-])"), _random(3.0)),
    _Kind("a Stripe key", ("k_live_",), re.compile(r"\b([rs]k_live_[A-Za-z0-9]{20,247})\b"), _random(3.0)),
    _Kind("an API key", ("sk-",), re.compile(r"(?<![A-Za-z0-9-])(sk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{40,250})"), _random(4.0)),
    _Kind("a Hugging Face token", ("hf_",), re.compile(r"\b(hf_[A-Za-z]{34})\b"), _random(3.5)),
    _Kind("a PyPI token", ("pypi-AgE",), re.compile(r"\b(pypi-AgE[A-Za-z0-9_-]{50,1000})"), _random(3.0)),
    _Kind("an npm token", ("npm_",), re.compile(r"\b(npm_[A-Za-z0-9]{36})\b"), _random(3.0)),
    _Kind("a Databricks token", ("dapi",), re.compile(r"\b(dapi[0-9a-f]{32}(?:-\d)?)\b"), _random(3.0)),
    _Kind("an Azure storage key", ("AccountKey=",), re.compile(r"AccountKey=([A-Za-z0-9+/]{86}==)"), _random(4.0)),
    _Kind(
        "an address with a password",
        ("://",),
        re.compile(r"\b[a-z][a-z0-9+.-]{1,30}://[^\s:/@\"'<>`]{1,100}:([^\s:/@\"'<>`]{4,200})@[\w.\[]"),
        _password,
    ),
    _Kind(
        "a password or key",
        ("=", ":"),
        re.compile(
            rf"""(?i)(?:\b|_)(?:{_NAMES})[a-z0-9_]{{0,10}}["']?\]?\s{{0,3}}(?::\s{{0,3}}str\s{{0,3}})?(?:=|:|=>)\s{{0,3}}["']([^"'\s]{{8,150}})["']"""
        ),
        _keyed,
    ),
)
