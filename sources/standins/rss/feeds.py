"""Feeds over HTTP as sites serve them: conditional requests, compression, and every way in which feeds are wrong.

One application serves all feeds of a Held at ``/<address>``; a Shape says how each is written. Counted by address in ``counts``, and
all together under the empty one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final, Literal
from xml.sax.saxutils import escape

from aiohttp import web

from monitor.model.post import Post
from sources.standins.counting import Counts
from sources.standins.faults import Faults
from sources.standins.held import Held

_MOSCOW: Final = timezone(timedelta(hours=3))
_MONTHS: Final = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_BLOCK_PAGE: Final = "<!DOCTYPE html><html><head><title>403</title></head><body>Доступ запрещён</body></html>"


@dataclass
class Shape:
    """How a feed is written. ``status`` and ``location`` answer instead of a feed, ``body`` is served as it stands.

    ``dates``: with an offset, as GMT, without a zone (Moscow's), with Russian months, or none at all. ``bozo`` leaves ampersands as
    they are; ``guid`` false leaves ids out; ``declared`` names the encoding in the document, ``charset`` in the header.
    """

    form: Literal["rss", "atom", "rdf"] = "rss"
    encoding: str = "utf-8"
    declared: bool = True
    charset: str = ""
    content_type: str = "application/rss+xml"
    guid: bool = True
    dates: Literal["offset", "gmt", "naive", "russian", "none"] = "offset"
    bozo: bool = False
    html: bool = False
    validators: bool = True
    items: int = 30
    status: int = 200
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Feeds:
    """The stand-in. ``app`` is to be run; ``shapes`` may change at any time; ``now`` gives ms."""

    def __init__(self, held: Held, now: Callable[[], int], faults: Faults | None = None) -> None:
        self.shapes: dict[str, Shape] = {}
        self.counts = Counts()
        self.unchanged = 0
        self._held = held
        self._now = now
        self.app = web.Application(middlewares=[faults.middleware] if faults else [])
        self.app.router.add_get("/{address:.+}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        address = request.match_info["address"]
        self.counts.hit(address)
        self.counts.hit("")
        shape = self.shapes.get(address, Shape())
        if shape.status != 200:
            headers = shape.headers | ({"Location": shape.location} if shape.location else {})
            return web.Response(status=shape.status, text=_BLOCK_PAGE, content_type="text/html", headers=headers)
        title = self._held.title(address)
        if title is None:
            return web.Response(status=404, text=_BLOCK_PAGE, content_type="text/html")
        now = self._now()
        posts = [post for post in self._held.posts(address, now) if not post.deleted][::-1][: shape.items]
        body = shape.body if shape.body is not None else write(title, posts, shape, f"https://site.example/{address}")
        changed = max((max(post.published_at, post.edited_at) for post in posts), default=0)
        headers = dict(shape.headers)
        if shape.validators:
            headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers["Last-Modified"] = format_datetime(datetime.fromtimestamp(changed // 1000, UTC), usegmt=True)
            if _unchanged(request, headers["ETag"], changed // 1000):
                self.unchanged += 1
                return web.Response(status=304, headers=headers)
        headers["Content-Type"] = shape.content_type + (f"; charset={shape.charset}" if shape.charset else "")
        answer = web.Response(body=body, headers=headers)
        answer.enable_compression()
        return answer


def _unchanged(request: web.Request, etag: str, changed: int) -> bool:
    """RFC 9110, 13: entity tags are compared weakly, and decide alone where both are sent."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return etag.removeprefix("W/") in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    since = request.headers.get("If-Modified-Since")
    return since is not None and changed <= parsedate_to_datetime(since).timestamp()


def write(title: str, posts: list[Post], shape: Shape, link: str) -> bytes:
    """The feed as bytes, in its encoding."""
    entries = "".join(_entry(post, shape, link) for post in posts)
    declaration = f'<?xml version="1.0" encoding="{shape.encoding}"?>\n' if shape.declared else ""
    if shape.form == "atom":
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title><id>{link}</id>{entries}</feed>'
    elif shape.form == "rdf":
        text = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{escape(title)}</title></channel>{entries}</rdf:RDF>'
        )
    else:
        text = (
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>{escape(title)}</title><link>{link}</link>{entries}</channel></rss>"
        )
    return (declaration + text).encode(shape.encoding, "xmlcharrefreplace")


def _entry(post: Post, shape: Shape, link: str) -> str:
    head, _, rest = post.text.partition("\n")
    if shape.html:
        rest = f"<p>{escape(rest)}</p><script>alert(1)</script><br/><a href='/x'>дальше</a>"
    title, body, author = (text if shape.bozo else escape(text) for text in (head, rest, post.author))
    if shape.bozo:
        title += " & ко"
    url = post.url or f"{link}/{post.id}"
    if shape.form == "atom":
        own = f"<id>tag:{post.id}</id>" if shape.guid else ""
        edited = max(post.edited_at, post.published_at)
        return (
            f"<entry>{own}<title>{title}</title><link href='{url}'/><published>{_iso(post.published_at)}</published>"
            f"<updated>{_iso(edited)}</updated><author><name>{author}</name></author><content type='html'>{body}</content></entry>"
        )
    own = f"<guid isPermaLink='false'>{post.id}</guid>" if shape.guid else ""
    date = _date(post.published_at, shape)
    stamp = (f"<dc:date>{date}</dc:date>" if shape.form == "rdf" else f"<pubDate>{date}</pubDate>") if date else ""
    files = "".join(f"<enclosure url='{item.url}' type='image/jpeg' length='1'/>" for item in post.attachments)
    return (
        f"<item>{own}<title>{title}</title><link>{url}</link><description>{body}</description>{stamp}"
        f"<dc:creator>{author}</dc:creator>{files}</item>"
    )


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def _date(at: int, shape: Shape) -> str:
    there = datetime.fromtimestamp(at // 1000, _MOSCOW)
    if shape.dates == "none":
        return ""
    if shape.form == "rdf":
        return there.isoformat()
    if shape.dates == "gmt":
        return format_datetime(there.astimezone(UTC), usegmt=True)
    if shape.dates == "naive":
        return there.strftime("%Y-%m-%d %H:%M:%S")
    if shape.dates == "russian":
        return f"{there.day} {_MONTHS[there.month - 1]}. {there.year} {there:%H:%M:%S}"
    return format_datetime(there)
