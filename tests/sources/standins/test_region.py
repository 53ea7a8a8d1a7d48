"""The simulated region as its networks hold it: the same whenever it is asked, and read to the last post by the real adapters."""

from __future__ import annotations

from collections import Counter

import pytest

from monitor.model.post import Post
from sources.standins.region import Region, spread
from tests.sources.region import HOUR, MINUTE, MONDAY, world

START = MONDAY + 10 * HOUR
END = START + HOUR


def held(region: Region, times: list[int]) -> dict[str, list[Post]]:
    return {address: [list(region.posts(address, now)) for now in times][-1] for address in region.sources}


def test_sources_are_spread_over_all_networks_and_stay_there() -> None:
    found = spread(world(communities=100))
    assert found == spread(world(communities=100))
    assert len({source.id for source in found.values()}) == len(found)
    counts = Counter((source.network, source.kind) for source in found.values())
    assert {network for network, _ in counts} >= {"vk", "ok", "max", "tg"}
    assert counts["vk", "community"] > len(found) // 3


def test_what_is_held_does_not_depend_on_when_it_was_asked_for() -> None:
    steps = held(Region(world(), START), [*range(START, END + 1, 7 * MINUTE), END])
    assert steps == held(Region(world(), START), [END])


@pytest.fixture(scope="module")
def posts() -> dict[str, list[Post]]:
    return held(Region(world(2.0), START), [END])


def test_numbers_rise_with_time_and_belong_to_one_post(posts: dict[str, list[Post]]) -> None:
    numbers = [int(post.id) for found in posts.values() for post in found]
    assert len(set(numbers)) == len(numbers) > 1000
    for found in posts.values():
        assert [post.id for post in found] == sorted((post.id for post in found), key=int)
        assert [post.published_at for post in found] == sorted(post.published_at for post in found)


def test_comments_edits_deletions_and_official_answers_are_there_where_networks_have_them(posts: dict[str, list[Post]]) -> None:
    region = Region(world(2.0), START)
    seen: Counter[tuple[str, str]] = Counter()
    for address, found in posts.items():
        network, ids = region.sources[address].network, {post.id for post in found}
        for post in found:
            assert {post.thread, post.reply_to} <= ids | {""}
            seen[network, "comment"] += bool(post.thread)
            seen[network, "answer"] += bool(post.reply_to)
            seen[network, "edited"] += bool(post.edited_at and not post.deleted)
            seen[network, "deleted"] += post.deleted
            seen[network, "official"] += post.official and bool(post.thread or post.reply_to)
    assert all(seen["vk", what] for what in ("comment", "edited", "deleted", "official"))
    assert seen["ok", "comment"]
    assert seen["max", "answer"]
    assert not any(seen[network, "comment"] for network in ("tg", "rss", "max"))
