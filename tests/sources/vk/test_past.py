"""The past of a wall: all of it as far back as asked, by any number of processes, whatever moves meanwhile."""

from __future__ import annotations

import pytest

from monitor.model.errors import SourceRefused
from sources.base import Past
from tests.sources.vk.town import HOUR, Town, town


async def back(here: Town, since: int, cursor: str = "") -> tuple[list[str], int]:
    """Texts, and how many requests it took."""
    texts: list[str] = []
    for count in range(1, 50):
        fetched = await here.adapter().past(here.source(), cursor, since, here.now)
        assert all(page.covered_until == 0 for page in fetched.pages)
        texts += [post.text for page in fetched.pages for post in page.posts]
        cursor = fetched.pages[-1].cursor
        if not fetched.more:
            return texts, count
        # A new post and a deletion between any two requests.
        here.post("свежее")
        here.delete(300 - count)
    raise AssertionError("it never ends")


async def test_all_posts_back_to_the_day_and_no_further() -> None:
    async with town() as here:
        for hour in range(300, 0, -1):
            here.post(f"час {hour}", here.now - hour * HOUR)
        assert isinstance(here.adapter(), Past)
        texts, requests = await back(here, here.now - 250 * HOUR)
        old = {text for text in texts if text.startswith("час")}
        deleted = {f"час {300 - number + 1}" for number in range(300 - requests, 300)}
        assert old | deleted >= {f"час {hour}" for hour in range(1, 251)}
        assert not old & {f"час {hour}" for hour in range(251, 301)}
        assert requests <= 4


async def test_a_wall_that_is_younger_ends_where_it_begins() -> None:
    async with town() as here:
        for hour in range(5, 0, -1):
            here.post(f"час {hour}", here.now - hour * HOUR)
        texts, requests = await back(here, here.now - 1000 * HOUR)
        assert (len(texts), requests) == (5, 1)


async def test_an_empty_wall_has_no_past_and_neither_has_a_search() -> None:
    async with town() as here:
        assert await back(here, 0) == ([], 1)
        with pytest.raises(SourceRefused):
            await here.adapter().past(here.source("search:вода"), "", 0, here.now)
