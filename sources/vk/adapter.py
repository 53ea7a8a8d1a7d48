"""Reads VK: walls with their comments, and searches. One call, one request; everything between two calls is in the cursor.

A wall is looked at from its newest post. A look tells which posts are new, edited or missing, and how many comments each has; what
follows is read by the next calls (``more``): further pages if there were many new posts, the posts that are missing by their ids
(only then are they deleted), the comments of posts whose number of comments has changed, youngest posts first, and now and then
comments and older posts that seem unchanged. ``covered_until`` is the time of the last look up to which all of that has been read;
what has left the newest hundred counts as read when it was last looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from monitor.model.errors import SourceRefused
from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.paging import split
from sources.vk import threads, wall
from sources.vk.about import Community, community
from sources.vk.address import NETWORK, Address, address_of, recognise
from sources.vk.batch import Batch
from sources.vk.call import Api, Refusal, Unread
from sources.vk.decode import Broken
from sources.vk.marks import Mark, WallState, dump, load, untold
from sources.vk.parse import Reading, parse_comments, parse_wall
from sources.vk.plan import due, left, next_step
from sources.vk.search import Search
from sources.vk.settings import VkSettings
from sources.wire import Budget, Http

_OVERLAP: Final = 10
"""Posts by which two requests for the past overlap: more are hardly deleted between them."""
_CHANGED: Final = frozenset((15, 100, 210))
"""Errors of wall.getComments by which VK says that there is no such post."""


class VkAdapter:
    """The adapter of network ``vk``. A source's address is a wall (see sources.vk.address) or ``search:текст``."""

    network = NETWORK

    def __init__(self, settings: VkSettings, http: Http, budget: Budget, author_key: bytes) -> None:
        self._settings = settings
        self._key = author_key
        self._api = Api(settings, http, budget)
        self._search = Search(settings, self._api)
        self._batch = Batch(settings, self._api)
        self.many = self._batch.most

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        address = address_of(source.address)
        if address.query:
            return await self._search.fetch(source, address.query, self._reading(source), cursor, now)
        state = load(cursor)
        before = state.covered()
        reading = self._reading(source)
        posts, broken = await self._step(state, address, reading, now)
        return self._fetched(source, state, cursor, before, posts, broken, now)

    def joins(self, source: Source, cursor: str, now: int) -> bool:
        """Looks at walls do. See sources.base.Many."""
        address = recognise(source.address)
        return bool(address and not address.query) and next_step(load(cursor), now, self._settings) == "look"

    async def fetch_many(self, sources: Sequence[Source], cursors: Sequence[str], now: int) -> dict[str, Fetched | SourceRefused]:
        """Looks at several walls by one ``execute``, if there is a token of a user: answers by source, as ``fetch`` would give them.

        A source is left out (and is to be fetched alone) if its next step is no look at a wall, if there are more than one request
        may read, and if VK failed at it for the moment. Each wall is charged as a call of wall.get. See sources.base.Many.
        """
        looks = []
        for source, cursor in zip(sources, cursors, strict=True):
            if self.joins(source, cursor, now):
                looks.append((source, cursor, address_of(source.address), load(cursor)))
        looks = looks[: self._batch.most]
        if not looks:
            return {}
        readings = [self._reading(source) for source, _, _, _ in looks]
        answers = await self._batch.look([address for _, _, address, _ in looks], readings, now)
        found: dict[str, Fetched | SourceRefused] = {}
        for (source, cursor, _, state), answer in zip(looks, answers, strict=True):
            if isinstance(answer, SourceRefused):
                found[source.id] = answer
            elif answer is not None:
                before = state.covered()
                posts = wall.look(state, answer, now, self._settings, self._batch.page(len(looks)))
                found[source.id] = self._fetched(source, state, cursor, before, posts, answer.broken, now)
        return found

    async def describe(self, address: str, now: int) -> Community | None:
        """The community at a pasted address; None for people and searches. Raises as ``fetch``."""
        return await community(self._api, address_of(address), now)

    async def past(self, source: Source, cursor: str, since: int, now: int) -> Fetched:
        """Posts of a wall from the newest back to ``since``, a hundred a request; searches show no past. See sources.base.Past.

        The cursor is VK's offset. What is written meanwhile moves the wall on, so posts come twice; what is deleted moves it back, so
        requests overlap.
        """
        address = address_of(source.address)
        if address.query:
            raise SourceRefused("VK: у поиска нет прошлого")
        offset = int(cursor or 0)
        params = {**whose(address), "count": str(wall.PAGE), "offset": str(offset), "filter": "all"}
        try:
            answer = await self._api.ask("wall.get", params, partial(parse_wall, reading=self._reading(source)), now)
        except Refusal as refusal:
            raise refusal.error from None
        oldest = min((item.date * 1000 for item in answer.items if not item.is_pinned), default=now)
        posts = [post for post in answer.posts if post.published_at >= since]
        page = Page(source.id, source.region, self.network, now, 0, str(offset + max(1, answer.given - _OVERLAP)), posts=posts)
        more = answer.given > 0 and offset + answer.given < answer.count and oldest >= since
        return Fetched(split(page, cursor, posts_limit=wall.PAGE), more, broken=[(raw, reason) for raw, reason in answer.broken])

    async def close(self) -> None:
        """Connections are those of ``http``."""

    def _reading(self, source: Source) -> Reading:
        return Reading(self._key, self._settings.officials, source.kind == "official")

    def _fetched(
        self, source: Source, state: WallState, cursor: str, before: int, posts: list[Post], broken: list[Broken], now: int
    ) -> Fetched:
        more = left(state, now, self._settings) is not None
        fresh = untold(state.told, broken)
        page = Page(source.id, source.region, self.network, now, max(before, state.covered()), dump(state), posts=posts)
        return Fetched(split(page, cursor, before, posts_limit=wall.PAGE), more, 0.0 if more else self._settings.wait, fresh)

    async def _step(self, state: WallState, address: Address, reading: Reading, now: int) -> tuple[list[Post], list[Broken]]:
        step = next_step(state, now, self._settings)
        if step == "comments":
            return await self._comments(state, reading, now)
        if step == "confirm" or step == "older":
            return await self._by_ids(state, reading, now, confirm=step == "confirm")
        offset = state.gap.offset if step == "back" and state.gap else 0
        params = {**whose(address), "count": str(wall.PAGE), "offset": str(offset), "filter": "all"}
        try:
            answer = await self._api.ask("wall.get", params, partial(parse_wall, reading=reading), now)
        except Refusal as refusal:
            raise refusal.error from None
        if step == "back":
            return wall.back(state, answer, now, self._settings), answer.broken
        return wall.look(state, answer, now, self._settings), answer.broken

    async def _by_ids(self, state: WallState, reading: Reading, now: int, *, confirm: bool) -> tuple[list[Post], list[Broken]]:
        numbers = wall.missing(state) if confirm else wall.older(state)
        posts: list[Post] = []
        broken: list[Broken] = []
        if numbers:
            names = ",".join(f"{state.owner}_{number}" for number in numbers)
            try:
                answer = await self._api.ask("wall.getById", {"posts": names}, partial(parse_wall, reading=reading), now)
                posts = wall.found(state, numbers, answer, now, self._settings, confirm=confirm)
                broken = answer.broken
            except Refusal as refusal:
                if not refusal.of_source:
                    raise refusal.error from None
                for number in numbers:
                    state.posts[number].gone = 2
        if not confirm:
            state.older_below = numbers[-1] if len(numbers) == wall.PAGE else 0
            state.older_at = state.older_at if state.older_below else now
        return posts, broken

    async def _comments(self, state: WallState, reading: Reading, now: int) -> tuple[list[Post], list[Broken]]:
        mark = state.posts[state.progress.post] if state.progress else due(state, now, self._settings)
        if mark is None:
            return [], []
        progress = state.progress = state.progress or threads.begin(mark, now)
        owner = state.owner
        params = {"owner_id": str(owner), "post_id": str(mark.id), **threads.asked(progress)}
        read = partial(parse_comments, owner=owner, post=mark.id, reading=reading)
        try:
            answer = await self._api.ask("wall.getComments", params, read, now)
        except Refusal as refusal:
            if not refusal.of_source:
                raise refusal.error from None
            self._closed(state, mark, refusal.code, now)
            return [], []
        except Unread:
            # The rest of the wall does not wait for one answer that can't be read; these comments are tried again after others.
            state.progress = None
            mark.read_at = now
            mark.since = min(mark.since, state.looked) if mark.since >= 0 else state.looked
            return [], [(b"", "the answer with comments of a post can't be read")]
        posts, done = threads.take(progress, mark, owner, answer, now)
        if done:
            state.progress = None
        return posts, answer.broken

    def _closed(self, state: WallState, mark: Mark, code: int, now: int) -> None:
        state.progress = None
        threads.skip(mark, now)
        if code in _CHANGED and mark.gone == 0:
            mark.gone = 1


def whose(address: Address) -> dict[str, str]:
    """The parameter of wall.get that names the wall."""
    return {"owner_id": str(address.owner)} if address.owner else {"domain": address.domain}
