"""Feeds over real HTTP: conditional requests, redirects, refusals, edits, and trouble of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.http.addresses import networks
from sources.http.client import HttpSettings
from sources.rss.adapter import RssAdapter, RssSettings
from sources.rss.seen import Mark
from sources.standins.faults import FAULTS, Faults, running
from sources.standins.held import Shelf
from sources.standins.rss.feeds import Feeds, Shape
from tests.sources.budget import FreeBudget
from tests.sources.serving import Patient, client

# Tue, 14 Jul 2026 12:00:00 GMT
NOON = 1_784_030_400_000
MINUTE = 60_000


@dataclass
class Town:
    """A feed at ``/city`` of a running fake, read by an adapter that keeps nothing but its cursor."""

    shelf: Shelf
    feeds: Feeds
    faults: Faults
    budget: FreeBudget
    adapter: RssAdapter
    url: str
    cursor: str = ""
    now: int = NOON

    @property
    def source(self) -> Source:
        return Source("rss:city", "rss", "feed", "test", f"{self.url}/city")

    async def read(self, later: int = MINUTE) -> Fetched:
        self.now += later
        fetched = await self.adapter.fetch(self.source, self.cursor, self.now)
        self.cursor = fetched.pages[-1].cursor
        return fetched

    async def texts(self) -> list[str]:
        return [post.text for page in (await self.read()).pages for post in page.posts]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    shelf = Shelf()
    shelf.open("city")
    shelf.put("city", Post(id="1", text="Нет воды\nна Мира, 5", published_at=NOON - 2 * MINUTE, author="Пресс-служба"))
    shelf.put("city", Post(id="2", text="Нет света", published_at=NOON - MINUTE))
    faults = Faults()
    feeds = Feeds(shelf, lambda: made.now, faults)
    async with running(feeds.app) as url, client() as http:
        budget = FreeBudget()
        adapter = RssAdapter(RssSettings(), http, budget, b"key")
        made = Town(shelf, feeds, faults, budget, adapter, url)
        yield made
        await adapter.close()
        assert feeds.counts.total("city") <= len(budget.booked)


async def test_what_did_not_change_is_not_sent_again(town: Town) -> None:
    assert await town.texts() == ["Нет света", "Нет воды\nна Мира, 5"]
    for _ in range(3):
        fetched = await town.read()
        assert [page.posts for page in fetched.pages] == [[]]
        assert fetched.pages[0].covered_until == town.now
    assert town.feeds.unchanged == 3
    assert Mark.read(town.cursor).etag.startswith('W/"')
    assert set(town.budget.booked) == {("feed", "127.0.0.1")}


async def test_only_what_is_new_goes_on(town: Town) -> None:
    await town.read()
    town.shelf.put("city", Post(id="3", text="Вода есть", published_at=town.now + 1))
    assert await town.texts() == ["Вода есть"]
    assert town.feeds.unchanged == 0


async def test_edits_are_later_versions_and_what_leaves_the_feed_stays(town: Town) -> None:
    first = {post.text: post.id for post in (await town.read()).pages[0].posts}
    town.shelf.edit("city", "2", "Свет дали", town.now + 1)
    (post,) = (await town.read()).pages[0].posts
    assert (post.id, post.text, post.edited_at) == (first["Нет света"], "Свет дали", town.now)
    town.shelf.delete("city", "1", town.now + 1)
    assert (await town.read()).pages[0].posts == []


@pytest.mark.parametrize("shape", [Shape(items=0), Shape("atom", items=0), Shape("rdf", items=0)])
async def test_an_empty_feed_is_an_empty_page(town: Town, shape: Shape) -> None:
    town.feeds.shapes["city"] = shape
    fetched = await town.read()
    assert [page.posts for page in fetched.pages] == [[]]
    assert (fetched.broken, fetched.pages[0].covered_until) == ([], town.now)


@pytest.mark.parametrize("dates", ["offset", "gmt", "naive", "russian"])
async def test_dates_of_all_kinds_are_one_time(town: Town, dates: str) -> None:
    town.feeds.shapes["city"] = Shape(dates=dates, encoding="windows-1251", declared=False)  # type: ignore[arg-type]
    posts = (await town.read()).pages[0].posts
    assert [post.published_at for post in posts] == [NOON - MINUTE, NOON - 2 * MINUTE]


async def test_without_dates_nothing_is_made_up(town: Town) -> None:
    town.feeds.shapes["city"] = Shape(dates="none", bozo=True)
    posts = (await town.read()).pages[0].posts
    assert [(post.text, post.published_at) for post in posts] == [("Нет света & ко", 0), ("Нет воды & ко\nна Мира, 5", 0)]


async def test_without_dates_the_first_look_is_history_and_what_comes_later_is_news(town: Town) -> None:
    town.feeds.shapes["city"] = Shape(dates="none", bozo=True)
    town.faults.plan("broken")
    first = await town.read()
    # Half a feed is no whole look: what the other half has is as old.
    second = await town.read()
    assert {page.origin for fetched in (first, second) for page in fetched.pages if page.posts} == {"backfill"}
    assert [page.covered_until for page in second.pages] == [0, town.now]
    assert len({post.id for fetched in (first, second) for page in fetched.pages for post in page.posts}) == 2
    town.shelf.put("city", Post(id="3", text="Дали свет", published_at=town.now))
    third = await town.read()
    assert [(page.origin, [post.text for post in page.posts]) for page in third.pages] == [("live", ["Дали свет & ко"])]


async def test_dates_outside_of_all_reason_are_none(town: Town) -> None:
    town.shelf.put("city", Post(id="3", text="Дали свет", published_at=NOON + 400 * 24 * 60 * MINUTE), NOON)
    town.shelf.put("city", Post(id="4", text="Основан город", published_at=86_400_000), NOON)
    pages = (await town.read()).pages
    assert [(page.origin, [post.text for post in page.posts]) for page in pages] == [
        ("backfill", ["Дали свет", "Основан город"]),
        ("live", ["Нет света", "Нет воды\nна Мира, 5"]),
    ]


async def test_a_feed_that_moved_for_good_is_asked_where_it_is(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.shelf.open("new")
    town.shelf.put("new", Post(id="1", text="На новом месте", published_at=NOON))
    town.feeds.shapes["city"] = Shape(status=301, location="/new")
    assert await town.texts() == ["На новом месте"]
    assert "переехала насовсем" in caplog.text
    assert await town.texts() == []
    assert (town.feeds.counts.total("city"), town.feeds.counts.total("new")) == (1, 2)
    # And back, when the new place fails: the old one is the address that people know.
    del town.feeds.shapes["city"]
    town.shelf.close("new")
    assert len(await town.texts()) == 2
    assert Mark.read(town.cursor).moved == ""


async def test_a_passing_redirect_is_followed_each_time(town: Town) -> None:
    town.shelf.open("other")
    town.feeds.shapes |= {"city": Shape(status=302, location="b"), "b": Shape(status=301, location=f"{town.url}/other")}
    await town.read()
    await town.read()
    assert town.feeds.counts.total("city") == town.feeds.counts.total("b") == 2
    assert Mark.read(town.cursor).moved == ""


async def test_redirects_without_end_or_aim(town: Town) -> None:
    town.feeds.shapes["city"] = Shape(status=302, location="/city")
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1: больше 5 перенаправлений"):
        await town.read()
    assert town.feeds.counts.total("city") == 6
    for location, error in (("", SourceUnavailable), ("file:///etc/passwd", SourceRefused), ("http://[::1", SourceUnavailable)):
        town.feeds.shapes["city"] = Shape(status=302, location=location)
        with pytest.raises(error):
            await town.read()


async def test_a_redirect_into_the_house_is_refused(town: Town) -> None:
    async with client(HttpSettings(networks("127.0.0.1/32"))) as http:
        town.adapter = RssAdapter(RssSettings(), http, town.budget, b"key")
        for target in ("127.0.0.2", "localhost.", "[::ffff:127.0.0.3]", "169.254.169.254"):
            town.feeds.shapes["city"] = Shape(status=302, location=f"http://{target}/latest/meta-data")
            with (
                pytest.raises(SourceRefused, match="внутренний адрес")
                if target != "localhost."
                else pytest.raises((SourceRefused, SourceUnavailable))
            ):
                await town.read()


@pytest.mark.parametrize(
    ("shape", "state", "text"),
    [
        (Shape(status=403), "forbidden", "закрыт"),
        (Shape(status=401), "forbidden", "закрыт"),
        (Shape(status=404), "gone", "ленты нет"),
        (Shape(status=410), "gone", "навсегда"),
    ],
)
async def test_refusals(town: Town, shape: Shape, state: str, text: str) -> None:
    town.feeds.shapes["city"] = shape
    with pytest.raises(SourceRefused, match=text) as caught:
        await town.read()
    assert caught.value.state == state
    assert town.budget.told[-1][2:] == ("ok", 0.0)


@pytest.mark.parametrize(("status", "outcome", "wait"), [(429, "rate", 40.0), (503, "failed", 40.0), (500, "failed", 40.0)])
async def test_a_server_that_wants_rest_gets_it(town: Town, status: int, outcome: str, wait: float) -> None:
    town.feeds.shapes["city"] = Shape(status=status, headers={"Retry-After": "Tue, 14 Jul 2026 12:01:40 GMT"})
    with pytest.raises(SourceUnavailable, match=f"ответ {status}") as caught:
        await town.read()
    assert caught.value.retry_after == wait
    assert town.budget.told[-1][2:] == (outcome, wait)


async def test_without_validators_the_same_answer_is_known_all_the_same(town: Town) -> None:
    town.feeds.shapes["city"] = Shape(validators=False)
    assert len(await town.texts()) == 2
    assert await town.texts() == []
    assert town.feeds.unchanged == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><body>\xd0\x92\xd1\x85\xd0\xbe\xd0\xb4</body></html>", "веб-страница"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>', "сущности"),
        (b"<rss version='2.0'><channel>" + b"<a>" * 100_000, "сложно"),
        (b"{}", "не лента"),
        (b"", "не лента"),
    ],
)
async def test_what_is_no_feed_is_broken_and_covers_nothing(town: Town, body: bytes, reason: str) -> None:
    await town.read()
    before, covered = town.cursor, town.now
    town.feeds.shapes["city"] = Shape(body=body, content_type="text/html")
    fetched = await town.read()
    ((raw, said),) = fetched.broken
    assert reason in said
    assert len(raw) <= 2_000
    assert [(page.posts, page.covered_until, page.cursor) for page in fetched.pages] == [([], covered, before)]
    assert fetched.wait >= 900
    # Validators of what was no feed are not kept: the next answer is read again.
    del town.feeds.shapes["city"]
    town.shelf.put("city", Post(id="3", text="Вода есть", published_at=town.now))
    assert await town.texts() == ["Вода есть"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_trouble_loses_nothing_and_is_told(town: Town, fault: str) -> None:
    town.faults.plan(fault)  # type: ignore[arg-type]
    async with client() as http:
        town.adapter = RssAdapter(RssSettings(), Patient(http, town.faults), town.budget, b"key")
        found: list[str] = []
        if fault in ("html", "broken"):
            fetched = await town.read()
            found = [post.text for post in fetched.pages[0].posts]
            # Half of a feed covers no time, and its validators are not kept: the other half comes with the next reading.
            assert (bool(fetched.broken), fetched.pages[0].covered_until) == (fault == "html", 0)
        else:
            with pytest.raises(SourceUnavailable, match=r"^127\.0\.0\.1: "):
                await town.read()
        found += await town.texts()
    assert len(town.budget.told) == len(town.budget.booked)
    assert set(found) == {"Нет света", "Нет воды\nна Мира, 5"}


async def test_addresses_that_are_none(town: Town) -> None:
    for address in ("", "city.example/feed", "file:///etc/passwd", "http://[::1"):
        with pytest.raises(SourceRefused):
            await town.adapter.fetch(Source("rss:x", "rss", "feed", "test", address), "", NOON)


async def test_half_a_feed_forgets_nothing_of_the_other_half(town: Town) -> None:
    await town.read()
    town.shelf.edit("city", "1", "Нет воды\nна Мира, 5 и 7", town.now)
    await town.read()
    town.shelf.put("city", Post(id="3", text="Дали свет", published_at=town.now))
    town.faults.plan("broken")
    await town.read()
    # The edited entry that was not in the half is no new one afterwards: it would be older than its own edit.
    assert "Нет воды\nна Мира, 5 и 7" not in await town.texts()
