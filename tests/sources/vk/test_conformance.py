"""VK keeps what every adapter promises: the tests of tests.sources.test_conformance that hold where the newest is read first."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.model.codec import encode
from monitor.model.errors import SourceRefused
from monitor.model.source import Source
from sources.base import Fetched
from tests.sources import test_conformance as common
from tests.sources.test_conformance import (
    Case,
    posts_of,
    read_all,
    test_a_new_adapter_goes_on_from_the_cursor_alone,
    test_a_source_that_is_not_there_is_refused,
    test_broken_items_are_kept_apart,
    test_covered_time_never_falls_and_early_parts_keep_the_old_cursor,
    test_ids_are_unique_but_for_later_versions,
    test_no_personal_data_leaves,
    test_nothing_new_is_an_empty_page,
    test_pages_are_whole_bounded_and_of_their_source,
)
from tests.sources.vk.town import HOUR, MINUTE, OWNER, Town, town

__all__ = [
    "test_a_new_adapter_goes_on_from_the_cursor_alone",
    "test_a_source_that_is_not_there_is_refused",
    "test_broken_items_are_kept_apart",
    "test_covered_time_never_falls_and_early_parts_keep_the_old_cursor",
    "test_ids_are_unique_but_for_later_versions",
    "test_no_personal_data_leaves",
    "test_nothing_new_is_an_empty_page",
    "test_pages_are_whole_bounded_and_of_their_source",
]


class Moved:
    """The adapter, and the time of the fake with it."""

    network = "vk"

    def __init__(self, here: Town) -> None:
        self._here = here
        self._adapter = here.adapter()

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        self._here.now = now
        return await self._adapter.fetch(source, cursor, now)

    async def close(self) -> None:
        await self._adapter.close()


@pytest.fixture(params=["wall", "search"])
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async with town() as here:
        wall = here.world.wall(OWNER)
        assert wall is not None
        begin = common.NOON - 50 * MINUTE
        numbers = [
            here.post(
                f"Нет воды, тел. 8 (927) 123-45-{place % 90 + 10} или a{place}@mail.ru",
                begin + place * 10_000,
                author=f"{place % 7 + 1}",
            )
            for place in range(290)
        ]
        for number in numbers[::10]:
            top = here.comment(number, "И у нас тоже", begin + HOUR // 2)
            for place in range(3):
                here.comment(number, f"Ответ {place}", begin + HOUR // 2 + place, answers=top)
        wall.pinned = numbers[3]
        wall.extra[numbers[200]] = {"text": 5}
        wall.extra[numbers[20]] = {"id": None}
        search = request.param == "search"
        source = here.source("search:воды", "feed") if search else here.source()
        # Nobody asks for comments of posts that can't be read.
        expected = 288 if search else 288 + 27 * 4
        yield Case(lambda: Moved(here), source, here.source("-999"), expected, broken=2)


async def test_many_requests_bring_what_one_brings(case: Case) -> None:
    # Posts that have left the newest hundred are looked at once an hour.
    end = common.NOON + 2 * HOUR
    once, _, _ = await read_all(case, [end], restart=False)
    steps, _, _ = await read_all(case, [*range(common.NOON - 50 * MINUTE, common.NOON + 1, 10 * MINUTE), end], restart=True)
    assert {post.id: post.text for post in posts_of(steps)} == {post.id: post.text for post in posts_of(once)}
    assert len({encode(post) for post in posts_of(once)}) == len(posts_of(once))


async def test_a_source_that_comes_to_be_refused_says_so(case: Case) -> None:
    with pytest.raises(SourceRefused, match="VK"):
        await case.make().fetch(Source("vk:x", "vk", "community", "test", "https://t.me/x"), "", common.NOON)
