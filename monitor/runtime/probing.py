"""A source that somebody wants to add, asked of its network: what it is, whether it can be read, and its last posts, classified.

The process that owns the data folder does it, since the tokens and what they may still ask are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from detectors.base import Classifier
from monitor.clock import Clock
from monitor.model.errors import SourceRefused
from monitor.model.source import Source, SourceKind
from monitor.runtime.local import Handler
from sources.base import Adapter
from sources.budgets.budgets import Budgets
from sources.max.adapter import MaxAdapter
from sources.odnoklassniki.adapter import OkAdapter
from sources.rss.adapter import RssAdapter
from sources.telegram.adapter import TelegramAdapter
from sources.vk.adapter import VkAdapter

PROBE, TOKENS = "sources/probe", "sources/tokens"
"""The questions of the local socket."""
SHOWN: Final = 5
TURNS: Final = 3
"""Requests for posts at most: the newest come first."""


@dataclass(slots=True, frozen=True)
class Question:
    """The source as it was recognised."""

    network: str
    address: str
    kind: SourceKind = "community"
    territory: str = ""


@dataclass(slots=True)
class Probed:
    """``address`` as it is best written down; ``posts`` newest first, each a text and what it is about."""

    address: str = ""
    name: str = ""
    members: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)


async def probe(question: Question, region: str, adapters: Mapping[str, Adapter], classifier: Classifier, clock: Clock) -> Probed:
    """Raises SourceRefused where it is closed or gone, RetryableError where the network does not answer."""
    adapter, now = adapters[question.network], clock.now()
    source = Source("new", question.network, question.kind, region, question.address, territory=question.territory)
    found = Probed(question.address)
    if isinstance(adapter, VkAdapter):
        community = await adapter.describe(question.address, now)
        if community is not None:
            # The number stays when a community changes its short name.
            found.address, found.name, found.members = str(community.owner), community.name, community.members
            source = replace(source, address=found.address)
            if community.closed:
                raise SourceRefused(f"VK: сообщество «{community.name}» закрытое: его стену видят только участники")
    elif isinstance(adapter, OkAdapter):
        group = await adapter.group(source, now)
        found.address, found.name, found.members = group.id, group.name, group.members
    elif isinstance(adapter, TelegramAdapter) and ":" not in question.address:
        found.name, found.members = await adapter.describe(question.address, now)
    elif isinstance(adapter, MaxAdapter):
        chat = await adapter.describe(question.address, now)
        found.address, found.name, found.members = chat.address, chat.name, chat.members
        source = replace(source, address=found.address)
    elif isinstance(adapter, RssAdapter):
        found.name = await adapter.title(source, now)
    posts = []
    cursor = ""
    for _ in range(TURNS):
        fetched = await adapter.fetch(source, cursor, now)
        posts += [post for page in fetched.pages for post in page.posts if not post.deleted and post.text]
        cursor = fetched.pages[-1].cursor
        if len(posts) >= SHOWN or not fetched.more:
            break
    posts = sorted(posts, key=lambda post: (-post.published_at, post.id))[:SHOWN]
    for post, verdict in zip(posts, classifier.classify(posts, question.territory), strict=True):
        row = {"at": post.published_at, "text": post.text, "kind": verdict.kind, "theme": verdict.theme, "group": verdict.group}
        found.posts.append({**row, "territory": verdict.place.territory, "body": verdict.body})
    return found


def standings(budgets: Budgets) -> list[dict[str, Any]]:
    """All tokens without their values."""
    rows: list[dict[str, Any]] = orjson.loads(orjson.dumps(budgets.standings()))
    return rows


def handlers(
    region: str, adapters: Mapping[str, Adapter], budgets: Budgets | None, classifier: Callable[[], Classifier], clock: Clock
) -> dict[str, Handler]:
    """What the process that asks the networks answers to both questions."""

    async def probed(body: bytes) -> Probed:
        return await probe(Question(**orjson.loads(body)), region, adapters, classifier(), clock)

    async def tokens(body: bytes) -> Sequence[dict[str, Any]]:
        return standings(budgets) if budgets is not None else []

    return {PROBE: probed, TOKENS: tokens}
