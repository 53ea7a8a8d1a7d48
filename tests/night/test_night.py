"""The scripted night, line by line: two operators in Chromium, all channels, the engine killed twice, its sounds counted."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import which

import orjson
import pytest
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, async_playwright, expect

from monitor.config.sections import Crawl
from monitor.runtime.faults import WATCH_ROWS
from tests.dashboards.test_page import ARGUMENTS
from tests.fakes.delivery.receivers import visible
from tests.night.house import PATIENCE, House, enter, sounds
from tests.night.world import COPIED, FIRST, MINUTE, THREE

expect.set_options(timeout=PATIENCE)
FIVE = 5 * MINUTE
"""From publication to screen at most, ms of the virtual clock. How often walls are read: see tests.sources.schedule."""
MIRA = "(SELECT id FROM current_incidents WHERE parent != '')"
PARENT = f"SELECT count() AS members, uniqExact(author) AS authors FROM current_appeals WHERE incident IN {MIRA}"
LATE = "SELECT id, level, status, sounds, authors, title, territory FROM current_alerts WHERE kind = 'overdue' ORDER BY territory"
ALERTS = "SELECT id, level, status, authors, sounds, why, title, tasked_by, claimed_by FROM current_alerts ORDER BY id"
URGENT = "SELECT id, level, status, authors, sounds FROM current_alerts WHERE kind = 'urgent' ORDER BY id"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, unused_port())
    async with house.running():
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
    loads: list[str] = []
    for page in (anna, boris):
        page.on("framenavigated", lambda frame: loads.append(frame.url))
    cards = anna.locator("#alerts li")

    # 03:04: the first comment; an urgent card at the first look after it, marked unconfirmed, within five minutes at night too.
    await house.at(3)
    await expect(cards).to_have_count(0)
    await house.at(4.5)
    assert Crawl().critical_seconds * 1000 <= FIVE
    await expect(cards).to_have_count(1)
    await expect(cards.first).to_contain_text("срочно")
    await expect(cards.first).to_contain_text("не подтверждено")
    assert [visible(text).split("\n")[0][:20] for text in house.told("desk")] == ["Срочно: Опасно: Водо"]
    assert 0 <= house.now - (THREE + FIRST.minute * MINUTE) <= FIVE
    told_at = await house.rows("SELECT toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(since) AS ms FROM current_alerts")
    assert [0 <= row["ms"] <= FIVE for row in told_at] == [True]

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
    assert orjson.loads(taken[0].text)["data"]["tasked_by"] == "operator"

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
    await expect(cards).to_have_count(1)
    await expect(cards.first).to_contain_text("11 адресов")
    await expect(anna.locator("#queue li").first).to_contain_text("Мира")
    assert len(house.told("desk")) == 2
    assert visible(house.told("desk")[1]).startswith("Уровень вырос. ОПАСНОСТЬ")
    parents = "SELECT parent, count() AS n, uniqExact(house) AS houses FROM current_incidents WHERE parent != '' GROUP BY parent"
    # The first comment, which names no house, is of the same cause.
    (parent,) = await house.rows(parents)
    assert (parent["n"], parent["houses"]) == (12, 12)
    assert await house.rows(PARENT) == [{"members": 34, "authors": 27}]
    (head,) = await house.rows("SELECT cause, house FROM current_incidents WHERE id = parent")
    assert (head["house"], head["cause"]) == ("", "одна авария: 11 адресов без тепла за 1 час")
    copies = "SELECT count() AS n, uniqExact(cluster) AS texts FROM current_appeals WHERE id IN"
    copied = f"(SELECT id FROM current_posts WHERE text = '{COPIED}')"
    assert await house.rows(f"{copies} {copied}") == [{"n": 6, "texts": 1}]
    apart = await house.rows("SELECT theme, territory, members, parent FROM current_incidents WHERE street != 'мира' ORDER BY theme")
    assert [(row["theme"], row["territory"], row["members"], row["parent"]) for row in apart] == [
        ("housing.heating", "go-syzran", 1, ""),
        ("housing.lift", "tolyatti-avtozavodsky", 1, ""),
    ]
    assert [row["kind"] for row in await house.rows("SELECT kind FROM current_alerts")] == ["urgent"]
    joke = "(SELECT id FROM current_posts WHERE text LIKE '%своя баня%')"
    assert await house.rows(f"SELECT count() AS n FROM {joke}") == [{"n": 1}]
    assert await house.rows(f"SELECT count() AS n FROM current_appeals WHERE id IN {joke}") == [{"n": 0}]
    heard = [await sounds(page) for page in (anna, boris)]
    assert heard == [2, 2]

    # 03:25: killed between what watch wrote and what it says, and started again: the same ids, no new sound, the pages go on.
    before, people = await house.rows(ALERTS), len(house.told("desk"))
    await house.dies(25, WATCH_ROWS)
    await expect(anna.locator(".banner.bad")).to_contain_text("Связь с сервером потеряна")
    await house.start()
    await house.at(25.2)
    for page in (anna, boris):
        await expect(page.locator("#link")).to_have_text("на связи")
    assert await house.rows(ALERTS) == before
    assert len(house.told("desk")) == people
    assert [await sounds(page) for page in (anna, boris)] == [2, 2]

    # 03:30: VK asks the token for a captcha: a banner; nothing resolves and no figure falls while nothing is read.
    counted = (
        "SELECT count() AS incidents, sum(members) AS members, sum(authors) AS authors FROM current_incidents WHERE status = 'open'"
    )
    figures = await house.rows(counted)
    queue = await anna.locator("#queue li").count()
    house.captcha()
    await house.unread(30)
    await house.shown("limited")
    for minute in range(40, 61, 10):
        await house.unread(minute)
    blind = anna.locator(".banner", has_text="Ограничение сети: 2 источника (Подслушано Тольятти, Сызрань онлайн). Картина неполна.")
    await expect(blind).to_have_attribute("title", re.compile("капчу|код с картинки"))
    (token,) = await house.tokens()
    assert (token["name"], token["state"], token["reason"]) == ("first", "parked", "captcha")
    assert await house.rows(URGENT) == [alert]
    assert {row["status"] for row in await house.rows(ALERTS)} == {"firing"}
    assert await house.rows(counted) == figures
    await expect(cards).to_have_count(1)
    await expect(anna.locator("#queue li")).to_have_count(queue)
    # Whoever is on duty puts another token in.
    await house.kill()
    await house.start("vk1.second")
    await house.at(62)
    await house.mended()
    await house.at(63)
    await expect(blind).to_have_count(0)
    assert [(one["name"], one["state"]) for one in await house.tokens()] == [("first", "ready")]

    # 06:30: 180 more people wake up: the same alert grows, without a sound.
    for minute in (120, 200, 213, 220, 225):
        await house.at(minute)
    (grown,) = await house.rows(URGENT)
    assert (grown["id"], grown["sounds"]) == (alert["id"], 2)
    assert [row["parent"] for row in await house.rows(parents)] == [parent["parent"]]
    assert grown["authors"] >= 200
    assert (await house.rows(PARENT))[0]["authors"] == 27 + 180
    assert [await sounds(page) for page in (anna, boris)] == [2, 2]
    # Nobody has answered in time: one silent note for all of it.
    (late,) = await house.rows(LATE)
    assert (late["level"], late["status"], late["sounds"]) == ("notice", "firing", 0)
    assert late["title"].endswith("(11 адресов)")
    # 07:50: an old text is reposted 60 times: one incident with its reach, no alert.
    known = {row["id"] for row in await house.rows(ALERTS)}
    for minute in (280, 292, 300, 310):
        await house.at(minute)
    (old,) = await house.rows("SELECT id, members, duplicates FROM current_incidents WHERE street = 'ленинградская'")
    assert (old["members"], old["duplicates"]) == (60, 59)
    await anna.click("#queue li:has-text('Ленинградская')")
    await expect(anna.locator("#card")).to_contain_text("59 повторов")
    # Meanwhile the flat in the other town was left without an answer past its time, which is noted in silence.
    told = await house.rows("SELECT id, kind, level, territory, incident, sounds FROM current_alerts ORDER BY id")
    fresh = [(row["kind"], row["level"], row["territory"], row["sounds"]) for row in told if row["id"] not in known]
    assert fresh == [("overdue", "notice", "go-syzran", 0)]
    assert [row for row in told if row["incident"] == old["id"]] == []
    assert [await sounds(page) for page in (anna, boris)] == [2, 2]
    assert len(house.told("desk")) == people
    assert loads == []

    # In the morning both reach for what was noted: one has it, the other is told who.
    noted = [page.locator("#alerts li", has_text="Просрочено").filter(has_text="Сызрань") for page in (anna, boris)]
    buttons = [await one.locator("button[data-kind=claim]").element_handle() for one in noted]
    await asyncio.gather(*(button.evaluate("button => button.click()") for button in buttons if button is not None))
    for one in noted:
        await expect(one.locator(".answer b")).to_have_text(re.compile("^в работе: (anna|boris)$"))
        await expect(one.locator(".result")).to_have_text(re.compile("^(Принято|Тревога уже в работе: .+)$"))
    (taken,) = [row["claimed_by"] for row in await house.rows(ALERTS) if row["id"] not in known]
    results = sorted([(await one.locator(".result").text_content()) or "" for one in noted])
    assert results == ["Принято", f"Тревога уже в работе: {taken}"]

    # What was sent was sent once, or says that it is a repeat; the journal has the outcome of everything.
    said = [one.headers for one in house.receivers.got if one.path == "/hook-all"]
    first = [one["webhook-id"] for one in said if one["nabat-repeat"] == "false"]
    assert len(first) == len(set(first))
    await house.sent()
