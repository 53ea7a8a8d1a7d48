"""The past of a channel: all of it as far back as asked, by any number of processes, whatever is deleted meanwhile."""

from __future__ import annotations

import pytest

from monitor.model.errors import SourceRefused
from sources.base import Past
from sources.telegram.adapter import TelegramAdapter
from sources.telegram.bot import BotAdapter, BotSettings
from tests.sources.telegram.support import HOUR, KEY, NOON, posts_of, source
from tests.sources.telegram.test_channel import GOROD, Street, street

__all__ = ["street"]


async def back(street: Street, since: int) -> tuple[list[int], int]:
    """Numbers, and how many requests it took; a post is deleted between any two of them."""
    numbers: list[int] = []
    cursor = ""
    for count in range(1, 50):
        fetched = await street.adapter.past(GOROD, cursor, since, NOON)
        assert all(page.covered_until == 0 for page in fetched.pages)
        numbers += [int(post.id.partition("_")[2]) for post in posts_of([fetched])]
        cursor = fetched.pages[-1].cursor
        if not fetched.more:
            return numbers, count
        street.town.held["gorod"].pop(count, None)
    raise AssertionError("it never ends")


async def test_all_posts_back_to_the_day_and_no_further(street: Street) -> None:
    street.write(1, 300, NOON - 300 * HOUR, HOUR)
    adapter = TelegramAdapter(street.adapter, BotAdapter(BotSettings(), street.http, street.purse, KEY))
    assert isinstance(adapter, Past)
    numbers, requests = await back(street, NOON - 250 * HOUR)
    assert numbers == list(range(300, 50, -1))
    assert requests == 13


async def test_a_channel_that_is_younger_ends_where_it_begins(street: Street) -> None:
    street.write(1, 25, NOON - 25 * HOUR, HOUR)
    assert await back(street, 0) == (list(range(25, 1, -1)), 2)


async def test_an_overloaded_host_is_asked_again_before_it_is_believed(street: Street) -> None:
    street.write(1, 60, NOON - 60 * HOUR, HOUR)
    first = await street.adapter.past(GOROD, "", 0, NOON)
    street.server.blank = True
    empty = await street.adapter.past(GOROD, first.pages[-1].cursor, 0, NOON)
    assert (posts_of([empty]), empty.more) == ([], True)
    street.server.blank = False
    rest = await street.adapter.past(GOROD, empty.pages[-1].cursor, 0, NOON)
    assert len(posts_of([rest])) == 20
    street.server.blank = True
    assert (await back(street, 0))[1] == 3


async def test_bots_and_comments_have_no_past(street: Street) -> None:
    adapter = TelegramAdapter(street.adapter, BotAdapter(BotSettings(), street.http, street.purse, KEY))
    for address in ("bot:main", "comments:gorod"):
        with pytest.raises(SourceRefused):
            await adapter.past(source(address), "", 0, NOON)
