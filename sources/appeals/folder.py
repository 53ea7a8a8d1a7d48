"""A watched folder (or one file): which exports are whole and not taken yet, and how far the one being taken is.

Nothing is moved or written: what was taken stands in the cursor, by digests, for as long as the file is there.
"""

from __future__ import annotations

import fnmatch
import os
from base64 import urlsafe_b64encode
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.appeals.export import KINDS
from sources.appeals.mapping import Files

FILES: Final = 2_000
"""Beyond so many files at once the cursor, which travels with each page, would be too large."""
_DIGEST: Final = 6


class Mark(msgspec.Struct, omit_defaults=True):
    """The cursor. ``meaning`` is the mapping's digest; with another one everything is read again.

    ``taken`` maps what a file looks like (name, size, time) to what it holds; ``seen`` maps files that may still be growing to
    when they were first seen so (ms); ``file`` is the one being read, ``held`` its digest, ``rows`` how many of its rows are done.
    """

    meaning: str = ""
    taken: dict[str, str] = {}
    seen: dict[str, int] = {}
    file: str = ""
    held: str = ""
    rows: int = 0


class Found(NamedTuple):
    """A file as it looked: its key in the cursor, and when it was written (ms)."""

    key: str
    path: Path
    modified: int


def decode(cursor: str, meaning: str) -> Mark:
    try:
        mark = msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
    except msgspec.DecodeError:
        mark = Mark()
    return mark if mark.meaning == meaning else Mark(meaning)


def encode(mark: Mark) -> str:
    return msgspec.json.encode(mark, order="deterministic").decode()


def look(said: Files) -> list[Found]:
    """The files that are there, oldest first, by name within a time. SourceRefused where that can't be said."""
    top = Path(said.path)
    try:
        if not top.is_dir():
            return [_found(top)]
        with os.scandir(top) as entries:
            names = sorted(entry.name for entry in entries if _wanted(entry.name, said.names) and entry.is_file())
        if len(names) > FILES:
            raise SourceRefused(f"{top.name}: more than {FILES} files; take away those that were taken long ago")
        found = [_found(top / name) for name in names]
    except FileNotFoundError:
        raise SourceRefused(f"{top.name}: there is no such file or folder", state="gone") from None
    except PermissionError:
        raise SourceRefused(f"{top.name}: can't be read") from None
    except OSError as error:
        raise SourceUnavailable(f"{top.name}: {error.strerror or 'cannot be read'}", retry_after=10.0) from None
    return sorted(found, key=lambda one: (one.modified, one.path.name))


def next_of(mark: Mark, found: list[Found], now: int, settle: int) -> Found | None:
    """The first file that is whole and not taken. Notes in ``mark`` what is seen, and forgets what is no longer there.

    A file is whole when it has looked the same for ``settle`` ms, the later look included.
    """
    mark.seen = {one.key: mark.seen.get(one.key, now) for one in found if one.key not in mark.taken}
    if not mark.seen or len(mark.taken) > FILES:
        # Not before all is taken: by what a file held before, one that was only touched is known.
        keys = {one.key for one in found}
        mark.taken = {key: held for key, held in mark.taken.items() if key in keys}
    if mark.file not in mark.seen:
        mark.file, mark.held, mark.rows = "", "", 0
    ready = [one for one in found if one.key in mark.seen and now - mark.seen[one.key] >= settle]
    begun = [one for one in ready if one.key == mark.file]
    return next(iter(begun or ready), None)


def begin(mark: Mark, found: Found) -> bool:
    """Whether the file has rows to be taken: not if it was only touched. Raises OSError."""
    if mark.file == found.key:
        return True
    mark.file, mark.held, mark.rows = found.key, content(found.path), 0
    return mark.held not in mark.taken.values()


def content(path: Path) -> str:
    """A digest of the name and all bytes. Raises OSError."""
    digest = blake2b(path.name.encode("utf-8", "surrogateescape"), digest_size=_DIGEST)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return urlsafe_b64encode(digest.digest()).decode()


def done(mark: Mark) -> None:
    """The file is taken, whatever it held when it was begun."""
    mark.taken[mark.file] = mark.held
    mark.seen.pop(mark.file, None)
    mark.file, mark.held, mark.rows = "", "", 0


def _wanted(name: str, pattern: str) -> bool:
    """Names that begin with a point or ~ are those of files being written by other programs."""
    return name[0] not in ".~" and name.lower().endswith(KINDS) and fnmatch.fnmatch(name, pattern)


def _found(path: Path) -> Found:
    state = path.stat()
    look = f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}".encode("utf-8", "surrogateescape")
    return Found(urlsafe_b64encode(blake2b(look, digest_size=_DIGEST).digest()).decode(), path, state.st_mtime_ns // 1_000_000)
