"""Search in texts: which words find which, what bounds it, and the way from a text to its incident or its source."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from dashboards.console.patterns import WORDS, folded, marked, patterns
from monitor.model.errors import RetryableError
from sinks.base import Reader
from tests.dashboards.conftest import Stage
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import DAY, HOUR, NOW, appeal, health, incident

__all__ = ["screen"]


def finds(words: str, text: str) -> bool:
    return all(re.search(pattern, folded(text)) for pattern in patterns(words))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("вода", "Воды нет с утра"),
        ("горячей водой", "нет ГОРЯЧЕЙ воды"),
        ("отключение", "Снова отключили свет"),
        ("отключили света", "Отключение света на Мира"),
        ("автобусы", "ждём автобуса час"),
        ("остановка", "на остановках грязь, остановок мало"),
        ("остановок", "Остановка разбита"),
        ("прорыв", "после прорывов и прорыва"),
        ("запах", "пахнет? запахи ужасные"),
        ("горит", "У нас горит мусорка!"),
        ("зелёная", "ул. Зеленой, 5"),
        ("мира 14", "Мира,14а"),
        ("не едет", "скорая не едет"),
        ("день", "третьего дня; дни идут"),
        ("WiFi", "нет wifi"),
    ],
)
def test_words_are_found_in_all_their_forms(words: str, text: str) -> None:
    assert finds(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("вода", "Водитель уехал в завод"),
        ("горит", "Город засыпает"),
        ("свет", "светофор"),
        ("14", "дом 140, 214"),
        ("не", "нет, небо"),
        ("газ", "магазин, газета"),
        ("вода свет", "воды нет"),
        ("дом.*", "домик"),
    ],
)
def test_other_words_are_not_found(words: str, text: str) -> None:
    assert not finds(words, text)


def test_a_search_of_any_length_is_bounded() -> None:
    assert len(patterns(" ".join(f"слово{number}" for number in range(1000)))) == WORDS
    assert len(patterns("ы" * 100_000)[0]) < 500
    assert patterns("?! ()[]|\\") == ()


def test_what_was_found_is_marked() -> None:
    text = "🥶" * 300 + " Нет воды, ВОДА, вода ушла. " + "а" * 300
    parts = marked(text, patterns("вода"), 60)
    assert parts[1::2] == ["воды", "ВОДА", "вода"]
    assert parts[0].startswith("…🥶")
    assert parts[-1].endswith("а…")
    assert "".join(parts).strip("…") in text
    assert marked("Нет воды", patterns("вода"), 60) == ["Нет ", "воды", ""]


async def some(stage: Stage) -> None:
    await stage.write(
        [
            incident("i1", street="мира"),
            health("vk:-100", name="Подслушано Тольятти"),
            *appeal("p1", "i1", "Снова ОТКЛЮЧИЛИ горячую воду, ёлки!", house="14"),
            *appeal("p2", "", "А вот вода в Волге тёплая", age=2 * HOUR, group="", theme="", territory="syzran")[:1],
            *appeal("p3", "", "Отключение воды было неделю назад", age=3 * DAY, group="roads", territory="central"),
            *appeal("p4", "", "Водитель хамит <b>и</b> матерится", url="javascript:alert(1)", territory="syzran")[:1],
        ]
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "вода"}, ["p1", "p2"]),
        ({"words": "вода", "hours": "168"}, ["p1", "p2", "p3"]),
        ({"words": "отключение воды", "hours": "168"}, ["p1", "p3"]),
        ({"words": "вода", "hours": "168", "territory": "togliatti"}, ["p1", "p3"]),
        ({"words": "вода", "hours": "168", "group": "roads"}, ["p3"]),
        ({"words": "ЕЛКИ"}, ["p1"]),
        ({"words": "') OR 1 --"}, []),
        ({"words": "молоко"}, []),
    ],
)
async def test_texts_are_found_by_words_period_place_and_theme(
    stage: Stage, client: ClientSession, asked: dict[str, str], found: list[str]
) -> None:
    await some(stage)
    async with client.get("/api/search", params=asked) as response:
        body = await response.json()
    assert ([post["id"] for post in body["posts"]], body["more"]) == (found, False)


async def test_a_post_says_where_it_leads(stage: Stage, client: ClientSession) -> None:
    await some(stage)
    async with client.get("/api/search", params={"words": "отключили"}) as response:
        (post,) = (await response.json())["posts"]
    assert (post["incident"], post["url"], post["source_name"]) == ("i1", "https://vk.com/wall-100_1", "Подслушано Тольятти")
    assert post["parts"] == ["Снова ", "ОТКЛЮЧИЛИ", " горячую воду, ёлки!"]
    async with client.get("/api/search", params={"words": "хамит"}) as response:
        (post,) = (await response.json())["posts"]
    assert (post["incident"], post["url"]) == ("", "")


@pytest.mark.parametrize("asked", [{"words": ""}, {"words": "…"}, {"words": "вода", "hours": "745"}, {"words": "вода", "hours": "x"}])
async def test_what_can_not_be_searched_is_refused(client: ClientSession, asked: dict[str, str]) -> None:
    async with client.get("/api/search", params=asked) as response:
        assert (response.status, set(await response.json())) == (400, {"error", "hint"})


class Tired:
    """A reader whose queries of texts fail from some number on."""

    def __init__(self, reader: Reader, searches: int) -> None:
        self.reader = reader
        self.searches = searches

    async def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        if "folded" in sql:
            self.searches -= 1
            if self.searches < 0:
                raise RetryableError("query: timeout (code 159)", 1.0)
        return await self.reader.query(sql, parameters)


@pytest.mark.parametrize(("searches", "found"), [(4, ["p1", "p2", "p3"]), (3, ["p1", "p2", "p3"]), (1, ["p1", "p2"]), (0, None)])
async def test_what_took_too_long_is_not_called_empty(
    stage: Stage, client: ClientSession, searches: int, found: list[str] | None
) -> None:
    await some(stage)
    await stage.stop()
    stage.deps = replace(stage.deps, reader=Tired(stage.deps.reader, searches))
    await stage.start()
    async with client.get("/api/search", params={"words": "вода", "hours": "744"}) as response:
        body = await response.json()
    if found is None:
        assert (response.status, body["error"]) == (503, "Поиск не успел")
    else:
        assert [post["id"] for post in body["posts"]] == found
        assert body["since"] == NOW - {4: 744, 3: 168, 1: 24}[searches] * HOUR


async def test_the_page_says_how_far_a_search_came(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await some(stage)
    await stage.stop()
    stage.deps = replace(stage.deps, reader=Tired(stage.deps.reader, 1))
    await stage.start()
    await screen.open()
    await page.click("#tab-search")
    await page.select_option("#search-hours", "744")
    await page.fill("#search-words", "вода")
    await page.keyboard.press("Enter")
    await expect(page.locator("#search-said")).to_contain_text("Найдено: 2 сообщения с 20 янв., 03:25; раньше искать слишком долго")


async def test_of_too_many_the_newest_are_shown(stage: Stage, client: ClientSession) -> None:
    await stage.write([row for number in range(120) for row in appeal(f"p{number:03}", "", "Вода", age=(number + 1) * 1000)[:1]])
    async with client.get("/api/search", params={"words": "вода"}) as response:
        body = await response.json()
    assert ([post["id"] for post in body["posts"]], body["more"]) == ([f"p{number:03}" for number in range(100)], True)


async def test_an_operator_searches_and_opens_what_was_found(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await some(stage)
    await screen.open()
    await page.click("#tab-search")
    await expect(page.locator("#search-words")).to_be_focused()
    await expect(page.locator("#search-said")).to_contain_text("по текстам всех сообщений")
    await page.keyboard.type("горячая вода")
    await page.keyboard.press("Enter")
    found = page.locator("#found li")
    await expect(found).to_have_count(1)
    await expect(found.locator("mark")).to_have_text(["горячую", "воду"])
    heights = await page.evaluate("['search-form', 'found'].map((one) => document.getElementById(one).getBoundingClientRect().top)")
    assert heights[1] < 250, "what was found stands far below the question"
    await expect(page.locator("#search-said")).to_have_text("Найдено: 1 сообщение")
    await expect(found.locator("a")).to_have_attribute("href", "https://vk.com/wall-100_1")
    # By keyboard to the card of its incident, and back.
    await page.locator("#tab-search").focus()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("#card-posts")).to_contain_text("ОТКЛЮЧИЛИ горячую воду")
    await page.keyboard.press("/")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("вода")
    await page.keyboard.press("Enter")
    await expect(found).to_have_count(2)
    await expect(found.nth(1).locator("a.whole")).to_have_attribute("href", "https://vk.com/wall-100_1")
    await page.select_option("#search-hours", "168")
    await expect(found).to_have_count(3)
    await page.select_option("#search-territory", "syzran")
    await expect(found).to_have_count(1)
    await page.fill("#search-words", "хамит")
    await page.keyboard.press("Enter")
    # What nobody wrote as markup is none, and what is no address of the web is no link.
    await expect(found).to_contain_text("Водитель хамит <b>и</b> матерится")
    await expect(found.locator("a")).to_have_count(0)
    await page.fill("#search-words", "молоко")
    await page.keyboard.press("Enter")
    await expect(page.locator("#search-said")).to_contain_text("Ничего не найдено")
    await expect(found).to_have_count(0)


async def test_a_search_that_fails_says_so(screen: Screen) -> None:
    page = screen.page
    await screen.open()
    await page.route(
        "**/api/search*", lambda route: route.fulfill(status=503, body='{"error": "Поиск не успел", "hint": "Сократите срок"}')
    )
    await page.click("#tab-search")
    await page.fill("#search-words", "вода")
    await page.click("#search-form button")
    await expect(page.locator("#search-said")).to_have_text("Поиск не успел. Сократите срок")
    await expect(page.locator("#search-said")).to_have_class("foot muted bad")
