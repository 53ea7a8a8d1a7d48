"""``/api/export/incidents``: the list of incidents as a table for a report, CSV or XLSX. Whoever takes it away is in the audit."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from dashboards.console.access import who_of
from dashboards.console.deps import ConsoleDeps
from dashboards.console.queue import queue_of
from dashboards.console.refusals import Refused
from dashboards.console.store import Store
from dashboards.console.view import Views, safe_url
from monitor.cells import safe_cell

ROWS: Final = 10_000
"""Incidents of a table at most: a region's year has more, a report has not."""
TEXT: Final = 500
"""Characters of the first message."""
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS: Final = (
    ("Инцидент", 22), ("Состояние", 12), ("Срочность", 12), ("Блок", 20), ("Тема", 28), ("Территория", 24), ("Адрес", 26),
    ("Исполнитель", 30), ("Открыт", 16), ("Последнее сообщение", 16), ("Срок ответа", 16), ("Просрочен", 10), ("Сообщений", 11),
    ("Авторов", 9), ("Повторов", 9), ("Ответов", 9), ("Последний ответ", 16), ("Общая причина", 30), ("Первое сообщение", 60),
    ("Ссылка", 30),
)  # fmt: skip
"""Titles, and widths in characters."""
_STATES = {"open": "открыт", "closed": "закрыт", "void": "нет обращений"}
_URGENCIES = ("обычная", "повышенная", "срочная", "опасность")
_QUALITIES = {"substantive": "по существу", "interim": "промежуточный", "formal": "отписка", "redirect": "переадресация"}

Cell = str | int | datetime | None


class Export:
    def __init__(self, deps: ConsoleDeps, views: Views) -> None:
        self._deps = deps
        self._views = views
        self._store = Store(deps.reader, deps.profile.id)
        # A table of ten thousand rows is seconds of a processor: one at a time, so that the page goes on.
        self._turn = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/export/incidents.{kind}", self.incidents)]

    async def incidents(self, request: web.Request) -> web.Response:
        """``?territory=&group=&status=``, as of ``/api/incidents``. A curator with a scope gets what is in it."""
        kind = request.match_info["kind"]
        if kind not in TYPES:
            raise Refused(404)
        who, now, profile = who_of(request), self._deps.clock.now(), self._deps.profile
        rows = [
            row
            for row in await self._store.listing(await queue_of(request, self._store, self._views, profile, ROWS))
            if who.concerns(profile.path(row["territory"]), row["body"])
        ]
        table = [self._row(row, now) for row in rows]
        if self._deps.gate is not None:
            self._deps.gate.note(request, who, f"export incidents.{kind} ({len(table)}) {request.query_string}", allowed=True)
        async with self._turn:
            body = await asyncio.to_thread(as_csv if kind == "csv" else as_xlsx, table)
        name = f"nabat-{profile.id}-{self._time(now):%Y-%m-%d-%H%M}.{kind}"
        headers = {"Content-Type": TYPES[kind], "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=body, headers=headers)

    def _row(self, row: Mapping[str, Any], now: int) -> list[Cell]:
        views = self._views
        overdue = row["status"] == "open" and 0 < row["deadline"] < now
        times = [self._time(row[name]) if row[name] else None for name in ("opened_at", "last_seen", "deadline")]
        return [
            row["id"], _STATES.get(row["status"], row["status"]), _URGENCIES[row["urgency"]], views.problem(row["group"], ""),
            views.problem(row["group"], row["theme"]), views.territory(row["territory"]), views.where(row), views.body(row["body"]),
            *times, "да" if overdue else "", row["members"], row["authors"], row["duplicates"], row["replies"],
            _QUALITIES.get(row["last_reply"], row["last_reply"]), row["cause"], row["text"][:TEXT], safe_url(row["url"]),
        ]  # fmt: skip

    def _time(self, at: int) -> datetime:
        """On the region's clock; tables know no zones."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self._deps.profile.calendar.timezone).replace(tzinfo=None)


def as_csv(table: Iterable[Sequence[Cell]]) -> bytes:
    """As spreadsheets of a Russian desk open it by a double click: semicolons, and a mark that says UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([title for title, _ in COLUMNS])
    for row in table:
        writer.writerow([f"{cell:%d.%m.%Y %H:%M}" if isinstance(cell, datetime) else _safe(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Инциденты")
    sheet.freeze_panes = "A2"
    for number, (_, width) in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width

    def made(value: Cell, *, title: bool = False) -> Any:
        cell = WriteOnlyCell(sheet, value if isinstance(value, datetime) else _safe(value))
        if isinstance(value, str):
            # Never a formula, whatever the library makes of what a text begins with.
            cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        if isinstance(value, datetime):
            cell.number_format = "dd.mm.yyyy hh:mm"
        if title:
            cell.font = Font(bold=True)
        return cell

    sheet.append([made(title, title=True) for title, _ in COLUMNS])
    for row in table:
        sheet.append([made(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(cell: str | int | None) -> str | int | None:
    return safe_cell(cell) if isinstance(cell, str) else cell
