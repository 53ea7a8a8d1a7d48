"""What a network holds, as its stand-in asks for it: a simulated region can fulfil it, and a shelf of written posts does in tests."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from monitor.model.post import Post


class Held(Protocol):
    """Communities and feeds by address, and their posts as they stand at a time.

    Posts are as people wrote them (nothing is masked), with ids and authors as the network names them: ``id`` and ``author`` bare,
    ``thread`` the id of the post under which a comment stands, ``reply_to`` of the comment that it answers.
    """

    def title(self, address: str) -> str | None:
        """The name of what is at ``address``; None if there is nothing."""

    def posts(self, address: str, now: int) -> Sequence[Post]:
        """All posts and comments published up to ``now`` (ms), oldest first, in their latest version; deleted ones are marked."""


class Shelf:
    """Fulfils Held with what is put on it, each at its time."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}
        self._versions: dict[str, list[tuple[int, int, Post]]] = {}

    def open(self, address: str, title: str = "Город") -> None:
        self._titles[address] = title
        self._versions.setdefault(address, [])

    def close(self, address: str) -> None:
        del self._titles[address]

    def put(self, address: str, post: Post, at: int = 0) -> None:
        """The post as it stands from ``at`` (ms; 0: its publication) on."""
        versions = self._versions[address]
        insort(versions, (at or post.published_at, len(versions), post))

    def edit(self, address: str, id: str, text: str, at: int) -> None:
        self.put(address, replace(self._latest(address, id), text=text, edited_at=at), at)

    def delete(self, address: str, id: str, at: int) -> None:
        self.put(address, replace(self._latest(address, id), text="", deleted=True), at)

    def title(self, address: str) -> str | None:
        return self._titles.get(address)

    def posts(self, address: str, now: int) -> Sequence[Post]:
        found = {post.id: post for at, _, post in self._versions[address] if at <= now}
        return sorted(found.values(), key=lambda post: (post.published_at, post.id))

    def _latest(self, address: str, id: str) -> Post:
        return next(post for _, _, post in reversed(self._versions[address]) if post.id == id)
