"""Comments over MTProto, against a double of the library's client (tests.fakes.telegram.mtproto)."""

from __future__ import annotations

import sys

import pytest
from telethon import errors

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.masking import author_hash
from sources.standins.telegram.chats import FakeMessage, Town
from sources.telegram.mtproto import MtprotoAdapter, MtprotoSettings, telethon_client
from sources.wire import Booking
from tests.fakes.telegram.mtproto import MtprotoClient
from tests.sources.budget import FreeBudget
from tests.sources.telegram.support import HOUR, KEY, MINUTE, NOON, posts_of, read, source

COMMENTS = source("comments:Gorod")


def setting(comments: int = 100) -> tuple[MtprotoClient, FreeBudget, MtprotoAdapter]:
    client = MtprotoClient(Town())
    client.town.put("gorod", *(FakeMessage(number, f"Пост {number}", NOON - HOUR) for number in range(1, 4)))
    budget = FreeBudget(Booking("account", "mtproto", "1:hash:session"))
    opened: list[str] = []

    async def connect(value: str) -> MtprotoClient:
        assert value == "1:hash:session"
        assert not opened, "one connection for all requests"
        opened.append(value)
        return client

    return client, budget, MtprotoAdapter(MtprotoSettings(comments=comments), budget, KEY, connect)


def say(client: MtprotoClient, post: int, first: int, last: int) -> None:
    client.town.put(
        f"gorod/{post}", *(FakeMessage(n, f"Комментарий {n}", NOON + n * 1000, author=500 + n) for n in range(first, last + 1))
    )


async def test_comments_belong_to_their_posts() -> None:
    client, _, adapter = setting()
    say(client, 2, 70, 71)
    client.town.put("gorod/2", FakeMessage(72, "Звоните 8 927 123-45-67", NOON, author=9, answers=70, edited_at=NOON + 5000))
    answers, cursor = await read(adapter, COMMENTS, "", NOON + MINUTE)
    first, second, answer = posts_of(answers)
    assert (first.id, first.kind, first.text, first.published_at) == (
        "tg:-1002000000007_70",
        "comment",
        "Комментарий 70",
        NOON + 70_000,
    )
    assert (first.thread, first.reply_to, first.author) == ("tg:gorod_2", "tg:gorod_2", author_hash(KEY, "tg", 570))
    assert (answer.text, answer.reply_to, answer.edited_at) == ("Звоните <PHONE>", first.id, NOON + 5000)
    assert second.url == "https://t.me/gorod/2?comment=71"
    assert answers[-1].pages[-1].covered_until == NOON + MINUTE
    again, _ = await read(adapter, COMMENTS, cursor, NOON + HOUR)
    assert posts_of(again) == []
    await adapter.close()
    assert not client.open


async def test_answers_to_answers_to_any_depth() -> None:
    client, _, adapter = setting(comments=5)
    client.town.put("gorod/2", FakeMessage(70, "Нет воды", NOON, author=9))
    client.town.put("gorod/2", *(FakeMessage(n, f"Ответ {n}", NOON + n, author=n, answers=n - 1) for n in range(71, 85)))
    answers, _ = await read(adapter, COMMENTS, "", NOON + MINUTE)
    chain = {post.id.partition("_")[2]: post.reply_to.partition("_")[2] for post in posts_of(answers)}
    assert chain == {"70": "2"} | {str(n): str(n - 1) for n in range(71, 85)}
    assert {post.thread for post in posts_of(answers)} == {"tg:gorod_2"}


