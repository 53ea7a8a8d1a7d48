"""How an operator finds what the page has: search, which alerts are shown, what can be done from a card, sound after a reload."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from dashboards.console.queue import words_of
from tests.dashboards.conftest import Stage
from tests.dashboards.test_buttons import open_with
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import HOUR, MINUTE, alert, incident, profile

__all__ = ["screen"]


def some() -> list[object]:
    return [
        incident("i1", street="зелёная", house="5", theme="heating", urgency=3),
        incident("i2", street="лазо", theme="burst", body="uk", urgency=2),
        incident("i3", group="roads", theme="pothole", territory="syzran", body="city-roads", urgency=1),
        incident("i4", group="roads", theme="snow", territory="syzran", body="", urgency=0)._replace(
            settlement="сызрань", street="мира"
        ),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("зеленая 5", ["i1"]),
        ("ЗЕЛЁНАЯ, 5", ["i1"]),
        ("отоплен", ["i1"]),
        ("дорог", ["i3", "i4"]),
        ("жилинсп", ["i2"]),
        ("сызрань мира", ["i4"]),
        ("мира лазо", []),
        ("%", []),
        ("', '') OR 1", []),
        ("", ["i1", "i2", "i3", "i4"]),
        ("  ", ["i1", "i2", "i3", "i4"]),
    ],
)
async def test_incidents_are_found_by_address_and_by_names(stage: Stage, client: ClientSession, words: str, found: list[str]) -> None:
    await stage.write(some())  # type: ignore[arg-type]
    async with client.get("/api/incidents", params={"words": words}) as response:
        body = await response.json()
    assert ([one["id"] for one in body["incidents"]], body["total"]) == (found, len(found))
    async with client.get("/api/export/incidents.csv", params={"words": words}) as response:
        assert (await response.text()).count("\n") == 1 + len(found)


async def test_a_place_is_not_named_twice(stage: Stage, client: ClientSession) -> None:
    await stage.write(some())  # type: ignore[arg-type]
    async with client.get("/api/incidents/i4") as response:
        one = (await response.json())["incident"]
    assert (one["territory_name"], one["where"]) == ("Сызрань", "Мира")


def test_a_search_of_any_length_is_bounded() -> None:
    assert words_of("ё" * 1000) == ("е" * 60,)
    assert len(words_of("слово " * 1000)) == 8


async def test_the_queue_is_searched_while_one_types(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write(some())  # type: ignore[arg-type]
    await screen.open()
    rows = page.locator("#queue li")
    await expect(rows).to_have_count(4)
    await page.keyboard.press("/")
    await expect(page.locator("#words")).to_be_focused()
    await page.keyboard.type("ямы сызр")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Ямы на дороге")
    # What comes meanwhile is searched too.
    await stage.tell(incident("i5", street="новая", urgency=3, version=9))
    await stage.tell(incident("i6", group="roads", theme="pothole", territory="syzran", street="новая", version=10))
    await expect(rows).to_have_count(2)
    await expect(page.locator("#export-csv")).to_have_attribute(
        "href", "/api/export/incidents.csv?territory=&group=&block=&status=open&words=%D1%8F%D0%BC%D1%8B+%D1%81%D1%8B%D0%B7%D1%80"
    )
    await page.fill("#words", "такого нет")
    await expect(page.locator("#queue-empty")).to_have_text("По этому отбору ничего нет")
    await page.click("#clear")
    await expect(page.locator("#words")).to_have_value("")
    await expect(rows).to_have_count(6)


async def test_quiet_alerts_can_be_put_aside(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    taken = alert("a2", "Запах газа")._replace(claimed_by="anna", answered_by="anna")
    await stage.write([alert("a1", "Прорыв", level="flash"), taken, alert("a3", "Просрочено", level="notice")])
    await screen.open()
    rows = page.locator("#alerts li")
    await expect(rows).to_have_count(3)
    await page.select_option("#alerts-which", "loud")
    await expect(rows).to_have_count(2)
    await page.select_option("#alerts-which", "unanswered")
    await expect(rows.locator("strong")).to_have_text(["Прорыв", "Просрочено"])
    # What is put aside is still counted, and heard.
    await expect(page.locator("#alerts-count")).to_have_text("3 в силе")
    await expect(page).to_have_title("(2) Набат")
    await page.select_option("#alerts-which", "loud")
    await stage.tell(alert("a4", "Заметка", level="notice"), alert("a5", "Обрыв провода"))
    await expect(rows).to_have_count(3)
    await expect(page.locator("#alerts-count")).to_have_text("5 в силе")


async def test_an_alert_is_answered_from_the_card_of_its_incident(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("i1", version=3), incident("i2", street="лазо", parent="i1", version=4)])
    await open_with(screen, alert("a1", "Опасно", incident="i1", age=HOUR)._replace(body="heat"))
    for name in ("Автозаводский район", "Лазо"):
        await page.locator("#queue button.row", has_text=name).first.click()
        await expect(page.locator("#card-answer").get_by_role("button", name="Задание")).to_be_visible()
    await page.locator("#card-answer").get_by_role("button", name="Беру").click()
    await expect(page.locator("#card-answer b")).to_have_text("в работе: оператор")
    await expect(page.locator("#alerts .answer b")).to_have_text("в работе: оператор")
    await stage.tell(alert("a1", "Опасно", incident="i1", status="resolved", version=99))
    await expect(page.locator("#card-answer")).to_be_hidden()


async def test_an_alert_is_answered_from_its_own_card(screen: Screen) -> None:
    page = screen.page
    row = alert("a1", "Всплеск", kind="spike", observed=9, expected=1000)
    await open_with(screen, row._replace(subject="avto|group|housing"))
    await page.locator("#alerts button.alert").click()
    await page.locator("#card-answer").get_by_role("button", name="Беру").click()
    await expect(page.locator("#card-answer b")).to_have_text("в работе: оператор")


async def test_the_sound_is_still_on_after_a_reload(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await screen.open()
    await expect(page.locator("#sound")).to_have_text("Звук выключен")
    await page.click("#sound")
    await expect(page.locator("#sound")).to_have_text("Звук включён")
    await page.reload()
    await expect(page.locator("#link")).to_have_text("на связи")
    await expect(page.locator("#sound")).not_to_have_text("Звук выключен")
    await page.locator("#alerts-title").click()
    await expect(page.locator("#sound")).to_have_text("Звук включён")
    before = await page.evaluate("window.tones")
    await stage.tell(alert("a1", "Прорыв", age=MINUTE))
    await expect(page.locator("#alerts li")).to_have_count(1)
    assert await page.evaluate("window.tones") == before + 2
    await page.click("#sound")
    await expect(page.locator("#sound")).to_have_text("Звук выключен")
    await page.reload()
    await expect(page.locator("#link")).to_have_text("на связи")
    await expect(page.locator("#sound")).to_have_text("Звук выключен")


async def test_a_region_without_sources_is_not_called_calm(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.stop()
    stage.deps = replace(stage.deps, profile=profile(0))
    await stage.start()
    await screen.open()
    await expect(page.locator("#figures")).to_contain_text("0 из 0")
    await expect(page.locator(".banner.warn")).to_have_text(re.compile("^В профиле региона нет источников: наблюдать нечего"))
