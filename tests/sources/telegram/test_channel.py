"""Channels by their previews, over HTTP: gaps, history, edits, deletions, refusals and faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from monitor.clock import ManualClock
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.client import HttpClient, HttpSettings
from sources.standins.faults import Fault
from sources.standins.telegram.chats import FakeMessage, Town
from sources.standins.telegram.preview import PreviewServer
from sources.telegram.channel import ChannelAdapter, PreviewSettings
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK, Patient
from tests.sources.telegram.support import HOUR, KEY, MINUTE, NOON, posts_of, read, source

GOROD = source("gorod")


@dataclass
class Street:
    """A server, the adapter that reads it, and the hand that writes."""

    town: Town
    server: PreviewServer
    clock: ManualClock
    adapter: ChannelAdapter
    purse: FreeBudget
    http: Patient

    def write(self, first: int, last: int, at: int, step: int = MINUTE) -> None:
        for number in range(first, last + 1):
            self.town.put("gorod", FakeMessage(number, f"Пост номер {number}", at + (number - first) * step))

    async def look(self, cursor: str, now: int) -> tuple[list[tuple[str, str]], str]:
        """What comes by now, as (id, what it says or "-" for deleted), and the cursor."""
        self.clock.set(now)
        answers, cursor = await read(self.adapter, GOROD, cursor, now)
        return [(post.id.partition("_")[2], "-" if post.deleted else post.text) for post in posts_of(answers)], cursor


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    town, clock = Town({"gorod": {}}), ManualClock(NOON)
    server = PreviewServer(town, clock.now)
    async with server.running() as url:
        http = Patient(HttpClient(HttpSettings(allow=LOOPBACK)), server.faults)
        purse = FreeBudget()
        made = Street(town, server, clock, ChannelAdapter(PreviewSettings(url), http, purse, KEY), purse, http)
        yield made
        await http.close()


async def test_the_first_look_goes_back_as_far_as_the_history(street: Street) -> None:
    street.write(1, 200, NOON - 200 * 15 * MINUTE, 15 * MINUTE)
    answers, cursor = await read(street.adapter, GOROD, "", NOON)
    numbers = [int(post.id.partition("_")[2]) for post in posts_of(answers)]
    # 24 hours are 96 posts, and the page that reaches behind them is taken whole.
    assert sorted(numbers) == list(range(101, 201))
    assert numbers[:20] == list(range(181, 201))
    assert [answer.pages[-1].covered_until for answer in answers] == [0, 0, 0, 0, NOON]
    found, _ = await street.look(cursor, NOON + MINUTE)
    assert found == []


async def test_a_gap_of_many_pages_is_closed_and_covered_only_then(street: Street) -> None:
    street.write(1, 10, NOON - HOUR)
    _, cursor = await street.look("", NOON)
    street.write(11, 75, NOON)
    answers, cursor = await read(street.adapter, GOROD, cursor, NOON + 2 * HOUR)
    assert sorted(int(post.id.partition("_")[2]) for post in posts_of(answers)) == list(range(11, 76))
    assert [answer.pages[-1].covered_until for answer in answers] == [NOON, NOON, NOON, NOON + 2 * HOUR]
    assert [one.query.get("before") for one in street.server.asked[-4:]] == [None, "56", "36", "16"]


async def test_writing_goes_on_while_a_gap_is_read(street: Street) -> None:
    street.write(1, 10, NOON - HOUR)
    _, cursor = await street.look("", NOON)
    street.write(11, 60, NOON)
    first = await street.adapter.fetch(GOROD, cursor, NOON + HOUR)
    assert first.more
    street.write(61, 100, NOON + HOUR)
    found, cursor = await street.look(first.pages[-1].cursor, NOON + HOUR)
    more, _ = await street.look(cursor, NOON + 2 * HOUR)
    numbers = {post.id.partition("_")[2] for post in posts_of([first])} | {number for number, _ in found + more}
    assert numbers == {str(number) for number in range(11, 101)}


async def test_edits_and_deletions_on_the_newest_page(street: Street) -> None:
    street.write(1, 15, NOON - HOUR)
    _, cursor = await street.look("", NOON)
    street.town.edit("gorod", 9, "исправлено")
    street.town.delete("gorod", 12)
    answers, cursor = await read(street.adapter, GOROD, cursor, NOON + MINUTE)
    edited, deleted = posts_of(answers)
    assert (edited.id, edited.text, edited.edited_at, edited.published_at) == (
        "tg:gorod_9",
        "исправлено",
        NOON + MINUTE,
        NOON - HOUR + 8 * MINUTE,
    )
    assert (deleted.id, deleted.deleted, deleted.edited_at, deleted.published_at, deleted.author) == (
        "tg:gorod_12",
        True,
        NOON + MINUTE,
        NOON - HOUR + 11 * MINUTE,
        edited.author,
    )
    assert await street.look(cursor, NOON + 2 * MINUTE) == ([], cursor.replace(str(NOON + MINUTE), str(NOON + 2 * MINUTE)))


async def test_the_newest_post_is_missed_when_a_newer_one_stands_above_it(street: Street) -> None:
    street.write(1, 5, NOON - HOUR)
    _, cursor = await street.look("", NOON)
    street.town.delete("gorod", 5)
    found, cursor = await street.look(cursor, NOON + MINUTE)
    assert found == []
    street.write(6, 6, NOON + MINUTE)
    found, _ = await street.look(cursor, NOON + 2 * MINUTE)
    assert found == [("6", "Пост номер 6"), ("5", "-")]


async def test_older_posts_are_read_again_by_age(street: Street) -> None:
    street.write(1, 100, NOON - 100 * 6 * MINUTE, 6 * MINUTE)
    _, cursor = await street.look("", NOON)
    # 65 is 3.6 hours old, 25 is 7.6: off the newest page, which begins at 81.
    street.town.edit("gorod", 65, "исправлено")
    street.town.delete("gorod", 25)
    seen: dict[str, int] = {}
    asked = len(street.server.asked)
    for step in range(1, 17):
        found, cursor = await street.look(cursor, NOON + step * 10 * MINUTE)
        seen.update({number: step for number, _ in found})
    # Walk 4 is the first that goes back four hours, walk 8 the first that goes back eight; each change comes once.
    assert seen == {"65": 4, "25": 8}
    # Of sixteen walks eight stay on the newest page, four need one page more, ...
    assert len(street.server.asked) - asked < 16 + 16


async def test_service_messages_and_albums_count_by_their_number(street: Street) -> None:
    street.write(1, 5, NOON - HOUR)
    street.town.put("gorod", FakeMessage(6, "X pinned «пост»", NOON - 2 * MINUTE, service=True))
    street.town.put("gorod", *(FakeMessage(7 + n, "Ямы" * (n == 0), NOON - MINUTE, album="a", media=("photo",)) for n in range(3)))
    found, cursor = await street.look("", NOON)
    assert [number for number, _ in found] == ["1", "2", "3", "4", "5", "7"]
    street.town.delete("gorod", 6)
    street.town.delete("gorod", 8)
    # A part of an album that goes is an edit of the album; a service message that goes is nothing.
    assert (await street.look(cursor, NOON + MINUTE))[0] == [("7", "Ямы")]


async def test_a_broken_item_is_reported_once_and_taken_when_it_mends(street: Street) -> None:
    street.write(1, 5, NOON - HOUR)
    street.server.dressed = lambda page: page.replace("2026-01-12T11:02:00", "позавчера")
    first = await street.adapter.fetch(GOROD, "", NOON)
    assert [reason for _, reason in first.broken] == ["время сообщения не читается"]
    assert len(posts_of([first])) == 4
    again = await street.adapter.fetch(GOROD, first.pages[-1].cursor, NOON + MINUTE)
    assert (again.broken, posts_of([again])) == ([], [])
    street.server.dressed = lambda page: page
    mended, cursor = await street.look(again.pages[-1].cursor, NOON + 2 * MINUTE)
    assert mended == [("3", "Пост номер 3")]
    street.server.dressed = lambda page: page.replace('"Gorod/4"', '"Gorod"')
    nameless = await street.adapter.fetch(GOROD, cursor, NOON + 3 * MINUTE)
    # What has no number may be any post: none that is missing counts as deleted.
    assert (len(nameless.broken), posts_of([nameless])) == (1, [])
    street.server.dressed = lambda page: page.replace('"Gorod/4"', '"Gorod"').replace(">00:00<", ">99:99<")
    assert (await street.adapter.fetch(GOROD, nameless.pages[-1].cursor, NOON + 4 * MINUTE)).broken == []


async def test_changed_markup_is_broken_and_not_empty(street: Street) -> None:
    street.write(1, 5, NOON - HOUR)
    _, cursor = await street.look("", NOON)
    street.server.dressed = lambda page: page.replace("tgme_widget_message_wrap", "post")
    with pytest.raises(SourceUnavailable, match="разметка") as caught:
        await street.adapter.fetch(GOROD, cursor, NOON + HOUR)
    assert (caught.value.state, caught.value.retry_after) == ("broken", 600)


async def test_an_empty_channel_is_an_empty_page(street: Street) -> None:
    answer = await street.adapter.fetch(GOROD, "", NOON)
    assert (posts_of([answer]), answer.pages[-1].covered_until, answer.broken) == ([], NOON, [])


async def test_no_posts_where_there_were_some_is_an_overloaded_host(street: Street) -> None:
    street.write(1, 30, NOON - HOUR)
    _, cursor = await street.look("", NOON)
    street.server.blank = True
    with pytest.raises(SourceUnavailable, match="пустая страница"):
        await street.adapter.fetch(GOROD, cursor, NOON + MINUTE)
    street.server.blank = False
    street.write(31, 90, NOON)
    first = await street.adapter.fetch(GOROD, cursor, NOON + HOUR)
    street.server.blank = True
    stuck = await street.adapter.fetch(GOROD, first.pages[-1].cursor, NOON + HOUR)
    assert (stuck.more, posts_of([stuck])) == (False, [])
    street.server.blank = False
    found, _ = await street.look(stuck.pages[-1].cursor, NOON + HOUR)
    assert {number for number, _ in found} == {str(number) for number in range(31, 71)}


async def test_a_hidden_channel_is_forbidden_and_an_unknown_one_gone(street: Street) -> None:
    street.server.hidden.add("gorod")
    with pytest.raises(SourceRefused, match="предпросмотр выключен") as hidden:
        await street.adapter.fetch(GOROD, "", NOON)
    assert hidden.value.state == "forbidden"
    for address in ("nikogo_net", "https://example.org/x"):
        with pytest.raises(SourceRefused) as absent:
            await street.adapter.fetch(source(address), "", NOON)
        assert absent.value.state == "gone"
    assert [one.path for one in street.server.asked] == ["/s/gorod", "/gorod", "/s/nikogo_net", "/nikogo_net"]
    # Each of the requests was booked under the host.
    assert [key for _, key in street.purse.booked] == [street.server.url.removeprefix("http://")] * 4


@pytest.mark.parametrize("fault", ["500", "503", "429", "html", "redirect", "hang", "reset", "lost", "cut", "broken"])
async def test_faults_lose_nothing(street: Street, fault: Fault) -> None:
    street.write(1, 30, NOON - HOUR)
    cursor = ""
    for turn in range(3):
        street.write(31 + 25 * turn, 55 + 25 * turn, NOON)
        street.server.faults.plan(fault)
        with pytest.raises(SourceUnavailable):
            await read(street.adapter, GOROD, cursor, NOON + turn * HOUR)
        assert street.purse.told[-1][2] == {"429": "rate", "html": "ok", "redirect": "ok", "broken": "ok"}.get(fault, "failed")
        found, cursor = await street.look(cursor, NOON + turn * HOUR)
    assert len(found) == 25


async def test_too_many_requests_rest_as_long_as_the_host_says(street: Street) -> None:
    street.server.rate = 1
    await street.look("", NOON)
    with pytest.raises(SourceUnavailable) as limited:
        await street.adapter.fetch(GOROD, "", NOON)
    assert limited.value.retry_after == 5
    assert street.purse.told[-1] == ("", "preview", "rate", 5.0)
    assert street.server.exceeded == 1


async def test_an_unreadable_cursor_begins_anew(street: Street) -> None:
    street.write(1, 3, NOON - HOUR)
    for cursor in ("нет", "[1,", '["x"]', "{}"):
        assert len((await street.look(cursor, NOON))[0]) == 3


async def test_official_channels_write_official_posts(street: Street) -> None:
    street.write(1, 2, NOON - HOUR)
    answer = await street.adapter.fetch(source("gorod", "official"), "", NOON)
    assert all(post.official for post in posts_of([answer]))


async def test_the_cursor_stays_short(street: Street) -> None:
    street.write(1, 400, NOON - 400 * MINUTE)
    answers, cursor = await read(street.adapter, GOROD, "", NOON)
    assert len(posts_of(answers)) == 400
    assert len(cursor) < 2_500
