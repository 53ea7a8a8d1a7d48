"""Judges the posts of several pages at once, before the pages are taken one by one.

A classifier costs least on a hundred texts, and a page that brings news has a few. What a text means depends on nothing else, so it
may be asked early; whether a post is new is guessed from what is known before the first of the pages, and the few posts of which the
guess was wrong are judged when their page is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from detectors.words import cut
from monitor.model.post import Page, Post
from monitor.model.source import Source
from monitor.model.verdict import CHATTER, Quality, Verdict
from monitor.triage.decode import Decoded
from monitor.triage.findings import answered
from monitor.triage.hashes import content_hash
from monitor.triage.judging import Judging
from sinks.base import Known

POSTS = 1000
"""Posts that are judged together at least, if there are so many. A page twice among them is judged once."""

Judged = tuple[list[bytes], Verdict | None, Quality | None]
"""Words of a text, its meaning, and how an official account answers with it; None where the classifier fails on it."""
_PLAIN: Quality = "formal"


class Ahead:
    """What is known of the posts of one page before it is taken: ``contents`` of all, ``judged`` by the post's place in the page."""

    __slots__ = ("contents", "judged")

    def __init__(self, page: Page) -> None:
        self.contents = [content_hash(post) for post in page.posts]
        self.judged: dict[int, Judged] = {}


class Judges:
    """The classifiers of all regions, asked about pages. ``sources`` say from which territory people write."""

    def __init__(self, judging: Mapping[str, Judging], sources: Mapping[str, Source]) -> None:
        self._judging = judging
        self._sources = sources

    def look(self, pages: Sequence[Page], known: Callable[[str], Known | None]) -> list[Ahead]:
        """Judges those posts of some pages that are new or changed, as far as ``known`` tells."""
        found = [Ahead(page) for page in pages]
        wanted = []
        met: set[tuple[str, int]] = set()
        for page, ahead in zip(pages, found, strict=True):
            for at, (post, content) in enumerate(zip(page.posts, ahead.contents, strict=True)):
                before = known(post.id)
                if (before is None or before.content_hash != content) and (post.id, content) not in met:
                    met.add((post.id, content))
                    wanted.append((page, ahead, at, post))
        self._judge(wanted)
        return found

    def judge(self, page: Page, ahead: Ahead, places: Iterable[int]) -> None:
        """Judges the posts at these places of a page."""
        self._judge([(page, ahead, at, page.posts[at]) for at in places])

    def _judge(self, wanted: Sequence[tuple[Page, Ahead, int, Post]]) -> None:
        asked: dict[str, list[tuple[Ahead, int, Post, list[bytes]]]] = {}
        territories: dict[str, list[str]] = {}
        answers: dict[str, list[tuple[Ahead, int, Post, list[bytes]]]] = {}
        for page, ahead, at, post in wanted:
            words = [] if post.deleted else cut(post.text)
            one = ahead, at, post, words
            if answered(post):
                answers.setdefault(page.region, []).append(one)
            elif post.deleted or post.official:
                ahead.judged[at] = words, CHATTER, _PLAIN
            else:
                source = self._sources.get(page.source)
                asked.setdefault(page.region, []).append(one)
                territories.setdefault(page.region, []).append(source.territory if source else "")
        for region, some in asked.items():
            posts = [(post, place, words) for (_, _, post, words), place in zip(some, territories[region], strict=True)]
            verdicts = self._judging[region].classify(posts)
            for (ahead, at, _, words), verdict in zip(some, verdicts, strict=True):
                ahead.judged[at] = words, verdict, _PLAIN
        for region, some in answers.items():
            qualities = self._judging[region].judge([post for _, _, post, _ in some])
            for (ahead, at, _, words), quality in zip(some, qualities, strict=True):
                ahead.judged[at] = words, CHATTER, quality


def together(batch: Iterable[Decoded]) -> Iterator[list[Decoded]]:
    """A batch in runs of pages that have at least POSTS posts together."""
    run: list[Decoded] = []
    posts = 0
    for decoded in batch:
        run.append(decoded)
        posts += len(decoded.page.posts) if decoded.page else 0
        if posts >= POSTS:
            yield run
            run, posts = [], 0
    if run:
        yield run
