"""A group over real HTTP: rounds, edits, deletions, closed and gone things, tokens that die, and trouble of every kind."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.http.client import HttpClient, HttpSettings
from sources.odnoklassniki.adapter import OkAdapter, OkSettings
from sources.odnoklassniki.mark import Mark
from sources.standins.faults import FAULTS, Faults, running
from sources.standins.held import Shelf
from sources.standins.odnoklassniki.api import Access, OdnoklassnikiApi
from sources.wire import Booking
from tests.sources.budget import FreeBudget
from tests.sources.serving import LOOPBACK

GROUP = "55348644610059"
SOURCE = Source("ok:city", "ok", "community", "test", GROUP)
# Tue, 14 Jul 2026 12:00:00 GMT
NOON = 1_784_030_400_000
MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass
class Town:
    """A group of a running fake, read by an adapter that keeps nothing but its cursor. ``seen``: latest version by id."""

    shelf: Shelf
    api: OdnoklassnikiApi
    faults: Faults
    budget: FreeBudget
    adapter: OkAdapter
    seen: dict[str, Post]
    cursor: str = ""
    now: int = NOON

    async def fetch(self) -> Fetched:
        fetched = await self.adapter.fetch(SOURCE, self.cursor, self.now)
        self.cursor = fetched.pages[-1].cursor
        self.seen |= {post.id: post for page in fetched.pages for post in page.posts}
        return fetched

    async def round(self, later: int = 0) -> list[Post]:
        self.now += later
        posts = []
        while True:
            fetched = await self.fetch()
            posts += [post for page in fetched.pages for post in page.posts]
            if not fetched.more:
                return posts

    def put(self, id: str, text: str = "текст", thread: str = "", at: int = 0, author: str = "7") -> None:
        post = Post(id=id, text=text, published_at=at or self.now - MINUTE, thread=thread, author=author)
        self.shelf.put(GROUP, post, max(post.published_at, self.now))


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    shelf = Shelf()
    shelf.open(GROUP, "Город")
    accesses = [Access(), Access(token="tkn2", secret="ffffffffffffffffffffffffffffffff", session=True)]
    tokens = [Booking(f"t{place}", "session" if one.session else "application", one.value()) for place, one in enumerate(accesses)]
    faults = Faults()
    api = OdnoklassnikiApi(shelf, lambda: made.now, accesses, faults)
    http = HttpClient(HttpSettings(LOOPBACK))
    async with running(api.app) as url:
        budget = FreeBudget(*tokens)
        made = Town(shelf, api, faults, budget, OkAdapter(OkSettings(f"{url}/fb.do"), http, budget, b"key"), {})
        yield made
        await http.close()
    assert len(budget.told) == len(budget.booked)
    assert sum(api.counts.total(token) for token in api.accesses) <= len(budget.booked)


async def test_topics_and_comments_of_a_first_round(town: Town) -> None:
    town.put("100", "Нет воды на Мира, 5", at=NOON - HOUR)
    for number in range(250):
        town.put(str(1000 + number), f"комментарий {number}", "100", at=NOON - 30 * MINUTE + number)
    town.put("101", "Вода есть", author="")
    posts = await town.round()
    assert [post.id for post in posts[:2]] == ["ok:101", "ok:100"]
    assert {post.id for post in posts[2:]} == {f"ok:100:c{1000 + number}" for number in range(250)}
    assert all(post.thread == "ok:100" for post in posts[2:])
    assert posts[2].published_at // 1000 == (NOON - 30 * MINUTE) // 1000
    assert Mark.read(town.cursor).covered == NOON
    methods = [method for method, _ in town.budget.booked]
    assert methods == ["mediatopic.getTopics", *["discussions.getComments"] * 4]
    assert await town.round() == []


async def test_answers_to_answers_to_any_depth(town: Town) -> None:
    town.put("100", "Нет воды", at=NOON - HOUR)
    town.put("1000", "комментарий", "100", at=NOON - MINUTE)
    for number in range(1001, 1015):
        post = Post(str(number), "ответ", NOON - MINUTE + number, "comment", author="7", thread="100", reply_to=str(number - 1))
        town.shelf.put(GROUP, post)
    chain = {post.id: post.reply_to for post in await town.round() if post.thread}
    assert chain == {"ok:100:c1000": "ok:100"} | {f"ok:100:c{n}": f"ok:100:c{n - 1}" for n in range(1001, 1015)}


async def test_a_round_asks_for_what_is_due_and_no_more(town: Town) -> None:
    town.api.numbers = True
    for number in range(40):
        town.put(str(100 + number), at=NOON - 2 * HOUR - number)
    town.put("900", "в старой теме", "139", at=NOON - MINUTE)
    await town.round()
    # One topic of forty has comments: the others are not asked for them.
    assert len(town.budget.booked) == 2
    await town.round(MINUTE)
    assert len(town.budget.booked) == 3
    town.put("901", "ещё", "120")
    (post,) = await town.round(MINUTE)
    assert (post.id, len(town.budget.booked)) == ("ok:120:c901", 5)
    await town.round(9 * MINUTE)
    assert len(town.budget.booked) == 7


async def test_edits_and_deletions_are_found_by_reading_again(town: Town) -> None:
    town.put("100", "Нет воды")
    town.put("101", "Нет света")
    town.put("1000", "и у нас", "100")
    town.put("1001", "не у нас", "100")
    await town.round()
    later = town.now + 20 * MINUTE
    town.shelf.edit(GROUP, "100", "Вода есть", later)
    town.shelf.edit(GROUP, "1000", "и у нас есть", later)
    town.shelf.delete(GROUP, "101", later)
    town.shelf.delete(GROUP, "1001", later)
    posts = {post.id: post for post in await town.round(20 * MINUTE)}
    assert {id: (post.text, post.edited_at, post.deleted) for id, post in posts.items()} == {
        "ok:100": ("Вода есть", later, False),
        "ok:100:c1000": ("и у нас есть", later, False),
        "ok:101": ("", 0, True),
        "ok:100:c1001": ("", 0, True),
    }
    assert posts["ok:100:c1001"].thread == "ok:100"
    assert "mediatopic.getByIds" in [method for method, _ in town.budget.booked]
    assert await town.round(20 * MINUTE) == []


async def test_a_topic_that_is_only_missing_from_the_list_stays(town: Town) -> None:
    """A pinned one is shown first whatever its age; unpinned it falls out of the list's first page, and is no deleted one."""
    town.put("50", "Правила группы", at=NOON - 100 * 24 * HOUR)
    town.api.pinned = {"50"}
    for number in range(60):
        town.put(str(100 + number), at=NOON - HOUR - number * MINUTE)
    assert {post.id for post in await town.round()} == {"ok:50", *(f"ok:{100 + number}" for number in range(60))}
    town.api.pinned = set()
    assert await town.round(20 * MINUTE) == []
    # An empty list is checked by ids before it is believed.
    town.api.blank = 1
    assert await town.round() == []
    assert [method for method, _ in town.budget.booked].count("mediatopic.getByIds") == 2


