"""Rows of an XLSX workbook, read one by one, with bounds on what a hostile or broken one may cost.

A workbook is a zip of XML. Held bounded are the bytes that it unpacks to (by its directory, and again while they are read), the bytes
and tags between two rows, and the tags of all else, since each becomes an object. Declarations of types are refused, and with them
every entity: no program that writes workbooks makes any.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from openpyxl.reader.excel import ExcelReader

from sources.appeals.document import BadFile

ROW_BYTES: Final = 16_000_000
"""Of a sheet between two rows: hundreds of the longest cells that a table program can have."""
ROW_TAGS: Final = 200_000
PART_TAGS: Final = 4_000_000
"""Of texts, styles and the rest: a million texts, about 200 MB of objects."""
_COLUMNS: Final = 300
_ROWS: Final = 1_048_576
_MEMBERS: Final = 10_000
_READ: Final = 65_536
_MEMBER: Final = b"PK\x01\x02"
_DECLARATION: Final = b"<!DOCTYPE"

# The library warns of styles that it does not know, which concern nobody here, and quotes cells.
warnings.filterwarnings("ignore", module="openpyxl")


def rows(path: Path, sheet: str, unpacked: int) -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    """Title of the sheet, number of the row (from 1), its cells; of ``sheet`` only, unless that is empty. Raises BadFile."""
    try:
        _count_members(path)
        with _Archive(path, unpacked) as archive:
            yield from _rows(path, archive, sheet)
    except (BadFile, OSError):
        raise
    except MemoryError:
        raise BadFile("is too large for the memory") from None
    except BadZipFile:
        raise BadFile("is no whole workbook: damaged, or still being written") from None
    except Exception as error:  # noqa: BLE001 - what the library raises on a broken workbook is written down nowhere
        raise BadFile(f"is no workbook that can be read ({type(error).__name__})") from None


def _rows(path: Path, archive: _Archive, sheet: str) -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    with path.open("rb") as file:
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.archive = archive
        reader.read()
    found = [one for one in reader.wb.worksheets if one.title == sheet or not sheet]
    if not found:
        raise BadFile("has no such sheet")
    for one in found:
        # What the sheet says of its size is what a bomb would lie about.
        one.reset_dimensions()
        archive.begin_row()
        for number, row in enumerate(one.iter_rows(max_col=_COLUMNS, max_row=_ROWS, values_only=True), 1):
            archive.begin_row()
            if any(cell is not None for cell in row):
                yield one.title, number, row


class _Archive(ZipFile):
    """A zip that unpacks no more than ``unpacked`` bytes in all, each part at most once a time that it is read."""

    def __init__(self, path: Path, unpacked: int) -> None:
        super().__init__(path)
        self._bytes = self._spare = unpacked
        self._tags = PART_TAGS
        if sum(one.file_size for one in self.infolist()) > unpacked:
            self.close()
            raise BadFile(f"unpacks to more than {unpacked} bytes")
        if any(one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in self.infolist()):
            self.close()
            raise BadFile("is packed in a way that workbooks are not")

    def begin_row(self) -> None:
        """From here on a sheet is read, and what is read of it counts anew."""
        self._bytes, self._tags = min(ROW_BYTES, self._spare), ROW_TAGS

    def took(self, data: bytes) -> None:
        """Counts what a part gave. Raises BadFile."""
        self._spare -= len(data)
        self._bytes -= len(data)
        self._tags -= data.count(b"<")
        if self._bytes < 0 or self._tags < 0:
            raise BadFile("has a row, or texts, of a size that no workbook has")

    def open(self, name: str | ZipInfo, mode: str = "r", *args: Any, **options: Any) -> IO[bytes]:
        part = super().open(name)
        return io.BufferedReader(_Part(part, self), _READ)


class _Part(io.RawIOBase):
    """One part of the archive: counted, and looked through for declarations."""

    def __init__(self, part: IO[bytes], archive: _Archive) -> None:
        self._part = part
        self._archive = archive
        self._tail = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._part.read(len(buffer))
        self._archive.took(data)
        # Without its zeros UTF-16 reads like ASCII here.
        seen = self._tail + data.replace(b"\0", b"")
        if _DECLARATION in seen:
            raise BadFile("declares types of its own, as no workbook does")
        self._tail = seen[-len(_DECLARATION) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._part.close()
        super().close()


def _count_members(path: Path) -> None:
    """Raises BadFile where the zip lists too many: the list alone would fill the memory."""
    found, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found += (tail + chunk).count(_MEMBER)
            tail = chunk[-len(_MEMBER) + 1 :]
    if found > _MEMBERS:
        raise BadFile(f"has more than {_MEMBERS} parts")
