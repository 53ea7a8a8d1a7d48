"""The page where it is narrow or the server slow: nothing is cut off, and what was asked for comes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from playwright.async_api import Route, expect

from monitor.model.rows import Row
from monitor.model.verdict import GROUPS
from monitor.runtime.compose import names as russian
from tests.dashboards.test_page import Screen, screen
from tests.dashboards.world import alert, appeal, incident

__all__ = ["screen"]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (390, 844)])
async def test_nothing_is_cut_off(screen: Screen, width: int, height: int) -> None:
    page, stage = screen.page, screen.stage
    await page.set_viewport_size({"width": width, "height": height})
    one = incident("i1", urgency=3, street="мира", version=5)
    await stage.write([alert("a1", "Прорыв на Мира"), one, *appeal("p1", "i1", "Нет тепла")])
    await screen.open()
    await expect(page.locator("#queue li")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    # Whoever is signed in by a long name hides nothing.
    await page.evaluate("document.getElementById('who').textContent = 'konstantinopolsky, администратор'")
    await page.evaluate("document.getElementById('sign-out').hidden = false")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 760:
        edges = "['figures', 'link'].map((one) => document.getElementById(one).getBoundingClientRect())"
        figures, link = await page.evaluate(edges)
        assert figures["right"] <= link["left"]
        assert figures["width"] > 250
    heights = await page.evaluate("[...document.querySelectorAll('.tabs button')].map((one) => one.offsetHeight)")
    assert max(heights) < 34, "a tab's word is broken in two"
    await page.locator("#queue li button").click()
    await expect(page.locator("#card-posts li")).to_have_count(1)
    await expect(page.locator("#card-posts")).to_be_in_viewport()
    if width > 760:  # the whole page stays where it is, its lists scroll
        assert await page.evaluate("document.documentElement.scrollHeight") <= height


async def test_a_card_that_is_asked_for_comes_though_the_open_one_changes(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("i1", urgency=3, street="мира", version=5), incident("i2", urgency=0, street="лазо", version=6)])
    await screen.open()
    await page.locator("#queue li button", has_text="Мира").click()
    await expect(page.locator("#card-head")).to_contain_text("Мира")
    answer = asyncio.Event()

    async def slow(route: Route) -> None:
        await answer.wait()
        await route.continue_()

    await page.route("**/api/incidents/i2", slow)
    await page.locator("#queue li button", has_text="Лазо").click()
    await expect(page.locator("#card")).to_contain_text("Загружается…")
    await stage.tell(incident("i1", urgency=3, street="мира", members=7, authors=5, version=7))
    await expect(page.locator("#queue li").first).to_contain_text("5 авторов")
    answer.set()
    await expect(page.locator("#card-head")).to_contain_text("Лазо")


async def test_a_card_that_was_closed_while_it_was_asked_for_does_not_come_back(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.write([incident("i1", urgency=3, street="мира", version=5), incident("i2", urgency=0, street="лазо", version=6)])
    await screen.open()
    await page.locator("#queue li button", has_text="Мира").click()
    await expect(page.locator("#card-head")).to_contain_text("Мира")
    await page.route("**/api/incidents/i2", lambda route: None)
    # One step of the page: its patience with the answer begins, and ends after the card is closed.
    said = await page.evaluate(
        """async () => {
            [...document.querySelectorAll('#queue li button')].find((one) => one.textContent.includes('Лазо')).click();
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true }));
            await new Promise((done) => setTimeout(done, 500));
            return document.querySelector('#card').textContent;
        }"""
    )
    assert "Выберите инцидент" in said


async def test_all_groups_of_the_map_are_in_sight(screen: Screen) -> None:
    page, stage = screen.page, screen.stage
    await stage.stop()
    names = russian()
    stage.deps = replace(stage.deps, group_name=names.group, theme_name=names.theme)
    rows: list[Row] = [incident("i1", urgency=3, street="мира")]
    for number, group in enumerate(("", *GROUPS)):
        for one in range(3 + number):
            rows += appeal(f"{group}/{one}", "i1", "Нет тепла", group=group, territory=("sergievsky", "novy", "avto")[one % 3])
    await stage.write(rows)
    await stage.start()
    await screen.open()
    await page.click("#tab-map")
    groups = page.locator(".heat thead th.tall")
    # Beside no card, and beside one.
    for _ in range(2):
        await expect(groups).to_have_count(1 + len(GROUPS))
        await expect(groups.last).to_be_in_viewport(ratio=1)
        sides = "(box) => [box.getBoundingClientRect().right, box.closest('.scroll').getBoundingClientRect().right]"
        right, edge = await groups.last.evaluate(sides)
        assert right <= edge
        broken = "(cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)"
        assert await page.locator(".heat .cell").evaluate_all(broken) == []
        await page.click("#tab-queue")
        await page.locator("#queue li button").first.click()
        await expect(page.locator("#card-facts")).to_be_visible()
        await page.click("#tab-map")
