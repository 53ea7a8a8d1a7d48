"""The scripted night to 03:20, line by line: two operators in Chromium, all channels, the engine killed, its sounds counted."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import which

import orjson
import pytest
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, async_playwright, expect

from tests.dashboards.test_page import ARGUMENTS
from tests.fakes.delivery.receivers import visible
from tests.night.house import PATIENCE, House, enter

expect.set_options(timeout=PATIENCE)
URGENT = "SELECT id, level, status, authors, sounds FROM current_alerts WHERE kind = 'urgent' ORDER BY id"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, unused_port())
    async with house.receivers.running(), house.mailbox.running():
        house.users()
        await house.start()
        yield house
        await house.kill()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = which("chromium")
    if path is None:
        pytest.fail("the page is tested in Chromium: install it with `apt-get install chromium`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


async def test_the_night(house: House, chromium: Browser) -> None:
    anna, boris = await enter(chromium, house.address, "anna"), await enter(chromium, house.address, "boris")
    cards = anna.locator("#alerts li")

    # 03:04: the first comment; an urgent card at the first look after it, marked unconfirmed.
    await house.at(3)
    await expect(cards).to_have_count(0)
    await house.at(4.5)
    await expect(cards).to_have_count(1)
    await expect(cards.first).to_contain_text("срочно")
    await expect(cards.first).to_contain_text("не подтверждено")
    assert [visible(text).split("\n")[0][:20] for text in house.told("desk")] == ["Срочно: Опасно: Водо"]

    # 03:10: anna claims and sends the task; boris sees it; the body's webhook fails twice, the mail is not held up by it.
    for minute in range(5, 11):
        await house.at(minute)
    house.receivers.faults["/hook-body"] = deque(["500", "reset"])
    await anna.click("#alerts li button[data-kind=claim]")
    await expect(boris.locator("#alerts .answer b")).to_contain_text("в работе: anna")
    await anna.click("#alerts li button[data-kind=task]")
    await expect(boris.locator("#alerts .answer b")).to_contain_text("задание отправил anna")
    (to, letter), *more = await house.mailbox.arrived(1)
    assert (to, more) == ("duty@teplo.example", [])
    assert str(letter["Subject"]).startswith("Задание. ")
    assert house.receivers.texts("/hook-body") == []
    # Killed while the webhook is failing: it goes on where it was, under the same id.
    await house.kill()
    await house.start()
    for seconds in range(15, 120, 15):
        await house.at(10 + seconds / 60)
    tried = [path for path, _ in house.receivers.asked if path == "/hook-body"]
    taken = [one for one in house.receivers.got if one.path == "/hook-body"]
    assert (len(tried), len(taken)) == (3, 1)
    assert taken[0].headers["nabat-repeat"] == "true"
    assert orjson.loads(taken[0].text)["data"]["tasked_by"] == "anna"

    # By 03:12 the highest level; by 03:20 one alert with its eleven addresses and 27 authors, two sounds in all.
    await house.at(12)
    assert [(row["level"], row["status"]) for row in await house.rows(URGENT)] == [("flash", "firing")]
    for minute in range(13, 16):
        await house.at(minute)
    # 03:15: the body is silent and its deputy is told, at 03:20 its head.
    assert await house.until("teplo-deputy", 1) == ["Исполнитель молчит с 03:10"]
    assert house.told("teplo-head") == []
    for minute in range(16, 21):
        await house.at(minute)
    assert await house.until("teplo-head", 1) == ["Исполнитель молчит с 03:10"]
    (alert,) = await house.rows(URGENT)
    assert (alert["level"], alert["authors"], alert["sounds"]) == ("flash", 27, 2)
