"""Rows of one exported file, of whatever kind: CSV, XLSX, JSON, JSONL. The kind is told by the name, the encoding by the content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sources.appeals import workbook
from sources.appeals.document import BadFile, items, parse
from sources.appeals.form import Form, fold
from sources.appeals.mapping import Files
from sources.lines import Lines, encoding_of
from sources.tables import cells, objects

KINDS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson")
_HEAD_ROWS: Final = 30
"""Above the headings there may be a title, a period, the name of who asked for the export."""
_DELIMITERS: Final = ";,\t|"
_NO_HEADINGS: Final = "нет строки заголовков с номером и текстом; сверьте columns описания с файлом"

Row = tuple[str, Any, dict[str, Any] | str]
"""Where it stands, what it was (for the dead letters), and its fields by heading, or what is wrong with it."""


@dataclass(slots=True, frozen=True)
class Limits:
    """Bytes: of a workbook or JSON document as a file, and of a workbook unpacked. Tables and lines of text are read in pieces."""

    file: int = 50_000_000
    unpacked: int = 200_000_000


def rows_of(path: Path, said: Files, form: Form, limits: Limits) -> Iterator[Row]:
    """The rows in order. Raises BadFile, also in the middle, and OSError."""
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        _bounded(path, limits.file)
        return _sheets(path, said, form, limits.unpacked)
    if suffix == ".json":
        _bounded(path, limits.file)
        return _document(path, said)
    return _lines(path) if suffix in (".jsonl", ".ndjson") else _text_table(path, form)


def _bounded(path: Path, limit: int) -> None:
    if path.stat().st_size > limit:
        raise BadFile(f"больше {limit} байт")


def _sheets(path: Path, said: Files, form: Form, unpacked: int) -> Iterator[Row]:
    """Each sheet has headings of its own; one without any is no table of appeals, unless no sheet has any."""
    title, names, looked, found = "", None, 0, False
    for sheet, number, row in workbook.rows(path, said.sheet, unpacked):
        if sheet != title:
            title, names, looked = sheet, None, 0
        if names is None:
            looked += 1
            if looked <= _HEAD_ROWS and form.heads(row):
                names, found = _names(row), True
            continue
        yield f"лист {title}, строка {number}", list(row), _fields(names, row)
    if not found:
        raise BadFile(_NO_HEADINGS)


def _text_table(path: Path, form: Form) -> Iterator[Row]:
    with path.open("rb") as file:
        encoding = _encoding(encoding_of(file))
        for delimiter in _DELIMITERS:
            lines = Lines(file, encoding, 0, 0, final=True)
            rows = cells(lines, delimiter)
            head = next((row for _, row in islice(rows, _HEAD_ROWS) if not isinstance(row, str) and form.heads(row)), None)
            if head is not None:
                break
        else:
            raise BadFile(_NO_HEADINGS)
        names = _names(head)
        for raw, row in rows:
            yield f"строка {lines.started}", raw, row if isinstance(row, str) else _fields(names, row)


def _lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        lines = Lines(file, _encoding(encoding_of(file)), 0, 0, final=True)
        for raw, row in objects(lines):
            yield f"строка {lines.started}", raw, row


def _document(path: Path, said: Files) -> Iterator[Row]:
    for number, item in enumerate(items(parse(path.read_bytes()), said.items), 1):
        yield f"запись {number}", item, item if isinstance(item, dict) else "не объект JSON"


def _encoding(found: str) -> str:
    if found == "utf-16":
        raise BadFile("файл в UTF-16; сохраните его в UTF-8")
    return found


def _names(cells: Sequence[Any]) -> list[str]:
    return [fold(str(cell)) if cell is not None else "" for cell in cells]


def _fields(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Of two columns with one heading the first that is filled."""
    found: dict[str, Any] = {}
    for name, cell in zip(names, row, strict=False):
        if name and found.get(name) in (None, ""):
            found[name] = cell
    return found
