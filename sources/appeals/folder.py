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
from monitor.problems import why
from sources.appeals.export import KINDS
from sources.appeals.mapping import Files

FILES: Final = 1_000
"""Beyond so many files at once the cursor, which travels with each page, would be too large."""
_DIGEST: Final = 6


class Mark(msgspec.Struct, omit_defaults=True):
    """The cursor. ``meaning`` is the mapping's digest; with another one everything is read again.

    By name (a digest): ``taken`` says how a file looked and what it held when it was taken, ``seen`` how one looks that is not, and
    since when (ms). ``file`` is the one being read, ``look`` and ``held`` are what ``taken`` will say of it, ``rows`` are done.
    """

    meaning: str = ""
    taken: dict[str, tuple[str, str]] = {}
    seen: dict[str, tuple[str, int]] = {}
    file: str = ""
    look: str = ""
    held: str = ""
    rows: int = 0


class Found(NamedTuple):
    """A file: its name and look (size, time) as digests, and when it was written (ms)."""

    name: str
    look: str
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
            raise SourceRefused(f"{top.name}: больше {FILES} файлов; уберите давно прочитанные")
        found = [_found(top / name) for name in names]
    except FileNotFoundError:
        raise SourceRefused(f"{top.name}: такого файла или папки нет", state="gone") from None
    except PermissionError:
        raise SourceRefused(f"{top.name}: не читается") from None
    except OSError as error:
        raise SourceUnavailable(f"{top.name}: {why(error)}", retry_after=10.0) from None
    return sorted(found, key=lambda one: (one.modified, one.path.name))


def next_of(mark: Mark, found: list[Found], now: int, settle: int) -> Found | None:
    """The first file that is whole and not taken. Notes in ``mark`` what is seen, and forgets what is no longer there.

    A file is whole when it has looked the same for ``settle`` ms, the later look included.
    """
    names = {one.name for one in found}
    mark.taken = {name: taken for name, taken in mark.taken.items() if name in names}
    fresh = [one for one in found if mark.taken.get(one.name, ("", ""))[0] != one.look]
    before, mark.seen = mark.seen, {}
    for one in fresh:
        look, since = before.get(one.name, ("", now))
        mark.seen[one.name] = (one.look, since if look == one.look else now)
    if mark.seen.get(mark.file, ("", 0))[0] != mark.look:
        mark.file, mark.look, mark.held, mark.rows = "", "", "", 0
    ready = [one for one in fresh if now - mark.seen[one.name][1] >= settle]
    begun = [one for one in ready if one.name == mark.file]
    return next(iter(begun or ready), None)


def begin(mark: Mark, found: Found) -> bool:
    """Whether the file has rows to be taken: not if it was only touched. Raises OSError."""
    if mark.file == found.name:
        return True
    mark.file, mark.look, mark.held, mark.rows = found.name, found.look, _content(found.path), 0
    return mark.taken.get(found.name, ("", ""))[1] != mark.held


def done(mark: Mark) -> None:
    """The file is taken, whatever it held when it was begun."""
    mark.taken[mark.file] = (mark.look, mark.held)
    mark.seen.pop(mark.file, None)
    mark.file, mark.look, mark.held, mark.rows = "", "", "", 0


def _wanted(name: str, pattern: str) -> bool:
    """Names that begin with a point or ~ are those of files being written by other programs."""
    return name[0] not in ".~" and name.lower().endswith(KINDS) and fnmatch.fnmatch(name, pattern)


def _found(path: Path) -> Found:
    state = path.stat()
    name, look = path.name.encode("utf-8", "surrogateescape"), f"{state.st_size} {state.st_mtime_ns}".encode()
    return Found(_short(blake2b(name)), _short(blake2b(look)), path, state.st_mtime_ns // 1_000_000)


def _content(path: Path) -> str:
    digest = blake2b()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return _short(digest)


def _short(digest: blake2b) -> str:
    return urlsafe_b64encode(digest.digest()[:_DIGEST]).decode()
