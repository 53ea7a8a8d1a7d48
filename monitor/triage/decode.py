"""Bytes of a page to sound posts: a fast way for good pages, a slow one that saves what it can.

The fast way is one orjson call and one conversion with strict types. If it fails, the slow way takes the page apart post by post:
what is sound goes on, what is not becomes a dead letter with its reason, and nothing else is harmed.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from monitor.model.codec import DecodeError, convert, decode
from monitor.model.position import Position
from monitor.model.post import PAGE_VERSION, Page, Post

Reason = Literal[
    "broken_json",
    "wrong_type",
    "missing_id",
    "unknown_version",
    "not_a_page",
    "parser",
    "parked",
    "stage_error",
]
REASONS: tuple[Reason, ...] = (
    "broken_json",
    "wrong_type",
    "missing_id",
    "unknown_version",
    "not_a_page",
    "parser",
    "parked",
    "stage_error",
)

EARLIEST = 946_684_800_000
"""2000-01-01: no social network is older; an earlier time is a mistake of the source, such as year 0."""
CLOCK_SKEW = 86_400_000
"""A post from further than a day ahead of its fetch has a wrong time; a few hours are a wrong time zone, and kept."""
MAX_TEXT = 256_000
"""Characters: the crawler cuts at as many bytes, so a longer text came past it. Cut and marked, not refused."""
MAX_ID = 200
MAX_COUNT = 0xFFFF_FFFF
_QUOTED = re.compile(r"value '.*'", re.DOTALL)


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
    items: list[int]
    dead: list[Dead] = field(default_factory=list)
    undated: set[str] = field(default_factory=set)
    repaired: int = 0
    payload: bytes = b""
    at: int = 0


def decode_page(data: bytes, position: Position) -> Decoded:
    """Takes a page apart. Never raises: whatever the bytes are, they end as posts or as dead letters."""
    try:
        page = decode(data, Page)
    except DecodeError:
        return _salvage(data, position)
    if page.v > PAGE_VERSION:
        return _refuse(data, position, "unknown_version", f"page version {page.v}, this program reads up to {PAGE_VERSION}")
    decoded = Decoded(position, page, [], payload=data)
    _keep_sound(decoded, list(enumerate(page.posts)))
    _keep_unparsed(decoded, page)
    return decoded


def _keep_unparsed(decoded: Decoded, page: Page) -> None:
    for broken in page.broken:
        decoded.dead.append(Dead("post", "parser", broken.detail, broken.payload.encode("utf-8", "replace"), len(page.posts)))


def _keep_sound(decoded: Decoded, posts: list[tuple[int, Post]]) -> None:
    page = decoded.page
    assert page is not None
    kept = []
    latest = page.fetched_at + CLOCK_SKEW
    for item, post in posts:
        if not post.id or len(post.id) > MAX_ID or "\x00" in post.id:
            detail = f"the id must have 1 to {MAX_ID} characters and no NUL"
            decoded.dead.append(Dead("post", "missing_id", detail, _bytes(asdict(post)), item))
            continue
        if (
            not EARLIEST <= post.published_at <= latest
            or len(post.text) > MAX_TEXT
            or "\x00" in post.text
            or post.edited_at < 0
            or post.edited_at > latest
            or not 0 <= post.likes + post.views + post.reposts + post.comments <= MAX_COUNT
            or post.likes < 0
            or post.reposts < 0
            or post.comments < 0
            or post.views < 0
        ):
            if not EARLIEST <= post.published_at <= latest:
                decoded.undated.add(post.id)
            _repair(post, page.fetched_at, latest)
            decoded.repaired += 1
        kept.append(post)
        decoded.items.append(item)
    page.posts = kept


def _repair(post: Post, fetched_at: int, latest: int) -> None:
    """Puts right what the source got wrong and nobody needs exactly; a time that can't be is that of the fetch."""
    if not EARLIEST <= post.published_at <= latest:
        post.published_at = fetched_at
    if not 0 <= post.edited_at <= latest:
        post.edited_at = 0
    if len(post.text) > MAX_TEXT:
        post.text = post.text[:MAX_TEXT]
        post.truncated = True
    post.text = post.text.replace("\x00", "")
    post.likes = min(max(post.likes, 0), MAX_COUNT)
    post.reposts = min(max(post.reposts, 0), MAX_COUNT)
    post.comments = min(max(post.comments, 0), MAX_COUNT)
    post.views = min(max(post.views, 0), MAX_COUNT)


def _refuse(data: bytes, position: Position, reason: Reason, detail: str) -> Decoded:
    return Decoded(position, None, [], [Dead("page", reason, detail, data)], payload=data)


def _salvage(data: bytes, position: Position) -> Decoded:
    text = data.decode("utf-8", "replace")
    broken: Dead | None = None
    raw: Any
    try:
        raw = json.loads(text)
    except RecursionError:
        return _refuse(data, position, "broken_json", "nested too deep")
    except ValueError:
        raw = _head_and_posts(text)
        broken = Dead("page", "broken_json", "the page ends or breaks in the middle; the sound posts before were taken", data)
        if raw is None:
            return _refuse(data, position, "broken_json", "not JSON, and no head of a page")
    if not isinstance(raw, dict):
        return _refuse(data, position, "not_a_page", f"a page is an object, this is {type(raw).__name__}")
    posts = raw.pop("posts", [])
    version = raw.get("v", PAGE_VERSION)
    if not isinstance(version, int) or version > PAGE_VERSION:
        return _refuse(data, position, "unknown_version", "a page version that this program does not read")
    try:
        page = convert(_whole(raw), Page)
    except DecodeError as error:
        return _refuse(data, position, "not_a_page", _why(error))
    if not isinstance(posts, list):
        return _refuse(data, position, "not_a_page", "posts is not a list")
    decoded = Decoded(position, page, [], payload=data)
    sound = []
    for item, one in enumerate(posts):
        whole = _whole(one)
        try:
            sound.append((item, convert(whole, Post)))
            decoded.repaired += whole != one
        except DecodeError as error:
            decoded.dead.append(Dead("post", "wrong_type", _why(error), _bytes(whole), item))
    _keep_sound(decoded, sound)
    _keep_unparsed(decoded, page)
    if broken is not None:
        broken.item = len(posts)
        decoded.dead.append(broken)
    return decoded


def _head_and_posts(text: str) -> dict[str, Any] | None:
    """The head of a page and its complete posts, out of a text that breaks somewhere in its list of posts."""
    mark = text.find('"posts"')
    start = text.find("[", mark)
    if mark < 0 or start < 0:
        return None
    try:
        head = json.loads(text[:mark].rstrip().rstrip(",") + "}")
    except ValueError:
        return None
    decoder = json.JSONDecoder()
    posts: list[Any] = []
    at = start + 1
    while True:
        while at < len(text) and text[at] in ", \t\r\n":
            at += 1
        try:
            post, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        posts.append(post)
    if not isinstance(head, dict):
        return None
    head["posts"] = posts
    return head


def _whole(value: Any) -> Any:
    """The value with lone surrogates replaced: they are no characters and no UTF-8."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return value


def _why(error: DecodeError) -> str:
    """Field and types, without the value that the error quotes: details are shown, and a value may be what somebody wrote."""
    return _QUOTED.sub("value", str(error))


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "replace")
