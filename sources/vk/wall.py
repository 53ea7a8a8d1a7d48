"""What an answer about posts means for what is known of the wall: which are new, changed, missing, gone. Pure."""

from __future__ import annotations

from typing import Final

from monitor.model.post import Post
from sources.vk.marks import DELETED, Gap, Mark, WallState, print_of
from sources.vk.parse import WallAnswer, gone_comment, gone_post
from sources.vk.settings import VkSettings

PAGE: Final = 100
"""Posts that wall.get gives at most, and wall.getById takes."""
_OVERLAP: Final = 5
"""Posts that two pages share: if posts are deleted between two requests, those behind them move up and none may be missed."""
_DAY: Final = 86_400


def look(state: WallState, answer: WallAnswer, now: int, settings: VkSettings, page: int = PAGE) -> list[Post]:
    """The newest posts (``page`` were asked for): what is new or changed among them. Notes what is missing and a gap."""
    before = state.looked
    first = before == 0
    whole = answer.given >= answer.count or answer.given < page
    loose = [item for item in answer.items if not item.is_pinned]
    bottom = 0 if whole or not loose else loose[-1].date
    if answer.items:
        state.owner = answer.items[0].owner_id
    _miss(state, answer, bottom)
    posts = take(state, answer, now, settings, before, first=first)
    ahead = now // 1000 + _DAY
    known = state.newest if state.newest <= ahead else now // 1000
    until = now // 1000 - settings.first_days * _DAY if first else known
    if bottom and bottom >= until:
        left = (settings.first_posts if first else settings.gap_posts) - answer.given
        state.gap = Gap(answer.given - _OVERLAP, until, before, left, _tail(answer), bottom)
        _end_gap(state)
    # What is dated further ahead would hide every gap until then; clocks that differ by less are no news.
    state.newest = max([known, *(item.date for item in loose if item.date <= ahead)])
    state.pinned = next((item.id for item in answer.items if item.is_pinned), 0)
    state.bottom, state.looked = bottom, now
    state.older_at = state.older_at or now
    state.bound(settings.follow_posts, settings.follow_comments, now // 1000 - settings.follow_days * _DAY)
    return posts


def back(state: WallState, answer: WallAnswer, now: int, settings: VkSettings) -> list[Post]:
    """A further page of a gap."""
    gap = state.gap
    if gap is None:
        return []
    loose = [item for item in answer.items if not item.is_pinned]
    joined = any(item.id in gap.tail for item in loose)
    posts = take(state, answer, now, settings, state.looked, first=gap.since == 0)
    gap.left -= max(len(posts), _OVERLAP)
    if answer.given < PAGE or (loose and loose[-1].date < gap.until):
        state.gap = None
    elif joined or not loose:
        gap.offset += answer.given - _OVERLAP
        gap.tail = _tail(answer)
        gap.end = loose[-1].date if loose else gap.end
    elif loose[-1].date >= gap.end:
        # So many new posts have come meanwhile that all of this page was there before.
        gap.offset += answer.given - _OVERLAP
    else:
        gap.offset = max(0, gap.offset - PAGE // 2)
    _end_gap(state)
    state.bound(settings.follow_posts, settings.follow_comments, now // 1000 - settings.follow_days * _DAY)
    return posts


def found(state: WallState, asked: list[int], answer: WallAnswer, now: int, settings: VkSettings, *, confirm: bool) -> list[Post]:
    """The posts ``asked`` for by their ids. With ``confirm`` one that is not there is deleted, without it only missing."""
    there = {item.id for item in answer.items if not item.is_deleted}
    answer.posts = [post for post, item in zip(answer.posts, answer.items, strict=True) if item.id in there]
    answer.items = [item for item in answer.items if item.id in there]
    posts = take(state, answer, now, settings, min(state.looked, state.older_at))
    for number in asked:
        mark = state.posts.get(number)
        if mark is None:
            continue
        if number in there or answer.broken:
            mark.gone = 2 if confirm else mark.gone
        elif not confirm:
            mark.gone = 1
        else:
            del state.posts[number]
            posts.append(gone_post(state.owner, number, mark.date))
            posts += [
                gone_comment(state.owner, number, comment, date)
                for comment, (date, content) in mark.comments().items()
                if content != DELETED
            ]
    if state.progress and state.progress.post not in state.posts:
        state.progress = None
    return posts


def take(state: WallState, answer: WallAnswer, now: int, settings: VkSettings, before: int, *, first: bool = False) -> list[Post]:
    """Marks the posts of an answer; gives those that are new or changed.

    ``before`` is when they were seen last: an edit whose time VK does not tell, or tells too early, was made since.
    """
    posts = []
    young = now // 1000 - (settings.first_days if first else settings.follow_days) * _DAY
    for item, post in zip(answer.items, answer.posts, strict=True):
        count = item.comments.count if item.comments else 0
        content = print_of(post)
        mark = state.posts.get(item.id)
        if post.deleted:
            if mark is not None:
                mark.gone = 1
            continue
        if mark is None:
            mark = state.posts[item.id] = Mark(item.id, item.date, content)
            if item.date < young:
                # Its comments are history: they are read when there are new ones.
                mark.read = count
            posts.append(post)
        elif mark.print != content:
            mark.print = content
            if post.edited_at <= before:
                post.edited_at = now
            posts.append(post)
        mark.gone = 0
        mark.counted(count, state.looked)
    return posts


def missing(state: WallState) -> list[int]:
    """Posts that are to be asked for by their ids since the wall did not show them where they were."""
    return [mark.id for mark in state.posts.values() if mark.gone == 1][:PAGE]


def older(state: WallState) -> list[int]:
    """The next posts that the wall's newest do not show any more, the newest of them first; empty at the end of a round."""
    numbers = sorted((mark.id for mark in state.posts.values() if _is_older(state, mark)), reverse=True)
    return [number for number in numbers if not state.older_below or number < state.older_below][:PAGE]


def has_older(state: WallState) -> bool:
    return any(_is_older(state, mark) for mark in state.posts.values())


def _is_older(state: WallState, mark: Mark) -> bool:
    return mark.gone == 2 or (mark.gone == 0 and mark.date < state.bottom and mark.id != state.pinned)


def _miss(state: WallState, answer: WallAnswer, bottom: int) -> None:
    """Notes posts that should be among the newest and are not. Those of the very second of the last one may be behind it."""
    seen = {item.id for item in answer.items}
    for mark in state.posts.values():
        if mark.gone == 0 and mark.id not in seen and mark.date > bottom:
            mark.gone = 1


def _end_gap(state: WallState) -> None:
    if state.gap and state.gap.left <= 0:
        state.gap = None


def _tail(answer: WallAnswer) -> list[int]:
    return [item.id for item in answer.items[-_OVERLAP:]]
