"""Parser of the Bot API: updates to posts. Pure.

Every message is a post of its own, also the parts of an album (each carries the album's id as an attachment): an edit, a reply and a
webhook name single messages, and where a batch ends must not decide what a post is. Service messages (somebody joined, something was
pinned) are no posts. The Bot API tells nothing of deletions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from monitor.model.post import Attachment, Post
from sources.masking import EMAIL, PHONE, author_hash, mask_post
from sources.people import without_people
from sources.telegram.names import NETWORK, message_id

KINDS: Final = ("message", "edited_message", "channel_post", "edited_channel_post")
"""The updates that are asked for."""

_FILES: Final = ("video", "animation", "audio", "voice", "video_note", "sticker", "document")
# What Telegram itself has recognised as personal is masked even where its shape alone would not tell.
_PERSONAL: Final = {"phone_number": PHONE, "email": EMAIL}
# Fields of a message that describe people.
_PEOPLE: Final = frozenset(
    "from sender_chat author_signature contact via_bot user sender_user sender_user_name first_name last_name username "
    "new_chat_members left_chat_member users_shared passport_data".split()
)
_CHANNEL_SHIFT: Final = 1_000_000_000_000
# Numbers of users and chats have at most 52 significant bits (Bot API); times end with the year 2100.
_LARGEST: Final = 1 << 53
_LAST: Final = 4_102_444_800


@dataclass(slots=True)
class Parsed:
    """``last``: the greatest update_id; -1 if there is none."""

    posts: list[Post] = field(default_factory=list)
    broken: list[tuple[Any, str]] = field(default_factory=list)
    last: int = -1


class _Broken(ValueError):
    pass


def parse(updates: Sequence[Any], key: bytes, *, officials: Collection[int] = (), official: bool = False) -> Parsed:
    """Posts in the order of the updates. ``key`` is that of the authors' hash.

    ``officials`` are numbers of users and chats that answer for an office; ``official`` says that chats speak for themselves
    officially: posts of a channel, their copies in its discussion group, and what a group's administrators write in its name.
    """
    found = Parsed()
    for update in updates:
        try:
            if not isinstance(update, dict):
                raise _Broken("событие — не объект")
            number = _integer(update.get("update_id"), "update_id")
            found.last = max(found.last, number)
            for kind in KINDS:
                if kind in update:
                    post = _post(update[kind], key, officials, official)
                    if post is not None:
                        found.posts.append(post)
        except _Broken as error:
            found.broken.append((without_people(update, _PEOPLE), str(error)))
    return found


def _post(message: Any, key: bytes, officials: Collection[int], official: bool) -> Post | None:
    if not isinstance(message, dict) or not isinstance(chat := message.get("chat"), dict):
        raise _Broken("в событии нет сообщения или чата")
    home = _integer(chat.get("id"), "chat.id")
    number = _integer(message.get("message_id"), "message_id")
    text, attachments = _content(message)
    if not text and not attachments:
        return None
    author = _author(message, home)
    thread = 0
    if message.get("message_thread_id") and not message.get("is_topic_message") and not message.get("is_automatic_forward"):
        thread = _integer(message["message_thread_id"], "message_thread_id")
    post = Post(
        id=message_id(home, number),
        text=text,
        published_at=_time(message.get("date"), "date"),
        edited_at=_time(message["edit_date"], "edit_date") if message.get("edit_date") else 0,
        kind="post" if chat.get("type") == "channel" or message.get("is_automatic_forward") else "comment" if thread else "message",
        author=author_hash(key, NETWORK, author),
        official=author in officials or (official and (author == home or bool(message.get("is_automatic_forward")))),
        thread=message_id(home, thread) if thread else "",
        reply_to=_answered(message, home),
        repost_of=_original(message.get("forward_origin")),
        url=_url(chat, home, number),
        place=_place(message),
        attachments=attachments,
    )
    return mask_post(post)


def _content(message: dict[str, Any]) -> tuple[str, list[Attachment]]:
    text, entities = message.get("text"), message.get("entities")
    if text is None:
        text, entities = message.get("caption"), message.get("caption_entities")
    if not isinstance(text, str):
        if text is not None:
            raise _Broken("текст — не строка")
        text = ""
    attachments = _attachments(message)
    if isinstance(poll := message.get("poll"), dict):
        question, options = _string(poll.get("question")), poll.get("options")
        attachments.append(Attachment("poll", id=_string(poll.get("id")), title=question))
        answers = [_string(option.get("text")) for option in options if isinstance(option, dict)] if isinstance(options, list) else []
        text = text or "\n".join((question, *answers))
    if isinstance(entities, list) and entities:
        text, links = _marked(text, entities)
        attachments += links
    return text.replace("\0", ""), attachments


def _marked(text: str, entities: list[Any]) -> tuple[str, list[Attachment]]:
    """The text with what is personal masked, and its links. Offsets of entities are in UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    links: list[Attachment] = []
    masks: list[tuple[int, int, str]] = []
    for entity in entities:
        if not isinstance(entity, dict):
            continue
        kind, start, length = entity.get("type"), entity.get("offset"), entity.get("length")
        if not isinstance(start, int) or not isinstance(length, int) or not 0 <= start < start + length <= len(units) // 2:
            continue
        words = units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")
        if kind in _PERSONAL:
            masks.append((start, start + length, _PERSONAL[kind]))
        elif kind in ("url", "text_link"):
            address = _string(entity.get("url")) or words
            links.append(Attachment("link", id=address, url=address, title=words if kind == "text_link" else ""))
    for start, end, mask in sorted(masks, reverse=True):
        units = units[: 2 * start] + mask.encode("utf-16-le") + units[2 * end :]
    return units.decode("utf-16-le", "replace"), links


