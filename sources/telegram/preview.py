"""Parser of public previews, ``https://t.me/s/<channel>``: bytes of a page to posts. Pure; about 20 posts a page, oldest first.

The markup is no contract, so nothing is taken for granted: an item without number or time is broken and leaves the others alone, and
``Preview.blind`` says that a page should have had posts and none was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from monitor.model.post import Attachment, Post
from sources.masking import author_hash, mask_post
from sources.telegram.items import nodes_of, starts_of
from sources.telegram.names import NETWORK, linked_message, message_id

_MESSAGE: Final = "div.tgme_widget_message"
# One walk through an item finds all of its parts; the loose condition is five times as fast as one for each part.
_PREFIX: Final = "tgme_widget_message_"
_ROLES: Final = {
    f"{_PREFIX}date": "date",
    f"{_PREFIX}views": "views",
    f"{_PREFIX}reply": "reply",
    f"{_PREFIX}forwarded_from_name": "forward",
    f"{_PREFIX}poll": "poll",
    "tgme_reaction": "reaction",
    "message_media_not_supported": "unsupported",
    f"{_PREFIX}photo_wrap": "photo",
    f"{_PREFIX}video_player": "video",
    f"{_PREFIX}roundvideo_player": "video",
    f"{_PREFIX}voice_player": "voice",
    f"{_PREFIX}document_wrap": "document",
    f"{_PREFIX}sticker_wrap": "sticker",
    f"{_PREFIX}location_wrap": "location",
    f"{_PREFIX}contact_wrap": "contact",
    f"{_PREFIX}link_preview": "link",
}
_PARTS: Final = f"[class*={_PREFIX}], .tgme_reaction, .message_media_not_supported"
_TEXT: Final = f"{_PREFIX}text"
_SUPPORTED: Final = "media_supported_cont"
_UNSUPPORTED: Final = "message_media_not_supported_wrap"
_OLDER = re.compile(rb"<(?:a|link) [^>]{0,300}(?:\bdata-before=|\brel=\"prev\")")
_EMOJI = re.compile(rb"<i class=\"emoji\"[^>]{0,300}><b>([^<]{1,60})</b></i>")
# More than any page of Telegram has: see sources.telegram.items.
_PAGE_TAGS: Final = 100_000
_ITEMS_TAGS: Final = 30_000
_ITEMS: Final = 100
_BREAK = re.compile(rb"<br\s*/?>", re.IGNORECASE)
_NUMBER = re.compile(r"(\d[\d\s.,]*)\s*([KMB]?)\s*$", re.IGNORECASE)
_BACKGROUND = re.compile(r"url\(['\"]?([^'\")]+)")
_SCALES: Final = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_LARGEST: Final = 10**12
_PEOPLE = re.compile(
    rb"<(a|span|div) [^<>]{0,300}\btgme_widget_message_(?:from_author|forwarded_from_name|forwarded_from_author|author_name|contact_)"
    rb".*?(?:</\1>|\Z)",
    re.DOTALL,
)


@dataclass(slots=True)
class Message:
    """An item of a page: its number, and the post; None where the item is no post (a service message) or broken."""

    number: int
    post: Post | None


@dataclass(slots=True)
class Preview:
    """A page. ``broken``: items that could not be taken, as HTML, each with its number (0: not known) and a reason.

    ``before``: the page links to older posts. ``nothing``: it says itself that there are no posts. ``blind``: it says no such thing,
    and yet no post could be read.
    """

    messages: list[Message] = field(default_factory=list)
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    before: bool = False
    nothing: bool = False
    blind: bool = False


class _Broken(ValueError):
    pass


def parse(body: bytes, channel: str, key: bytes, *, official: bool = False) -> Preview:
    """The page of ``channel`` (its public name); ``key`` is that of the authors' hash. Never raises for what the page says."""
    if body.count(b"<") > _PAGE_TAGS:
        return Preview(blind=True)
    # Text of a node knows no line breaks: they are put in before the page is parsed.
    body = _EMOJI.sub(rb"\1", _BREAK.sub(b"\n", body))
    starts = starts_of(body)
    found = Preview(before=_OLDER.search(body, 0, starts[0] if starts else len(body)) is not None)
    if len(starts) > _ITEMS or body.count(b"<") > _ITEMS_TAGS:
        found.blind = True
        return found
    author = author_hash(key, NETWORK, channel)
    items = [body[start:end] for start, end in pairwise([*starts, len(body)])]
    for item, node in zip(items, nodes_of(items), strict=True):
        number = 0
        try:
            if node is None:
                raise _Broken("слишком много тегов")
            message = node.css_first(_MESSAGE)
            if message is None:
                if node.css_first(".tme_no_messages_found") is None:
                    raise _Broken("в обёртке нет сообщения")
                found.nothing = True
                continue
            number = _message_number(message)
            post = None if "service_message" in _classes(message) else _post(message, channel, number, author, official)
        except _Broken as error:
            # It goes where people look at it, and authors of single messages are people.
            found.broken.append((number, _PEOPLE.sub(b"", item).decode("utf-8", "replace"), str(error)))
        else:
            found.messages.append(Message(number, post))
    found.messages.sort(key=lambda message: message.number)
    found.blind = not found.messages and (bool(found.broken) or not found.nothing)
    return found


