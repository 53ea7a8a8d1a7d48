"""Appeals out of exported files: one call takes one page of rows, the cursor says the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from monitor.model.errors import SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.problems import why
from sources.appeals.document import BadFile
from sources.appeals.export import Limits, Row, rows_of
from sources.appeals.folder import Found, Mark, begin, decode, done, encode, look, next_of
from sources.appeals.form import Form
from sources.appeals.mapping import Files
from sources.base import Fetched
from sources.paging import PAGE_POSTS, fit, split
from sources.people import letter
from sources.rows import BadRow

_PAGE_SIZE: Final = 4_000_000
"""Characters and bytes of rows that one call brings: ten large ones must not become half a gigabyte."""
_POLL: Final = 60.0


class _Open(NamedTuple):
    """A file that is being read: where its rows stand is known without reading them again."""

    file: tuple[str, str]
    rows: int
    iterator: Iterator[Row]


class Importer:
    """Reads the exports of one source. ``settle`` (seconds): a file is whole when it has not changed for so long.

    The open file is only a short cut: another importer goes on from the cursor, and skips the rows that are done.
    """

    def __init__(
        self,
        source: Source,
        meaning: str,
        said: Files,
        form: Form,
        limits: Limits,
        *,
        settle: float,
        page_posts: int = PAGE_POSTS,
    ) -> None:
        self._source = source
        self._meaning = meaning
        self._said = said
        self._form = form
        self._limits = limits
        self._settle = settle
        self._page_posts = page_posts
        self._open: _Open | None = None

    def fetch(self, cursor: str, now: int) -> Fetched:
        mark = decode(cursor, self._meaning)
        found = next_of(mark, look(self._said), now, int(self._settle * 1000))
        posts: list[Post] = []
        broken: list[tuple[Any, str]] = []
        more = False
        if found is not None:
            try:
                self._take(found, mark, posts, broken)
            except OSError as error:
                self.close()
                name = found.path.name
                raise SourceUnavailable(f"{name}: {why(error)}", retry_after=10.0) from None
            more = bool(mark.seen)
        page = Page(
            source=self._source.id,
            region=self._source.region,
            network="appeal",
            fetched_at=now,
            covered_until=0 if mark.seen else now,
            cursor=encode(mark),
            posts=posts,
        )
        pages = split(page, cursor, posts_limit=self._page_posts)
        waits = self._settle if mark.seen else _POLL
        return Fetched(pages, more=more, wait=0.0 if more else max(waits, 1.0), broken=broken)

    def close(self) -> None:
        self._open = None

    def _take(self, found: Found, mark: Mark, posts: list[Post], broken: list[tuple[Any, str]]) -> None:
        name, size, json = found.path.name, 0, "json" in found.path.suffix.lower()
        if begin(mark, found):
            try:
                rows = self._rows(found, mark)
                for where, raw, row in rows:
                    mark.rows += 1
                    size += len(raw) if isinstance(raw, bytes) else 0
                    try:
                        if isinstance(row, str):
                            raise BadRow(row)
                        posts.append(fit(self._form.post(row, found.modified)))
                        size += len(posts[-1].text)
                    except BadRow as error:
                        broken.append((letter(raw, row, self._form.people, table=not json), f"{name}, {where}: {error}"))
                    if len(posts) + len(broken) >= self._page_posts or size >= _PAGE_SIZE:
                        self._open = _Open((found.name, found.look), mark.rows, rows)
                        return
            except BadFile as error:
                broken.append((name, f"{name}: {error}"))
        done(mark)

    def _rows(self, found: Found, mark: Mark) -> Iterator[Row]:
        opened, self._open = self._open, None
        if opened is not None and (opened.file, opened.rows) == ((found.name, found.look), mark.rows):
            return opened.iterator
        rows = rows_of(found.path, self._said, self._form, self._limits)
        for _ in zip(range(mark.rows), rows, strict=False):
            continue
        return rows
