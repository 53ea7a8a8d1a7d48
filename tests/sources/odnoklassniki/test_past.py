"""The past of a group: its topics as far back as asked, by any number of processes."""

from __future__ import annotations

from monitor.model.post import Post
from sources.base import Past
from sources.odnoklassniki.mark import STALE
from tests.sources.odnoklassniki.test_adapter import HOUR, NOON, SOURCE, Town, town

__all__ = ["town"]


def fill(town: Town, count: int) -> None:
    for number in range(1, count + 1):
        town.put(str(number), f"тема {number}", at=NOON - number * HOUR)
        town.put(str(1000 + number), "комментарий", str(number), at=NOON - number * HOUR + 1)


async def back(town: Town, since: int, rest: int = 0) -> tuple[list[Post], int]:
    """Posts, and how many requests it took; ``rest``: ms between two of them."""
    posts: list[Post] = []
    cursor = ""
    for count in range(1, 20):
        fetched = await town.adapter.past(SOURCE, cursor, since, town.now)
        assert all(page.covered_until == 0 for page in fetched.pages)
        posts += [post for page in fetched.pages for post in page.posts]
        cursor = fetched.pages[-1].cursor
        if not fetched.more:
            return posts, count
        town.now += rest
    return posts, 0


async def test_all_topics_back_to_the_day_and_no_further(town: Town) -> None:
    fill(town, 130)
    town.api.pinned.add("129")
    assert isinstance(town.adapter, Past)
    posts, requests = await back(town, NOON - 110 * HOUR)
    assert [post.id for post in posts] == [f"ok:{number}" for number in range(1, 111)]
    assert requests == 3


async def test_a_group_that_is_younger_ends_where_it_begins(town: Town) -> None:
    assert await back(town, 0) == ([], 1)
    fill(town, 5)
    posts, requests = await back(town, 0)
    assert (len(posts), requests) == (5, 1)


async def test_an_old_anchor_is_not_trusted(town: Town) -> None:
    fill(town, 130)
    posts, _ = await back(town, 0, rest=STALE + 1)
    assert {post.id for post in posts} == {f"ok:{number}" for number in range(1, 51)}
