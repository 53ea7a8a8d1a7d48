"""Workbooks that are bombs, lies or scrap: told as one broken file, at little cost, and the next file is read."""

from __future__ import annotations

import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.appeals import workbook
from sources.appeals.document import BadFile
from sources.appeals.workbook import rows
from tests.sources.appeals.exports import adapter, book, mapping, row, source, table, zipped

NOW = 1_800_000_000_000
UNPACKED = 5_000_000
SHEET = "xl/worksheets/sheet2.xml"
STRINGS = "xl/sharedStrings.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def _sheet(body: str, before: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet {_MAIN}><sheetData>{body}</sheetData></worksheet>'.encode()


def _shared(texts: str, body: str) -> dict[str, bytes]:
    """Parts of a workbook whose texts stand in one table, as spreadsheet programs write them."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>
        <Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}.sharedStrings+xml"/></Types>"""
    return {"[Content_Types].xml": types.encode(), STRINGS: f"<sst {_MAIN}>{texts}</sst>".encode(), SHEET: _sheet(body)}


def _cells(count: int) -> str:
    return "".join(f'<row r="{number}"><c t="inlineStr"><is><t>x</t></is></c></row>' for number in range(1, count))


BOMBS: dict[str, Callable[[Path], Path]] = {
    "zip": lambda path: zipped(path, {"xl/media/zeros.bin": b"\0" * 6_000_000}),
    "one cell": lambda path: zipped(
        path, {SHEET: _sheet(f'<row r="1"><c t="inlineStr"><is><t>{"x" * 4_000_000}</t></is></c></row>')}
    ),
    "a row of cells": lambda path: zipped(path, {SHEET: _sheet(f'<row r="1">{"<c/>" * 1_000_000}</row>')}),
    "no rows": lambda path: zipped(path, {SHEET: _sheet("<x/>" * 1_000_000)}),
    "texts": lambda path: zipped(path, _shared("<si/>" * 1_000_000, "")),
    "laughs": lambda path: zipped(
        path, {SHEET: _sheet("<row><c><v>&l9;</v></c></row>", f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>')}
    ),
    "laughs in UTF-16": lambda path: zipped(
        path,
        {SHEET: f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]><x>&l9;</x>'.encode("utf-16")},
    ),
    "an entity of a file": lambda path: zipped(
        path, {SHEET: _sheet("<row><c><v>&f;</v></c></row>", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>')}
    ),
    "members": lambda path: _members(path),
    "lzma": lambda path: _packed(path, zipfile.ZIP_LZMA),
}


def _members(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(11_000):
            archive.writestr(str(number), b"")
    return path


def _packed(path: Path, how: int) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("[Content_Types].xml", b"\0" * 4_000_000)
    return path


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    # All bounds a tenth: what holds in proportion holds at large, and tracing memory is slow.
    for limit in ("ROW_BYTES", "ROW_TAGS", "PART_TAGS"):
        monkeypatch.setattr(workbook, limit, getattr(workbook, limit) // 10)
    path = BOMBS[name](tmp_path / "a.xlsx")
    tracemalloc.start()
    try:
        with pytest.raises(BadFile) as caught:
            list(rows(path, "", UNPACKED))
        assert tracemalloc.get_traced_memory()[1] < 2 * UNPACKED * 4
    finally:
        tracemalloc.stop()
    assert str(tmp_path) not in str(caught.value)


def test_a_table_of_texts_and_rows_in_any_order(tmp_path: Path) -> None:
    texts = "<si><t>яма</t></si><si><r><t>на </t></r><r><t>дороге</t></r></si>"
    body = (
        '<row r="7"><c r="C7" t="s"><v>0</v></c><c r="A7" t="s"><v>1</v></c><c r="D7"><v>46034.5</v></c></row>'
        '<row r="2"><c t="b"><v>1</v></c><c t="s"><v>1</v></c></row><row r="3"/><row><c r="KO4"><v>5</v></c></row>'
    )
    read = list(rows(zipped(tmp_path / "a.xlsx", _shared(texts, body)), "Обращения", UNPACKED))
    assert read == [("Обращения", 7, [None, None, "яма", 46034.5]), ("Обращения", 2, [True, "на дороге"])]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    body = _sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="9000000000"><c><v>1</v></c></row>')
    path = zipped(tmp_path / "a.xlsx", {SHEET: body.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')})
    assert list(rows(path, "Обращения", UNPACKED)) == [("Обращения", 1, ["x"]), ("Обращения", 9_000_000_000, [1])]


@pytest.mark.parametrize(
    "sheet",
    [
        b"",
        b"<",
        b"no xml",
        _sheet('<row r="x"/>'),
        _sheet('<row><c t="s"><v>999</v></c></row>'),
        _sheet("<row><c><v>z</v></c></row>"),
    ],
)
def test_scrap(tmp_path: Path, sheet: bytes) -> None:
    with pytest.raises(BadFile):
        list(rows(zipped(tmp_path / "a.xlsx", {SHEET: sheet}), "Обращения", UNPACKED))


def test_files_that_are_no_workbooks(tmp_path: Path) -> None:
    whole = book(tmp_path / "whole.xlsx", [row(1)]).read_bytes()
    for number, data in enumerate((b"", b"PK", b"text", whole[:-100], whole[: len(whole) // 2])):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(data)
        with pytest.raises(BadFile):
            list(rows(path, "", UNPACKED))
    with pytest.raises(BadFile, match="такого листа нет"):
        list(rows(tmp_path / "whole.xlsx", "Лист", UNPACKED))


def test_a_part_can_not_give_more_than_its_directory_says(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", {SHEET: _sheet(_cells(200_000))})
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (2_000).to_bytes(4, "little")))
    with pytest.raises(BadFile):
        list(rows(path, "Обращения", UNPACKED))


async def test_the_next_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    one = source(mapping(tmp_path, 'preset = "pos"\n[files]\npath = "in"\n'))
    bomb = BOMBS["laughs"](tmp_path / "in" / "a.xlsx")
    os.utime(bomb, (1, 1))
    (tmp_path / "in" / "b.csv").write_text(table([row(1)]), encoding="utf-8")
    reader = adapter(one)
    first = await reader.fetch(one, "", NOW)
    assert [reason for _, reason in first.broken] == ["a.xlsx: объявляет свои типы, чего в книгах не бывает"]
    second = await reader.fetch(one, first.pages[-1].cursor, NOW)
    assert len(second.pages[0].posts) == 1
