"""Judges the posts of several pages at once, before the pages are taken one by one.

A classifier costs least on a hundred texts, and a page that brings news has a few. What a text means depends on nothing else, so it
may be asked early; whether a post is new is guessed from what is known before the first of the pages, and the few posts of which the
guess was wrong are judged when their page is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

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


class _Asked(NamedTuple):
    """What a region's classifier is asked, in columns: posts with words, territories and where verdicts go; then answers."""

    posts: list[Post]
    words: list[list[bytes]]
    territories: list[str]
    judged: list[tuple[dict[int, Judged], int]]
    answers: list[Post]
    answered: list[tuple[dict[int, Judged], int, list[bytes]]]


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
        met: dict[str, int] = {}
        for page, ahead in zip(pages, found, strict=True):
            places = []
            for at, (post, content) in enumerate(zip(page.posts, ahead.contents, strict=True)):
                name = post.id
                before = known(name)
                if (before is None or before.content_hash != content) and met.get(name) != content:
                    met[name] = content
                    places.append(at)
            wanted.append((page, ahead, places))
        self._judge(wanted)
        return found

    def judge(self, page: Page, ahead: Ahead, places: Sequence[int]) -> None:
        """Judges the posts at these places of a page."""
        self._judge([(page, ahead, places)])

    def _judge(self, wanted: Sequence[tuple[Page, Ahead, Sequence[int]]]) -> None:
        asked: dict[str, _Asked] = {}
        for page, ahead, places in wanted:
            judged = ahead.judged
            source = self._sources.get(page.source)
            territory = source.territory if source else ""
            region = asked.get(page.region)
            if region is None:
                region = asked[page.region] = _Asked([], [], [], [], [], [])
            for at in places:
                post = page.posts[at]
                words = [] if post.deleted else cut(post.text)
                if not (post.official or post.deleted):
                    region.posts.append(post)
                    region.words.append(words)
                    region.territories.append(territory)
                    region.judged.append((judged, at))
                elif answered(post):
                    region.answers.append(post)
                    region.answered.append((judged, at, words))
                else:
                    judged[at] = words, CHATTER, _PLAIN
        for name, one in asked.items():
            verdicts = self._judging[name].classify(one.posts, one.territories, one.words)
            for (judged, at), words, verdict in zip(one.judged, one.words, verdicts, strict=True):
                judged[at] = words, verdict, _PLAIN
            qualities = self._judging[name].judge(one.answers)
            for (judged, at, words), quality in zip(one.answered, qualities, strict=True):
                judged[at] = words, CHATTER, quality


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
