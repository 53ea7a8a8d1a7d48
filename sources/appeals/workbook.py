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
from xml.etree.ElementTree import iterparse
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from sources.appeals.document import BadFile

ROW_BYTES: Final = 16_000_000
"""Of a sheet between two rows: hundreds of the longest cells that a table program can have."""
ROW_TAGS: Final = 200_000
PART_TAGS: Final = 2_000_000
"""Of texts, styles and the rest: half a million texts, about 100 MB of objects."""
_COLUMNS: Final = 300
_MEMBERS: Final = 10_000
_READ: Final = 65_536
_TEXT: Final = f"{{{SHEET_MAIN_NS}}}si"
_PARTS: Final = (f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r/{{{SHEET_MAIN_NS}}}t")
_MEMBER: Final = b"PK\x01\x02"
_DECLARATION: Final = b"<!DOCTYPE"

# The library warns of styles that it does not know, which concern nobody here, and quotes cells.
warnings.filterwarnings("ignore", module="openpyxl")


def rows(path: Path, sheet: str, unpacked: int) -> Iterator[tuple[str, int, list[Any]]]:
    """Title of the sheet, number of the row (from 1), its cells; of ``sheet`` only, unless that is empty. Raises BadFile."""
    try:
        _count_members(path)
        with _Archive(path, unpacked) as archive:
            yield from _rows(path, archive, sheet)
    except (BadFile, OSError):
        raise
    except MemoryError:
        raise BadFile("не помещается в память") from None
    except BadZipFile:
        raise BadFile("книга не целая: повреждена или ещё пишется") from None
    except Exception as error:  # noqa: BLE001 - what the library raises on a broken workbook is written down nowhere
        raise BadFile(f"книга не читается ({type(error).__name__}); сохраните её заново") from None


def _rows(path: Path, archive: _Archive, sheet: str) -> Iterator[tuple[str, int, list[Any]]]:
    with path.open("rb") as file:
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.archive = archive
    reader.read_manifest()
    reader.shared_strings = _texts(reader, archive)
    reader.read_workbook()
    apply_stylesheet(archive, reader.wb)
    found = [(one.name, link.target) for one, link in reader.parser.find_sheets() if "chartsheet" not in link.Type]
    if sheet and sheet not in dict(found):
        raise BadFile("такого листа нет; проверьте sheet описания")
    for title, part in found:
        if title == sheet or not sheet:
            archive.begin_row()
            with archive.open(part) as source:
                for number, cells in _parser(source, reader).parse():
                    archive.begin_row()
                    row = _values(cells)
                    if row:
                        yield title, number, row


def _texts(reader: ExcelReader, archive: _Archive) -> list[str]:
    """The table of texts: as the library reads it, in a tenth of its time."""
    part = reader.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
    found: list[str] = []
    if part is None:
        return found
    with archive.open(part.PartName[1:]) as source:
        # A text is whole, or in runs of one style each; what tells how to speak it stands beside them.
        for _, node in iterparse(source):
            if node.tag == _TEXT:
                found.append("".join(one.text or "" for path in _PARTS for one in node.iterfind(path)))
                node.clear()
    return found


def _parser(source: IO[bytes], reader: ExcelReader) -> WorkSheetParser:
    """Not the library's own sheet, which reads all of it beforehand for its size, and gives rows as wide and as many as it claims."""
    book = reader.wb
    return WorkSheetParser(
        source,
        reader.shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,  # type: ignore[attr-defined]
        timedelta_formats=book._timedelta_formats,  # type: ignore[attr-defined]
    )


def _values(cells: list[dict[str, Any]]) -> list[Any]:
    """The row from its first column on; empty if there is nothing in it."""
    row: list[Any] = []
    for cell in cells:
        column, value = cell["column"], cell["value"]
        if value is not None and len(row) < column <= _COLUMNS:
            row += [None] * (column - len(row) - 1)
            # A line's end as some programs write it inside a cell.
            row.append(value.replace("_x000D_", "") if isinstance(value, str) else value)
    return row


class _Archive(ZipFile):
    """A zip of which no more than ``unpacked`` bytes are unpacked, and of what is no sheet no more than PART_TAGS tags."""

    def __init__(self, path: Path, unpacked: int) -> None:
        super().__init__(path)
        self._bytes = self._spare = unpacked
        self._tags = PART_TAGS
        if sum(one.file_size for one in self.infolist()) > unpacked:
            self.close()
            raise BadFile(f"распакованной больше {unpacked} байт")
        if any(one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in self.infolist()):
            self.close()
            raise BadFile("упакована не как книга")

    def begin_row(self) -> None:
        """What is read of a sheet counts anew."""
        self._bytes, self._tags = min(ROW_BYTES, self._spare), ROW_TAGS

    def took(self, data: bytes) -> None:
        """Counts what a part gave. Raises BadFile."""
        self._spare -= len(data)
        self._bytes -= len(data)
        self._tags -= data.count(b"<")
        if self._bytes < 0 or self._tags < 0:
            raise BadFile("строка или тексты слишком велики для книги")

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
            raise BadFile("объявляет свои типы, чего в книгах не бывает")
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
        raise BadFile(f"частей больше {_MEMBERS}")
