"""Searches of mentions outside the watched walls."""

from __future__ import annotations

from monitor.model.post import Post
from tests.sources.vk.town import DAY, HOUR, MINUTE, OWNER, town

QUERY = "search:нет воды"


async def test_findings_come_by_the_wall_that_holds_them() -> None:
    async with town() as here:
        for owner in (-1, -2, -3):
            here.open(owner)
        for place in range(9):
            here.post(f"Нет воды {place}", here.now - place * MINUTE, owner=-1 - place % 3)
        here.post("Всё хорошо", owner=-1)
        source = here.source(QUERY, "feed")
        fetched = await here.fetch(source)
        assert [{post.id.split("_")[0] for post in page.posts} for page in fetched.pages] == [{"vk:-1"}, {"vk:-2"}, {"vk:-3"}]
        assert {page.source for page in fetched.pages} == {source.id}
        assert [page.covered_until for page in fetched.pages] == [0, 0, here.now]
        assert [bool(page.cursor) for page in fetched.pages] == [False, False, True]
        assert not fetched.more
        here.now += 5 * MINUTE
        assert await here.read(source) == []
        here.post("Опять нет воды", owner=-2)
        assert [post.text for post in await here.read(source)] == ["Опять нет воды"]


async def test_posts_of_watched_walls_are_left_to_their_sources() -> None:
    async with town() as here:
        here.open(-2)
        here.post("Нет воды")
        here.post("Нет воды", owner=-2)
        posts = await here.read(here.source(QUERY, "feed"), watched=frozenset({OWNER}))
        assert [post.id for post in posts] == ["vk:-2_2"]


async def test_many_findings_are_paged_and_nothing_comes_twice() -> None:
    async with town() as here:
        for place in range(450):
            here.post(f"Нет воды {place}", here.now - place * MINUTE)
        source = here.source(QUERY, "feed")
        fetched = await here.fetch(source)
        assert (fetched.more, fetched.pages[-1].covered_until) == (True, 0)
        posts: list[Post] = [post for page in fetched.pages for post in page.posts]
        here.now += MINUTE
        here.post("Нет воды, новое")
        pages = await here.pages(source)
        assert pages[-1].covered_until == here.now - MINUTE
        posts += [post for page in pages for post in page.posts]
        posts += await here.read(source)
        assert len(posts) == len({post.id for post in posts}) == 451


async def test_a_search_starts_a_day_ago_and_ends_at_a_thousand() -> None:
    async with town() as here:
        here.post("Нет воды", here.now - 2 * DAY)
        for place in range(1100):
            here.post("Нет воды", here.now - HOUR - place)
        source = here.source(QUERY, "feed")
        assert len(await here.read(source)) == 1000
        assert here.methods() == ["newsfeed.search"] * 5
        assert len(here.cursors[source.id]) < 50_000
        here.now += 3 * HOUR
        await here.read(source)
        assert len(here.cursors[source.id]) < 100


async def test_what_enters_the_index_late_and_what_is_edited_soon() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        source = here.source(QUERY, "feed")
        await here.read(source)
        here.now += 10 * MINUTE
        here.post("Нет воды второй день", here.now - 15 * MINUTE)
        here.edit(number, "Нет воды и света")
        posts = await here.read(source)
        assert {(post.text, bool(post.edited_at)) for post in posts} == {("Нет воды второй день", False), ("Нет воды и света", True)}