async def test_comments_of_old_topics_come_when_their_number_changes(town: Town) -> None:
    town.api.numbers = True
    town.put("100", at=NOON - 60 * HOUR)
    await town.round()
    town.now += 400 * HOUR
    assert await town.round() == []
    town.put("1000", "вспомнил", "100")
    assert [post.id for post in await town.round(MINUTE)] == ["ok:100:c1000"]


async def test_what_is_older_than_the_first_round_reads_is_left(town: Town) -> None:
    for number in range(120):
        town.put(str(100 + number), at=NOON - number * 2 * HOUR)
    found = [int(post.id[3:]) - 100 for post in await town.round()]
    # 72 hours are 36 topics: one page of fifty.
    assert found == list(range(50))


@pytest.mark.parametrize("method", ["mediatopic.getTopics", "discussions.getComments"])
async def test_closed_and_gone(town: Town, method: str) -> None:
    town.put("100")
    town.put("101")
    if method == "discussions.getComments":
        await town.fetch()
    town.api.closed = {GROUP}
    if method == "mediatopic.getTopics":
        with pytest.raises(SourceRefused, match="ограничен группой") as caught:
            await town.round()
        assert caught.value.state == "forbidden"
        town.shelf.close(GROUP)
        with pytest.raises(SourceRefused, match="группы нет") as caught:
            await town.round()
        assert caught.value.state == "gone"
    else:
        # Closed comments of a topic are no trouble of the group.
        await town.round()
        assert [method for method, _ in town.budget.booked].count("discussions.getComments") == 2
    assert {outcome for *_, outcome, _ in town.budget.told} <= {"ok", "failed"}


async def test_comments_go_with_their_topic(town: Town) -> None:
    town.put("100", "Нет воды")
    town.put("1000", "и у нас", "100")
    await town.round()
    town.shelf.delete(GROUP, "100", town.now + MINUTE)
    posts = await town.round(20 * MINUTE)
    assert {post.id for post in posts if post.deleted} == {"ok:100", "ok:100:c1000"}


async def test_a_topic_deleted_while_its_comments_are_read(town: Town) -> None:
    town.put("100")
    await town.fetch()
    town.shelf.delete(GROUP, "100", town.now)
    (post,) = await town.round()
    assert (post.id, post.deleted) == ("ok:100", True)


async def test_tokens_that_die_are_given_up_and_named(town: Town) -> None:
    town.put("100")
    town.api.accesses["tkn1"].expired = True
    with pytest.raises(SourceUnavailable, match=r"срок токена истёк.*«t0»") as caught:
        await town.round()
    assert "tkn1" not in str(caught.value)
    assert town.budget.told[-1][:3] == ("t0", "mediatopic.getTopics", "dead")
    assert [post.id for post in await town.round()] == ["ok:100"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"secret": "x"}, 104), ({"token": "x"}, 103), ({"application_key": "x"}, 101)],
)
async def test_wrong_tokens_are_told_apart_and_nothing_leaks(
    town: Town, change: dict[str, Any], code: int, caplog: pytest.LogCaptureFixture
) -> None:
    access = replace(Access(), **change)
    town.budget.tokens = [Booking("wrong", "application", access.value())]
    with pytest.raises(SourceUnavailable, match=f"код {code}") as caught:
        await town.round()
    for secret in (access.value(), "tkn1", "0123456789abcdef", "application_key"):
        assert secret not in str(caught.value) + caplog.text
    assert town.budget.told[-1][2] == "dead"


