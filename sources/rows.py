"""A row of a file (a JSON object or a CSV line) as a post.

Only the id is always needed, and a text unless the post is deleted. A column that a post does not have is ignored, and so is a
value that a volatile column can't have; a time that can't be read makes the row broken, for a wrong date would be worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, get_args

from monitor.model.post import Attachment, Post, PostKind
from sources.masking import author_hash, mask_post

# Ids travel in keys of rows, in addresses and on screens; no network has longer ones.
_ID_CHARACTERS: Final = 200
# Seconds and milliseconds can't be mixed up between 1973 in milliseconds and the year 5138 in seconds.
_MILLISECONDS_FROM: Final = 100_000_000_000
_LAST: Final = 4_102_444_800_000
_KINDS: Final = frozenset(get_args(PostKind))
_TRUE: Final = frozenset(("1", "true", "yes", "да", "истина"))
_COUNTERS: Final = ("likes", "reposts", "comments", "views")


class BadRow(ValueError):
    """The row is no post; the message says why, without quoting it."""


def post_of(row: Mapping[str, Any], stem: str, at: int, key: bytes, zone: tzinfo = UTC, network: str = "file") -> Post:
    """The row as a masked post with the id ``<network>:<stem>:<id>``; ``at`` (ms) dates it if it has no time. Raises BadRow.

    Times are ms or seconds since 1970 or ISO 8601; without an offset they are of ``zone``. ``thread``, ``reply_to`` and
    ``repost_of`` are ids of rows of the same file, or whole ids that begin with ``<network>:``.
    """
    deleted = _flag(row.get("deleted"))
    prefix = f"{network}:{stem}:"
    post = Post(
        id=_id(row, prefix),
        text=_text(row, deleted),
        published_at=moment(row.get("published_at"), "published_at", zone) or at,
        edited_at=moment(row.get("edited_at"), "edited_at", zone),
        official=_flag(row.get("official")),
        deleted=deleted,
        truncated=_flag(row.get("truncated")),
        url=_string(row.get("url")),
        place=_string(row.get("place")),
        thread=_reference(row.get("thread"), network, prefix),
        reply_to=_reference(row.get("reply_to"), network, prefix),
        repost_of=_reference(row.get("repost_of"), network, prefix),
    )
    kind = row.get("kind")
    if isinstance(kind, str) and kind in _KINDS:
        post.kind = kind  # type: ignore[assignment]
    author = _string(row.get("author"))
    if author:
        post.author = author_hash(key, network, author)
    for name in _COUNTERS:
        setattr(post, name, _counter(row.get(name)))
    attachments = row.get("attachments")
    if isinstance(attachments, list):
        post.attachments = [_attachment(item) for item in attachments if isinstance(item, dict)]
    return mask_post(post)


def moment(value: object, name: str = "time", zone: tzinfo = UTC) -> int:
    """A time as ms since 1970; 0 if there is none. Raises BadRow."""
    if value is None or value == "" or isinstance(value, bool):
        return 0
    if isinstance(value, str):
        value = _from_text(value.strip(), name, zone)
    if not isinstance(value, int | float):
        raise BadRow(f"{name} — не время")
    if not 0 <= value <= _LAST:
        raise BadRow(f"{name} не между 1970 и 2100 годом")
    return int(value) if value >= _MILLISECONDS_FROM else int(value * 1000)


def _from_text(text: str, name: str, zone: tzinfo) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        parsed = datetime.fromisoformat(text)
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).timestamp() * 1000) or 1
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"{name} — не время: ни число, ни ISO 8601") from None


def _id(row: Mapping[str, Any], prefix: str) -> str:
    value = _string(row.get("id"))
    if not value:
        raise BadRow("нет id")
    if len(value) > _ID_CHARACTERS:
        raise BadRow(f"id длиннее {_ID_CHARACTERS} знаков")
    return prefix + value


def _text(row: Mapping[str, Any], deleted: bool) -> str:
    value = row.get("text")
    if isinstance(value, str):
        return value.replace("\0", "")
    if deleted:
        return ""
    raise BadRow("нет текста" if value is None else "текст — не строка")


def _reference(value: object, network: str, prefix: str) -> str:
    text = _string(value)[: 2 * _ID_CHARACTERS]
    return text if not text or text.startswith(f"{network}:") else prefix + text


def _string(value: object) -> str:
    """Strings and whole numbers; anything else counts as empty."""
    if isinstance(value, str):
        return value.replace("\0", "").strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return _string(value).lower() in _TRUE


def _counter(value: object) -> int:
    text = _string(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _attachment(item: Mapping[str, Any]) -> Attachment:
    return Attachment(_string(item.get("kind")), _string(item.get("id")), _string(item.get("url")), _string(item.get("title")))
