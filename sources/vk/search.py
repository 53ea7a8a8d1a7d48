"""Searches: what is written anywhere in VK about a town, outside of the walls that are watched.

A search asks newsfeed.search for what is new since the last time, and a little before that, since posts enter the index late. Its
findings come as a page for each wall that holds some; the page's source is the search, the posts have the ids that they have in VK.
Posts of owners that have a source of their own (``VkSettings.watched``) are left out: their source brings them, with comments,
edits and deletions, and no post has two sources. When an owner comes to be watched later, its posts come again under the same ids,
and the source's version is the later one. Edits of findings are noticed while they are in the overlap; deletions and comments are
not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import orjson

from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.paging import split
from sources.vk.address import NETWORK
from sources.vk.call import Api, Refusal
from sources.vk.marks import print_of, untold
from sources.vk.parse import Reading, WallAnswer, parse_wall
from sources.vk.settings import VkSettings
from sources.vk.wall import PAGE

_VERSION: Final = 1
_COUNT: Final = 200
_OVERLAP: Final = 1_800
"""Seconds by which two readings overlap."""
_KNOWN: Final = 1_000


@dataclass(slots=True)
class SearchState:
    """``covered`` (ms): all before has been read. ``since`` (s) and ``started`` are of the reading that goes on at ``start_from``.

    ``told``: hashes of broken items that have been told. ``known``: findings of the last readings, id to date (s) and hash.
    """

    covered: int = 0
    since: int = 0
    started: int = 0
    start_from: str = ""
    pages: int = 0
    told: list[int] = field(default_factory=list)
    known: dict[str, list[int]] = field(default_factory=dict)


class Search:
    """Reads sources whose address is ``search:текст``."""

    def __init__(self, settings: VkSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    async def fetch(self, source: Source, query: str, reading: Reading, cursor: str, now: int) -> Fetched:
        state = load(cursor)
        before = state.covered
        if not state.start_from:
            state.started = now
            state.since = (state.covered or now - self._settings.search_hours * 3_600_000) // 1000 - _OVERLAP
            state.pages = 0
        params = {"q": query, "count": str(_COUNT), "start_time": str(state.since), "end_time": str(state.started // 1000)}
        if state.start_from:
            params["start_from"] = state.start_from
        try:
            answer = await self._api.ask("newsfeed.search", params, lambda body: parse_wall(body, reading), now)
        except Refusal as refusal:
            raise refusal.error from None
        posts = self._new(state, answer, now)
        state.pages += 1
        more = bool(answer.next_from and answer.given) and state.pages < self._settings.search_pages
        state.start_from = answer.next_from if more else ""
        if not more:
            state.covered = state.started
        self._forget(state)
        broken = untold(state.told, answer.broken)
        pages = self._pages(source, posts, cursor, before, state, now)
        return Fetched(pages, more, 0.0 if more else self._settings.wait, broken)

    def _new(self, state: SearchState, answer: WallAnswer, now: int) -> dict[int, list[Post]]:
        """New and changed findings by the owner of the wall that holds them, in the order in which they came."""
        posts: dict[int, list[Post]] = {}
        for item, post in zip(answer.items, answer.posts, strict=True):
            if item.owner_id in self._settings.watched or post.deleted:
                continue
            content = print_of(post)
            known = state.known.get(post.id)
            if known and known[1] == content:
                continue
            if known and post.edited_at <= state.covered:
                post.edited_at = now
            state.known[post.id] = [item.date, content]
            posts.setdefault(item.owner_id, []).append(post)
        return posts

    def _forget(self, state: SearchState) -> None:
        """What the next reading can't find again, and what is too much."""
        oldest = state.since - _OVERLAP if state.start_from else state.covered // 1000 - 2 * _OVERLAP
        kept = sorted(((date, name, content) for name, (date, content) in state.known.items() if date >= oldest), reverse=True)
        state.known = {name: [date, content] for date, name, content in kept[:_KNOWN]}

    def _pages(
        self, source: Source, posts: dict[int, list[Post]], cursor: str, before: int, state: SearchState, now: int
    ) -> list[Page]:
        """A page for each wall; only the last has the new cursor."""
        groups = list(posts.values()) or [[]]
        pages = [Page(source.id, source.region, NETWORK, now, before, cursor, posts=group) for group in groups[:-1]]
        last = Page(source.id, source.region, NETWORK, now, state.covered, dump(state), posts=groups[-1])
        return [part for page in pages for part in split(page, cursor, before, posts_limit=PAGE)] + split(
            last, cursor, before, posts_limit=PAGE
        )


def dump(state: SearchState) -> str:
    known = [[name, *row] for name, row in state.known.items()]
    head = [state.covered, state.since, state.started, state.start_from, state.pages, state.told]
    return orjson.dumps([_VERSION, head, known]).decode()


def load(cursor: str) -> SearchState:
    """A fresh state for an empty cursor, or one that nobody can read any more."""
    try:
        version, head, known = orjson.loads(cursor) if cursor else (0, [], [])
        if version != _VERSION:
            return SearchState()
        state = SearchState(*head)
        state.known = {name: [date, content] for name, date, content in known}
    except (ValueError, TypeError):
        return SearchState()
    return state
