"""Whatever goes wrong on the way, what has been read is in the end what VK holds: each post, in its latest version, and no more."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Post
from sources.standins.faults import FAULTS, Fault, Faults
from sources.standins.vk.server import FakeToken
from tests.sources.vk.town import DAY, HOUR, MINUTE, OWNER, SECOND, Town, town

# A hanging server costs the client's whole time-out, and is tested with the client.
QUICK: tuple[Fault, ...] = tuple(kind for kind in FAULTS if kind != "hang")


@dataclass
class Known:
    """What triage would have made of the pages: the rule of monitor.triage.stage."""

    posts: dict[str, Post]

    def take(self, post: Post) -> None:
        before = self.posts.get(post.id)
        if before is None or post.deleted or post.edited_at >= before.edited_at:
            self.posts[post.id] = post

    def there(self) -> dict[str, str]:
        return {name: post.text for name, post in self.posts.items() if not post.deleted}


def held(here: Town) -> dict[str, str]:
    posts = here.shelf.posts(str(OWNER), here.now)
    open_posts = {post.id for post in posts if not post.thread and not post.deleted}
    prefix = f"vk:{OWNER}_"
    return {
        f"{prefix}{post.thread}:c{post.id}" if post.thread else f"{prefix}{post.id}": post.text
        for post in posts
        if not post.deleted and (not post.thread or post.thread in open_posts)
    }


def live(here: Town, draw: random.Random, alive: list[int], comments: dict[int, int]) -> None:
    """Something happens in the town."""
    for _ in range(draw.choice((0, 1, 2, 2, 3, 8))):
        act = draw.random()
        if act < 0.3 or not alive:
            alive.append(here.post(f"Запись {draw.random()}", here.now - draw.randrange(30) * SECOND))
        elif act < 0.75:
            post = draw.choice(alive[-20:])
            under = [comment for comment, of in comments.items() if of == post]
            answers = draw.choice(under) if under and draw.random() < 0.6 else 0
            comments[here.comment(post, f"Комментарий {draw.random()}", here.now - SECOND, answers)] = post
        elif act < 0.85:
            here.edit(draw.choice(alive + list(comments)), f"Правка {draw.random()}")
        elif act < 0.95 and comments:
            number = draw.choice(list(comments))
            del comments[number]
            here.delete(number)
        else:
            number = alive.pop(draw.randrange(len(alive)))
            for comment in [comment for comment, of in comments.items() if of == number]:
                del comments[comment]
            here.delete(number)


async def step(here: Town, known: Known, draw: random.Random) -> bool:
    """One request of a process that may die before it has stored what it read; says whether there is more."""
    cursor = here.cursors.get(here.source().id, "")
    try:
        fetched = await here.fetch()
    except (SourceUnavailable, SourceRefused):
        return True
    if draw.random() < 0.05:
        # Killed before the append: neither posts nor cursor are in the log.
        here.cursors[here.source().id] = cursor
        return True
    for page in fetched.pages:
        for post in page.posts:
            known.take(post)
    return fetched.more


@pytest.mark.parametrize("seed", range(8))
async def test_what_was_read_is_what_vk_holds(seed: int) -> None:
    draw = random.Random(seed)
    async with town(faults=Faults(seed=seed, rate=0.15, kinds=QUICK)) as here:
        known = Known({})
        alive: list[int] = []
        comments: dict[int, int] = {}
        for _ in range(60):
            live(here, draw, alive, comments)
            for _ in range(draw.choice((0, 1, 1, 3, 20))):
                if not await step(here, known, draw):
                    break
            here.now += draw.choice((SECOND, MINUTE, 5 * MINUTE, HOUR))
        # The schedule promises that all is read again before a post is twice as old.
        for _ in range(24):
            here.now += 4 * HOUR
            while await step(here, known, draw):
                here.now += SECOND
        assert known.there() == held(here)
        assert here.budget.untold == 0
        assert sum(here.server.faults.seen.values()) > 10


@pytest.mark.parametrize(
    ("fault", "outcome", "state"),
    [
        ("429", "rate", "limited"),
        ("500", "failed", "unavailable"),
        ("reset", "failed", "unavailable"),
        ("lost", "failed", "unavailable"),
        ("cut", "failed", "unavailable"),
        ("redirect", "failed", "unavailable"),
        ("html", "failed", "broken"),
        ("broken", "failed", "broken"),
    ],
)
async def test_the_budget_learns_how_each_request_ended(fault: Fault, outcome: str, state: str) -> None:
    async with town() as here:
        here.post("Нет воды")
        here.server.faults.retry_after = 7
        here.server.faults.plan(fault)
        with pytest.raises(SourceUnavailable) as caught:
            await here.fetch()
        assert caught.value.state == state
        assert caught.value.retry_after > 0
        ((_, method, told, wait),) = here.budget.told
        assert (method, told, wait) == ("wall.get", outcome, 7.0 if fault in ("429", "500") else 0.0)
        assert "s1" not in str(caught.value)


TROUBLES = [(5, "dead"), (14, "captcha"), (17, "captcha"), (29, "quota"), (6, "rate"), (9, "flood")]


@pytest.mark.parametrize(("code", "outcome"), TROUBLES)
async def test_a_token_in_trouble_is_told_and_the_next_one_reads_on(code: int, outcome: str) -> None:
    async with town() as here:
        here.post("Нет воды")
        here.server.tokens["u1"] = FakeToken("user", code)
        with pytest.raises(SourceUnavailable, match="second") as caught:
            await here.fetch()
        assert caught.value.state == "limited"
        assert "u1" not in str(caught.value)
        assert here.budget.told[0][:3] == ("second", "wall.get", outcome)
        assert here.budget.untold == 0
        if outcome in ("dead", "captcha", "quota"):
            assert len(await here.read()) == 1


@pytest.mark.parametrize(("access", "state"), [("closed", "forbidden"), ("banned", "gone"), ("blocked", "gone")])
async def test_a_wall_that_can_not_be_read_is_refused(access: str, state: str) -> None:
    async with town() as here:
        wall = here.open(-202)
        wall.access = access  # type: ignore[assignment]
        with pytest.raises(SourceRefused) as caught:
            await here.fetch(here.source("-202"))
        assert caught.value.state == state
        wall.access = "open"
        assert await here.read(here.source("-202")) == []


async def test_comments_that_can_not_be_read_hold_up_nothing() -> None:
    async with town() as here:
        number = here.post("Нет воды", here.now - DAY)
        here.comment(number, "Комментарий", here.now - HOUR)
        here.post("Ещё запись")
        here.server.faults.plan("", "broken")
        pages = await here.pages()
        assert pages[-1].covered_until == 0
        assert len([post for page in pages for post in page.posts]) == 2
        here.now += MINUTE
        assert [post.text for post in await here.read()] == ["Комментарий"]
        assert (await here.pages())[-1].covered_until == here.now
