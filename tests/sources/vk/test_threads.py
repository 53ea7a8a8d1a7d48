"""Comments and their threads, read over HTTP from the fake."""

from __future__ import annotations

from itertools import pairwise

import pytest

from monitor.model.post import Post
from sources.vk import threads
from tests.sources.vk.town import DAY, HOUR, MINUTE, NOON, OWNER, SECOND, town


def ids(posts: list[Post]) -> list[str]:
    return [post.id.removeprefix(f"vk:{OWNER}_") for post in posts]


async def test_comments_know_their_post_and_what_they_answer() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        first = here.comment(number, "У нас тоже, мой номер 8 927 123-45-67")
        second = here.comment(number, "[id6001|Анна], и у нас", answers=first, author="6002")
        third = here.comment(number, "[id6002|Иван], напишите [id77|Пётр Петров]", answers=second)
        posts = await here.read()
        assert ids(posts) == [f"{number}", f"{number}:c{first}", f"{number}:c{second}", f"{number}:c{third}"]
        _, one, two, three = posts
        assert (one.kind, one.thread, one.reply_to) == ("comment", f"vk:{OWNER}_{number}", "")
        assert one.text == "У нас тоже, мой номер <PHONE>"
        assert one.url == f"https://vk.com/wall{OWNER}_{number}?reply={first}"
        assert (two.text, two.reply_to) == ("и у нас", one.id)
        assert (three.text, three.reply_to) == ("напишите <PERSON>", two.id)
        assert one.author == three.author != two.author


async def test_threads_of_more_than_ten_replies_are_read_to_their_end() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        tops = [here.comment(number, f"Комментарий {place}") for place in range(3)]
        replies = [here.comment(number, f"Ответ {place}", answers=tops[1]) for place in range(230)]
        posts = await here.read()
        assert sorted(ids(posts)) == sorted([f"{number}", *(f"{number}:c{one}" for one in tops + replies)])
        assert here.methods() == ["wall.get"] + ["wall.getComments"] * 4
        here.now += MINUTE
        assert await here.read() == []


async def test_hundreds_of_comments_are_paged() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        written = [here.comment(number, f"Комментарий {place}") for place in range(350)]
        posts = await here.read()
        assert ids(posts)[1:] == [f"{number}:c{one}" for one in written]
        assert here.methods() == ["wall.get"] + ["wall.getComments"] * 4


async def test_long_threads_on_every_page_are_read() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        tops = [here.comment(number, f"Комментарий {place}") for place in range(150)]
        for top in (tops[5], tops[6], tops[140]):
            for place in range(15):
                here.comment(number, f"Ответ {place}", answers=top)
        assert len(await here.read()) == 1 + 150 + 45
        assert here.methods() == ["wall.get"] + ["wall.getComments"] * 5


async def test_only_posts_with_another_number_of_comments_are_read_again() -> None:
    async with town() as here:
        numbers = [here.post(f"Запись {place}") for place in range(20)]
        for number in numbers:
            here.comment(number, "Первый")
        await here.read()
        here.methods()
        here.now += 2 * MINUTE
        added = here.comment(numbers[7], "Второй")
        assert ids(await here.read()) == [f"{numbers[7]}:c{added}"]
        assert here.methods() == ["wall.get", "wall.getComments"]


async def test_edits_of_comments_are_found_when_they_are_read_again() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        comment = here.comment(number, "У нас тоже")
        await here.read()
        here.now += 5 * MINUTE
        here.edit(comment, "У нас уже есть")
        assert await here.read() == []
        here.now += HOUR
        (post,) = await here.read()
        assert (post.id, post.text, post.edited_at) == (f"vk:{OWNER}_{number}:c{comment}", "У нас уже есть", here.now)


