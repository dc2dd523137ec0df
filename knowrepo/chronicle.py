"""What posts were: their revisions, what each changed, and how each looked. Of what was not to be published at the time nothing is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from knowrepo import comparison, read, render
from knowrepo.comparison import Compared
from knowrepo.model import Body, Document, Person, Revision, Source
from knowrepo.render import maths

Content = Callable[[str], bytes | None]
"""The bytes of a blob, None if they are not here."""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The ``revisions`` of each post by its path, the newest first; of the newest ``limit`` there are pages. ``shallow``: older ones may not be here.

    ``prefix`` is what the paths of revisions begin with, as in ``Repository``; ``options`` and ``style`` are those with which posts are made.
    """

    revisions: Mapping[str, tuple[Revision, ...]]
    content: Content
    options: Callable[[Source], read.Options]
    style: render.Options
    limit: int
    prefix: str = ""
    shallow: bool = False

    def published(self, revision: Revision) -> bool:
        """Whether a revision was to be published, and is here."""
        return self._document(self.path(revision), revision.blob) is not None

    def rules(self, path: str) -> read.Options:
        """What decides whether a file with this path is published."""
        return self.options(Source(path, "", None, None))

    def changed(self, path: str, blob: str, before: str, old_blob: str) -> Compared | None:
        """What became of a post: its path and blob, now and ``before``; None if it was not published then.

        A version before that was not to be published counts as if it had not been there.
        """
        if not self._document(path, blob):
            return None
        old = self.content(old_blob) if old_blob and self._document(before, old_blob) else None
        return comparison.compared(path, old, self.content(blob), before if old is not None else "")

    def step(self, revision: Revision, before: Revision | None) -> Compared | None:
        """What a revision made of the one before; None if it was not published then."""
        old = (self.path(before), before.blob) if before else ("", "")
        return self.changed(self.path(revision), revision.blob, *old)

    def body(self, revision: Revision) -> Body | None:
        """The post as a revision left it; None if it was not published then."""
        document = self._document(self.path(revision), revision.blob, revision)
        return render.body(document, self.style, typesetting=maths.at_build) if document else None

    def path(self, revision: Revision) -> str:
        """The path of a revision in the folder that is built."""
        return revision.path.removeprefix(self.prefix)

    def _document(self, path: str, blob: str, revision: Revision | None = None) -> Document | None:
        data = self.content(blob)
        if data is None or not any(path.lower().endswith(suffix) for suffix in read.READERS):
            return None
        people = tuple(map(Person, revision.authors)) if revision else ()
        date = revision.date if revision else None
        source = Source(path, blob, date, date, people)
        made = read.document(source, data, {}, self.options(source))
        return made if isinstance(made, Document) else None
