"""From a post to the operator's screen: the whole engine in one process, a real store, a real log, a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest
from aiohttp.test_utils import unused_port
from playwright.async_api import Page as BrowserPage
from playwright.async_api import async_playwright, expect

from monitor.clock import ManualClock
from monitor.config import Config
from monitor.log.base import PAGES, Append
from monitor.model.codec import encode
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.profile.load import load_profile
from monitor.runtime.embedded import Embedded
from sinks.clickhouse.connect import Target
from tests.dashboards.test_page import ARGUMENTS, CHROMIUM, COUNT_SOUNDS

NIGHT = 1_770_001_200_000
MINUTE = 60_000
SOURCE = Source("vk:-1", "vk", "community", "samara", "-1", "Подслушано Тольятти", "go-tolyatti")
PROFILE = load_profile("samara")


class Night:
    """An engine whose pages are appended by hand; it can be ended and started again on its data and its port."""

    def __init__(self, folder: Path, target: Target) -> None:
        config = Config()
        self._config = replace(config, nabat=replace(config.nabat, data=folder), console=replace(config.console, port=unused_port()))
        self._target = target
        self.clock = ManualClock(NIGHT)
        self._number = 0

    async def start(self) -> None:
        self.engine = Embedded(self._config, PROFILE, [SOURCE], {}, self.clock, linger=0.0, target=self._target)
        await self.engine.open()
        await self.engine.start(crawl=False, ticks=False)

    async def write(self, texts: Sequence[str]) -> None:
        """A page of comments, each by another author, worked off by both stages."""
        self.clock.set(self.clock.now() + MINUTE)
        now = self.clock.now()
        posts = []
        for text in texts:
            self._number += 1
            name = f"vk:-1_7:c{self._number}"
            posts.append(Post(name, text, now - 30_000, "comment", author=f"a{self._number}", url="https://vk.com/wall-1_7"))
        page = Page(SOURCE.id, "samara", "vk", now, now, str(now), posts=posts)
        await self.engine.log.append([Append(PAGES, 0, SOURCE.id, encode(page), now)])
        await self.engine.drain()


@pytest.fixture
async def night(tmp_path: Path, clickhouse: Target) -> AsyncIterator[Night]:
    night = Night(tmp_path, clickhouse)
    await night.start()
    yield night
    await night.engine.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[BrowserPage]:
    if which(CHROMIUM) is None:
        pytest.fail("the page is tested in Chromium: install it with `apt-get install chromium`")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path / "browser", executable_path=CHROMIUM, args=ARGUMENTS, viewport={"width": 1366, "height": 768}
        )
        context.set_default_timeout(15_000)
        await context.add_init_script(COUNT_SOUNDS)
        yield context.pages[0]
        await context.close()


async def test_an_alert_of_the_engine_appears_by_itself_and_once(night: Night, browser: BrowserPage) -> None:
    await browser.goto(night.engine.address)
    await expect(browser.locator("#link")).to_have_text("на связи")
    await browser.click("#sound")
    loads = []
    browser.on("framenavigated", lambda frame: loads.append(frame.url))

    await night.write(["Прорвало трубу, на улице Мира хлещет кипяток, рядом дети!", "доброе утро всем"])
    alerts = browser.locator("#alerts li")
    await expect(alerts).to_have_count(1)
    await expect(alerts.first).to_contain_text("Опасно")
    await expect(browser.locator("#queue li")).to_have_count(1)
    sounds = await browser.evaluate("window.tones")
    assert sounds > 0

    # The engine ends and starts again: the same alert under the same id, no new sound, the page goes on by itself.
    await night.engine.stop()
    await expect(browser.locator(".banner.bad")).to_contain_text("Связь с сервером потеряна")
    await night.start()
    await expect(browser.locator("#link")).to_have_text("на связи")
    await expect(alerts).to_have_count(1)
    await night.write(["Сильный запах газа в подъезде на улице Гагарина, боимся взрыва!"])
    await expect(alerts).to_have_count(2)
    assert loads == []


async def test_this_is_no_appeal(night: Night, browser: BrowserPage) -> None:
    await night.write(["На улице Мира третий день нет отопления, в квартире холодно, примите меры!"])
    await browser.goto(night.engine.address)
    await browser.locator("#queue li").first.click()
    await browser.locator("#card button", has_text="Это не обращение").first.click()
    await browser.locator("#card button", has_text="Да").first.click()
    await expect(browser.locator("#queue li")).to_have_count(0)
    rows = await night.engine.reader.query("SELECT status, decided_by FROM current_appeals")
    assert [row["status"] for row in rows] == ["rejected"]
    incidents = await night.engine.reader.query("SELECT status, members FROM current_incidents")
    assert incidents == [{"status": "void", "members": 0}]
    events = await night.engine.reader.query("SELECT kind FROM current_incident_events ORDER BY version, kind")
    assert [event["kind"] for event in events] == ["opened", "action", "rejected"]
