"""What the stand-in VK holds: walls of communities and people, made of sources.standins.held.Held and of what only VK has."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from monitor.model.post import Post
from sources.standins.held import Held

Access = Literal["open", "closed", "banned", "blocked"]


@dataclass
class Wall:
    """``domain`` is its short name. ``pinned`` is a post's id, ``extra`` fields that posts have beyond Held's, by id."""

    owner: int
    domain: str = ""
    access: Access = "open"
    members: int = 1000
    pinned: int = 0
    comments_closed: set[int] = field(default_factory=set)
    extra: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Standing:
    """A wall as it stands: posts newest first without deleted ones, and comments by post, oldest first, deleted ones marked.

    Ids are numbers, ``author`` is a number or any word.
    """

    posts: list[Post] = field(default_factory=list)
    comments: dict[str, list[Post]] = field(default_factory=dict)


class VkWorld(Protocol):
    """What the stand-in asks for; ``Walls`` fulfils it over any Held whose ids are numbers."""

    def now(self) -> int:
        """Ms; all else is as of this moment."""

    def wall(self, name: int | str) -> Wall | None:
        """By owner or by short name."""

    def title(self, wall: Wall) -> str: ...

    def read(self, wall: Wall) -> Standing: ...

    def walls(self) -> Sequence[Wall]: ...


class Walls:
    """Fulfils VkWorld. A wall's address in ``held`` is its owner as text; ``clock`` gives ms."""

    def __init__(self, held: Held, clock: Callable[[], int], walls: Sequence[Wall] = ()) -> None:
        self.held = held
        self._clock = clock
        self._walls = {wall.owner: wall for wall in walls}

    def now(self) -> int:
        return self._clock()

    def add(self, wall: Wall) -> Wall:
        self._walls[wall.owner] = wall
        return wall

    def wall(self, name: int | str) -> Wall | None:
        if isinstance(name, int):
            return self._walls.get(name)
        return next((wall for wall in self._walls.values() if wall.domain == name), None)

    def walls(self) -> Sequence[Wall]:
        return list(self._walls.values())

    def title(self, wall: Wall) -> str:
        return self.held.title(str(wall.owner)) or ""

    def read(self, wall: Wall) -> Standing:
        standing = Standing()
        # In one second the numbers tell the order.
        for post in sorted(self.held.posts(str(wall.owner), self.now()), key=lambda post: (post.published_at, int(post.id))):
            if post.thread:
                standing.comments.setdefault(post.thread, []).append(post)
            elif not post.deleted:
                standing.posts.append(post)
        standing.posts.sort(key=lambda post: (post.published_at // 1000, int(post.id)), reverse=True)
        return standing


def person(author: str) -> int:
    """The number of an author: its own, or one made of the name."""
    number = author.removeprefix("-")
    return int(author) if number.isdigit() else 1 + zlib.crc32(author.encode()) % 900_000_000
