"""Walls read over HTTP from the fake: what is new, edited, deleted; paging, pinned posts, gaps; what is covered."""

from __future__ import annotations

from monitor.model.post import Post
from tests.sources.vk.town import DAY, HOUR, MINUTE, NOON, OWNER, SECOND, Town, photo, town


def texts(posts: list[Post]) -> list[str]:
    return [post.text for post in posts]


def written(here: Town, count: int, step: int = MINUTE, before: int = 0) -> list[int]:
    """``count`` posts, oldest first, the last one ``step`` before ``before`` (ms, back from now)."""
    return [here.post(f"Запись {count - place}", here.now - before - (count - place) * step) for place in range(count)]


async def test_a_new_wall_is_read_and_then_only_what_is_new() -> None:
    async with town() as here:
        here.post("Нет воды, звоните 8 (927) 123-45-67", attachments=[photo(9)])
        (first,) = await here.read()
        assert (first.id, first.text) == (f"vk:{OWNER}_1", "Нет воды, звоните <PHONE>")
        assert first.url == "https://vk.com/wall-101_1"
        assert first.published_at == NOON - MINUTE
        assert first.attachments[0].id == f"{OWNER}_9"
        assert len(first.author) == 16
        here.now += MINUTE
        assert await here.read() == []
        here.post("Дали воду")
        assert texts(await here.read()) == ["Дали воду"]


async def test_a_short_name_is_an_address_too() -> None:
    async with town() as here:
        here.open(-202, "gorod")
        here.post("Привет", owner=-202)
        assert [post.id for post in await here.read(here.source("https://vk.com/gorod"))] == ["vk:-202_1"]


async def test_a_long_wall_is_read_back_to_the_first_days_only() -> None:
    async with town() as here:
        written(here, 450, step=HOUR)
        posts = await here.read()
        assert len(posts) == len({post.id for post in posts})
        assert 7 * 24 <= len(posts) < 7 * 24 + 101
        assert here.methods() == ["wall.get"] * 2


async def test_many_new_posts_are_paged_until_known_ones() -> None:
    async with town() as here:
        wall = here.world.wall(OWNER)
        assert wall is not None
        wall.pinned = written(here, 30, before=HOUR)[0]
        assert len(await here.read()) == 30
        here.now += DAY
        new = [here.post(f"Новая {place}", here.now - (400 - place) * MINUTE) for place in range(320)]
        posts = await here.read()
        assert sorted(post.id for post in posts) == sorted(f"vk:{OWNER}_{number}" for number in new)
        assert here.methods().count("wall.get") == 5


async def test_a_post_dated_in_the_future_hides_no_gap() -> None:
    async with town() as here:
        here.shelf.put(str(OWNER), Post("999999", "Из будущего", here.now + 365 * DAY, author="5001"), here.now)
        written(here, 30, before=HOUR)
        assert len(await here.read()) == 31
        here.now += DAY
        new = [here.post(f"Новая {place}", here.now - (400 - place) * MINUTE) for place in range(320)]
        posts = await here.read()
        assert sorted(post.id for post in posts) == sorted(f"vk:{OWNER}_{number}" for number in new)


async def test_posts_that_appear_or_vanish_between_two_pages_cost_nothing() -> None:
    async with town() as here:
        numbers = written(here, 320)
        posts: list[Post] = []
        for place in range(10):
            fetched = await here.fetch()
            posts += [post for page in fetched.pages for post in page.posts]
            if not fetched.more:
                break
            for number in numbers[-20 * place - 20 : -20 * place - 10]:
                here.delete(number)
            here.post(f"Ещё {place}", here.now - SECOND)
        there = {f"vk:{OWNER}_{post.id}" for post in here.shelf.posts(str(OWNER), here.now) if not post.deleted}
        here.now += MINUTE
        posts += await here.read()
        assert {post.id for post in posts if not post.deleted} >= there
        gone = {post.id for post in posts if post.deleted}
        assert {post.id for post in posts} - gone == there


async def test_a_gap_has_a_bound() -> None:
    async with town() as here:
        written(here, 10, before=HOUR)
        await here.read()
        here.now += 30 * DAY
        written(here, 900)
        posts = await here.read(gap_posts=300)
        assert 250 <= len(posts) <= 400


async def test_a_pinned_post_does_not_stop_paging_and_is_told_once() -> None:
    async with town() as here:
        wall = here.world.wall(OWNER)
        assert wall is not None
        old = here.post("Правила группы", here.now - 300 * DAY)
        wall.pinned = old
        written(here, 150)
        posts = await here.read()
        assert len({post.id for post in posts}) == len(posts) == 151
        here.now += HOUR
        assert await here.read() == []
        wall.pinned = 0
        assert await here.read() == []


async def test_edits_carry_their_time() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        await here.read()
        here.now += 10 * MINUTE
        here.edit(number, "Воду дали")
        (post,) = await here.read()
        assert (post.text, post.edited_at) == ("Воду дали", here.now)
        here.now += MINUTE
        assert await here.read() == []


async def test_an_edit_that_vk_does_not_date_is_dated_by_us() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        await here.read()
        here.now += 10 * MINUTE
        held = here.shelf.posts(str(OWNER), here.now)[0]
        here.shelf.put(str(OWNER), Post(**{**{n: getattr(held, n) for n in held.__struct_fields__}, "text": "Воду дали"}), here.now)
        (post,) = await here.read()
        assert (post.id, post.edited_at) == (f"vk:{OWNER}_{number}", here.now)


