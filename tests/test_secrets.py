"""Secrets are found, and nothing else is taken for one. The tokens are put together here, so that no scanner of this repository finds them."""

from __future__ import annotations

import random
import string

import pytest

from knowrepo.lint import secrets

_CHANCE = random.Random(9)


def letters(number: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(_CHANCE.choices(alphabet, k=number))


UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRETS = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + letters(64) + "\n",
    "a GitLab token": "gl" + "pat-" + letters(20),
    "a GitHub token": "gh" + "p_" + letters(36),
    "an AWS access key": "AK" + "IA" + letters(16, UPPER),
    "an AWS secret key": f'aws_secret_access_key = "{letters(40)}"',
    "a Slack token": "xo" + f"xb-{letters(12, string.digits)}-{letters(24)}",
    "a Slack webhook": "https://hooks.slack.com/services/" + f"T{letters(9, UPPER)}/B{letters(9, UPPER)}/{letters(24)}",
    "a JSON Web Token": f"ey" + f"J{letters(20)}.ey" + f"J{letters(40)}.{letters(43)}",  # noqa: F541 - two parts on purpose
    "a Google API key": "AI" + "za" + letters(35),
    "a Stripe key": "sk" + "_live_" + letters(24),
    "an API key": "sk" + "-proj-" + letters(48),
    "a Hugging Face token": "hf" + "_" + letters(34, string.ascii_letters),
    "a PyPI token": "pypi-" + "AgE" + letters(80),
    "an npm token": "npm" + "_" + letters(36),
    "a Databricks token": "da" + "pi" + letters(32, "0123456789abcdef"),
    "an Azure storage key": "Account" + f"Key={letters(86)}==",
    "an address with a password": "postgresql://ana:" + "s3cr3tly!9" + "@db.internal:5432/sales",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_each_kind_is_found(kind: str) -> None:
    """Each kind is found in the middle of code, once, with its line; no more than its first four letters are told."""
    [found] = secrets.find(f"import os\nvalue = '{SECRETS[kind]}'\n")
    assert (found.kind, found.line) == (kind, 3 if kind == "a private key" else 2)
    assert len(found.shown) == 5


@pytest.mark.parametrize(
    "line",
    [
        'password = "{}"',
        "PASSWORD='{}'",
        '{{"db_password": "{}"}}',
        'os.environ["API_KEY"] = "{}"',
        'client_secret: str = "{}"',
        "connect(host, passwd='{}')",
        "api_key='{}',",
        'my_token = "{}"',
    ],
)
def test_values_with_a_telling_name(line: str) -> None:
    """What is assigned to a name such as password is one, if no person would choose it as an example."""
    assert [found.kind for found in secrets.find(line.format("hT7!kq29_zWx"))] == ["a password or key"]


@pytest.mark.parametrize(
    "text",
    [
        'password = os.environ["DB_PASSWORD"]',
        'password = getpass.getpass("Password: ")',
        'password = "your-password-here"',
        'password = "<password>"',
        'password = "${DB_PASSWORD}"',
        'api_key = "YOUR_API_KEY_1"',
        'token = "bert-base-uncased-2"',
        'tokenizer = "distilbert-base-uncased-finetuned-sst-2-english"',
        'secret = "changeme123"',
        'pwd = "/home/jovyan/work"',
        'key = "c0ffee00c0ffee00c0ffee00c0ffee00"',
        'token_pattern = "(?u)\\\\b\\\\w\\\\w+\\\\b"',
        'password = "password123"',
        "pad_token='<|endoftext|>'",
        "secret_santa = 'Ana gives to Bo'",
        "postgresql://postgres:postgres@localhost/db",
        "postgresql://user:password@host/db",
        "postgresql://{user}:{password}@{host}/db",
        "https://example.org:8080/a@b",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN PRIVATE KEY-----",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "glpat-xxxxxxxxxxxxxxxxxxxx",
        "iVBORw0KGgoAKIAABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "sk-learn-contrib-is-a-collection-of-projects-for-scikit-learn",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    """Placeholders, names of variables and models, paths, patterns and bytes of pictures are none."""
    assert list(secrets.find(text)) == []


def test_a_secret_is_told_once() -> None:
    """What two patterns know is one secret."""
    assert len(list(secrets.find(f"password = '{SECRETS['a GitLab token']}'"))) == 1


def test_a_long_text_takes_no_long_time() -> None:
    """A text that begins like many secrets and is none is looked through in one go."""
    for part in ("a://b:", "password=", "sk-", "eyJ", "aws secret ", "-----BEGIN "):
        assert list(secrets.find(part * 50_000)) == []
