"""The comments of a post, level by level: what an answer brings of them, and what follows from those that are missing. Pure.

A reading goes through the post's own comments, a hundred a request with ten replies each, then through the replies of every comment
that has more. Only a reading that saw everything, undisturbed, tells that a comment is missing; missing twice, it is deleted.
"""

from __future__ import annotations

from typing import Final

from monitor.model.post import Post
from sources.vk.marks import CLEAN, DELETED, MISSING, Mark, Progress, print_of
from sources.vk.packing import pack, unpack
from sources.vk.parse import CommentsAnswer, gone_comment

PAGE: Final = 100
_TRIES: Final = 3
"""Readings begun anew because comments moved; after that what can be had is taken, and nothing follows from what is missing."""
_MOST_SEEN: Final = 3_000
"""Comments of one post of which the cursor can keep track."""


def begin(mark: Mark, now: int) -> Progress:
    mark.again = 0
    return Progress(mark.id, now, mark.count, mark.last)


def asked(progress: Progress) -> dict[str, str]:
    """Parameters of wall.getComments for the next step; one comment is asked for again, to see whether they moved."""
    params = {"count": str(PAGE), "offset": str(max(0, progress.offset - 1)), "sort": "asc", "need_likes": "1", "preview_length": "0"}
    if progress.branch:
        return {**params, "comment_id": str(progress.branch)}
    return {**params, "thread_items_count": "10"}


def take(progress: Progress, mark: Mark, owner: int, answer: CommentsAnswer, now: int) -> tuple[list[Post], bool]:
    """The new and changed comments of an answer, and whether the reading ends with it."""
    if answer.broken:
        progress.whole = 0
    if _moved(progress, answer):
        _anew(progress, mark)
        return [], False
    held = {**mark.comments(), **unpack(progress.seen)}
    seen = unpack(progress.seen)
    posts = []
    for item, post in zip(answer.items, answer.posts, strict=True):
        content = DELETED if item.deleted else print_of(post)
        known = held.get(item.id)
        if known is None:
            # With a known id but without a known text: forgotten, restored, or edited while nobody remembered it.
            if item.id <= progress.bound:
                post.edited_at = 0 if item.deleted else now
                posts.append(post)
            elif not item.deleted:
                posts.append(post)
        elif known[1] != content:
            post.edited_at = 0 if item.deleted else now
            posts.append(post)
        held[item.id] = seen[item.id] = (item.date or (known[0] if known else 0), content)
        mark.last = max(mark.last, item.id)
    if len(seen) > _MOST_SEEN:
        progress.whole = 0
        seen = dict(sorted(seen.items())[-_MOST_SEEN:])
    progress.seen = pack(seen)
    if _next(progress, answer):
        return posts, False
    return posts + _end(progress, mark, owner), True


def skip(mark: Mark, now: int) -> None:
    """The comments can't be read (closed, forbidden): nothing is left to read until their number changes."""
    mark.read, mark.read_at, mark.since, mark.again = mark.count, now, CLEAN, 0


def _moved(progress: Progress, answer: CommentsAnswer) -> bool:
    return bool(progress.whole and progress.last and answer.level[:1] != [progress.last])


def _anew(progress: Progress, mark: Mark) -> None:
    """Begins at the first comment again; what was seen is remembered, so that it is not told twice."""
    mark.held = pack({**mark.comments(), **unpack(progress.seen)})
    progress.tries += 1
    progress.whole = int(progress.tries < _TRIES)
    progress.offset = progress.last = progress.branch = 0
    progress.queue = []
    progress.seen = ""


def _next(progress: Progress, answer: CommentsAnswer) -> bool:
    """Goes on to the next page or branch; false if there is none."""
    if not progress.branch:
        progress.queue += [one for one in answer.deeper if one not in progress.queue]
    repeated = 1 if progress.last else 0
    if answer.given >= PAGE and answer.level:
        progress.offset += answer.given - repeated
        progress.last = answer.level[-1]
        return True
    progress.offset = progress.last = 0
    progress.branch = progress.queue.pop(0) if progress.queue else 0
    return progress.branch != 0


def _end(progress: Progress, mark: Mark, owner: int) -> list[Post]:
    before = mark.comments()
    seen = unpack(progress.seen)
    posts = []
    for number, (date, content) in before.items():
        if number in seen or content == DELETED:
            continue
        if not progress.whole:
            seen[number] = (date, content)
        elif content == MISSING:
            posts.append(gone_comment(owner, mark.id, number, date))
        else:
            seen[number] = (date, MISSING)
            mark.again = 1
    mark.held = pack(seen)
    mark.read, mark.read_at = progress.count, progress.started
    mark.since = CLEAN if mark.count == mark.read else progress.started
    return posts