def has_card(body: bytes) -> bool:
    """Whether the page ``https://t.me/<name>`` is the card of a channel, and not the invitation that any unused name gets."""
    return b'class="tgme_page_title"' in body


def _message_number(message: LexborNode) -> int:
    text = (message.attributes.get("data-post") or "").rpartition("/")[2]
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text)):
        raise _Broken("нет номера сообщения")
    return int(text)


def _post(message: LexborNode, channel: str, number: int, author: str, official: bool) -> Post:
    post = Post(id=message_id(channel, number), author=author, official=official, url=f"https://t.me/{channel}/{number}")
    bubble = message.css_first(".tgme_widget_message_bubble")
    if bubble is not None:
        post.text = _text(bubble)
    for part in message.css(_PARTS):
        _take(part, post, channel)
    if not post.published_at:
        raise _Broken("нет времени сообщения")
    return mask_post(post)


def _text(bubble: LexborNode) -> str:
    """The text that is the bubble's own child: replies and link previews have texts of the same class inside theirs."""
    for child in bubble.iter():
        classes = _classes(child)
        if _TEXT in classes:
            return child.text().strip()
        if (_SUPPORTED in classes or _UNSUPPORTED in classes) and (text := _text(child)):
            return text
    return ""


def _take(part: LexborNode, post: Post, channel: str) -> None:
    """Enters one part of an item into the post. A part that says nothing is no reason to lose the post."""
    for name in _classes(part):
        if role := _ROLES.get(name, ""):
            break
    else:
        return
    if role == "date":
        post.published_at = post.published_at or _time(part)
    elif role == "views":
        post.views = count(part.text())
    elif role == "reaction":
        post.likes = min(post.likes + count(part.text()), _LARGEST)
    elif role == "reply":
        post.reply_to = _target(part)
    elif role == "forward":
        post.repost_of = _target(part)
    elif role == "poll":
        _take_poll(part, post)
    elif role == "unsupported":
        post.attachments.append(Attachment("unsupported"))
    else:
        post.attachments.append(_attachment(part, role, post.id, channel))


def _target(part: LexborNode) -> str:
    found = linked_message(_href(part))
    return message_id(*found) if found else ""


def _take_poll(part: LexborNode, post: Post) -> None:
    """Question and answers; votes change all the time and are left out. A poll alone is a post whose text is the question."""
    question = _inner(part, f".{_PREFIX}poll_question")
    answers = [node.text().strip() for node in part.css(f".{_PREFIX}poll_option_text")]
    post.attachments.append(Attachment("poll", id=post.id, title=question))
    if not post.text:
        post.text = "\n".join((question, *answers))


def _attachment(part: LexborNode, kind: str, post: str, channel: str) -> Attachment:
    """``id`` is the address of the message that holds it (each part of an album is one): addresses of files change by themselves."""
    href = _href(part)
    if kind == "link":
        return Attachment(kind, id=href, url=href, title=_inner(part, ".link_preview_title"))
    if kind == "location":
        return Attachment(kind, id=href, url=href)
    target = linked_message(href)
    item = Attachment(kind, id=message_id(channel, target[1]) if target else post)
    if kind == "photo":
        style = _BACKGROUND.search(part.attributes.get("style") or "")
        item.url = style[1] if style else ""
    elif kind == "document":
        item.title = _inner(part, f".{_PREFIX}document_title")
    return item


def _time(link: LexborNode) -> int:
    time = link.css_first("time[datetime]")
    text = (time.attributes.get("datetime") or "") if time is not None else ""
    try:
        parsed = datetime.fromisoformat(text)
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise _Broken("время сообщения не читается") from None


def count(text: str) -> int:
    """What ``1.2K``, ``10.7M`` or ``1 234`` at the end of a text says; 0 if that is no count."""
    found = _NUMBER.search(text.strip())
    if found is None:
        return 0
    digits, scale = "".join(found[1].split()), _SCALES[found[2].lower()]
    try:
        return min(round(float(digits.replace(",", "." if scale > 1 else "")) * scale), _LARGEST)
    except (ValueError, OverflowError):
        return 0


def _inner(node: LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    return found.text().strip() if found is not None else ""


def _href(node: LexborNode) -> str:
    # Since 2024 addresses beside an onclick are escaped twice.
    return (node.attributes.get("href") or "").replace("&amp;", "&")


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()
