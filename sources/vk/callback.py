"""Callback API: what VK tells of one's own communities at once. Edits of posts are not told, so the wall is polled all the same.

VK sends an event again until it is answered ``ok`` (``X-Retry-Counter`` says how often); the same ``event_id`` is the same event.
https://dev.vk.com/api/callback/getting-started
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from monitor.model.post import Page, Post
from monitor.model.source import Source
from sources.base import Fetched
from sources.paging import split
from sources.vk import decode
from sources.vk.address import NETWORK
from sources.vk.events import Event, event_post
from sources.vk.parse import Reading
from sources.wire import Pushed, Taken

_REFUSED: Final = Taken(403, "неверный секрет")
_BAD: Final = Taken(400, "не событие")


@dataclass(slots=True, frozen=True)
class Hook:
    """One community: the source that its posts are of, the secret key and the confirmation string that VK shows beside it."""

    source: Source
    secret: str = field(repr=False)
    confirmation: str = field(repr=False)


class VkCallback:
    """The inlet of network ``vk``. ``hooks`` are by the number of the community (positive)."""

    network = NETWORK
    path = "/push/vk"

    def __init__(self, hooks: Mapping[int, Hook], author_key: bytes, officials: frozenset[int] = frozenset()) -> None:
        self._hooks = dict(hooks)
        self._key = author_key
        self._officials = officials

    async def take(self, request: Pushed, now: int) -> Taken:
        try:
            event = _EVENT.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _BAD
        hook = self._hooks.get(event.group_id)
        if hook is None or not hook.secret or not hmac.compare_digest(event.secret.encode("utf-8", "replace"), hook.secret.encode()):
            # The confirmation comes before VK knows the secret: the string is of use to the community's owner only.
            asked = hook is not None and event.type == "confirmation" and not event.secret
            return Taken(body=hook.confirmation) if hook and asked else _REFUSED
        if event.type == "confirmation":
            return Taken(body=hook.confirmation)
        return Taken(fetched=self._fetched(hook.source, event, now), event=event.event_id)

    def _fetched(self, source: Source, event: Event, now: int) -> list[tuple[Source, Fetched]]:
        reading = Reading(self._key, self._officials, source.kind == "official")
        broken: list[decode.Broken] = []
        posts: list[Post] = []
        try:
            post = event_post(event, reading, now)
            if post is None:
                return []
            posts.append(post)
        except ValueError as error:
            broken.append((decode.scrub(bytes(event.object)), str(error)))
        page = Page(source.id, source.region, NETWORK, now, posts=posts)
        return [(source, Fetched(split(page), broken=list(broken)))]


# Made here: two threads must not be the first to look into one type.
_EVENT: Final = msgspec.json.Decoder(Event)
