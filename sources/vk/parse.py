"""VK's answers as posts: pure, from bytes. A whole answer is decoded at once; only if that fails is it taken item by item.

What comes out is ready for the log: authors are keyed hashes, contacts are masked, and people named in texts are not named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from monitor.model.post import Post
from sources.masking import author_hash, mask_post
from sources.vk import decode
from sources.vk.address import NETWORK, comment_id, comment_url, post_id, post_url
from sources.vk.attachments import address_of, attachments_of, plain
from sources.vk.decode import Broken
from sources.vk.objects import Comment, Tally, WallPost

_LATEST: Final = 4_102_444_800


@dataclass(slots=True, frozen=True)
class Reading:
    """How an answer is read: the key of the authors' hash, and the accounts (communities are negative) that are official.

    ``owner``: so is whoever owns the wall.
    """

    author_key: bytes
    officials: frozenset[int] = frozenset()
    owner: bool = False

    def official(self, author: int, owner: int) -> bool:
        return author in self.officials or (self.owner and author == owner)


_NOBODY: Final = Reading(b"")


@dataclass(slots=True)
class WallAnswer:
    """``items`` and ``posts`` are the same things in the same order. ``given``: items in the answer, broken ones too."""

    items: list[WallPost] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    given: int = 0
    count: int = 0
    next_from: str = ""


@dataclass(slots=True)
class CommentsAnswer:
    """One level of a discussion with up to ten replies of each comment, in order, a comment before its replies.

    ``level`` are the ids of the level itself, ``given`` the number of its items, broken ones too, ``deeper`` comments of the level
    that have more replies than were given, ``missing`` ids of items that could not be read.
    """

    items: list[Comment] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    deeper: list[int] = field(default_factory=list)
    given: int = 0
    count: int = 0


def parse_wall(body: bytes, reading: Reading) -> WallAnswer:
    """Answers of wall.get, wall.getById and newsfeed.search. Raises decode.ApiError and decode.Unreadable."""
    found, broken, frame = decode.wall(body)
    answer = WallAnswer(broken=broken, given=frame.given, count=frame.total, next_from=frame.next_from)
    for item in found:
        if reason := _unsound(item.id, item.date, item.is_deleted) or ("" if item.owner_id else "нет владельца"):
            broken.append((decode.scrub(decode.again(item)), reason))
            continue
        answer.items.append(item)
        answer.posts.append(wall_post(item, reading))
    return answer


def parse_comments(body: bytes, owner: int, post: int, reading: Reading) -> CommentsAnswer:
    """Answers of wall.getComments for one post. Raises decode.ApiError and decode.Unreadable."""
    found, broken, frame = decode.comments(body)
    answer = CommentsAnswer(broken=broken, given=frame.given, count=frame.total)
    for item in found:
        answer.level.append(item.id)
        replies = item.thread.items if item.thread else []
        if item.thread and item.thread.count > len(replies):
            answer.deeper.append(item.id)
        for one in (item, *replies):
            if reason := _unsound(one.id, one.date, one.deleted):
                broken.append((decode.scrub(decode.again(one)), reason))
                continue
            answer.items.append(one)
            answer.posts.append(comment_post(one, owner, post, reading))
    return answer


def wall_post(item: WallPost, reading: Reading) -> Post:
    """A decoded post, masked. A repost carries the text and the attachments of what it repeats, after its own."""
    owner = item.owner_id
    comment = item.post_type == "reply" and item.post_id > 0
    if comment:
        name, url = comment_id(owner, item.post_id, item.id), comment_url(owner, item.post_id, item.id)
    else:
        name, url = post_id(owner, item.id), post_url(owner, item.id)
    post = Post(name, url=url, published_at=item.date * 1000, kind="comment" if comment else "post", deleted=item.is_deleted)
    if comment:
        post.thread = post_id(owner, item.post_id)
    if item.is_deleted:
        return post
    text = item.text
    attached = attachments_of(item.attachments)
    if item.copy_history:
        origin = item.copy_history[0]
        post.repost_of = post_id(origin.owner_id, origin.id)
        text = "\n\n".join(part for part in (text, *(copy.text for copy in item.copy_history)) if part)
        attached += attachments_of(one for copy in item.copy_history for one in copy.attachments)
    post.text = _text(text)
    post.attachments = attached
    post.edited_at = _time(item.edited)
    post.official = reading.official(item.from_id, owner)
    author = item.from_id if post.official else item.signer_id or item.from_id
    post.author = author_hash(reading.author_key, NETWORK, author)
    post.place = address_of(item.geo)
    post.likes, post.reposts = _tally(item.likes), _tally(item.reposts)
    post.comments, post.views = _tally(item.comments), _tally(item.views)
    return mask_post(post)


def comment_post(item: Comment, owner: int, opened: int, reading: Reading) -> Post:
    """A decoded comment of the post ``opened``, masked; ``reply_to`` is empty where the post itself is answered."""
    post = Post(
        comment_id(owner, opened, item.id),
        url=comment_url(owner, opened, item.id),
        published_at=item.date * 1000,
        kind="comment",
        thread=post_id(owner, opened),
        deleted=item.deleted,
    )
    return fill_comment(post, item, reading, owner)


def fill_comment(post: Post, item: Comment, reading: Reading, owner: int) -> Post:
    """Text, author and the rest of a comment in the discussion ``post.thread``; of a deleted one nothing is left."""
    if item.deleted:
        return post
    parent = item.reply_to_comment or (item.parents_stack[-1] if item.parents_stack else 0)
    if parent:
        post.reply_to = f"{post.thread}:c{parent}"
    post.text = _text(item.text)
    post.attachments = attachments_of(item.attachments)
    post.official = reading.official(item.from_id, owner)
    post.author = author_hash(reading.author_key, NETWORK, item.from_id)
    post.likes = _tally(item.likes)
    post.comments = item.thread.count if item.thread else 0
    return mask_post(post)


def gone_post(owner: int, post: int, date: int) -> Post:
    """A post that is no longer there; ``date`` (s) is that of its publication."""
    return Post(post_id(owner, post), url=post_url(owner, post), published_at=date * 1000, deleted=True)


def gone_comment(owner: int, post: int, comment: int, date: int) -> Post:
    return comment_post(Comment(comment, date=date, deleted=True), owner, post, _NOBODY)


def _unsound(number: int, date: int, deleted: bool) -> str:
    if number <= 0:
        return "id не положительный"
    if not (deleted or 0 < date < _LATEST):
        return "нет даты между 1970 и 2100 годом"
    return ""


def _text(text: str) -> str:
    return plain(text.replace("\0", "") if "\0" in text else text)


def _time(seconds: int) -> int:
    return seconds * 1000 if 0 < seconds < _LATEST else 0


def _tally(tally: Tally | None) -> int:
    return max(0, tally.count) if tally else 0
