"""The exceptions of knowrepo.

    KnowrepoError              a mistake in the set-up: two lines on stderr, exit status 2
    ├── ConfigError            knowrepo.yml cannot be used
    ├── NetworkError           another machine does not answer: exit status 3
    ├── RepositoryError        the folder cannot be read as a repository
    │   └── SourceChanged      a file was saved while the site was built; the build starts over
    ├── OutputError            the output folder cannot be written, or is not ours
    └── ThemeError             a theme or template is missing or broken

    CacheDamaged               stored bytes no longer match their name; the build mends it by making them again
    Superseded                 nobody waits for this build any more

A mistake in a post is not an exception: it is a ``Problem``, a value (see ``knowrepo.model``).
"""


class KnowrepoError(Exception):
    """A mistake in the set-up, with the way out in ``hint``; ``status`` is the exit status of a command that meets it."""

    status = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(KnowrepoError):
    """knowrepo.yml cannot be used."""


class NetworkError(KnowrepoError):
    """Another machine cannot be reached, or has gone."""

    status = 3


class RepositoryError(KnowrepoError):
    """The folder cannot be read as a repository of posts."""


class SourceChanged(RepositoryError):
    """A file is no longer what it was when the build began."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} changed while it was read", hint="try again")


class OutputError(KnowrepoError):
    """The output folder cannot be written, or belongs to somebody else."""


class ThemeError(KnowrepoError):
    """A theme is missing, or one of its templates is broken."""


class CacheDamaged(Exception):
    """Bytes in the cache no longer match the digest they are stored under."""

    def __init__(self, file: str) -> None:
        super().__init__(f"damaged cache entry {file}")
        self.file = file


class Superseded(Exception):
    """What is being built is out of date already."""
