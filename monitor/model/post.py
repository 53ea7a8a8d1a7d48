"""What a source brings: posts, and the pages that carry them through the log.

All times are integers: milliseconds since the Unix epoch, UTC; 0 means "not known".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

PostKind = Literal["post", "comment", "message", "appeal"]
PageOrigin = Literal["live", "backfill", "retry", "reprocess", "erase"]

PAGE_VERSION = 1
"""Version of the page's form in the log; a reader accepts this one and the one before."""


# Posts and attachments are many and hold no cycle: the garbage collector need not look at them.
class Attachment(Struct, gc=False):
    """Something a post carries beside its text; ``id`` is the network's own and takes part in the content hash."""

    kind: str
    id: str = ""
    url: str = ""
    title: str = ""


class Post(Struct, gc=False):
    """Anything somebody wrote: wall post, comment, message, appeal.

    ``id`` is deterministic by network, for example ``vk:-123_456`` or ``vk:-123_456:c7``. ``author`` is a keyed hash, never
    a name. ``thread`` is the id of the post that opened the discussion, ``reply_to`` of the one answered. ``place`` is
    an address that the source itself gave in a field of its own. Counters are volatile: they are no part of identity.
    """

    id: str
    text: str = ""
    published_at: int = 0
    kind: PostKind = "post"
    edited_at: int = 0
    author: str = ""
    official: bool = False
    thread: str = ""
    reply_to: str = ""
    repost_of: str = ""
    url: str = ""
    place: str = ""
    attachments: list[Attachment] = []
    deleted: bool = False
    truncated: bool = False
    likes: int = 0
    reposts: int = 0
    comments: int = 0
    views: int = 0


@dataclass(slots=True)
class Broken:
    """What the source's parser could not take: the raw item as text, masked, and why. On its way to the dead letters."""

    detail: str
    payload: str


@dataclass(slots=True)
class Page:
    """The posts that one request brought, in order: the unit of the stream. An empty page is a page.

    ``source`` is the id of the source in the region profile, ``cursor`` the source's own mark after this page,
    ``fetched_at`` when the answer arrived, ``covered_until`` the time up to which the source has certainly been read.
    """

    source: str
    region: str
    network: str
    fetched_at: int
    covered_until: int = 0
    cursor: str = ""
    origin: PageOrigin = "live"
    posts: list[Post] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    v: int = PAGE_VERSION
