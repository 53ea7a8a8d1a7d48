"""Bytes of a page to sound posts: a fast way for good pages, a slow one that saves what it can.

The fast way reads the page in one call with strict types. If it fails, the slow way takes the page apart post by post: what is sound
goes on, what is not becomes a dead letter with its reason, and nothing else is harmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from monitor.model.codec import DecodeError, convert, decode
from monitor.model.position import Position
from monitor.model.post import PAGE_VERSION, Page, Post
from monitor.reasons import type_reason
from monitor.triage.salvage import Piece, Unreadable, as_it_came, clean, take_apart

Reason = Literal[
    "broken_json",
    "wrong_type",
    "missing_id",
    "unknown_version",
    "not_a_page",
    "unknown_region",
    "parser",
    "parked",
    "stage_error",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

EARLIEST = 946_684_800_000
"""2000-01-01: no social network is older; an earlier time is a mistake of the source, such as year 0."""
LATEST = 4_102_444_800_000
"""2100-01-01: a page fetched later would carry the clock of the stages away for good."""
CLOCK_SKEW = 86_400_000
"""A post from further than a day ahead of its fetch has a wrong time; a few hours are a wrong time zone, and kept."""
MAX_TEXT = 256_000
"""Characters: the crawler cuts at as many bytes, so a longer text came past it. Cut and marked, not refused."""
MAX_ATTACHMENTS = 1000
"""A hundred times what the networks allow; each would be stored and hashed."""
MAX_ID = 200
MAX_COUNT = 0xFFFF_FFFF
_NUL = b"\\u0000"
"""How JSON writes the character that no text may have."""
_QUOTED = re.compile(r"""значение ['"].*""", re.DOTALL)


@dataclass(slots=True)
class Dead:
    """What could not be taken: a post or a whole page, why, and its original bytes."""

    scope: Literal["post", "page"]
    reason: Reason
    detail: str
    payload: bytes
    item: int = 0


@dataclass(slots=True)
class Decoded:
    """One record of the pages topic: the page with its sound posts (None if there is no page), and what was not sound.

    ``items`` are the posts' numbers in the page as it came, ``undated`` the ids of posts whose time had to be made up, ``at`` is when
    the record was appended.
    """

    position: Position
    page: Page | None
    items: Sequence[int]
    dead: list[Dead] = field(default_factory=list)
    undated: set[str] = field(default_factory=set)
    payload: bytes = b""
    at: int = 0


def decode_page(data: bytes, position: Position, regions: frozenset[str] | None = None) -> Decoded:
    """Takes a page apart. Never raises: whatever the bytes are, they end as posts or as dead letters.

    A page of a region outside ``regions`` is refused (None takes all).
    """
    try:
        page = decode(data, Page)
    except DecodeError:
        return _salvage(data, position, regions)
    fault = _fault(page, regions)
    if fault is not None:
        return _refuse(data, position, *fault)
    lengths = [len(post.id) for post in page.posts]
    if 0 in lengths or max(lengths, default=0) > MAX_ID or _NUL in data:
        return _salvage(data, position, regions)
    decoded = Decoded(position, page, range(len(lengths)), payload=data)
    _keep(decoded, page)
    return decoded


def _fault(page: Page, regions: frozenset[str] | None) -> tuple[Reason, str] | None:
    """What makes a page useless whatever its posts are: its time is the clock of the stages, its source and region their keys."""
    if page.v > PAGE_VERSION:
        return "unknown_version", f"страница версии {page.v}, а эта программа читает до {PAGE_VERSION}"
    if not 0 < len(page.source) <= MAX_ID or "\x00" in page.source:
        return "not_a_page", f"source: нужно от 1 до {MAX_ID} знаков без NUL"
    if not EARLIEST <= page.fetched_at <= LATEST:
        return "not_a_page", "fetched_at не между 2000 и 2099 годом"
    if regions is not None and page.region not in regions:
        return "unknown_region", f"источник {page.source}: нет профиля региона {page.region[:MAX_ID]!r}"
    return None


def _keep(decoded: Decoded, page: Page) -> None:
    """Repairs what must be repaired in posts with sound ids, and notes what the parser could not take."""
    page.covered_until = min(max(page.covered_until, 0), page.fetched_at)
    latest = page.fetched_at + CLOCK_SKEW
    for post in page.posts:
        if not (
            EARLIEST <= post.published_at <= latest
            and 0 <= post.edited_at <= latest
            # Negative, or too many bits, if any of them is.
            and 0 <= post.likes | post.reposts | post.comments | post.views <= MAX_COUNT
            and len(post.text) <= MAX_TEXT
            and len(post.attachments) <= MAX_ATTACHMENTS
        ):
            _repair(decoded, post, page.fetched_at, latest)
    for broken in page.broken:
        decoded.dead.append(Dead("post", "parser", broken.detail, broken.payload.encode("utf-8", "replace"), len(page.posts)))


def _repair(decoded: Decoded, post: Post, fetched_at: int, latest: int) -> None:
    """Puts right what the source got wrong and nobody needs exactly; a time that can't be is that of the fetch."""
    if not EARLIEST <= post.published_at <= latest:
        decoded.undated.add(post.id)
        post.published_at = fetched_at
    if not 0 <= post.edited_at <= latest:
        post.edited_at = 0
    if len(post.text) > MAX_TEXT:
        post.text = post.text[:MAX_TEXT]
        post.truncated = True
    if len(post.attachments) > MAX_ATTACHMENTS:
        post.attachments = post.attachments[:MAX_ATTACHMENTS]
        post.truncated = True
    post.likes = min(max(post.likes, 0), MAX_COUNT)
    post.reposts = min(max(post.reposts, 0), MAX_COUNT)
    post.comments = min(max(post.comments, 0), MAX_COUNT)
    post.views = min(max(post.views, 0), MAX_COUNT)


def _refuse(data: bytes, position: Position, reason: Reason, detail: str) -> Decoded:
    return Decoded(position, None, [], [Dead("page", reason, detail, data)], payload=data)


def _salvage(data: bytes, position: Position, regions: frozenset[str] | None) -> Decoded:
    try:
        apart = take_apart(data)
    except Unreadable as error:
        return _refuse(data, position, error.reason, str(error))
    version = apart.head.get("v", PAGE_VERSION)
    if not isinstance(version, int) or version > PAGE_VERSION:
        return _refuse(data, position, "unknown_version", "a page version that this program does not read")
    try:
        page = convert(clean(apart.head), Page)
    except DecodeError as error:
        return _refuse(data, position, "not_a_page", _why(error))
    fault = _fault(page, regions)
    if fault is not None:
        return _refuse(data, position, *fault)
    items: list[int] = []
    page.posts = []
    decoded = Decoded(position, page, items, payload=data)
    for item, piece in enumerate(apart.pieces):
        post = _post(piece)
        if isinstance(post, Post):
            items.append(item)
            page.posts.append(post)
        else:
            decoded.dead.append(Dead("post", *post, as_it_came(piece.text), item))
    _keep(decoded, page)
    if apart.rest is not None:
        detail = "здесь страница обрывается или испорчена; целые сообщения до этого места приняты"
        decoded.dead.append(Dead("page", "broken_json", detail, as_it_came(apart.rest), len(apart.pieces)))
    return decoded


def _post(piece: Piece) -> Post | tuple[Reason, str]:
    """The post, or why there is none."""
    if not piece.readable:
        return "broken_json", "не JSON или слишком глубокая вложенность"
    if isinstance(piece.value, dict) and piece.value.get("id") is None:
        return "missing_id", "у сообщения нет id"
    try:
        post = convert(clean(piece.value), Post)
    except DecodeError as error:
        return "wrong_type", _why(error)
    if not 0 < len(post.id) <= MAX_ID or "\x00" in post.id:
        return "missing_id", f"id: нужно от 1 до {MAX_ID} знаков без NUL"
    post.text = post.text.replace("\x00", "")
    return post


def _why(error: DecodeError) -> str:
    """Field and types, without the value that the error quotes: details are shown, and a value may be what somebody wrote."""
    what, path = type_reason(error)
    what = _QUOTED.sub("значение", what)
    return f"{what} ({'.'.join(map(str, path))})" if path else what