async def test_threads_are_read_on_from_the_cursor_newest_post_first() -> None:
    client, _, adapter = setting(comments=10)
    say(client, 1, 10, 34)
    say(client, 3, 50, 53)
    answers, cursor = await read(adapter, COMMENTS, "", NOON)
    numbers = [int(post.id.partition("_")[2]) for post in posts_of(answers)]
    assert numbers == [*range(50, 54), *range(10, 35)]
    assert [answer.pages[-1].covered_until for answer in answers] == [0, 0, 0, NOON]
    say(client, 1, 60, 60)
    client.asked.clear()
    more, _ = await read(adapter, COMMENTS, cursor, NOON + HOUR)
    assert [post.text for post in posts_of(more)] == ["Комментарий 60"]
    assert client.asked == [
        ("gorod", 50, {"reply_to": None, "min_id": 0, "reverse": False}),
        ("gorod", 10, {"reply_to": 1, "min_id": 34, "reverse": True}),
    ]


async def test_a_last_comment_that_was_deleted_is_not_asked_for_again() -> None:
    client, _, adapter = setting()
    say(client, 1, 10, 12)
    _, cursor = await read(adapter, COMMENTS, "", NOON)
    say(client, 1, 13, 13)
    client.town.held["gorod/1"][13] = FakeMessage(13, "", NOON)
    found, cursor = await read(adapter, COMMENTS, cursor, NOON + HOUR)
    assert posts_of(found) == []
    client.asked.clear()
    await read(adapter, COMMENTS, cursor, NOON + 2 * HOUR)
    assert len(client.asked) == 1


@pytest.mark.parametrize("which", ["FloodWaitError", "FloodPremiumWaitError", "SlowModeWaitError"])
async def test_waits_are_kept_by_the_budget(which: str) -> None:
    client, budget, adapter = setting()
    client.raises.append(getattr(errors, which)(None, capture=321))
    with pytest.raises(SourceUnavailable) as flood:
        await adapter.fetch(COMMENTS, "", NOON)
    assert (flood.value.retry_after, flood.value.state) == (321.0, "limited")
    assert budget.told == [("account", "messages", "flood", 321.0)]


@pytest.mark.parametrize(
    ("which", "state"), [("ChannelPrivateError", "forbidden"), ("UsernameNotOccupiedError", "gone"), ("UsernameInvalidError", "gone")]
)
async def test_refusals(which: str, state: str) -> None:
    client, budget, adapter = setting()
    client.raises.append(getattr(errors, which)(None))
    with pytest.raises(SourceRefused) as refused:
        await adapter.fetch(COMMENTS, "", NOON)
    assert refused.value.state == state
    assert budget.told[-1][2] == "failed"


async def test_a_dead_session_parks_its_token_and_other_trouble_passes() -> None:
    client, budget, adapter = setting()
    client.raises += [errors.AuthKeyUnregisteredError(None), ConnectionError("no route"), errors.ServerError(None, "broken")]
    client.raises += [None, errors.FloodWaitError(None, capture=5)]
    say(client, 1, 10, 12)
    for outcome in ("dead", "failed", "failed", "flood"):
        with pytest.raises(SourceUnavailable):
            await adapter.fetch(COMMENTS, "", NOON)
        assert budget.told[-1][2] == outcome
        budget.tokens = [Booking("account", "mtproto", "1:hash:session")]
    answers, _ = await read(adapter, COMMENTS, "", NOON)
    assert len(posts_of(answers)) == 3


async def test_a_bug_is_no_trouble_of_the_network() -> None:
    client, budget, adapter = setting()
    client.raises.append(KeyError("x"))
    with pytest.raises(KeyError):
        await adapter.fetch(COMMENTS, "", NOON)
    assert budget.told[-1][2] == "failed"


async def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "telethon", None)
    with pytest.raises(SourceRefused, match=r"nabat\[telegram\]"):
        await telethon_client("1:hash:session")


@pytest.mark.parametrize("value", ["", "x:hash:session", "1:hash:нет"])
async def test_what_is_no_token_is_said_without_quoting_it(value: str) -> None:
    with pytest.raises(SourceRefused, match="api_id:api_hash") as refused:
        await telethon_client(value)
    assert "hash:" not in str(refused.value).replace("api_hash:", "")


def test_telethon_is_imported_only_when_it_is_used() -> None:
    import subprocess

    code = "import sys, sources.telegram.adapter; sys.exit('telethon' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
