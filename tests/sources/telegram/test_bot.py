"""Bots by long poll and by webhook, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
import pytest

from monitor.clock import ManualClock
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.bots import Hook
from sources.http.client import HttpClient, HttpSettings
from sources.standins.faults import Fault
from sources.standins.telegram.bot_api import BotServer, FakeChat
from sources.standins.telegram.chats import FakeMessage
from sources.telegram.bot import BotAdapter, BotSettings
from sources.telegram.inlet import TelegramInlet
from sources.wire import Booking, Pushed, Taken
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK, Patient
from tests.sources.telegram.support import HOUR, KEY, MINUTE, NOON, posts_of, read, source

TOKEN = "11:secret-token"
CHANNEL = FakeChat(-1001000000005, "channel", "gorod")
BOT = source("bot:main", "intake")


@dataclass
class Office:
    server: BotServer
    adapter: BotAdapter
    purse: FreeBudget
    clock: ManualClock
    http: Patient

    def write(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.server.happened(TOKEN, CHANNEL, FakeMessage(number, f"Пост {number}", NOON + number * 1000))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    clock = ManualClock(NOON)
    server = BotServer([TOKEN], clock.now)
    async with server.running() as url:
        http = Patient(HttpClient(HttpSettings(allow=LOOPBACK)), server.faults)
        purse = FreeBudget(Booking("main", "bot", TOKEN), Booking("other", "bot", "12:x"), Booking("odd", "bot", "nonsense"))
        yield Office(server, BotAdapter(BotSettings(url, poll_seconds=0), http, purse, KEY), purse, clock, http)
        await http.close()


async def test_updates_come_once_in_order_and_by_batches(office: Office) -> None:
    office.write(1, 230)
    answers, cursor = await read(office.adapter, BOT, "", NOON)
    assert [post.text for post in posts_of(answers)] == [f"Пост {number}" for number in range(1, 231)]
    assert [answer.pages[-1].covered_until for answer in answers] == [0, 0, NOON]
    assert cursor == f"870000231,{NOON}"
    answer = await office.adapter.fetch(BOT, cursor, NOON + MINUTE)
    assert (posts_of([answer]), answer.pages[-1].covered_until) == ([], NOON + MINUTE)


async def test_nothing_is_confirmed_before_the_next_request(office: Office) -> None:
    office.write(1, 5)
    first = await office.adapter.fetch(BOT, "", NOON)
    # The page did not reach the log: the next process asks with the cursor of before.
    again = await office.adapter.fetch(BOT, "", NOON)
    assert posts_of([again]) == posts_of([first])
    await office.adapter.fetch(BOT, first.pages[-1].cursor, NOON)
    assert office.server.bots[TOKEN].queue == []


async def test_numbers_that_begin_anew_after_a_quiet_week_are_seen(office: Office) -> None:
    office.write(1, 3)
    _, cursor = await read(office.adapter, BOT, "", NOON)
    empty = await office.adapter.fetch(BOT, cursor, NOON)
    office.server.bots[TOKEN].following = 1_000
    office.write(4, 5)
    found, cursor = await read(office.adapter, BOT, empty.pages[-1].cursor, NOON + 8 * 24 * HOUR)
    assert [post.text for post in posts_of(found)] == ["Пост 4", "Пост 5"]
    assert cursor.startswith("1002,")


async def test_edits_keep_the_id(office: Office) -> None:
    office.write(1, 1)
    office.server.happened(TOKEN, CHANNEL, FakeMessage(1, "Исправлено", NOON, edited_at=NOON + HOUR), edited=True)
    answer = await office.adapter.fetch(BOT, "", NOON)
    assert [(post.id, post.text, post.edited_at) for post in posts_of([answer])] == [
        ("tg:-1001000000005_1", "Пост 1", 0),
        ("tg:-1001000000005_1", "Исправлено", NOON + HOUR),
    ]


async def test_a_broken_update_is_confirmed_with_the_others(office: Office) -> None:
    office.write(1, 1)
    office.server.update(TOKEN, {"message": {"text": "без чата"}})
    answers, cursor = await read(office.adapter, BOT, "", NOON)
    assert (len(posts_of(answers)), len(answers[0].broken)) == (1, 1)
    assert (await office.adapter.fetch(BOT, cursor, NOON)).broken == []


async def test_a_long_poll_answers_when_something_is_written(office: Office) -> None:
    patient = BotAdapter(BotSettings(office.server.url, poll_seconds=20), office.http, office.purse, KEY)
    waiting = asyncio.create_task(patient.fetch(BOT, "", NOON))
    await office.server.arrived.wait()
    office.write(1, 1)
    assert len(posts_of([await waiting])) == 1


async def test_a_second_reader_of_a_token_is_told(office: Office) -> None:
    patient = BotAdapter(BotSettings(office.server.url, poll_seconds=20), office.http, office.purse, KEY)
    waiting = asyncio.create_task(patient.fetch(BOT, "", NOON))
    await office.server.arrived.wait()
    await office.adapter.fetch(BOT, "", NOON)
    with pytest.raises(SourceUnavailable, match="другая программа"):
        await waiting


async def test_a_webhook_and_polls_exclude_each_other(office: Office) -> None:
    office.server.bots[TOKEN].webhook = "https://example.org/push/telegram"
    with pytest.raises(SourceRefused, match="webhook") as refused:
        await office.adapter.fetch(BOT, "", NOON)
    assert refused.value.state == "forbidden"


async def test_limits_and_dead_tokens(office: Office) -> None:
    office.server.rate = 1
    await office.adapter.fetch(BOT, "", NOON)
    with pytest.raises(SourceUnavailable) as limited:
        await office.adapter.fetch(BOT, "", NOON)
    assert limited.value.retry_after == 7
    assert office.purse.told[-1] == ("main", "getUpdates", "rate", 7.0)
    for name, value in (("other", "12:x"), ("odd", "nonsense")):
        with pytest.raises(SourceRefused, match="токен не действует") as dead:
            await office.adapter.fetch(source(f"bot:{name}", "intake"), "", NOON)
        assert office.purse.told[-1] == (name, "getUpdates", "dead", 0.0)
        assert value not in str(dead.value)


@pytest.mark.parametrize("fault", ["500", "503", "429", "html", "redirect", "hang", "reset", "lost", "cut", "broken"])
async def test_faults_lose_nothing(office: Office, fault: Fault) -> None:
    office.write(1, 150)
    cursor, texts = "", []
    for _ in range(3):
        office.server.faults.plan(fault)
        with pytest.raises(SourceUnavailable) as trouble:
            await office.adapter.fetch(BOT, cursor, NOON)
        assert TOKEN not in str(trouble.value)
        answer = await office.adapter.fetch(BOT, cursor, NOON)
        cursor = answer.pages[-1].cursor
        texts += [post.text for post in posts_of([answer])]
    assert texts == [f"Пост {number}" for number in range(1, 151)]


SECRET = "s3cret_-"


@pytest.fixture
def inlet() -> TelegramInlet:
    return TelegramInlet([Hook(source("bot:second"), "another"), Hook(BOT, SECRET)], KEY)


async def test_a_webhook_brings_what_a_poll_brings(office: Office, inlet: TelegramInlet) -> None:
    office.write(1, 3)
    polled = posts_of([await office.adapter.fetch(BOT, "", NOON)])
    office.server.bots[TOKEN].webhook, office.server.bots[TOKEN].secret = "https://example.org", SECRET
    taken: list[Taken] = []
    refusals = iter([500, 200, 200, 200])

    async def send(headers: dict[str, str], body: bytes) -> int:
        # The first event is taken, but its answer is lost: it comes again under the same name.
        taken.append(await inlet.take(Pushed(headers, {}, body), NOON))
        assert taken[-1].status == 200
        return next(refusals)

    assert await office.server.push(TOKEN, send) == 0
    assert await office.server.push(TOKEN, send) == 3
    assert [one.event for one in taken] == [f"tg:bot:main:{870000001 + number}" for number in (0, 0, 1, 2)]
    pushed = [post for one in taken[1:] for where, fetched in one.fetched for post in posts_of([fetched]) if where == BOT]
    assert pushed == polled
    page = taken[0].fetched[0][1].pages[0]
    assert (page.cursor, page.covered_until, page.source) == ("", 0, BOT.id)


@pytest.mark.parametrize("given", ["", "s3cret", "S3CRET_-", "секрет", SECRET + "x"])
async def test_a_wrong_secret_is_refused_before_anything_is_read(inlet: TelegramInlet, given: str) -> None:
    taken = await inlet.take(Pushed({"x-telegram-bot-api-secret-token": given}, {}, b"\xff"), NOON)
    assert (taken.status, taken.fetched) == (403, [])
    assert (await inlet.take(Pushed({}, {}, b"{}"), NOON)).status == 403


async def test_what_a_webhook_can_not_read(inlet: TelegramInlet) -> None:
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    for body in (b"", b"[1]", b"{", b"\xff\xfe"):
        assert (await inlet.take(Pushed(headers, {}, body), NOON)).status == 400
    odd = await inlet.take(Pushed(headers, {}, orjson.dumps({"update_id": 5, "message": {"text": "x"}})), NOON)
    assert (odd.status, len(odd.fetched[0][1].broken), odd.event) == (200, 1, "tg:bot:main:5")
    ignored = await inlet.take(Pushed(headers, {}, orjson.dumps({"update_id": 6, "chat_member": {}})), NOON)
    assert (ignored.status, ignored.fetched) == (200, [])


def test_a_webhook_without_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        TelegramInlet([Hook(BOT, "")], KEY)
    assert "s3cret" not in repr(Hook(BOT, SECRET))
