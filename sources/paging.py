"""Cuts what a request brought into pages that the log takes: at most 512 kB a page, 256 kB a post.

Sizes are bounded from above by arithmetic instead of encoding each post once more: only the page itself is encoded, by the log.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from monitor.model.codec import encode
from monitor.model.post import Attachment, Page, Post

# Kafka's producers refuse records over 1,000,000 bytes by default; half of it leaves room for envelopes and headers.
PAGE_BYTES: Final = 512_000
# Two of the largest posts fit into a page; no network's own limit on a text is higher.
POST_BYTES: Final = 256_000
# What one request of a network brings at most; more posts in a page only make a retry dearer.
PAGE_POSTS: Final = 500

# Thirteen more digits for each number than the single 0 that an empty post has, and the comma after the post.
_POST_FRAME: Final = len(encode(Post(id=""))) + 6 * 19 + 1
_ATTACHMENT_FRAME: Final = len(encode(Attachment(kind=""))) + 1
_PAGE_FRAME: Final = len(encode(Page("", "", "", 0))) + 2 * 19
# JSON writes a control character as \u001f: six bytes, the most that any character takes.
_WORST: Final = 6
_ESCAPED = re.compile(r'["\\\n\r\t\x08\x0c]')
_CONTROL = re.compile(r"[\x00-\x07\x0b\x0e-\x1f]")


def string_bytes(text: str) -> int:
    """The bytes of a string inside JSON, without its quotes."""
    return len(text.encode("utf-8", "surrogatepass")) + len(_ESCAPED.findall(text)) + 5 * len(_CONTROL.findall(text))


def post_bytes(post: Post) -> int:
    """An upper bound of the post's bytes in a page."""
    size = _POST_FRAME + string_bytes(post.text)
    for text in (post.id, post.author, post.thread, post.reply_to, post.repost_of, post.url, post.place):
        if text:
            size += string_bytes(text)
    return size + sum(map(_attachment_bytes, post.attachments))


def fit(post: Post, limit: int = POST_BYTES) -> Post:
    """The post, cut in place and marked ``truncated`` if it is larger than ``limit`` bytes; lone surrogates become U+FFFD.

    Attachments go first (from the end), then the address fields, then the text's end. Raises ValueError if the post's ids alone
    are too large: a cut id would be another post's.
    """
    _whole_characters(post)
    if _WORST * _length(post) + _POST_FRAME <= limit:
        return post
    size = post_bytes(post)
    if size <= limit:
        return post
    post.truncated = True
    spare = size - string_bytes(post.text)
    while post.attachments and spare > limit // 2:
        spare -= _attachment_bytes(post.attachments.pop())
    for name in ("url", "place"):
        if spare > limit // 2:
            spare -= string_bytes(getattr(post, name))
            setattr(post, name, "")
    if spare > limit:
        raise ValueError(f"the ids of a post take more than {limit} bytes")
    post.text = cut(post.text, limit - spare)
    return post


def cut(text: str, limit: int) -> str:
    """The longest prefix, nearly, whose JSON form takes at most ``limit`` bytes."""
    text = text[:limit]
    size = string_bytes(text)
    while size > limit:
        text = text[: min(len(text) * limit // size, len(text) - 1)]
        size = string_bytes(text)
    return text


def split(
    page: Page,
    before: str = "",
    covered_before: int = 0,
    *,
    page_limit: int = PAGE_BYTES,
    post_limit: int = POST_BYTES,
    posts_limit: int = PAGE_POSTS,
) -> list[Page]:
    """The page as one or more pages within the limits, posts in the same order.

    ``before`` and ``covered_before`` are the cursor and the covered time that were in force before the request. All parts but
    the last carry them, so whoever dies between two parts asks for everything again: posts may come twice, none is lost.
    """
    for post in page.posts:
        fit(post, post_limit)
    frame = _PAGE_FRAME + sum(
        string_bytes(text) for text in (page.source, page.region, page.network, max(page.cursor, before, key=len))
    )
    # One cheap product settles nearly all pages: even if every character took six bytes, they fit.
    worst = frame + sum(_WORST * _length(post) + _POST_FRAME for post in page.posts)
    if worst <= page_limit and len(page.posts) <= posts_limit:
        return [page]
    parts: list[list[Post]] = [[]]
    size = frame
    for post in page.posts:
        cost = post_bytes(post)
        if parts[-1] and (size + cost > page_limit or len(parts[-1]) >= posts_limit):
            parts.append([])
            size = frame
        parts[-1].append(post)
        size += cost
    early = [replace(page, posts=posts, cursor=before, covered_until=covered_before) for posts in parts[:-1]]
    return [*early, replace(page, posts=parts[-1])]


def _length(post: Post) -> int:
    """Characters of all strings of the post; an attachment's frame is counted in them."""
    total = len(post.text) + len(post.id) + len(post.author) + len(post.thread) + len(post.reply_to)
    total += len(post.repost_of) + len(post.url) + len(post.place)
    for item in post.attachments:
        total += len(item.kind) + len(item.id) + len(item.url) + len(item.title) + _ATTACHMENT_FRAME
    return total


def _attachment_bytes(item: Attachment) -> int:
    return _ATTACHMENT_FRAME + sum(string_bytes(text) for text in (item.kind, item.id, item.url, item.title))


def _whole_characters(post: Post) -> None:
    """One lone surrogate would make the whole page impossible to encode."""
    for name in ("text", "id", "author", "thread", "reply_to", "repost_of", "url", "place"):
        value: str = getattr(post, name)
        if not value.isascii():
            setattr(post, name, whole(value))
    for item in post.attachments:
        item.kind, item.id, item.url, item.title = whole(item.kind), whole(item.id), whole(item.url), whole(item.title)


def whole(text: str) -> str:
    """The text with lone surrogates replaced; the same object if there are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
