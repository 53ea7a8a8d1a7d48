"""Identity of content: what makes a version of a post another version."""

from __future__ import annotations

from hashlib import blake2b

from monitor.model.post import Post


def content_hash(post: Post) -> int:
    """Unsigned 64 bits over what a reader would call the post: text, attachments, deletion, what it answers.

    Likes, views and the other counters are not in it, nor are times: a post crawled again with more likes is the same version.
    """
    parts = [post.text, post.reply_to, "d" if post.deleted else ""]
    for attachment in post.attachments:
        parts += (attachment.kind, attachment.id or attachment.url)
    data = "\x1f".join(parts).encode("utf-8", "replace")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def short_hash(*parts: str) -> str:
    """A name of 16 hexadecimal digits for a thing that is told by these parts."""
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
