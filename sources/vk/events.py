"""Events of the Callback API as posts."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from monitor.model.post import Post
from sources.masking import author_hash, mask_post
from sources.vk import decode
from sources.vk.address import NETWORK, comment_id, comment_url, post_id
from sources.vk.attachments import attachments_of, plain
from sources.vk.objects import Attached, Comment, WallPost
from sources.vk.parse import Reading, fill_comment, wall_post

_UNPUBLISHED: Final = frozenset(("suggest", "postpone"))
"""Posts that nobody can read yet; when they are published they come as new posts with other ids."""
_CHATS: Final = 2_000_000_000
"""Peers above are chats; below they are people, whose numbers go into no id."""


class Event(Struct):
    """What VK sends. ``object`` is read by the type."""

    type: str
    group_id: int
    event_id: str = ""
    secret: str = ""
    object: msgspec.Raw = msgspec.Raw(b"{}")


class Remark(Comment):
    """A comment with what says where it stands."""

    post_owner_id: int = 0
    photo_owner_id: int = 0
    photo_id: int = 0
    video_owner_id: int = 0
    video_id: int = 0
    topic_owner_id: int = 0
    topic_id: int = 0


class Message(Struct):
    id: int = 0
    date: int = 0
    from_id: int = 0
    peer_id: int = 0
    conversation_message_id: int = 0
    text: str = ""
    attachments: list[Attached] = []


class Letter(Struct):
    message: Message


_FORMS: Final[dict[type, msgspec.json.Decoder[Any]]] = {kind: msgspec.json.Decoder(kind) for kind in (WallPost, Remark, Letter)}
_THINGS: Final = ("photo", "video", "topic")


def event_post(event: Event, reading: Reading, now: int) -> Post | None:
    """The post that an event brings, masked; None for events that bring none. ``now`` (ms) is the time of an edit.

    Raises ValueError, with a message that quotes nothing, where the object is not what its type says.
    """
    about, _, change = event.type.rpartition("_")
    if event.type in ("wall_post_new", "wall_repost"):
        item = _read(event, WallPost)
        return None if item.post_type in _UNPUBLISHED else wall_post(item, reading)
    if event.type == "message_new":
        return _message(_read(event, Letter).message, event.group_id, reading)
    if about in ("wall_reply", "board_post", "photo_comment", "video_comment") and change in ("new", "edit", "delete", "restore"):
        post = _remark(_read(event, Remark), about, -event.group_id, reading, deleted=change == "delete")
        if change in ("edit", "restore"):
            post.edited_at = now
        return post
    return None


def _read(event: Event, kind: type[Any]) -> Any:
    raw = bytes(event.object)
    found, reason = decode.one(raw, _FORMS[kind].decode, kind)
    if found is None:
        raise ValueError(reason)
    if kind is not Letter and found.id <= 0:
        raise ValueError("id не положительный")
    return found


def _remark(item: Remark, about: str, community: int, reading: Reading, *, deleted: bool) -> Post:
    item.deleted = item.deleted or deleted
    if about == "wall_reply":
        owner = item.post_owner_id or item.owner_id or community
        thread = post_id(owner, item.post_id)
        number, name, url = item.post_id, comment_id(owner, item.post_id, item.id), comment_url(owner, item.post_id, item.id)
    else:
        thing = next(one for one in _THINGS if getattr(item, f"{one}_id") or one == "topic")
        # Topics name their owner as a positive community in some events, and as a negative one in others.
        owner = getattr(item, f"{thing}_owner_id") or item.owner_id or community
        owner = -abs(owner) if thing == "topic" else owner
        number = getattr(item, f"{thing}_id")
        thread = f"vk:{thing}{owner}_{number}"
        name = f"{thread}:c{item.id}"
        url = f"https://vk.com/{thing}{owner}_{number}?{'post' if thing == 'topic' else 'reply'}={item.id}"
    if number <= 0:
        raise ValueError("не сказано, где стоит комментарий")
    post = Post(name, url=url, published_at=item.date * 1000, kind="comment", thread=thread, deleted=item.deleted)
    return fill_comment(post, item, reading, owner)


def _message(message: Message, community: int, reading: Reading) -> Post:
    if message.id > 0:
        number = str(message.id)
    elif message.peer_id > _CHATS and message.conversation_message_id > 0:
        number = f"{message.peer_id - _CHATS}.{message.conversation_message_id}"
    else:
        raise ValueError("у сообщения нет номера")
    post = Post(
        f"vk:-{community}:m{number}",
        plain(message.text),
        message.date * 1000,
        "message",
        author=author_hash(reading.author_key, NETWORK, message.from_id),
        official=reading.official(message.from_id, -community),
        attachments=attachments_of(message.attachments),
    )
    return mask_post(post)
