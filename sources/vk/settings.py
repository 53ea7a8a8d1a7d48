"""What the VK adapter can be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class VkSettings:
    """Where VK is, how far back it is read, and how much of it is followed.

    ``officials`` are accounts whose posts and comments are official wherever they stand (communities negative); the owner of a
    source of kind ``official`` is always one. ``watched`` are owners that have a source of their own: searches leave them out.
    """

    api: str = "https://api.vk.ru/method"
    version: str = "5.199"
    officials: frozenset[int] = frozenset()
    watched: frozenset[int] = frozenset()
    first_days: int = 7
    """A source read for the first time: further pages of its wall, and comments, only of posts that are not older."""
    first_posts: int = 500
    gap_posts: int = 1_000
    """After a pause, a wall is read back by at most so many posts: a wall that has more new ones is not read by people either."""
    follow_days: int = 30
    """Posts that have left the newest hundred are looked at again until they are so old."""
    follow_posts: int = 300
    follow_comments: int = 1_500
    """Comments of one source whose edits and deletions are noticed; of older threads only new comments are."""
    look_again: float = 120.0
    """Seconds after which the wall itself is looked at again, even if comments are left to read."""
    older_every: float = 3_600.0
    wait: float = 60.0
    """Seconds between two looks, where nobody knows better."""
    walls_a_request: int = 25
    """Of fetch_many; VK allows no more. Of up to ten a hundred posts each are read, of more fewer: see sources.vk.batch."""
    search_hours: int = 24
    """How far back the first reading of a search goes."""
    search_pages: int = 5
    """VK gives no more than a thousand findings of one search."""
