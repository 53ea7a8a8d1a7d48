"""The card of a spike: what the API explains, and what the page draws of it in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from dashboards.console.plot import POINTS, plot
from dashboards.console.spike_card import typical
from monitor.model.rows import Row, SeriesRow
from tests.dashboards import world
from tests.dashboards.conftest import Stage
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import HOUR, MINUTE, NOW, alert, appeal, event, health, incident

__all__ = ["screen"]

SERIES = "togliatti|group|housing"
BUCKET = 5 * MINUTE
WEEK = 7 * world.DAY


def series(age: int, posts: int, *, expected: int = 500, complete: bool = True, name: str = SERIES) -> SeriesRow:
    territory, dimension, value = name.split("|")
    return SeriesRow(
        world.REGION, name, territory, dimension, value, NOW - age, posts, posts, expected, 0, complete, True, 1
    )  # fmt: skip


def burst() -> list[Row]:
    """A quiet day with a post an hour, and 25 minutes of a burst main since 03:00; the same weekday had four posts."""
    rows: list[Row] = [series(25 * MINUTE + hours * HOUR, 1) for hours in range(1, 24)]
    rows += [series(25 * MINUTE - number * BUCKET, 3 + number, complete=number != 4) for number in range(5)]
    rows += [series(WEEK + 20 * MINUTE, 4), series(WEEK + 2 * HOUR, 9), series(2 * WEEK, 1, name="samara|all|")]
    for number in range(9):
        place = "i1" if number < 6 else "i2"
        rows += appeal(
            f"p{number}", place, f"Прорвало трубу, вода у дома {number}", age=(24 - 2 * number) * MINUTE, author=f"a{number % 7}",
            source="vk:-100" if number < 7 else "vk:-101", territory="avto" if number % 2 else "togliatti",
        )  # fmt: skip
    rows += appeal("copy", "i1", "Прорвало трубу, вода у дома 1", duplicate_of="p1")
    rows += appeal("far", "i9", "Прорвало трубу и у нас", territory="city")
    rows += appeal("before", "i9", "Прорвало трубу вчера", age=26 * MINUTE)
    rows += appeal("roads", "i9", "Ямы", group="roads")
    rows += [incident("i1", street="мира", house="14"), incident("i2", street="лазо"), health("vk:-100", name="Подслушано Тольятти")]
    spike = alert(
        "s1", "Всплеск: ЖКХ, Тольятти", kind="spike", level="flash", territory="togliatti", theme="", observed=9, expected=1300,
        authors=7, text="Тольятти: 9 жалоб", words=("трубу", "прорвало"), examples=("Из самой тревоги",),
    )  # fmt: skip
    rows.append(spike._replace(subject=SERIES, since=NOW - 25 * MINUTE))
    return rows


async def card(client: ClientSession, ident: str, status: int = 200) -> Any:
    async with client.get(f"/api/alerts/{ident}") as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_a_spike_is_explained_from_what_is_stored(stage: Stage, client: ClientSession) -> None:
    await stage.write(burst())
    found = await card(client, "s1")
    spike = found["spike"]
    assert found["alert"]["words"] == ["трубу", "прорвало"]
    assert (spike["posts"], spike["copies"], spike["authors"]) == (9, 1, 7)
    assert spike["week_ago"] == 4
    assert (spike["population"], spike["per_1000"]) == (668_000, 0.013)
    assert (spike["first"]["id"], spike["first"]["source_name"]) == ("p0", "Подслушано Тольятти")
    assert len(spike["examples"]) == 3
    assert {post["incident"] for post in spike["examples"][:2]} == {"i1", "i2"}
    assert spike["sources"] == [{"name": "Подслушано Тольятти", "posts": 7}, {"name": "vk:-101", "posts": 2}]
    assert [(one["id"], one["posts"], one["cause"]) for one in spike["incidents"]] == [("i1", 6, True), ("i2", 3, False)]
    picture = spike["plot"]
    assert len(picture["points"]) <= POINTS
    assert sum(point["posts"] for point in picture["points"]) == 23 + sum(range(3, 8))
    assert picture["usual"] == pytest.approx(2.5)


async def test_a_spike_that_is_over_keeps_its_figures(stage: Stage, client: ClientSession) -> None:
    rows = burst()
    over = rows[-1]._replace(status="resolved", at=NOW - 12 * MINUTE, version=2)  # type: ignore[call-arg]
    await stage.write([*rows, over])
    spike = (await card(client, "s1"))["spike"]
    assert spike["end"] == NOW - 12 * MINUTE
    assert spike["posts"] == 6


async def test_what_is_not_known_is_said_to_be_unknown(stage: Stage, client: ClientSession) -> None:
    lone = alert("s2", "Всплеск", kind="spike", territory="novy")._replace(subject="novy|group|housing")
    await stage.write([lone, alert("a1", "Опасно", incident="i1")])
    spike = (await card(client, "s2"))["spike"]
    assert (spike["plot"], spike["week_ago"], spike["population"], spike["per_1000"], spike["first"]) == (None,) * 5
    assert (await card(client, "a1"))["spike"] == {"plot": None}
    await card(client, "nothing", 404)


def rows_of(posts: list[int], expected: list[int]) -> list[dict[str, Any]]:
    found = enumerate(zip(posts, expected, strict=True))
    return [{"bucket": at * 10, "posts": n, "expected": usual, "complete": True} for at, (n, usual) in found if n]


def test_expectation_of_empty_buckets_lies_between_their_neighbours() -> None:
    picture = plot(rows_of([1, 1, 0, 0, 1], [1000, 2000, 0, 0, 5000]), 0, 60, 60)
    assert picture is not None
    assert [point["expected"] for point in picture["points"]] == [1.0, 2.0, 3.0, 4.0, 5.0, 5.0]
    assert plot([], 0, 60, 60) is None


def test_the_band_is_as_wide_as_the_past_strayed() -> None:
    calm = plot(rows_of([4, 4, 4, 4, 4, 30], [4000] * 6), 0, 60, 50)
    wild = plot(rows_of([9, 1, 9, 1, 9, 30], [4000] * 6), 0, 60, 50)
    assert calm is not None
    assert wild is not None
    assert (calm["points"][0]["low"], calm["points"][0]["high"]) == (0.0, 8.0)
    assert wild["points"][0]["high"] > 10
    assert calm["points"][5]["high"] == calm["points"][0]["high"]


def test_a_week_is_drawn_in_as_many_points_as_fit() -> None:
    picture = plot(rows_of([1] * 1000, [1000] * 1000), 0, 10_000, 9_000)
    assert picture is not None
    assert len(picture["points"]) <= POINTS
    assert sum(point["posts"] for point in picture["points"]) == 1000
    assert picture["usual"] == pytest.approx(100)


def test_typical_texts_have_the_words_and_are_of_several_incidents() -> None:
    rows = [
        {"id": "1", "text": "вода течёт", "incident": "a", "published_at": 1},
        {"id": "2", "text": "вода прорвало", "incident": "a", "published_at": 2},
        {"id": "3", "text": "прорвало", "incident": "b", "published_at": 3},
        {"id": "4", "text": "", "incident": "c", "published_at": 4},
    ]
    assert [row["id"] for row in typical(rows, ["прорвало", "вода"])] == ["2", "3", "1"]


async def test_the_card_shows_plot_and_explanation(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(burst())
    await screen.open()
    await page.locator("#alerts button.alert").click()
    plotted = page.locator("#card svg.plot")
    await expect(plotted).to_be_visible()
    await expect(plotted.locator("rect.spiked").first).to_be_visible()
    assert await plotted.locator("rect.partly").count() >= 1
    assert await plotted.locator("polygon.band").count() == 1
    box = await plotted.bounding_box()
    assert box is not None
    assert box["height"] > 60
    text = await page.locator("#card").inner_text()
    for words in (
        "Частые слова", "трубу, прорвало", "обычный разброс", "9 · 1 повтор", "2,5 за то же время", "4 в те же часы", "0,01",
        "Вероятная причина", "6 из 9", "Первое сообщение", "вода у дома 0", "Типичные сообщения", "Подслушано Тольятти 7",
    ):  # fmt: skip
        assert words in text, words
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Прорыв теплотрассы: Автозаводский район, Мира, 14").click()
    await expect(page.locator("#card-facts")).to_be_visible()


def joined(version: int = 2, **changes: Any) -> list[Row]:
    """The incident was there first: its alert tells of the spike too."""
    row = alert(
        "urgent:i1", "Опасно: Прорыв теплотрассы, Мира (2 адреса)", level="flash", territory="togliatti", incident="i1", observed=9,
        authors=7, version=version, text="Хлещет кипяток. Всплеск: ЖКХ",
    )  # fmt: skip
    return [row._replace(subject=SERIES, since=NOW - 25 * MINUTE)._replace(**changes)]


async def test_an_alert_of_an_incident_and_a_spike_shows_both(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    mine, refused = '{"kind":"claim","alert":"urgent:i1","accepted":', 'false,"conflict":"claimed"}'
    done = [
        event("act-1", "i1", "action", 4 * MINUTE, f"{mine}true}}", "anna"),
        event("act-2", "", "action", 3 * MINUTE, f"{mine}{refused}", "boris"),
        event("act-3", "i1", "action", 2 * MINUTE, '{"kind":"claim","alert":"another","accepted":true}', "anna"),
    ]
    await stage.write([*burst()[:-1], *joined(), *done])
    await screen.open()
    await page.locator("#alerts button.alert").click()
    await expect(page.locator("#card h2")).to_have_text("Опасно: Прорыв теплотрассы, Мира (2 адреса)")
    await expect(page.locator("#card svg.plot rect.spiked").first).to_be_visible()
    text = await page.locator("#card").inner_text()
    for words in ("2,5 за то же время", "Вероятная причина", "6 из 9", "Типичные сообщения", "Подслушано Тольятти 7"):
        assert words in text, words
    history = [line.split(" ", 1)[1] for line in await page.locator("#card-history li").all_inner_texts()]
    assert history == [
        "действие · взять тревогу в работу · anna · принято", "действие · взять тревогу в работу · boris · не принято: уже в работе",
    ]  # fmt: skip
    # It grows while it is open: the card goes with it, and the plot stays.
    await stage.tell(*joined(3, authors=27, title="Опасно: Прорыв теплотрассы, Мира (11 адресов)"))
    await expect(page.locator("#card h2")).to_contain_text("11 адресов")
    await expect(page.locator("#card-alert")).to_contain_text("27 авторов")
    await expect(page.locator("#card svg.plot")).to_have_count(1)
    await page.get_by_role("button", name="Открыть инцидент").click()
    await expect(page.locator("#card-facts")).to_be_visible()
    await stage.tell(*joined(4, title="Ещё выше"))
    await expect(page.locator("#alerts strong")).to_have_text("Ещё выше")
    await expect(page.locator("#card-facts")).to_be_visible()
    # From the alert's card the keyboard leads back to the alert.
    await page.locator("#alerts button.alert").click()
    await expect(page.locator("#card svg.plot")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#alerts button.alert")).to_be_focused()


async def test_a_late_explanation_does_not_take_another_card(screen: Screen) -> None:
    page = screen.page
    await screen.stage.write([*burst(), alert("a1", "Другая тревога", age=0)])
    await screen.open()
    await expect(page.locator("#alerts li")).to_have_count(2)
    await page.evaluate("document.querySelectorAll('#alerts button.alert').forEach((one) => one.click())")
    await expect(page.locator("#card h2")).to_have_text("Другая тревога")
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("#card svg.plot")).to_have_count(0)
