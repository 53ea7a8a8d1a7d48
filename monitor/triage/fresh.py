"""Which posts of a page are new or changed, and what is known of them from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from monitor.model.post import Page, Post
from monitor.triage.decode import Decoded
from sinks.base import Known

Fresh = tuple[int, int, Post, Known | None, Known]
"""A new or changed post: its place in the page and its number there, the version before, and what is known of it from now on."""


def fresh_posts(
    decoded: Decoded,
    page: Page,
    contents: Sequence[int],
    known: Callable[[str], Known | None],
    recall: Mapping[str, Known],
    outcomes: Counter[str],
) -> list[Fresh]:
    """In order, of posts with these ``contents`` (hashes). ``recall`` is what the store has of posts that are ``known`` no more;
    what became of each post is counted in ``outcomes``.
    """
    fresh: list[Fresh] = []
    new = 0
    taken: dict[str, Known] = {}
    again, erase = page.origin == "reprocess", page.origin == "erase"
    for at, (item, post, content) in enumerate(zip(decoded.items, page.posts, contents, strict=True)):
        name = post.id
        before = known(name)
        if name in taken:
            before = taken[name]
        elif before is None and recall:
            before = recall.get(name)
        if before is None:
            if again:
                # A post that was erased does not come back.
                continue
            new += 1
            # Twice as fast as the class itself.
            now = tuple.__new__(Known, (content, post.edited_at, post.deleted, False, 1))
        elif again:
            # What the store had may have been edited since.
            if before.content_hash != content or name in taken:
                continue
            now = before
        elif not erase and (before.content_hash == content or (not post.deleted and post.edited_at < before.edited_at)):
            continue
        else:
            outcomes["deleted" if post.deleted else "changed"] += 1
            now = Known(content, post.edited_at, post.deleted, before.sent, before.revision + 1)
        # Whether it is sent is known after classification; until then a second version in the same page must see the first.
        taken[name] = now
        fresh.append((at, item, post, before, now))
    outcomes["new"] += new
    outcomes["known"] += len(page.posts) - len(fresh)
    return fresh
