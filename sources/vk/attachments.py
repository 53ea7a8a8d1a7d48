"""What a post carries beside its text, and the marks that VK puts into texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from monitor.model.post import Attachment
from sources.vk.objects import Attached, Geo, Media

PERSON: Final = "<PERSON>"
"""Stands where a text named a person by a link to their page."""

_ADDRESSED = re.compile(r"\s*\[id\d+(?::[^|\]]*)?\|[^\]]*\][,:]?\s*")
_PERSON = re.compile(r"\[id\d+(?::[^|\]]*)?\|[^\]]*\]")
_LINK = re.compile(r"\[(?:(?:club|public|event)\d+(?::[^|\]]*)?|(?:https?://|vk\.com/|vk\.ru/)[^|\]\s]*)\|([^\]]*)\]")
_TITLE: Final = 300


def plain(text: str) -> str:
    """The text as people see it: ``[club1|Администрация]`` is its label. Whom a reply addresses is left out, others are masked."""
    if "[" not in text or "|" not in text:
        return text
    if addressed := _ADDRESSED.match(text):
        text = text[addressed.end() :]
    return _LINK.sub(r"\1", _PERSON.sub(PERSON, text))


def attachments_of(found: Iterable[Attached]) -> list[Attachment]:
    return [_attachment(one) for one in found]


def address_of(geo: Geo | None) -> str:
    """The address that the author has put on the map; coordinates alone are no address."""
    if geo is None or geo.place is None:
        return ""
    place = geo.place
    city = place.city if isinstance(place.city, str) else ""
    street = place.address or place.title
    return street if not city or city in street else f"{city}, {street}" if street else city


def _attachment(found: Attached) -> Attachment:
    kind = found.type
    media: Media | None = getattr(found, kind, None) if kind in _READ else None
    if media is None:
        return Attachment(kind)
    if kind == "link":
        return Attachment(kind, "", media.url or "", media.title or "")
    title = media.title or media.text or ""
    if kind == "poll":
        title = f"{media.question}: {' / '.join(option.text for option in media.answers)}"
    name = f"{media.owner_id}_{media.id}"
    return Attachment(kind, name, f"https://vk.com/{kind}{name}" if kind in _PAGES else "", title[:_TITLE])


_READ: Final = frozenset(Attached.__struct_fields__) - {"type"}
_PAGES: Final = frozenset(("photo", "video", "clip", "doc", "album", "market"))
