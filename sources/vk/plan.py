"""What to ask VK for next about one wall: follows from what is known and the time alone. Pure."""

from __future__ import annotations

from typing import Final, Literal

from sources.vk import wall
from sources.vk.marks import CLEAN, Mark, WallState
from sources.vk.settings import VkSettings

Step = Literal["look", "back", "confirm", "comments", "older"]

_PAUSE: Final = 30_000
"""Ms between two readings of the same comments: under a hot post they change all the time, and others wait."""
_FIRST_AGAIN: Final = 1_800
"""Seconds: comments that seem unchanged are read again when the post is half as old again, and not sooner than so."""
_DAY: Final = 86_400


def next_step(state: WallState, now: int, settings: VkSettings) -> Step:
    """The next request. ``look`` where nothing else is left: the newest posts are always worth one."""
    if state.looked and state.gap:
        return "back"
    if now - state.looked >= settings.look_again * 1000 and state.looked:
        return "look"
    return left(state, now, settings) or "look"


def left(state: WallState, now: int, settings: VkSettings) -> Step | None:
    """What is left to read beside the newest posts."""
    if state.gap:
        return "back"
    if state.progress:
        return "comments"
    if wall.missing(state):
        return "confirm"
    if due(state, now, settings):
        return "comments"
    if wall.has_older(state) and now - state.older_at >= settings.older_every * 1000:
        return "older"
    return None


def due(state: WallState, now: int, settings: VkSettings) -> Mark | None:
    """The post whose comments are to be read: of those that changed the youngest, then any that was long not read."""
    rested = [mark for mark in state.posts.values() if mark.again or now - mark.read_at >= _PAUSE]
    changed = [mark for mark in rested if mark.since != CLEAN or mark.again]
    if changed:
        return max(changed, key=lambda mark: (mark.date, mark.id))
    horizon = now // 1000 - settings.follow_days * _DAY
    stale = [mark for mark in rested if mark.read_at and mark.count and mark.date > horizon and _stale(mark, now)]
    return min(stale, key=lambda mark: (mark.read_at, mark.id)) if stale else None


def _stale(mark: Mark, now: int) -> bool:
    """Edits do not change the number of comments: young ones are read again soon, old ones ever more rarely."""
    read = mark.read_at // 1000
    return now // 1000 - read >= max(_FIRST_AGAIN, (read - mark.date) // 2)
