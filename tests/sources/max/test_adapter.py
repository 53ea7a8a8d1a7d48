"""MAX over HTTP: events by marker, histories with gaps, webhooks, limits and faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
import pytest

from monitor.clock import ManualClock
from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.bots import Hook
from sources.http.client import HttpClient, HttpSettings
from sources.max.about import Chat
from sources.max.adapter import MaxAdapter
from sources.max.bot import MaxSettings
from sources.max.inlet import MaxInlet
from sources.standins.faults import Fault
from sources.standins.max.api import MaxMessage, MaxServer, Square
from sources.wire import Booking, Pushed, Taken
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK, Patient

KEY = b"key"
NOON = 1_768_219_200_000
MINUTE = 60_000
HOUR = 60 * MINUTE
TOKEN = "secret-token"
CHAT, CHANNEL, DIALOG = -70, -80, 5


def source(address: str) -> Source:
    return Source(f"max:{address}", "max", "community", "test", address)


BOT, HISTORY = source("main"), source(f"main/{CHAT}")


@dataclass
class Yard:
    square: Square
    server: MaxServer
    budget: FreeBudget
    http: Patient
    adapter: MaxAdapter

    def tune(self, settings: MaxSettings) -> None:
        self.adapter = MaxAdapter(self.server.url, settings, self.http, self.budget, KEY)

    def write(self, first: int, last: int, at: int, step: int = MINUTE, chat: int = CHAT) -> None:
        for number in range(first, last + 1):
            message = MaxMessage(f"mid.{number:04}", at + (number - first) * step, f"Сообщение {number}", author=500 + number % 7)
            self.square.put(chat, message)
            self.server.happened("message_created", chat, message)

    async def read(self, where: Source, cursor: str, now: int) -> tuple[list[Fetched], str]:
        answers: list[Fetched] = []
        while not answers or answers[-1].more:
            answers.append(await self.adapter.fetch(where, cursor, now))
            cursor = answers[-1].pages[-1].cursor
            assert len(answers) < 100
        return answers, cursor

    async def look(self, cursor: str, now: int) -> tuple[list[str], str]:
        """What comes of the history: the numbers of messages, ``-`` before removed and ``*`` before edited ones; the cursor."""
        answers, cursor = await self.read(HISTORY, cursor, now)
        return [("-" if post.deleted else "*" if post.edited_at else "") + post.id[-4:] for post in posts_of(answers)], cursor


def posts_of(answers: list[Fetched]) -> list[Post]:
    return [post for answer in answers for page in answer.pages for post in page.posts]


def numbers(first: int, last: int) -> list[str]:
    return [f"{number:04}" for number in range(first, last + 1)]


@pytest.fixture
async def yard() -> AsyncIterator[Yard]:
    square, clock = Square({CHAT: "chat", CHANNEL: "channel", DIALOG: "dialog"}), ManualClock(NOON)
    server = MaxServer(square, TOKEN, clock.now)
    async with server.running() as url:
        http = Patient(HttpClient(HttpSettings(allow=LOOPBACK)), server.faults)
        budget = FreeBudget(Booking("main", "bot", TOKEN), Booking("other", "bot", "wrong"))
        settings = MaxSettings(poll_seconds=0)
        yield Yard(square, server, budget, http, MaxAdapter(url, settings, http, budget, KEY))
        await http.close()


async def test_events_come_once_in_order_and_by_batches(yard: Yard) -> None:
    yard.write(1, 1, NOON - HOUR)
    # Without a marker MAX gives the latest event alone.
    first, cursor = await yard.read(BOT, "", NOON)
    yard.write(2, 231, NOON - HOUR, 1000)
    answers, cursor = await yard.read(BOT, cursor, NOON + MINUTE)
    assert [post.id[-4:] for post in posts_of(first + answers)] == numbers(1, 231)
    assert [answer.pages[-1].covered_until for answer in answers] == [NOON, NOON, NOON + MINUTE]
    # The same again from the same cursor: nothing depends on what was answered before.
    again, _ = await yard.read(BOT, first[-1].pages[-1].cursor, NOON + MINUTE)
    assert posts_of(again) == posts_of(answers)
    empty = await yard.adapter.fetch(BOT, cursor, NOON + HOUR)
    assert (posts_of([empty]), empty.pages[-1].covered_until) == ([], NOON + HOUR)


async def test_edits_removals_and_comments_are_told(yard: Yard) -> None:
    _, cursor = await yard.read(BOT, "", NOON)
    yard.write(1, 1, NOON)
    edited = yard.square.edit(CHAT, "mid.0001", "исправлено")
    yard.server.happened("message_edited", CHAT, edited, NOON + 5)
    yard.server.happened("message_removed", CHAT, edited, NOON + 9)
    comment = MaxMessage("mid.c", NOON, "и у нас", author=3, comments_on="mid.p")
    yard.server.happened("comment_created", CHANNEL, comment)
    yard.server.event({"update_type": "bot_added", "timestamp": NOON})
    yard.server.event({"update_type": "message_created", "timestamp": NOON, "message": {}})
    answers, cursor = await yard.read(BOT, cursor, NOON + MINUTE)
    assert [(post.id, post.text, post.edited_at, post.deleted) for post in posts_of(answers)] == [
        ("max:-70_mid.0001", "Сообщение 1", 0, False),
        ("max:-70_mid.0001", "исправлено", NOON + 5, False),
        ("max:-70_mid.0001", "", NOON + 9, True),
        ("max:-80_mid.c", "и у нас", 0, False),
    ]
    assert len(answers[0].broken) == 1
    assert (await yard.adapter.fetch(BOT, cursor, NOON + MINUTE)).broken == []


async def test_a_long_poll_answers_when_something_is_written(yard: Yard) -> None:
    yard.tune(MaxSettings(poll_seconds=20))
    waiting = asyncio.create_task(yard.adapter.fetch(BOT, "7000,0", NOON))
    await yard.server.arrived.wait()
    yard.write(1, 1, NOON)
    assert len(posts_of([await waiting])) == 1


@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_history_is_read_down_to_its_depth_and_gaps_are_closed(yard: Yard, inclusive: bool) -> None:
    yard.server.inclusive = inclusive
    yard.tune(MaxSettings(page=20))
    # Three of them in each millisecond, so that pages end within one.
    for number in range(1, 91):
        yard.square.put(CHAT, MaxMessage(f"mid.{number:04}", NOON - 40 * HOUR + number // 3 * HOUR, "а", author=1))
    answers, cursor = await yard.read(HISTORY, "", NOON)
    found = [post.id[-4:] for post in posts_of(answers)]
    # 24 hours back from noon: from the message of the 16th hour on.
    assert sorted(found) == numbers(48, 90)
    assert [answer.pages[-1].covered_until for answer in answers][-2:] == [0, NOON]
    for number in range(91, 181):
        yard.square.put(CHAT, MaxMessage(f"mid.{number:04}", NOON - 10 * HOUR + number // 3 * 1000, "а", author=1))
    more, cursor = await yard.read(HISTORY, cursor, NOON + HOUR)
    assert sorted(post.id[-4:] for post in posts_of(more)) == numbers(91, 180)
    assert (await yard.look(cursor, NOON + HOUR))[0] == []


async def test_a_message_dated_in_the_future_hides_no_gap(yard: Yard) -> None:
    yard.tune(MaxSettings(page=20))
    yard.square.put(CHAT, MaxMessage("mid.0000", NOON + 365 * 24 * HOUR, "Из будущего", author=1))
    yard.write(1, 10, NOON - HOUR)
    found, cursor = await yard.look("", NOON)
    assert sorted(found) == numbers(0, 10)
    yard.write(11, 90, NOON + MINUTE)
    more, cursor = await yard.read(HISTORY, cursor, NOON + 3 * HOUR)
    assert sorted(post.id[-4:] for post in posts_of(more)) == numbers(11, 90)


async def test_answers_to_answers_to_any_depth(yard: Yard) -> None:
    for number in range(15):
        answers = f"mid.{number - 1:04}" if number else ""
        yard.square.put(CHAT, MaxMessage(f"mid.{number:04}", NOON - HOUR + number, "Ответ", author=5, answers=answers))
    found = posts_of((await yard.read(HISTORY, "", NOON))[0])
    assert {post.id[-4:]: post.reply_to[-4:] for post in found} == {"0000": ""} | {
        f"{number:04}": f"{number - 1:04}" for number in range(1, 15)
    }


async def test_edits_and_removals_in_a_history(yard: Yard) -> None:
    yard.write(1, 30, NOON - HOUR)
    _, cursor = await yard.look("", NOON)
    yard.square.edit(CHAT, "mid.0009", "исправлено")
    yard.square.remove(CHAT, "mid.0012")
    answers, cursor = await yard.read(HISTORY, cursor, NOON + MINUTE)
    edited, removed = posts_of(answers)
    assert (edited.text, edited.edited_at) == ("исправлено", NOON + MINUTE)
    assert (removed.id, removed.deleted, removed.published_at) == ("max:-70_mid.0012", True, NOON - HOUR + 11 * MINUTE)
    assert (await yard.look(cursor, NOON + HOUR))[0] == []


async def test_what_is_out_of_memory_is_not_taken_again(yard: Yard) -> None:
    yard.tune(MaxSettings(remember=5))
    yard.write(1, 30, NOON - HOUR, step=0)
    yard.write(31, 60, NOON - HOUR + 1000, step=1)
    _, cursor = await yard.look("", NOON)
    assert len(orjson.loads(cursor)[-2]) == 5
    yard.write(61, 61, NOON - HOUR + 1029)
    found, cursor = await yard.look(cursor, NOON + MINUTE)
    assert found == ["0061"]
    assert (await yard.look(cursor, NOON + MINUTE))[0] == []


async def test_writing_goes_on_while_a_gap_is_read(yard: Yard) -> None:
    yard.tune(MaxSettings(page=20))
    yard.write(1, 5, NOON - HOUR)
    _, cursor = await yard.look("", NOON)
    yard.write(6, 70, NOON, 1000)
    first = await yard.adapter.fetch(HISTORY, cursor, NOON + HOUR)
    yard.write(71, 99, NOON + HOUR, 1000)
    rest, cursor = await yard.look(first.pages[-1].cursor, NOON + HOUR)
    last, _ = await yard.look(cursor, NOON + 2 * HOUR)
    assert sorted([post.id[-4:] for post in posts_of([first])] + rest + last) == numbers(6, 99)


async def test_a_broken_message_is_reported_once(yard: Yard) -> None:
    yard.write(1, 3, NOON - HOUR)
    yard.square.put(CHAT, MaxMessage("m" * 200, NOON - HOUR, "а", author=1))
    first = await yard.adapter.fetch(HISTORY, "", NOON)
    assert (len(posts_of([first])), len(first.broken)) == (3, 1)
    yard.square.remove(CHAT, "mid.0002")
    again = await yard.adapter.fetch(HISTORY, first.pages[-1].cursor, NOON)
    # What has no usable id may be any message: none that is missing counts as removed.
    assert (posts_of([again]), again.broken) == ([], [])


async def test_an_empty_chat_is_an_empty_page(yard: Yard) -> None:
    answer = await yard.adapter.fetch(HISTORY, "", NOON)
    assert (posts_of([answer]), answer.pages[-1].covered_until, answer.more) == ([], NOON, False)


async def test_limits_dead_tokens_and_refusals(yard: Yard) -> None:
    yard.server.rate = 2
    for where in (BOT, HISTORY):
        await yard.adapter.fetch(where, "", NOON)
    with pytest.raises(SourceUnavailable) as limited:
        await yard.adapter.fetch(HISTORY, "", NOON)
    assert (limited.value.retry_after, limited.value.state) == (3.0, "limited")
    assert yard.budget.told[-1] == ("main", "messages", "rate", 3.0)
    yard.server.rate = 0
    for address, state, outcome in (
        ("other", "forbidden", "dead"),
        ("main/-71", "gone", "failed"),
        (f"main/{DIALOG}", "forbidden", "failed"),
        ("main/x", "gone", "failed"),
    ):
        with pytest.raises(SourceRefused) as refused:
            await yard.adapter.fetch(source(address), "", NOON)
        assert refused.value.state == state
        assert yard.budget.told[-1][2] == outcome
        assert "wrong" not in str(refused.value)


async def test_a_public_name_leads_to_the_chat_where_a_bot_is_in_it(yard: Yard) -> None:
    yard.server.public = {"gorod": CHANNEL, "chuzhoy": -99}
    found = await yard.adapter.describe("@gorod", NOON)
    assert (found.address, found.name, found.members) == (f"main/{CHANNEL}", "Город", 4321)
    assert await yard.adapter.describe("main", NOON) == Chat("main")
    assert (await yard.adapter.describe(f"main/{CHAT}", NOON)).address == f"main/{CHAT}"
    yard.budget.tokens = [token for token in yard.budget.tokens if token.name == "main"]
    for address, state in (("@chuzhoy", "forbidden"), ("@nigde", "gone"), ("main/-71", "gone")):
        with pytest.raises(SourceRefused, match="добавьте туда своего бота") as refused:
            await yard.adapter.describe(address, NOON)
        assert refused.value.state == state


@pytest.mark.parametrize("fault", ["500", "503", "429", "html", "redirect", "hang", "reset", "lost", "cut", "broken"])
@pytest.mark.parametrize("where", [BOT, HISTORY], ids=["bot", "history"])
async def test_faults_lose_nothing(yard: Yard, fault: Fault, where: Source) -> None:
    yard.adapter = MaxAdapter(yard.server.url, MaxSettings(poll_seconds=0, page=20), yard.http, yard.budget, KEY)
    cursor = "7000,0" if where is BOT else ""
    yard.write(1, 150, NOON - HOUR, 1000)
    found = set()
    for _ in range(3):
        yard.server.faults.plan(fault)
        with pytest.raises(SourceUnavailable) as trouble:
            await yard.adapter.fetch(where, cursor, NOON)
        assert TOKEN not in str(trouble.value)
        answer = await yard.adapter.fetch(where, cursor, NOON)
        cursor = answer.pages[-1].cursor
        found |= {post.id for post in posts_of([answer])}
    rest, _ = await yard.read(where, cursor, NOON)
    assert found | {post.id for post in posts_of(rest)} == {f"max:-70_mid.{number}" for number in numbers(1, 150)}


SECRET = "s3cret_-"


@pytest.fixture
def inlet() -> MaxInlet:
    return MaxInlet([Hook(source("second"), "another"), Hook(BOT, SECRET)], KEY)


async def test_a_webhook_brings_what_a_poll_brings(yard: Yard, inlet: MaxInlet) -> None:
    yard.write(1, 3, NOON)
    polled, _ = await yard.read(BOT, "7000,0", NOON)
    yard.server.subscription = {"url": "https://example.org/push/max", "secret": SECRET}
    assert posts_of((await yard.read(BOT, "7000,0", NOON))[0]) == []
    taken: list[Taken] = []
    answers = iter([500, 200, 200, 200])

    async def send(headers: dict[str, str], body: bytes) -> int:
        # The first event is taken, but its answer is lost: it comes again under the same name.
        taken.append(await inlet.take(Pushed(headers, {}, body), NOON))
        assert taken[-1].status == 200
        return next(answers)

    assert await yard.server.push(send) == 0
    assert await yard.server.push(send) == 3
    assert [one.event for one in taken] == [
        f"max:main:message_created:max:-70_mid.{n:04}:{NOON + (n - 1) * MINUTE}" for n in (1, 1, 2, 3)
    ]
    assert posts_of([fetched for one in taken[1:] for where, fetched in one.fetched if where == BOT]) == posts_of(polled)
    page = taken[0].fetched[0][1].pages[0]
    assert (page.cursor, page.covered_until, page.source) == ("", 0, BOT.id)


@pytest.mark.parametrize("given", ["", "s3cret", "S3CRET_-", "секрет"])
async def test_a_wrong_secret_is_refused_before_anything_is_read(inlet: MaxInlet, given: str) -> None:
    taken = await inlet.take(Pushed({"x-max-bot-api-secret": given}, {}, b"\xff"), NOON)
    assert (taken.status, taken.fetched) == (403, [])


async def test_what_a_webhook_can_not_read(inlet: MaxInlet) -> None:
    headers = {"x-max-bot-api-secret": SECRET}
    for body in (b"", b"[1]", b"{"):
        assert (await inlet.take(Pushed(headers, {}, body), NOON)).status == 400
    odd = await inlet.take(Pushed(headers, {}, orjson.dumps({"update_type": "message_created", "message": []})), NOON)
    assert (odd.status, len(odd.fetched[0][1].broken)) == (200, 1)
    ignored = await inlet.take(Pushed(headers, {}, orjson.dumps({"update_type": "bot_started"})), NOON)
    assert (ignored.status, ignored.fetched) == (200, [])


def test_a_webhook_without_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        MaxInlet([Hook(BOT, "")], KEY)
    assert "s3cret" not in repr(Hook(BOT, SECRET))
