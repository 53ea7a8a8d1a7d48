"""Files as a source: JSONL and CSV, read on from where the cursor stands, with the memory of one page.

The cursor is a byte offset with the line's number, the file's size, and a digest of the file's head and of what stands before the
offset: a file that grew is continued, one that was replaced is read anew. Broken rows are handed back with line and reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import orjson

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.problems import why
from sources.base import Fetched
from sources.lines import Lines, encoding_of, fingerprint
from sources.paging import PAGE_BYTES, POST_BYTES, fit, split
from sources.people import letter
from sources.rows import BadRow, post_of
from sources.tables import cells, objects

# A page holds this many bytes of the file at most (and always one row): ten large rows must not become half a gigabyte.
_READ_BYTES: Final = 4_000_000
_PEOPLE: Final = ("author",)


class Mark(msgspec.Struct, array_like=True):
    """What the cursor says. ``held`` is the size at which an unfinished last line was left for later; ``seen`` the greatest time."""

    offset: int = 0
    line: int = 0
    head: int = 0
    digest: str = ""
    held: int = 0
    seen: int = 0
    size: int = 0
    modified: int = 0


# Made here and not where it is used: two threads must not look into a type for the first time.
_marks = msgspec.json.Decoder(Mark)


class FilesAdapter:
    """Reads files; a source's ``address`` is the path. ``.csv`` and ``.tsv`` are tables with a header line, all else JSONL.

    ``at`` (ms) dates rows without a time; by default the file's modification time does, so that a second run over the same file is
    the same run. With ``replay`` a page's ``fetched_at`` is at least its greatest ``published_at``, ``covered_until`` follows the
    rows (which are taken to be in about the order of time), and an unfinished last line is broken instead of awaited.
    """

    network = "file"

    def __init__(
        self,
        author_key: bytes,
        *,
        at: int | None = None,
        replay: bool = False,
        page_posts: int = 500,
        page_bytes: int = PAGE_BYTES,
        post_bytes: int = POST_BYTES,
        zone: tzinfo = UTC,
    ) -> None:
        self._key = author_key
        self._at = at
        self._replay = replay
        self._page_posts = page_posts
        self._page_bytes = page_bytes
        self._post_bytes = post_bytes
        self._zone = zone

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        return await asyncio.to_thread(self._fetch, source, cursor, now)

    async def close(self) -> None:
        """Nothing stays open between two calls."""

    def _fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        path = Path(source.address)
        try:
            with path.open("rb") as file:
                return self._read(source, path, file, cursor, now)
        except FileNotFoundError:
            raise SourceRefused(f"{path.name}: такого файла нет", state="gone") from None
        except (PermissionError, IsADirectoryError) as error:
            raise SourceRefused(f"{path.name}: {why(error)}") from None
        except OSError as error:
            raise SourceUnavailable(f"{path.name}: {why(error)}", retry_after=10.0) from None

    def _read(self, source: Source, path: Path, file: BinaryIO, cursor: str, now: int) -> Fetched:
        encoding = encoding_of(file)
        if encoding.startswith("utf-16"):
            raise SourceRefused(f"{path.name}: файл в UTF-16; сохраните его в UTF-8")
        mark = _continued(file, cursor)
        lines = Lines(file, encoding, mark.offset, mark.line, final=self._replay or mark.held == _size(file))
        at = self._at if self._at is not None else mark.modified
        posts: list[Post] = []
        broken: list[tuple[Any, str]] = []
        table = path.suffix.lower() in (".csv", ".tsv")
        for raw, row in _table(lines, path) if table else objects(lines):
            try:
                if isinstance(row, str):
                    raise BadRow(row)
                posts.append(fit(post_of(row, path.stem, at, self._key, self._zone), self._post_bytes))
            except BadRow as error:
                broken.append((letter(raw, row, _PEOPLE, table=table), f"строка {lines.started}: {error}"))
            if len(posts) + len(broken) >= self._page_posts or lines.offset - mark.offset >= _READ_BYTES:
                break
        # An unfinished last line waits until the file grows; if it has not by the next time, it is taken as it is.
        held = mark.size if lines.unfinished else 0
        more = not held and lines.offset < mark.size
        seen = max(mark.seen, max((post.published_at for post in posts), default=0))
        head, digest = fingerprint(file, lines.offset)
        after = Mark(lines.offset, lines.number, head, digest, held, seen, mark.size, mark.modified)
        fetched_at = max(now, seen) if self._replay else now
        page = Page(
            source=source.id,
            region=source.region,
            network=self.network,
            fetched_at=fetched_at,
            covered_until=(seen if self._replay else 0) if more else fetched_at,
            cursor=orjson.dumps(msgspec.to_builtins(after)).decode(),
            posts=posts,
        )
        pages = split(page, cursor, page_limit=self._page_bytes, post_limit=self._post_bytes, posts_limit=self._page_posts)
        return Fetched(pages, more=more, wait=0.0 if more else 60.0, broken=broken)


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _continued(file: BinaryIO, cursor: str) -> Mark:
    """The cursor's mark with today's size and modification time; a fresh one if the file is not the one that was read."""
    size = _size(file)
    modified = Path(file.name).stat().st_mtime_ns // 1_000_000
    try:
        mark = _marks.decode(cursor) if cursor else Mark()
    except msgspec.DecodeError:
        mark = Mark()
    if not 0 <= mark.offset <= size or (mark.offset and fingerprint(file, mark.offset, mark.head) != (mark.head, mark.digest)):
        mark = Mark()
    mark.size, mark.modified = size, modified
    return mark


def _table(lines: Lines, path: Path) -> Iterator[tuple[bytes, dict[str, Any] | str]]:
    """Rows of CSV with their bytes; the first line names the columns and tells the delimiter."""
    names, delimiter = lines.header("\t" if path.suffix.lower() == ".tsv" else "")
    for raw, values in cells(lines, delimiter):
        yield raw, values if isinstance(values, str) else dict(zip(names, values, strict=False))