def _attachments(message: dict[str, Any]) -> list[Attachment]:
    """``id`` is the file's unique id, the same for ever and for every bot; addresses of files hold the token and are left out."""
    found = []
    photos = message.get("photo")
    if isinstance(photos, list) and photos and isinstance(photos[-1], dict):
        found.append(Attachment("photo", id=_string(photos[-1].get("file_unique_id"))))
    # An animation comes a second time as a document, for older bots.
    kinds = [kind for kind in _FILES if isinstance(message.get(kind), dict) and not (kind == "document" and "animation" in message)]
    found += [
        Attachment(kind, id=_string(message[kind].get("file_unique_id")), title=_string(message[kind].get("file_name")))
        for kind in kinds
    ]
    if isinstance(place := message.get("location"), dict):
        latitude, longitude = place.get("latitude"), place.get("longitude")
        if isinstance(latitude, int | float) and isinstance(longitude, int | float):
            found.append(Attachment("location", id=f"{latitude:.6f},{longitude:.6f}"))
    if "contact" in message:
        found.append(Attachment("contact"))
    if found and (album := _string(message.get("media_group_id"))):
        found.append(Attachment("album", id=album))
    return found


def _author(message: dict[str, Any], home: int) -> int:
    """Who speaks: a chat (a channel, or a group's administrators in its name), else a person."""
    for name in ("sender_chat", "from"):
        if isinstance(found := message.get(name), dict):
            return _integer(found.get("id"), f"{name}.id")
    return home


def _answered(message: dict[str, Any], home: int) -> str:
    answered = message.get("reply_to_message")
    if not isinstance(answered, dict) or "forum_topic_created" in answered:
        return ""
    return message_id(home, _integer(answered.get("message_id"), "reply_to_message.message_id"))


def _original(origin: Any) -> str:
    """Only forwards from channels name the message that they repeat."""
    if not isinstance(origin, dict) or origin.get("type") != "channel" or not isinstance(chat := origin.get("chat"), dict):
        return ""
    return message_id(
        _integer(chat.get("id"), "forward_origin.chat.id"), _integer(origin.get("message_id"), "forward_origin.message_id")
    )


def _url(chat: dict[str, Any], home: int, number: int) -> str:
    if name := _string(chat.get("username")):
        return f"https://t.me/{name}/{number}"
    return f"https://t.me/c/{-home - _CHANNEL_SHIFT}/{number}" if home < -_CHANNEL_SHIFT else ""


def _place(message: dict[str, Any]) -> str:
    venue = message.get("venue")
    return ", ".join(filter(None, (_string(venue.get("address")), _string(venue.get("title"))))) if isinstance(venue, dict) else ""


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise _Broken(f"{name} — не число")
    return value


def _time(value: Any, name: str) -> int:
    seconds = _integer(value, name)
    if not 0 < seconds < _LAST:
        raise _Broken(f"{name} — не время")
    return seconds * 1000


def _string(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
