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

    await page.route("**/api/status", fail)
    for _ in range(8):
        await page.clock.run_for(10_000)
    await expect(banner).to_contain_text(said)
    await expect(page.locator("#link")).to_have_text("на связи")
    await page.unroute("**/api/status")
    if not answer:
        return  # what hangs is given up after a minute of real time
    for _ in range(3):
        await page.clock.run_for(10_000)
    await expect(banner).to_have_count(0)