async def test_comments_are_read_again_often_when_young_and_rarely_when_old() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        here.comment(number, "У нас тоже")
        reads = []
        for _ in range(24 * 12 * 2):
            await here.read()
            if "wall.getComments" in here.methods():
                reads.append((here.now - NOON) // MINUTE)
            here.now += 5 * MINUTE
        assert reads[:4] == [0, 30, 60, 95]
        gaps = [after - before for before, after in pairwise(reads)]
        assert gaps == sorted(gaps)
        assert len(reads) < 13


async def test_a_deleted_comment_is_looked_for_twice() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        comments = [here.comment(number, f"Комментарий {place}") for place in range(4)]
        await here.read()
        here.methods()
        here.now += 5 * MINUTE
        here.delete(comments[1])
        (post,) = await here.read()
        assert (post.id, post.deleted, post.published_at) == (f"vk:{OWNER}_{number}:c{comments[1]}", True, NOON - MINUTE)
        assert here.methods() == ["wall.get", "wall.getComments", "wall.getComments"]
        here.now += 5 * MINUTE
        assert await here.read() == []


async def test_a_deleted_comment_with_replies_leaves_a_stub() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        top = here.comment(number, "Комментарий")
        here.comment(number, "Ответ", answers=top)
        await here.read()
        here.now += 5 * MINUTE
        here.delete(top)
        (post,) = await here.read()
        assert (post.id, post.deleted, post.text, post.author) == (f"vk:{OWNER}_{number}:c{top}", True, "", "")
        here.now += HOUR
        assert await here.read() == []


async def test_all_comments_may_vanish() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        comments = [here.comment(number, f"Комментарий {place}") for place in range(120)]
        await here.read()
        here.now += 5 * MINUTE
        for comment in comments:
            here.delete(comment)
        assert len(await here.read()) == 120
        here.now += HOUR
        assert await here.read() == []


async def test_comments_that_move_while_they_are_read_are_neither_lost_nor_deleted() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        comments = [here.comment(number, f"Комментарий {place}") for place in range(250)]
        posts: list[Post] = []
        for place in range(50):
            fetched = await here.fetch()
            posts += [post for page in fetched.pages for post in page.posts]
            if not fetched.more:
                break
            if place in (1, 2):
                for comment in comments[10 * place : 10 * place + 7]:
                    here.delete(comment)
        told = [post.id for post in posts if not post.deleted]
        assert len(told) == len(set(told)) == 251
        here.now += HOUR
        posts += await here.read()
        gone = {post.id for post in posts if post.deleted}
        assert gone == {f"vk:{OWNER}_{number}:c{comment}" for comment in comments[10:17] + comments[20:27]}


async def test_a_comment_behind_the_reading_is_not_covered() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        comments = [here.comment(number, f"Комментарий {place}") for place in range(150)]
        await here.fetch()
        begun = here.now
        await here.fetch()
        here.now += 3 * MINUTE
        here.comment(number, "Ответ", answers=comments[0])
        pages = await here.pages()
        assert [page.covered_until for page in pages] == [0, begun, begun, here.now]
        assert [post.text for page in pages[-2:] for post in page.posts] == ["Ответ"]


async def test_closed_comments_are_left_alone() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        here.comment(number, "У нас тоже")
        wall = here.world.wall(OWNER)
        assert wall is not None
        wall.comments_closed.add(number)
        pages = await here.pages()
        assert pages[-1].covered_until == here.now
        here.methods()
        here.now += 5 * MINUTE
        assert await here.read() == []
        assert here.methods() == ["wall.get"]


async def test_a_post_deleted_before_its_comments_are_read() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        here.comment(number, "У нас тоже")
        await here.fetch()
        here.delete(number)
        posts = await here.read()
        assert [(post.id, post.deleted) for post in posts] == [(f"vk:{OWNER}_{number}", True)]


async def test_comments_of_old_posts_are_read_when_there_are_new_ones() -> None:
    async with town() as here:
        number = here.post("Правила группы", here.now - 60 * DAY)
        here.comment(number, "Старый", here.now - 59 * DAY)
        assert ids(await here.read()) == [f"{number}"]
        here.now += HOUR
        here.comment(number, "Новый")
        assert [post.text for post in await here.read()] == ["Старый", "Новый"]


async def test_the_wall_does_not_wait_for_its_comments() -> None:
    async with town() as here:
        for place in range(50):
            here.comment(here.post(f"Запись {place}"), "Комментарий")
        for _ in range(10):
            await here.fetch()
        here.now += 3 * MINUTE
        number = here.post("Прорвало трубу", here.now - SECOND)
        fetched = await here.fetch()
        assert [post.id for post in fetched.pages[-1].posts] == [f"vk:{OWNER}_{number}"]
        assert fetched.pages[-1].covered_until == 0
        rest = await here.read()
        assert len(rest) == 50 - 9


async def test_official_accounts_answer() -> None:
    async with town() as here:
        number = here.post("Нет воды", author="5001")
        here.comment(number, "Передано в работу", author="-303")
        here.comment(number, "Спасибо", author="5001")
        by_list = await here.read(officials=frozenset({-303}))
        assert [post.official for post in by_list] == [False, True, False]
        here.cursors.clear()
        here.post("Плановое отключение", official=True)
        here.comment(number, "Уточните адрес", official=True)
        own = await here.read(here.source(kind="official"))
        assert {post.text for post in own if post.official} == {"Плановое отключение", "Уточните адрес"}
        here.cursors.clear()
        assert not any(post.official for post in await here.read())


async def test_forgotten_comments_come_again_as_versions() -> None:
    async with town() as here:
        number = here.post("Нет воды")
        first = here.comment(number, "Первый")
        assert len(await here.read(follow_comments=0)) == 2
        here.now += 5 * MINUTE
        await here.read(follow_comments=0)
        second = here.comment(number, "Второй")
        here.now += 5 * MINUTE
        posts = await here.read(follow_comments=0)
        assert [(post.id[-3:], bool(post.edited_at)) for post in posts] == [(f":c{first}", True), (f":c{second}", False)]


async def test_a_discussion_larger_than_the_memory_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_MOST_SEEN", 300)
    async with town() as here:
        number = here.post("Нет воды")
        for place in range(750):
            here.comment(number, f"Комментарий {place}")
        assert len(await here.read()) == 751
        assert len(here.cursors[here.source().id]) < 5_000
        here.now += HOUR
        here.comment(number, "Ещё один")
        assert [post.text for post in await here.read() if not post.edited_at] == ["Ещё один"]