async def test_a_token_that_is_written_wrong(town: Town) -> None:
    town.budget.tokens = [Booking("short", "application", "only-a-token")]
    with pytest.raises(SourceUnavailable, match="«short» должен быть вида"):
        await town.round()
    assert town.budget.told[-1][2] == "dead"
    assert town.api.counts.total("tkn1") == 0


async def test_limits_of_the_network(town: Town) -> None:
    town.put("100")
    town.api.rate = 0
    with pytest.raises(SourceUnavailable, match="слишком частые") as caught:
        await town.round()
    assert (town.budget.told[-1][2:], caught.value.retry_after) == (("flood", 60.0), 60.0)
    town.api.rate, town.api.daily = 1000, 0
    with pytest.raises(SourceUnavailable, match="лимит"):
        await town.round()
    assert town.budget.told[-1][2:] == ("quota", 3600.0)


async def test_broken_json_once_is_asked_again(town: Town) -> None:
    town.put("100")
    town.faults.plan("broken")
    assert [post.id for post in await town.round()] == ["ok:100"]
    assert [outcome for *_, outcome, _ in town.budget.told] == ["failed", "ok", "ok"]
    town.faults.plan("broken", "broken")
    with pytest.raises(SourceUnavailable, match=r"повреждённый ответ на mediatopic\.getTopics"):
        await town.round()


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_all_is_read_and_once(town: Town, seed: int) -> None:
    """Faults at every step, a new adapter now and then: what arrived is what the group holds."""
    draw = random.Random(seed)
    for number in range(70):
        town.put(str(100 + number), f"тема {number}", at=NOON - HOUR - number * MINUTE)
    for number in range(230):
        town.put(str(1000 + number), f"комментарий {number}", str(100 + number % 2), at=NOON - 50 * MINUTE + number * 1000)
    town.faults.rate = 0.25
    town.faults.kinds = [fault for fault in FAULTS if fault != "hang"]
    times: dict[str, int] = {}
    for turn in range(3):
        more = True
        while more:
            try:
                fetched = await town.fetch()
            except SourceUnavailable:
                continue
            more = fetched.more
            for page in fetched.pages:
                for post in page.posts:
                    times[post.id] = times.get(post.id, 0) + 1
        if turn < 2:
            town.now += 30 * MINUTE
            for id in draw.sample(range(1000, 1115), 6):
                town.shelf.edit(GROUP, str(id + 115 * turn), f"правка {turn}", town.now)
            for id in draw.sample(range(1000, 1230), 4):
                town.shelf.delete(GROUP, str(id), town.now)
            town.shelf.edit(GROUP, str(100 + turn), "правка темы", town.now)
            town.shelf.delete(GROUP, str(160 + turn), town.now)
    held = {
        f"ok:{post.thread}:c{post.id}" if post.thread else f"ok:{post.id}": ("" if post.deleted else post.text, post.deleted)
        for post in town.shelf.posts(GROUP, town.now)
    }
    assert {id: (post.text, post.deleted) for id, post in town.seen.items()} == held
    assert max(times.values()) <= 3
    assert town.faults.seen.total() > 5


async def test_a_reading_that_rested_too_long_begins_anew(town: Town) -> None:
    for number in range(60):
        town.put(str(100 + number), at=NOON - number)
    await town.fetch()
    assert Mark.read(town.cursor).anchor
    town.now += 2 * HOUR
    await town.fetch()
    assert Mark.read(town.cursor).began == town.now
    await town.round()
    assert len(town.seen) == 60


async def test_a_group_says_who_it_is(town: Town) -> None:
    group = await town.adapter.group(SOURCE, NOON)
    assert (group.id, group.name, group.members) == (GROUP, "Город", 1000)
    town.shelf.close(GROUP)
    with pytest.raises(SourceRefused, match="группы нет"):
        await town.adapter.group(SOURCE, NOON)


async def test_a_group_of_more_topics_than_can_be_read_before_the_first_is_due_again_sees_its_list(town: Town) -> None:
    for number in range(20):
        town.put(str(100 + number), at=NOON - HOUR - number)
        town.put(str(1000 + number), "комментарий", str(100 + number), at=NOON - HOUR + MINUTE)

    async def slow() -> None:
        while (await town.fetch()).more:
            town.now += MINUTE
            assert town.now < NOON + 2 * HOUR

    await slow()
    town.put("900", "Прорвало трубу")
    written = town.now
    await slow()
    assert "ok:900" in town.seen
    assert Mark.read(town.cursor).covered >= written
