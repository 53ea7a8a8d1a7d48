"""What the cursor of a wall says: which posts and comments are known, and what is still to be read. All times are ms unless said.

The cursor is JSON: a version, a few numbers, and a row of small numbers for each post (differences, with the zeros at its end left
out). Comments are packed: for each the difference of its id, of its date and three bytes of its content's hash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from xxhash import xxh3_64_intdigest

from monitor.model.post import Post
from sources.vk.decode import Broken
from sources.vk.packing import Held, unpack

VERSION: Final = 1
DELETED: Final = 0xFFFFFF
"""Stands for the hash of a comment whose deletion has been told."""
MISSING: Final = 0xFFFFFE
"""Of one that was not there the last time: if it is not there again, it is deleted."""

CLEAN: Final = -1
_TOLD: Final = 100
_NUMBER: Final = re.compile(rb'"id"\s*:\s*[^,}]*')
_PACKED: Final = 8
"""Characters that a comment takes in the cursor, about."""


def print_of(post: Post) -> int:
    """24 bits over what a reader would call the post: one edit in sixteen million goes unnoticed."""
    data = post.text
    for attachment in post.attachments:
        data += f"\x1f{attachment.kind}\x1f{attachment.id or attachment.url}"
    return xxh3_64_intdigest(data.encode("utf-8", "replace")) % MISSING


def untold(told: list[int], broken: Sequence[Broken]) -> list[tuple[Any, str]]:
    """Broken items that are not in ``told``, and enters them: walls show them again and again, with other counters each time."""
    fresh: list[tuple[Any, str]] = []
    for raw, reason in broken:
        name = _NUMBER.search(raw)
        content = xxh3_64_intdigest((name[0] if name else raw) + reason.encode()) % MISSING
        if content not in told:
            told.append(content)
            fresh.append((raw, reason))
    del told[:-_TOLD]
    return fresh


@dataclass(slots=True)
class Mark:
    """A post that is known: VK's id, date (s), hash, ``count`` of comments as last told, and how its comments were read.

    ``read`` is the count for which they were read last, at ``read_at``; ``since`` (CLEAN: nothing is left to read) the time up to
    which they certainly are. ``gone``: 1 missed on the wall, to be asked for; 2 not on the wall, but there. ``again``: comments are
    missing, to be read once more. ``last`` is the greatest id of a comment ever seen, ``held`` the packed comments.
    """

    id: int
    date: int
    print: int
    count: int = 0
    read: int = 0
    read_at: int = 0
    since: int = CLEAN
    gone: int = 0
    again: int = 0
    last: int = 0
    held: str = ""

    def comments(self) -> Held:
        return unpack(self.held)

    def counted(self, count: int, since: int) -> None:
        """The wall tells ``count`` comments now; the look before was at ``since``. What changed stays to be read until it is."""
        self.count = count
        if self.since == CLEAN and count != self.read:
            self.since = since


@dataclass(slots=True)
class Gap:
    """New posts that the newest hundred did not hold: read back from ``offset`` until one is older than ``until`` (s).

    ``left`` is how many posts may still be read, ``tail`` the ids at the end of the last page, ``end`` the date (s) of the last.
    """

    offset: int
    until: int
    since: int
    left: int
    tail: list[int]
    end: int


@dataclass(slots=True)
class Progress:
    """The comments of ``post`` as they are being read: begun at ``started`` for the wall's ``count``.

    ``branch`` is the comment whose replies are read (0: the post's own), ``offset`` how many of the level are behind, ``last`` the
    last of them, ``queue`` the branches to come, ``seen`` packed comments. ``bound``: greater ids are new. ``whole`` is false where
    comments moved meanwhile or could not be read: then nothing follows from what is missing.
    """

    post: int
    started: int
    count: int
    bound: int
    offset: int = 0
    last: int = 0
    branch: int = 0
    whole: int = 1
    tries: int = 0
    queue: list[int] = field(default_factory=list)
    seen: str = ""


@dataclass(slots=True)
class WallState:
    """``looked`` is when the newest posts were seen last, ``newest`` (s) the date of the newest, ``bottom`` of the oldest of them.

    ``pinned`` is the post at the top whatever its date.
    ``told`` are hashes of broken items that have been told.
    ``older_at`` and ``older_below``: when older posts were last looked at, and below which id to go on.
    """

    owner: int = 0
    looked: int = 0
    newest: int = 0
    bottom: int = 0
    older_at: int = 0
    older_below: int = 0
    pinned: int = 0
    gap: Gap | None = None
    progress: Progress | None = None
    told: list[int] = field(default_factory=list)
    posts: dict[int, Mark] = field(default_factory=dict)

    def covered(self) -> int:
        """The time up to which the wall, and the comments of the posts that are followed, have certainly been read."""
        left = [mark.since for mark in self.posts.values() if mark.since != CLEAN]
        if self.gap:
            left.append(self.gap.since)
        return min([self.looked, *left])

    def bound(self, posts: int, comments: int, oldest: int) -> None:
        """Forgets posts that are neither among the newest nor younger than ``oldest`` (s), those beyond ``posts`` of whose
        comments nothing is left to read, and comments of the oldest beyond ``comments``.
        """
        if self.gap:
            # What is forgotten while the wall is read back would be taken for new when the reading comes to it.
            return
        newest = {mark.id for mark in self.posts.values() if mark.date >= self.bottom or mark.id == self.pinned}
        order = sorted(self.posts.values(), key=lambda mark: (mark.id in newest, mark.date, mark.id), reverse=True)
        kept = [
            mark
            for place, mark in enumerate(order)
            if mark.id in newest or (mark.date >= oldest and (place < posts or mark.since != CLEAN))
        ]
        room = comments * _PACKED
        for mark in sorted(kept, key=lambda mark: mark.date, reverse=True):
            room -= len(mark.held)
            if room < 0:
                mark.held = ""
        self.posts = {mark.id: mark for mark in kept}
        if self.progress and self.progress.post not in self.posts:
            self.progress = None


def dump(state: WallState) -> str:
    rows: list[list[int | str]] = []
    before = Mark(0, 0, 0)
    for mark in sorted(state.posts.values(), key=lambda mark: mark.id, reverse=True):
        since = mark.since if mark.since == CLEAN else max(0, state.looked - mark.since)
        # As an age in seconds it has few digits, and it only sets the pace.
        times = [mark.read_at and max(1, mark.read_at // 1000 - mark.date), since + 1]
        row: list[int | str] = [before.id - mark.id, before.date - mark.date, mark.print, mark.count, mark.count - mark.read, *times]
        row += [mark.gone, mark.again, mark.last, mark.held]
        while not row[-1]:
            row.pop()
        rows.append(row)
        before = mark
    gap = state.gap and [state.gap.offset, state.gap.until, state.gap.since, state.gap.left, state.gap.tail, state.gap.end]
    going = state.progress
    progress = going and [getattr(going, name) for name in Progress.__slots__]
    head = [state.owner, state.looked, state.newest, state.bottom, state.older_at, state.older_below, state.pinned]
    return orjson.dumps([VERSION, head, gap, progress, state.told, rows]).decode()


def load(cursor: str) -> WallState:
    """The state of a cursor; a fresh one for an empty cursor, or one that nobody can read any more."""
    try:
        version, head, gap, progress, told, rows = orjson.loads(cursor) if cursor else (0, [], None, None, [], [])
        if version != VERSION:
            return WallState()
        state = WallState(*head)
        state.gap = Gap(*gap) if gap else None
        state.progress = Progress(*progress) if progress else None
        state.told = list(told)
        number = date = 0
        for row in rows:
            full = [*row, *_EMPTY[len(row) :]]
            number, date = number - full[0], date - full[1]
            mark = Mark(number, date, full[2], full[3], full[3] - full[4], full[5] and (full[5] + date) * 1000)
            mark.since = CLEAN if full[6] == 0 else state.looked - (full[6] - 1)
            mark.gone, mark.again, mark.last, mark.held = full[7:]
            state.posts[number] = mark
    except (ValueError, TypeError):
        return WallState()
    return state


_EMPTY: Final = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "")
