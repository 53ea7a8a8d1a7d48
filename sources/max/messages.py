"""Parser of MAX: messages and events to posts. Pure. All times are ms UTC; positions in texts are in UTF-16 units.

A forwarded message says what the original says: its text is the original's, after the forwarder's own words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from monitor.model.post import Attachment, Post
from sources.masking import author_hash, mask_post
from sources.max.api import NETWORK
from sources.people import without_people

WRITTEN: Final = ("message_created", "message_edited", "comment_created", "comment_edited")
REMOVED: Final = ("message_removed", "comment_removed")
EVENTS: Final = (*WRITTEN, *REMOVED)
"""The events that are asked for; comments are those on posts of channels."""

_PEOPLE: Final = frozenset(("sender", "user", "user_locale", "vcf_info", "max_info", "contact", "tam_info"))
_IDS: Final = ("photo_id", "fileId", "id", "code", "token", "url")
# Before 1973 and after 2100 a number is no time in ms.
_FIRST: Final = 100_000_000_000
_LAST: Final = 4_102_444_800_000
_LONGEST_ID: Final = 120


@dataclass(slots=True)
class Parsed:
    """Posts in the order of the items; items that could not be taken, without the people in them, each with a reason."""

    posts: list[Post] = field(default_factory=list)
    broken: list[tuple[Any, str]] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Reader:
    """What is the same for all messages: ``key`` of the authors' hash; ``officials``: users that answer for an office.

    ``official``: chats speak for themselves officially, which are the posts of a channel in its own name.
    """

    key: bytes
    officials: Collection[int] = frozenset()
    official: bool = False

    def messages(self, items: Sequence[Any]) -> Parsed:
        """Messages of a chat's history."""
        return self._each(items, self._message)

    def events(self, items: Sequence[Any]) -> Parsed:
        """What polls and webhooks bring; events of other kinds say nothing here."""
        return self._each(items, self._event)

    def _each(self, items: Sequence[Any], take: Any) -> Parsed:
        found = Parsed()
        for item in items:
            try:
                if not isinstance(item, dict):
                    raise Broken("элемент — не объект")
                post = take(item)
            except Broken as error:
                found.broken.append((without_people(item, _PEOPLE), str(error)))
            else:
                if post is not None:
                    found.posts.append(post)
        return found

    def _event(self, event: dict[str, Any]) -> Post | None:
        kind = event.get("update_type")
        if not isinstance(kind, str):
            raise Broken("у события нет типа")
        if kind in REMOVED:
            chat, mid = _integer(event.get("chat_id"), "chat_id"), _mid(event.get("message_id"))
            return Post(
                id=post_id(chat, mid),
                kind="comment" if kind == "comment_removed" else "message",
                edited_at=_time(event.get("timestamp")),
                deleted=True,
            )
        if kind not in WRITTEN:
            return None
        message = event.get("message")
        if not isinstance(message, dict):
            raise Broken("в событии нет сообщения")
        post = self._message(message)
        if kind.endswith("_edited"):
            post.edited_at = _time(event.get("timestamp"))
        return post

    def _message(self, message: dict[str, Any]) -> Post:
        home, body, link = (_object(message.get(name)) for name in ("recipient", "body", "link"))
        chat = _integer(home.get("chat_id"), "recipient.chat_id")
        at = _time(message.get("timestamp"))
        sender = _object(message.get("sender"))
        author = _integer(sender.get("user_id"), "sender.user_id") if sender else chat
        text, attachments = _content(body)
        linked = _object(link.get("message"))
        # A message that only forwards another one may have no body, and so no id of its own.
        mid = _mid(body.get("mid")) if body else f"f{at}_{_mid(linked.get('mid'))}"
        post = Post(
            id=post_id(chat, mid),
            published_at=at,
            kind="post" if home.get("chat_type") == "channel" else "message",
            author=author_hash(self.key, NETWORK, author),
            official=author in self.officials or (self.official and author == chat),
            url=_string(message.get("url")),
            views=_count(_object(message.get("stat")).get("views")),
        )
        if home.get("post_id"):
            post.kind, post.thread = "comment", post_id(chat, _mid(home["post_id"]))
        if linked and link.get("type") == "reply":
            post.reply_to = post_id(chat, _mid(linked.get("mid")))
        elif linked and link.get("type") == "forward":
            words, things = _content(linked)
            text, attachments = "\n\n".join(filter(None, (text, words))), attachments + things
            origin = link.get("chat_id")
            post.repost_of = post_id(_integer(origin, "link.chat_id"), _mid(linked.get("mid"))) if origin else ""
        post.text, post.attachments = text, attachments
        return mask_post(post)


class Broken(ValueError):
    """The item is no message; the text says why, without quoting it."""


def post_id(chat: int, mid: str) -> str:
    return f"{NETWORK}:{chat}_{mid}"


def _content(body: dict[str, Any]) -> tuple[str, list[Attachment]]:
    text = body.get("text")
    if text is not None and not isinstance(text, str):
        raise Broken("текст — не строка")
    text = _string(text)
    items = body.get("attachments")
    attachments = [_attachment(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    markup = body.get("markup")
    links = _links(text, markup) if isinstance(markup, list) and markup else []
    # Buttons under a message are no part of what it says.
    return text, [item for item in attachments if item.kind != "inline_keyboard"] + links


def _attachment(item: dict[str, Any]) -> Attachment:
    kind, payload = _string(item.get("type")) or "unknown", _object(item.get("payload"))
    if kind == "contact":
        return Attachment(kind)
    if kind == "location":
        latitude, longitude = item.get("latitude"), item.get("longitude")
        if isinstance(latitude, int | float) and isinstance(longitude, int | float):
            return Attachment(kind, id=f"{latitude:.6f},{longitude:.6f}")
    known = next((str(payload[name]) for name in _IDS if isinstance(payload.get(name), int | str) and payload[name]), "")
    title = _string(item.get("filename")) or _string(item.get("title"))
    return Attachment(kind, id=known, url=_string(payload.get("url")), title=title)


def _links(text: str, markup: list[Any]) -> list[Attachment]:
    units = text.encode("utf-16-le", "surrogatepass")
    found = []
    for mark in markup:
        address = _string(_object(mark).get("url"))
        start, length = _object(mark).get("from"), _object(mark).get("length")
        if address and isinstance(start, int) and isinstance(length, int) and 0 <= start < start + length <= len(units) // 2:
            words = units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")
            found.append(Attachment("link", id=address, url=address, title="" if words == address else words))
    return found


def _mid(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or "\0" in value:
        raise Broken("нет id сообщения")
    return value


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 1 << 63:
        raise Broken(f"{name} — не число")
    return value


def _time(value: Any) -> int:
    at = _integer(value, "timestamp")
    if not _FIRST < at < _LAST:
        raise Broken("timestamp — не время в мс")
    return at


def _count(value: Any) -> int:
    return min(value, 10**12) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
