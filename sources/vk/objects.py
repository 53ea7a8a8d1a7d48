"""VK's objects as far as they are read: API 5.199, strict in types, blind to all other fields."""

from __future__ import annotations

import msgspec
from msgspec import Struct

Flag = int | bool
"""VK writes most flags as 0 and 1, some as false and true."""


class Tally(Struct, gc=False):
    count: int = 0


class Option(Struct, gc=False):
    text: str = ""


class Media(Struct, gc=False):
    """What an attachment holds under the name of its type; a link has an ``url`` and no owner."""

    id: int | str = 0
    owner_id: int = 0
    title: str | None = ""
    text: str | None = ""
    question: str = ""
    answers: list[Option] = []
    url: str | None = ""


class Attached(Struct, gc=False):
    type: str
    photo: Media | None = None
    posted_photo: Media | None = None
    video: Media | None = None
    clip: Media | None = None
    audio: Media | None = None
    doc: Media | None = None
    link: Media | None = None
    poll: Media | None = None
    page: Media | None = None
    note: Media | None = None
    album: Media | None = None
    market: Media | None = None
    graffiti: Media | None = None
    podcast: Media | None = None
    article: Media | None = None


class Place(Struct, gc=False):
    city: str | int = ""
    address: str = ""
    title: str = ""


class Geo(Struct, gc=False):
    place: Place | None = None


class WallPost(Struct, gc=False):
    """A post of a wall. ``post_id`` is there where a search found a comment (``post_type`` is ``reply``)."""

    id: int
    owner_id: int = 0
    from_id: int = 0
    signer_id: int = 0
    date: int = 0
    edited: int = 0
    text: str = ""
    post_type: str = "post"
    post_id: int = 0
    is_pinned: Flag = 0
    is_deleted: bool = False
    copy_history: list[WallPost] = []
    attachments: list[Attached] = []
    geo: Geo | None = None
    comments: Tally | None = None
    likes: Tally | None = None
    reposts: Tally | None = None
    views: Tally | None = None


class Thread(Struct, gc=False):
    """Replies to a comment: ten at most are in ``items``."""

    count: int = 0
    items: list[Comment] = []


class Comment(Struct, gc=False):
    """A comment. One that was deleted and has replies is left as a stub: ``deleted``, without author and text."""

    id: int
    from_id: int = 0
    date: int = 0
    text: str = ""
    post_id: int = 0
    owner_id: int = 0
    reply_to_comment: int = 0
    parents_stack: list[int] = []
    attachments: list[Attached] = []
    likes: Tally | None = None
    thread: Thread | None = None
    deleted: bool = False


class Fault(Struct, gc=False):
    """``error`` of an answer. ``request_params`` are not read: they may hold a token."""

    error_code: int
    error_msg: str = ""
    method: str = ""


class Wall(Struct, gc=False):
    """wall.get, wall.getById and newsfeed.search."""

    items: list[WallPost]
    count: int = 0
    next_from: str = ""


class RawItems(Struct, gc=False):
    """An answer whose items are to be read one by one."""

    items: list[msgspec.Raw]
    count: int = 0
    next_from: str = ""
    current_level_count: int = 0


class Discussion(Struct, gc=False):
    """wall.getComments."""

    items: list[Comment]
    count: int = 0
    current_level_count: int = 0


class Group(Struct, gc=False):
    id: int
    name: str = ""
    screen_name: str = ""
    is_closed: int = 0
    members_count: int = 0
    deactivated: str = ""


class Groups(Struct, gc=False):
    groups: list[Group] = []
