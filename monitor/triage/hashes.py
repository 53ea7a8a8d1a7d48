"""Identity of content: what makes a version of a post another version."""

from __future__ import annotations

from hashlib import blake2b

from xxhash import xxh3_64_intdigest

from monitor.model.post import Post


def content_hash(post: Post) -> int:
    """Unsigned 64 bits over what a reader would call the post: text, attachments, deletion, what it answers.

    Likes, views and the other counters are not in it, nor are times: a post crawled again with more likes is the same version.
    """
    data = post.text
    if post.reply_to or post.deleted or post.attachments:
        data += f"\x1f{post.reply_to}\x1f{'d' if post.deleted else ''}"
        for attachment in post.attachments:
            data += f"\x1f{attachment.kind}\x1f{attachment.id or attachment.url}"
    return xxh3_64_intdigest(data.encode("utf-8", "replace"))


def short_hash(*parts: str) -> str:
    """A name of 16 hexadecimal digits for a thing that is told by these parts."""
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
