"""Lists of incidents as tables: what is in them, who may take them away, and that no cell is a formula."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from playwright.async_api import expect

from dashboards.console.export import COLUMNS, as_csv, as_xlsx
from monitor.cells import safe_cell
from monitor.model.source import Source
from monitor.profile.append import append_source
from monitor.profile.copy import copy_profile
from tests.dashboards.conftest import Stage
from tests.dashboards.test_access import Desk, cheap, desk
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import HOUR, appeal, incident

__all__ = ["cheap", "desk", "screen"]

FORMULAS = (
    '=HYPERLINK("http://evil.example","Открыть")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1",
    "\x00=1+1", "\u200b=1+1", "\u202e=1+1", "＝1+1", "＋1", "\n=1+1", '";=1+1;"', "|calc", "%0A=1",
)  # fmt: skip
DANGEROUS = frozenset("=+-@|%＝＋－＠")


def rows_of(body: bytes) -> list[dict[str, str]]:
    text = body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";", strict=True))


async def fill(stage: Stage) -> None:
    await stage.write(
        [
            incident("i1", urgency=3, street="мира", house="14", members=7, authors=5, due=-HOUR, cause=FORMULAS[0]),
            *appeal("i1/1", "i1", FORMULAS[0], url="https://vk.com/wall-100_1"),
            incident("i2", group="roads", theme="pothole", territory="city", body="city-roads", last_reply="formal"),
            *appeal("i2/1", "i2", "Яма; у \"дома\"\nвторой год", group="roads", url="javascript:alert(1)"),
            incident("i3", status="closed"),
        ]
    )  # fmt: skip


async def test_what_is_in_the_table(stage: Stage, client: ClientSession) -> None:
    await fill(stage)
    async with client.get("/api/export/incidents.csv") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"] == 'attachment; filename="nabat-samara-2026-01-21-0325.csv"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        first, second = rows_of(await answer.read())
    assert list(first) == [title for title, _ in COLUMNS]
    assert (first["Инцидент"], first["Срочность"], first["Адрес"], first["Исполнитель"]) == (
        "i1",
        "опасность",
        "Мира, 14",
        "Теплосети Тольятти",
    )
    assert (first["Открыт"], first["Срок ответа"], first["Просрочен"]) == ("21.01.2026 03:05", "21.01.2026 02:25", "да")
    assert (first["Сообщений"], first["Авторов"], first["Ссылка"]) == ("7", "5", "https://vk.com/wall-100_1")
    assert (first["Первое сообщение"], first["Общая причина"]) == (f"'{FORMULAS[0]}",) * 2
    assert (second["Просрочен"], second["Последний ответ"], second["Ссылка"]) == ("", "отписка", "")
    assert second["Первое сообщение"] == 'Яма; у "дома"\nвторой год'
    for asked, found in (
        ("status=closed", {"i3"}),
        ("status=all", {"i1", "i2", "i3"}),
        ("territory=togliatti", {"i1"}),
        ("group=roads", {"i2"}),
    ):
        async with client.get(f"/api/export/incidents.csv?{asked}") as answer:
            assert {row["Инцидент"] for row in rows_of(await answer.read())} == found
    for path, status in (("/api/export/incidents.exe", 404), ("/api/export/incidents.csv?status=x", 400)):
        async with client.get(path) as answer:
            assert answer.status == status


async def test_a_workbook_has_texts_numbers_and_times(stage: Stage, client: ClientSession) -> None:
    await fill(stage)
    async with client.get("/api/export/incidents.xlsx") as answer:
        assert answer.status == 200
        sheet = load_workbook(io.BytesIO(await answer.read())).worksheets[0]
    titles, first, _ = sheet.iter_rows()
    row = {str(title.value): cell for title, cell in zip(titles, first, strict=True)}
    assert (row["Сообщений"].value, row["Открыт"].value) == (7, datetime.fromisoformat("2026-01-21 03:05"))
    assert (row["Первое сообщение"].data_type, row["Первое сообщение"].value) == ("s", f"'{FORMULAS[0]}")
    assert {cell.data_type for cell in first} <= {"s", "inlineStr", "n", "d"}


async def test_whoever_takes_it_away_is_noted_and_gets_their_own(desk: Desk) -> None:
    await fill(desk.stage)
    desk.accounts.add("narrow", "curator", "correct horse battery", ["city"])
    for who, found in (("head", {"i1", "i2"}), ("narrow", {"i2"})):
        session, _ = await desk.of(who)
        async with session.get("/api/export/incidents.csv") as answer:
            assert {row["Инцидент"] for row in rows_of(await answer.read())} == found
        noted = desk.audit()[-1]
        assert (noted["who"], noted["what"], noted["about"]) == (who, "acted", f"export incidents.csv ({len(found)}) ")
    session, _ = await desk.of("machine")
    async with session.get("/api/export/incidents.csv") as answer:
        assert answer.status == 403
    assert desk.audit()[-1]["what"] == "refused"


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_formulas_are_texts(text: str) -> None:
    cell = safe_cell(text)
    assert cell[0] not in DANGEROUS
    assert cell.lstrip()[0] not in DANGEROUS
    (row,) = rows_of(as_csv([[text] * len(COLUMNS)]))
    assert set(row.values()) == {cell}
    sheet = load_workbook(io.BytesIO(as_xlsx([[text] * len(COLUMNS)]))).worksheets[0]
    assert {value.data_type for value in list(sheet.iter_rows())[1]} == {"s"}


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell.lstrip()[:1] not in DANGEROUS
    assert all(char.isprintable() or char == "\n" or char.isspace() or ord(char) > 0x9F for char in cell)


def test_ordinary_texts_stay_as_they_are() -> None:
    for text in ("", "Нет тепла", "ул. Мира, 14 - холодно", "дом №5", "1-й проезд", "«Пятёрочка» = грязь", "строка\nвторая"):
        assert safe_cell(text) == text


def test_a_communitys_name_is_no_formula_in_the_profile(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    copy_profile("samara", folder)
    hostile = Source("vk:-9", "vk", "community", "samara", "-9", FORMULAS[0], "go-samara")
    path, _ = append_source(folder, hostile)
    last = path.read_text(encoding="utf-8").splitlines()[-1]
    assert "'=HYPERLINK" in last
    assert ",-9," in last or ";-9;" in last


async def test_the_page_offers_what_is_chosen(screen: Screen) -> None:
    page = screen.page
    await fill(screen.stage)
    await screen.open()
    await page.select_option("#group", "roads")
    await expect(page.locator("#queue li")).to_have_count(1, timeout=30_000)
    for kind in ("csv", "xlsx"):
        async with page.expect_download() as begun:
            await page.click(f"#export-{kind}")
        download = await begun.value
        assert download.suggested_filename.endswith(f".{kind}")
        path = await download.path()
        body = await asyncio.to_thread(path.read_bytes)
        if kind == "csv":
            assert [row["Инцидент"] for row in rows_of(body)] == ["i2"]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
