"""A feed's bytes as posts. Pure: no clock, no network; feedparser does the reading, within what sources.rss.guard lets through."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import feedparser

from monitor.model.post import Attachment, Post
from monitor.model.source import Source
from sources.masking import author_hash, mask_post
from sources.rss.dates import moment
from sources.rss.guard import BY, Unsafe, decode, guarded
from sources.rss.plain import plain

_ATTACHMENTS: Final = 20
_URL: Final = 2_000
_RAW: Final = 2_000
_END: Final = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
# Some sites write comments or scripts of their own behind the feed.
_TAIL: Final = 1_000
_KINDS: Final = {"image": "photo", "video": "video", "audio": "audio"}


@dataclass(slots=True)
class Feed:
    """What a feed says: posts in its order; ``broken`` are entries that are none, each with a reason.

    ``whole``: its end is there. Of one that was cut on its way the first entries are true and the rest is still to be had.
    """

    title: str = ""
    posts: list[Post] = field(default_factory=list)
    broken: list[tuple[Any, str]] = field(default_factory=list)
    whole: bool = True


def parse(body: bytes, headers: Mapping[str, str], url: str, source: Source, key: bytes, zone: tzinfo) -> Feed:
    """The feed that ``url`` answered; ``zone`` is that of dates which name none. Raises Unsafe where this is no feed.

    An entry's id is a digest of the source and of its guid, or else of link and title, so it stays when the text is edited. A feed
    that is no well-formed XML is taken as far as it can be read.
    """
    document = guarded(decode(body, headers.get("content-type", "")))
    found = feedparser.parse(
        io.BytesIO(document),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.get("version"):
        raise Unsafe("это не лента: ни RSS, ни Atom")
    feed = Feed(title=plain(_string(found["feed"].get("title"))), whole=_END.search(document[-_TAIL:]) is not None)
    ids: set[str] = set()
    for entry in found["entries"]:
        post = _post(entry, url, source, key, zone)
        if post is None:
            named = {name: value for name, value in entry.items() if BY not in name}
            feed.broken.append((str(named)[:_RAW], "запись без заголовка и текста"))
        elif post.id not in ids:
            ids.add(post.id)
            feed.posts.append(post)
    return feed


def _post(entry: Any, base: str, source: Source, key: bytes, zone: tzinfo) -> Post | None:
    title = plain(_value(entry, "title"))
    # A body of several parts (plain and HTML) says the same several times: the longest says most.
    bodies = [_string(item.get("value")) for item in entry.get("content", ()) if isinstance(item, dict)]
    body = plain(max([*bodies, _value(entry, "summary")], key=len))
    text = body if body.startswith(title) else f"{title}\n{body}".strip()
    attachments = _attachments(entry, base)
    if not text and not attachments:
        return None
    guid = _value(entry, "id")
    # feedparser takes any guid for a link where the entry has none.
    link = _link(_value(entry, "link") if entry.get("links") or guid.startswith("http") else "", base)
    digest = blake2b("\x1f".join((source.id, guid or f"{link}\x1f{title}")).encode("utf-8", "replace"), digest_size=12).hexdigest()
    published = moment(_value(entry, "published"), zone)
    updated = moment(_value(entry, "updated"), zone)
    author = _author(entry) or source.id
    return mask_post(
        Post(
            id=f"rss:{digest}",
            text=text,
            published_at=published or updated,
            edited_at=updated if published and updated > published else 0,
            author=author_hash(key, "rss", f"{source.id}:{author}"),
            official=source.kind == "official",
            url=link,
            attachments=attachments,
        )
    )


def _author(entry: Any) -> str:
    """The first name that an element with authors says; their prefixes differ (``dc_``, ``itunes_``)."""
    found = (" ".join(_string(entry[name]).split()) for name in sorted(entry) if BY in name)
    return next(filter(None, found), "")


def _attachments(entry: Any, base: str) -> list[Attachment]:
    found: dict[str, Attachment] = {}
    for item in [*entry.get("enclosures", ()), *entry.get("media_content", ()), *entry.get("media_thumbnail", ())]:
        if not isinstance(item, dict):
            continue
        link = _link(_string(item.get("href") or item.get("url")), base)
        kind = _string(item.get("type")).partition("/")[0] or _string(item.get("medium")) or "image"
        if link and len(found) < _ATTACHMENTS:
            # Signatures in the query change from day to day, and with them what would count as another picture.
            found.setdefault(link.partition("?")[0], Attachment(_KINDS.get(kind, "doc"), link.partition("?")[0], link))
    return list(found.values())


def _link(text: str, base: str) -> str:
    try:
        link = urljoin(base, text.strip()) if text.strip() else ""
        parts = urlsplit(link)
        return link if parts.scheme in ("http", "https") and parts.hostname and len(link) <= _URL else ""
    except ValueError:
        return ""


def _value(entry: dict[str, Any], name: str) -> str:
    """As the entry has it: feedparser's own ``get`` gives one date where another was asked for."""
    return _string(dict.get(entry, name))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
