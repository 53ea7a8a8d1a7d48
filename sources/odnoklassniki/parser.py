"""Topics and comments of the API as posts. Pure. What is known of the answers' shapes is in the fake's module too.

Users' ids are made for each application by the network: the same person has another author's hash under another application.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from monitor.model.post import Attachment, Post
from monitor.model.source import Source
from sources.masking import author_hash, mask_post
from sources.people import without_people

_ID: Final = 80
_LAST: Final = 4_102_444_800_000
_PICTURES: Final = ("standard_url", "pic_max", "pic1024max", "pic640x480")
_PEOPLE: Final = frozenset(
    "author_id author_ref author_name owner_ref on_behalf_of_id on_behalf_of_name reply_to_id reply_to_name".split()
)
"""Fields of topics and comments that name people."""


@dataclass(slots=True)
class Item:
    """A topic or comment: ``id`` is bare, ``at`` ms (0: not known), ``comments`` -1 where the answer says nothing of them."""

    id: str
    post: Post
    at: int
    pinned: bool = False
    comments: int = -1


@dataclass(slots=True)
class Part:
    """One answer: what it had in its order, whether there is more behind ``anchor``, and what could not be taken.

    ``silent``: the list itself was missing, which is not the same as an empty one.
    """

    items: list[Item] = field(default_factory=list)
    anchor: str = ""
    more: bool = False
    broken: list[tuple[Any, str]] = field(default_factory=list)
    silent: bool = False


@dataclass(slots=True, frozen=True)
class Reading:
    """What the parser has to know beside the answer. ``zone``: comments are dated without one, in the time of Moscow."""

    source: Source
    group: str
    key: bytes
    zone: tzinfo

    def author(self, reference: str) -> str:
        return author_hash(self.key, "ok", reference) if reference else ""

    def official(self, reference: str) -> bool:
        return self.source.kind == "official" and reference == f"group:{self.group}"


def topics(data: Any, reading: Reading) -> Part:
    """An answer of mediatopic.getTopics or getByIds."""
    part = _part(data, "media_topics")
    entities = _entities(data)
    for raw in _raw(data, "media_topics"):
        id = _id(raw)
        if not id:
            part.broken.append((without_people(raw, _PEOPLE), "тема без номера"))
            continue
        text, attachments, origin = _media(_list(raw, "media"), entities)
        reference = _string(raw.get("author_ref")) or _string(raw.get("owner_ref"))
        at = _ms(raw.get("created_ms"))
        comments = _count(raw.get("discussion_summary"), "comments_count", -1)
        post = Post(
            id=f"ok:{id}",
            text=text,
            published_at=at,
            author=reading.author(reference or f"group:{reading.group}"),
            official=reading.official(reference),
            repost_of=origin,
            url=f"https://ok.ru/group/{reading.group}/topic/{id}",
            attachments=attachments,
            truncated=raw.get("is_text_cut") is True,
            likes=_count(raw.get("like_summary"), "count", 0),
            reposts=_count(raw.get("reshare_summary"), "count", 0),
            comments=max(0, comments),
        )
        part.items.append(Item(id, mask_post(post), at, raw.get("is_sticky") is True, comments))
    return part


def comments(data: Any, topic: str, reading: Reading) -> Part:
    """An answer of discussions.getComments for one topic."""
    part = _part(data, "comments")
    for raw in _raw(data, "comments"):
        id = _id(raw)
        if not id:
            part.broken.append((without_people(raw, _PEOPLE), "комментарий без номера"))
            continue
        person = _string(raw.get("author_id"))
        reference = _string(raw.get("author_ref")) or (f"group:{person}" if person == reading.group else person and f"user:{person}")
        answered = _string(raw.get("reply_to_comment_id"))
        at = _ms(raw.get("date_ms")) or moment(_string(raw.get("date")), reading.zone)
        post = Post(
            id=f"ok:{topic}:c{id}",
            text=_string(raw.get("text")),
            published_at=at,
            kind="comment",
            author=reading.author(reference),
            official=reading.official(reference),
            thread=f"ok:{topic}",
            reply_to=f"ok:{topic}:c{answered}" if answered else f"ok:{topic}",
            url=f"https://ok.ru/group/{reading.group}/topic/{topic}",
            likes=_number(raw.get("like_count")),
        )
        part.items.append(Item(id, mask_post(post), at))
    return part


def deleted(id: str, at: int, reading: Reading, topic: str = "") -> Post:
    """The last version of a topic, or of a comment of ``topic``."""
    if topic:
        return Post(f"ok:{topic}:c{id}", published_at=at, kind="comment", thread=f"ok:{topic}", reply_to=f"ok:{topic}", deleted=True)
    return Post(f"ok:{id}", published_at=at, author=reading.author(f"group:{reading.group}"), deleted=True)


def moment(text: str, zone: tzinfo) -> int:
    """``YYYY-MM-DD HH:MM:SS`` as ms since 1970; 0 where it is none."""
    try:
        found = datetime.fromisoformat(text)
        at = int((found if found.tzinfo else found.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0
    return at if 0 < at < _LAST else 0


def _part(data: Any, name: str) -> Part:
    if not isinstance(data, dict):
        return Part(silent=True)
    anchor = _string(data.get("anchor"))
    more = data.get("has_more")
    # Older answers have no has_more: there an anchor beside a full list says that there is more.
    return Part(
        anchor=anchor,
        more=bool(anchor) and (more is True or (more is None and bool(data.get(name)))),
        silent=not isinstance(data.get(name), list),
    )


def _media(media: Iterable[Mapping[str, Any]], entities: Mapping[str, Mapping[str, Any]]) -> tuple[str, list[Attachment], str]:
    """Text, attachments, and the id of the topic that this one repeats."""
    texts: list[str] = []
    attachments: list[Attachment] = []
    origin = ""
    for item in media:
        kind = _string(item.get("type"))
        texts.append(_string(item.get("text")))
        if kind == "link":
            url = _string(item.get("url"))
            attachments.append(Attachment("link", url, url, _string(item.get("title"))))
        for reference in _references(item):
            known = entities.get(reference, {})
            name, _, id = reference.partition(":")
            if name == "poll":
                texts.append(_string(known.get("question")))
                texts += [f"– {_string(answer.get('text'))}" for answer in _list(known, "answers")]
            if name in ("mediatopic", "media_topic", "group_topic"):
                origin = f"ok:{id}"
                texts += [_string(part.get("text")) for part in _list(known, "media")]
            else:
                picture = next((_string(known.get(size)) for size in _PICTURES if known.get(size)), "")
                attachments.append(Attachment(_KINDS.get(name, name), id, picture, _string(known.get("title"))))
    return "\n".join(filter(None, texts)), attachments, origin


_KINDS: Final = {"group_photo": "photo", "movie": "video", "music_track": "audio"}


def _references(item: Mapping[str, Any]) -> list[str]:
    """``type:id`` of all objects that a block shows (photo_refs, movie_refs, poll_refs, media_topic_refs …), people left out."""
    found = [reference for name, value in item.items() if name.endswith("_refs") and isinstance(value, list) for reference in value]
    return [text for text in found if isinstance(text, str) and ":" in text and not text.startswith(("user:", "group:"))]


def _entities(data: Any) -> dict[str, Mapping[str, Any]]:
    groups = data.get("entities") if isinstance(data, dict) else None
    if not isinstance(groups, dict):
        return {}
    return {_string(item.get("ref")): item for name in groups for item in _list(groups, name)}


def _list(data: Any, name: str) -> list[dict[str, Any]]:
    found = data.get(name) if isinstance(data, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _raw(data: Any, name: str) -> list[Any]:
    """All items, those that are no objects too: they are broken, not left out."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _id(raw: Any) -> str:
    found = raw.get("id") if isinstance(raw, dict) else None
    text = str(found) if isinstance(found, int) and not isinstance(found, bool) else _string(found)
    return text if len(text) <= _ID and text.isprintable() and " " not in text else ""


def _ms(value: object) -> int:
    number = _number(value)
    return number if number < _LAST else 0


def _count(summary: object, name: str, missing: int) -> int:
    return _number(summary.get(name)) if isinstance(summary, dict) and name in summary else missing


def _number(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _string(value: object) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
