"""Exports for tests: the same rows in every kind of file, mapping files, and workbooks that no table program would write."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import orjson

from monitor.model.source import Source
from sources.appeals.adapter import AppealsAdapter, read_mappings

ZONE = ZoneInfo("Europe/Samara")
HEADINGS = {
    "number": "Номер обращения",
    "registered_at": "Дата регистрации",
    "text": "Текст обращения",
    "address": "Адрес",
    "oktmo": "ОКТМО",
    "category": "Категория",
    "stage": "Этап",
    "executor": "Исполнитель",
    "author": "Заявитель",
}


def row(one: int, **fields: Any) -> dict[str, Any]:
    """An appeal by field."""
    return {
        "number": f"П-{one}",
        "registered_at": "12.01.2026 08:30",
        "text": f"Обращение {one}: яма на дороге",
        "address": "ул. Мира, 5",
        "oktmo": "36740000",
        "category": "Дороги",
        "stage": "модерация",
        "executor": "Администрация",
        "author": f"Заявитель {one}",
        **fields,
    }


def table(rows: Iterable[Mapping[str, Any]], delimiter: str = ";", above: Sequence[Sequence[str]] = ()) -> str:
    """CSV with Russian headings."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(above)
    writer.writerow(HEADINGS.values())
    writer.writerows([one.get(field, "") for field in HEADINGS] for one in rows)
    return out.getvalue()


def book(path: Path, rows: Iterable[Mapping[str, Any]], above: Sequence[Sequence[Any]] = ()) -> Path:
    """XLSX with Russian headings on its second sheet."""
    made = openpyxl.Workbook()
    made.active.append(["Отчёт", "за неделю"])  # type: ignore[union-attr]
    sheet = made.create_sheet("Обращения")
    for cells in [*above, list(HEADINGS.values()), *([one.get(field) for field in HEADINGS] for one in rows)]:
        sheet.append(cells)
    made.save(path)
    return path


def zipped(path: Path, change: Mapping[str, bytes]) -> Path:
    """A workbook with parts of its own instead of those that a program has written."""
    with zipfile.ZipFile(book(path, [row(1)])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, **change}.items():
            archive.writestr(name, data)
    return path


def mapping(folder: Path, text: str, name: str = "pos.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def source(path: Path, name: str = "pos") -> Source:
    return Source(f"appeal:{name}", "appeal", "intake", "test", str(path))


def adapter(one: Source, **options: Any) -> AppealsAdapter:
    """An adapter of one source, which takes a file at the first look."""
    return AppealsAdapter(read_mappings([one], Path(), ZONE), b"key", **{"settle": 0.0, **options})


def json_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return orjson.dumps({"data": {"items": list(rows)}})
