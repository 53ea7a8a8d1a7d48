"""What a page tells about topics: the words of its posts, by how many people, and the beginnings of some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from detectors.text import Cache, Stems
from detectors.topics.usual import USUAL

LETTERS = (5, 24)
"""Of a word: shorter ones are mostly of every topic, longer ones are noise."""
POSTS = 40
"""Posts of a page that are looked at: one with more is no news, it catches up with the past."""
WORDS = 64
"""Words of a page: those of five posts, or those that most of its people share; more would cost more than findings do."""
EXCERPTS = 3
"""Posts of a page whose beginnings are kept, for the words around a word: what many write comes on many pages."""
EXCERPT = 140
"""Characters."""


class Sketch(NamedTuple):
    """``words``: stems, each as often as people wrote it; ``people``: how many wrote at all; ``excerpts``: what some wrote."""

    words: list[str]
    people: int
    excerpts: list[str]


EMPTY = Sketch([], 0, [])


class Sketcher:
    """Makes sketches. One object serves one thread."""

    def __init__(self) -> None:
        self._stem = Stems().one
        self.known: Cache[bytes, str] = Cache(self._look_up)
        self._order: Cache[str, str] = Cache(lambda stem: f"{crc32(stem.encode()):08x}{stem}")

    def make(self, posts: Iterable[tuple[str, str, Sequence[bytes]]]) -> Sketch:
        """``posts``: author, text, and its words (detectors.words). An author counts once, with the first text."""
        known = self.known
        authors: set[str] = set()
        texts: list[str] = []
        stems: list[frozenset[str]] = []
        for author, text, words in posts:
            if author:
                if author in authors:
                    continue
                authors.add(author)
            stems.append(frozenset(map(known.__getitem__, words)))
            texts.append(text)
            if len(texts) == POSTS:
                break
        people = len(texts)
        if not people:
            return EMPTY
        counts = Counter(chain.from_iterable(stems))
        counts.pop("", None)
        found: Iterable[tuple[str, int]] = counts.items()
        if len(counts) > WORDS:
            least = sorted(counts.values(), reverse=True)[WORDS - 1]
            # The same words are left out of every page, so that what is counted of a word does not depend on its neighbours.
            ties = sorted((stem for stem, count in found if count == least), key=self._order.__getitem__)
            found = [(stem, count) for stem, count in found if count > least]
            found += [(stem, least) for stem in ties[: WORDS - len(found)]]
        some = texts if people <= EXCERPTS else [texts[number * people // EXCERPTS] for number in range(EXCERPTS)]
        return Sketch([word for word, count in sorted(found) for _ in range(count)], people, [text[:EXCERPT] for text in some])

    def _look_up(self, word: bytes) -> str:
        """The stem of a word; empty where it can't be a topic."""
        shortest, longest = LETTERS
        if not shortest <= len(word) <= longest:
            return ""
        text = word.decode("cp1251").replace("ё", "е")
        return "" if text in USUAL or any(map(str.isdigit, text)) else self._stem(text)
