"""A server or a store that answers no more: the page says since when it shows the past, and that it is well again."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from tests.dashboards.test_page import Screen, screen

__all__ = ["screen"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"error": "Хранилище не отвечает", "hint": ""}', "Хранилище не отвечает: на экране то, что было в 03:"),
        ("", "Сервер не отвечает"),
    ],
)
async def test_what_is_old_does_not_pass_for_what_is(screen: Screen, answer: str, said: str) -> None:
    page = screen.page
    await page.clock.install()
    await screen.open()
    banner = page.locator(".banner.bad")
    await expect(banner).to_have_count(0)

    async def fail(route: Route) -> None:
        # A store that refuses, or a server that hangs.
        if answer:
            await route.fulfill(status=503, body=answer)

    await page.click("#sound")
    await expect(page.locator("#sound")).to_have_text("Звук включён")
    before = await page.evaluate("window.tones")
    await page.route("**/api/status", fail)
    for _ in range(8):
        await page.clock.run_for(10_000)
    await expect(banner).to_contain_text(said)
    await expect(page.locator("#link")).to_have_text("на связи")
    # Whoever waits for a sound gets one, once: no alert could sound now.
    assert await page.evaluate("window.tones") == before + 2
    await page.unroute("**/api/status")
    if not answer:
        return  # what hangs is given up after a minute of real time
    for _ in range(3):
        await page.clock.run_for(10_000)
    await expect(banner).to_have_count(0)


async def test_a_lost_link_says_what_time_the_page_shows(screen: Screen) -> None:
    page = screen.page
    await screen.open()
    await screen.stage.stop()
    await expect(page.locator(".banner.bad")).to_have_text(
        "Связь с сервером потеряна. На экране то, что было в 03:25; соединение восстановится само."
    )
    await screen.stage.start()
    await expect(page.locator(".banner.bad")).to_have_count(0)
    await expect(page.locator("#link")).to_have_text("на связи")


async def test_the_list_of_destinations_is_closed_by_its_button(screen: Screen) -> None:
    page = screen.page
    await screen.open()
    await page.click("#destinations-open")
    await page.get_by_role("button", name="Закрыть список").click()
    await expect(page.locator("#card")).to_contain_text("Выберите инцидент")
    await expect(page.locator("#destinations-open")).to_be_focused()
