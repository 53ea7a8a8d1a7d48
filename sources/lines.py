"""Lines of a file that may be anything: counted, bounded in length, and the last one perhaps still being written."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, BinaryIO, Final

import orjson

# Longer lines are no posts but broken files; one of this size is still read, and its text is cut.
MAX_LINE: Final = 16_000_000
# An unclosed quote swallows what follows. No real field has so many lines: give up and read on behind the quote's line.
_ROW_LINES: Final = 500
# What is kept of a line that is too long to be kept.
_HEAD: Final = 64_000
_SAMPLE: Final = 65_536
_FINGERPRINT: Final = 4_096
_BOM: Final = b"\xef\xbb\xbf"

# The module's default of 131,072 characters would refuse long texts that the paging cuts anyway.
csv.field_size_limit(MAX_LINE)


class TooLong(Exception):
    """A line or a row beyond the limits; ``head`` is its beginning."""

    def __init__(self, head: bytes, reason: str) -> None:
        super().__init__(reason)
        self.head = head
        self.reason = reason


class Lines:
    """Reads on from ``offset`` (``number`` lines are behind it). ``final``: an unfinished last line will never be finished.

    ``offset`` and ``number`` stand behind what was read, ``started`` is the number of the current row's first line, ``row`` the bytes
    of the current row of a table.
    """

    def __init__(self, file: BinaryIO, encoding: str, offset: int, number: int, *, final: bool) -> None:
        self.encoding = encoding
        self.offset = offset
        self.number = number
        self.started = number + 1
        self.unfinished = False
        self.row = b""
        self._file = file
        self._final = final
        self._begin = (offset, number)
        self._second = (offset, number)
        self._ended = True
        file.seek(offset)

    def __iter__(self) -> Iterator[bytes | TooLong]:
        while True:
            self._begin = (self.offset, self.number)
            self.started = self.number + 1
            try:
                line = self._line()
            except TooLong as error:
                yield error
                continue
            if not line:
                return
            yield line

    def header(self, delimiter: str) -> tuple[list[str], str]:
        """The names in a table's first line, lower case, and the delimiter (the most frequent one, if none is given)."""
        self._file.seek(0)
        raw = self._file.readline(MAX_LINE)
        line = raw.removeprefix(_BOM).decode(self.encoding, "replace")
        found = delimiter or max(",;\t", key=line.count)
        if self.offset < len(raw):
            self.offset, self.number = len(raw), 1
        self._file.seek(self.offset)
        try:
            rows = list(csv.reader([line], delimiter=found))
        except csv.Error:  # bytes of something else: no columns, so every row lacks its fields
            rows = []
        return [name.strip().lower() for name in rows[0]] if rows else [], found

    def begin_row(self) -> None:
        """Says that the next line begins a row of a table."""
        self._begin = self._second = (self.offset, self.number)
        self.started = self.number + 1
        self.row = b""

    def texts(self) -> Iterator[str]:
        """The lines as text, for a CSV reader. Raises TooLong and UnicodeDecodeError."""
        while line := self._line():
            if not self.row:
                self._second = (self.offset, self.number)
            self.row += line
            if len(self.row) > MAX_LINE or self.number - self._begin[1] > _ROW_LINES:
                raise TooLong(self.row[:_HEAD], "кавычка не закрыта")
            yield line.decode(self.encoding)

    def skip_line(self) -> None:
        """Goes back to behind the first line of a row that could not be read: the ones after it may be sound."""
        if self.row:
            self.row = self.row[: self._second[0] - self._begin[0]]
            self._to(self._second)

    def hold(self) -> bool:
        """Whether the current row is unfinished and may still be finished; then it is unread again."""
        if self._ended or self._final:
            return False
        self.unfinished = True
        self._to(self._begin)
        return True

    def _to(self, place: tuple[int, int]) -> None:
        self.offset, self.number = place
        self._file.seek(self.offset)

    def _line(self) -> bytes:
        line = self._file.readline(MAX_LINE + 1)
        self.offset += len(line)
        self.number += bool(line)
        self._ended = line.endswith(b"\n")
        if len(line) <= MAX_LINE:
            return line.removeprefix(_BOM) if self.offset == len(line) else line
        head = line[:_HEAD]
        while not self._ended and (line := self._file.readline(_SAMPLE)):
            self.offset += len(line)
            self._ended = line.endswith(b"\n")
        raise TooLong(head, f"длиннее {MAX_LINE} байт")


def salvage(raw: bytes, encoding: str) -> dict[str, Any] | str:
    """A line of JSONL as an object, or a string that says what is wrong with it.

    What orjson refuses gets a second chance with Python's own reader, which takes lone surrogates, huge numbers and NaN.
    """
    try:
        row = orjson.loads(raw if encoding == "utf-8" else raw.decode(encoding))
    except (ValueError, RecursionError):
        try:
            row = json.loads(raw.decode(encoding))
        except UnicodeDecodeError:
            return f"не {encoding.upper()}"
        except json.JSONDecodeError as error:
            return f"не JSON (знак {error.pos + 1})"
        except (ValueError, RecursionError):
            return "не JSON: слишком большое число или слишком глубокая вложенность"
    return row if isinstance(row, dict) else "не объект JSON"


def encoding_of(file: BinaryIO) -> str:
    """UTF-8, UTF-16 or Windows-1251, by the byte order mark or by what most lines of the beginning are."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    lines = sample.split(b"\n")
    # The sample's last line may be cut inside a character; if it is the only one, the part of a character goes.
    whole = lines[:-1] or [_uncut(sample) if len(sample) == _SAMPLE else sample]
    telling = [line for line in whole if not line.isascii()]
    valid = sum(_is_utf8(line) for line in telling)
    return "utf-8" if 2 * valid >= len(telling) else "cp1251"


def fingerprint(file: BinaryIO, offset: int, head: int | None = None) -> tuple[int, str]:
    """How many bytes of the head were taken, and the digest of these and of what stands right before ``offset``."""
    size = min(_FINGERPRINT, offset) if head is None else head
    file.seek(0)
    digest = blake2b(file.read(size), digest_size=8)
    file.seek(max(0, offset - _FINGERPRINT))
    digest.update(file.read(min(_FINGERPRINT, offset)))
    return size, digest.hexdigest()


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _uncut(sample: bytes) -> bytes:
    """The sample without the bytes at its end that may begin a character of UTF-8."""
    start = next((back for back in range(1, 4) if sample[-back] >= 0xC0), 0)
    return sample[:-start] if start else sample
