"""What triage remembers: posts that it knows, and texts that it has seen. Bounded, and rebuilt from the store to the same content.

Known posts are a cache of post_revisions: what has fallen out is asked for again, so the bound changes speed and never a result.
The memory of texts *is* the result (a duplicate is one of the last N texts), so it is a queue by insertion alone, whose content
at any position of the log can be read back from post_revisions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice

from monitor.triage.decode import CLOCK_SKEW
from sinks.base import Known


class KnownPosts:
    """The posts known last, at most ``limit``.

    ``horizon`` is the latest fetch (ms) of a post that has fallen out, or its time of publication where a wrong clock puts that after
    the fetch: a post published after the horizon can't have been forgotten, so only older ones have to be asked for.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._posts: dict[str, Known] = {}
        self._seen: dict[str, int] = {}
        self.horizon = 0
        # Asked twice for every post.
        self.get: Callable[[str], Known | None] = self._posts.get

    def __len__(self) -> int:
        return len(self._posts)

    def put(self, post: str, known: Known, seen: int) -> None:
        """Remembers the latest version of a post; ``seen`` is the later one of its fetch and its publication."""
        posts = self._posts
        if post in posts:
            del posts[post]
        posts[post] = known
        self._seen[post] = seen

    def trim(self) -> None:
        """Forgets the posts that changed longest ago. Only between batches: in a batch nobody could ask for them."""
        # One walk: a dict that is asked for its first key again and again passes all that were deleted before it each time.
        for oldest in list(islice(self._posts, max(0, len(self._posts) - self._limit))):
            del self._posts[oldest]
            self.horizon = max(self.horizon, self._seen.pop(oldest))

    def must_ask(self, post: str, published_at: int) -> bool:
        """Whether a post that is not here may have been known and forgotten."""
        return published_at <= self.horizon and post not in self._posts

    def load(self, posts: Iterable[tuple[str, Known, int]]) -> None:
        """Starts from the store's latest posts, oldest first. If they fill the memory, older ones may exist: the horizon says so."""
        self._posts.clear()
        self._seen.clear()
        self.horizon = 0
        for post, known, fetched_at in posts:
            self.put(post, known, fetched_at)
        self.trim()
        if len(self._posts) >= self._limit:
            self.horizon = max(self.horizon, *self._seen.values()) + CLOCK_SKEW


class SeenTexts:
    """The last ``limit`` entries of texts, each with the post that brought it, for ``keep`` ms of the pages' time.

    A text that comes again after that time is entered again. Entries leave in the order in which they came, superseded ones too: so
    the last ``limit`` entries of the store are the memory.
    """

    def __init__(self, limit: int, keep: int) -> None:
        self._limit = limit
        self._keep = keep
        self._texts: dict[int, tuple[str, int, int]] = {}
        self._queue: deque[int] = deque()
        self._entered = 0

    def __len__(self) -> int:
        return len(self._texts)

    def first(self, text: int, post: str, fetched_at: int) -> tuple[str, bool]:
        """The post that brought this text before, or ``post`` itself; and whether the text was entered with it now."""
        found = self._texts.get(text)
        if found is not None and fetched_at - found[1] <= self._keep:
            return found[0], False
        self._enter(text, post, fetched_at)
        return post, True

    def load(self, texts: Iterable[tuple[int, str, int]]) -> None:
        self._texts.clear()
        self._queue.clear()
        self._entered = 0
        for text, post, fetched_at in texts:
            self._enter(text, post, fetched_at)

    def _enter(self, text: int, post: str, fetched_at: int) -> None:
        self._texts[text] = (post, fetched_at, self._entered)
        self._queue.append(text)
        self._entered += 1
        if len(self._queue) > self._limit:
            oldest = self._queue.popleft()
            if self._texts[oldest][2] == self._entered - len(self._queue) - 1:
                del self._texts[oldest]


class Parking:
    """Which sources send mostly what can't be taken.

    Per source the last ``window`` outcomes are kept (a revision taken, or a dead letter); from ``minimum`` on, a source whose share
    of dead letters reaches ``share`` is parked: its pages go whole to the dead letters until retried ones succeed.
    """

    window = 50

    def __init__(self, share: float, minimum: int) -> None:
        self._share = share
        self._minimum = minimum
        self._outcomes: dict[str, list[bool]] = {}

    def note(self, source: str, dead: bool, times: int = 1) -> None:
        if not source:
            # A page that can't be read belongs to nobody.
            return
        outcomes = self._outcomes.setdefault(source, [])
        outcomes.extend([dead] * min(times, self.window))
        del outcomes[: -self.window]

    def parked(self, source: str) -> bool:
        outcomes = self._outcomes.get(source, [])
        return len(outcomes) >= self._minimum and sum(outcomes) >= self._share * len(outcomes)

    def sources(self) -> list[str]:
        return [source for source in self._outcomes if self.parked(source)]

    def load(self, outcomes: Iterable[tuple[str, bool]]) -> None:
        """Starts from the store's latest outcomes, oldest first."""
        self._outcomes.clear()
        for source, dead in outcomes:
            self.note(source, dead)