async def test_a_post_that_vanishes_is_asked_for_and_then_deleted() -> None:
    async with town() as here:
        numbers = written(here, 5)
        comment = here.comment(numbers[2], "Да, правда")
        await here.read()
        here.methods()
        here.now += 10 * MINUTE
        here.delete(numbers[2])
        posts = await here.read()
        assert here.methods() == ["wall.get", "wall.getById"]
        assert [(post.id, post.deleted, post.text) for post in posts] == [
            (f"vk:{OWNER}_{numbers[2]}", True, ""),
            (f"vk:{OWNER}_{numbers[2]}:c{comment}", True, ""),
        ]
        assert posts[0].published_at == NOON - 3 * MINUTE
        here.now += 10 * MINUTE
        assert await here.read() == []


async def test_the_newest_and_the_oldest_post_may_vanish_too() -> None:
    async with town() as here:
        numbers = written(here, 5)
        await here.read()
        here.now += MINUTE
        here.delete(numbers[0])
        here.delete(numbers[-1])
        assert {post.id for post in await here.read()} == {f"vk:{OWNER}_{numbers[0]}", f"vk:{OWNER}_{numbers[-1]}"}


async def test_a_deleted_post_may_come_back() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        held = here.shelf.posts(str(OWNER), here.now)[0]
        await here.read()
        here.now += MINUTE
        here.delete(number)
        assert [post.deleted for post in await here.read()] == [True]
        here.now += MINUTE
        here.shelf.put(str(OWNER), held, here.now)
        assert [(post.text, post.deleted) for post in await here.read()] == [("Нет воды", False)]


async def test_posts_that_left_the_newest_hundred_are_looked_at_again() -> None:
    async with town() as here:
        number = here.post("Нет воды", here.now - HOUR)
        lost = here.post("Нет света", here.now - HOUR)
        await here.read()
        here.now += 2 * HOUR
        written(here, 150, step=SECOND)
        await here.read()
        here.now += 2 * HOUR
        here.edit(number, "Воду дали")
        here.comment(number, "Спасибо")
        here.delete(lost)
        found = await here.read()
        assert {(post.id.split("_")[1], post.text, post.deleted) for post in found} == {
            (f"{number}", "Воду дали", False),
            (f"{number}:c{lost + 151}", "Спасибо", False),
            (f"{lost}", "", True),
        }


async def test_what_is_covered() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        here.comment(number, "И у нас")
        pages = await here.pages()
        assert [page.covered_until for page in pages] == [0, NOON]
        here.now += 10 * MINUTE
        here.comment(number, "И у нас тоже")
        before = NOON
        pages = await here.pages()
        assert [page.covered_until for page in pages] == [before, here.now]


async def test_the_cursor_is_small_and_another_process_goes_on_from_it() -> None:
    async with town() as here:
        for number in written(here, 100):
            for place in range(12):
                here.comment(number, f"Комментарий {place}")
        posts = await here.read()
        assert len({post.id for post in posts}) == len(posts) == 1300
        assert len(here.cursors[here.source().id]) < 20_000
        here.now += HOUR
        assert await here.read() == []


async def test_a_post_that_can_not_be_read_is_not_taken_for_deleted() -> None:
    async with town() as here:
        numbers = written(here, 3)
        await here.read()
        wall = here.world.wall(OWNER)
        assert wall is not None
        wall.extra[numbers[1]] = {"text": None}
        here.now += MINUTE
        fetched = await here.fetch()
        assert [reason for _, reason in fetched.broken] == ["нужно: текст; стоит: пусто (text)"]
        assert await here.read() == []
        del wall.extra[numbers[1]]
        here.server.answers.clear()
        here.now += MINUTE
        assert await here.read() == []
        here.delete(numbers[0])
        here.now += MINUTE
        assert [post.deleted for post in await here.read()] == [True]


async def test_a_gap_is_read_to_its_end_before_the_wall_is_looked_at_again() -> None:
    async with town() as here:
        written(here, 10, before=HOUR)
        await here.read()
        here.now += HOUR
        expected = {f"vk:{OWNER}_{number}" for number in written(here, 320, step=SECOND)}
        posts: list[Post] = []
        for _ in range(3):
            posts += [post for page in (await here.fetch()).pages for post in page.posts]
            here.now += 5 * MINUTE
        expected |= {f"vk:{OWNER}_{number}" for number in written(here, 150, step=SECOND)}
        posts += await here.read() + await here.read()
        assert {post.id for post in posts} == expected
        assert len(posts) == len(expected)


async def test_nothing_is_covered_before_a_gap_is_read_and_its_comments() -> None:
    async with town() as here:
        written(here, 10, before=HOUR)
        await here.read()
        before = here.now
        here.now += DAY
        numbers = written(here, 250)
        pages = [(await here.fetch(follow_posts=50)).pages[-1] for _ in range(3)]
        assert [page.covered_until for page in pages] == [before, before, here.now]
        here.now += DAY
        commented = [here.post("Запись", here.now - (300 - place) * MINUTE) for place in range(250)]
        for number in commented[:60]:
            here.comment(number, "Комментарий")
        posts = await here.read(follow_posts=50)
        assert len(posts) == 250 + 60
        assert not {f"vk:{OWNER}_{number}" for number in numbers} & {post.id for post in posts}
