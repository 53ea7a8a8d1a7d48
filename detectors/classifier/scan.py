"""Many texts searched for all terms of a lexicon at once: one array operation does for a hundred texts what a loop does for one.

Texts are laid end to end. Every hit is a number ``text * terms + term``; the two halves of a pair meet where the same number is among
the first and among the second halves, near enough. Most pairs have only one half in a text, so a table of flags throws nearly all
halves away before anything is sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from detectors.classifier.lexicon import WINDOW, Ints, Lexicon
from detectors.table import Read, runs

TEXTS = 128
"""Texts of one scan: their tables stay in the processor's cache."""
WORDS_SHOWN = 6
"""Words that explain a verdict to a person."""
_NEVER = np.iinfo(np.int64).max


class Scan:
    """What at most TEXTS texts, cut into words (detectors.words), have of the terms of a lexicon.

    ``read`` are its words, ``lengths`` words a text; ``points`` has a row a text and a column a class.
    """

    def __init__(self, lexicon: Lexicon, texts: Sequence[Sequence[bytes]], fresh: bool = True) -> None:
        """``fresh``: what was read before is read no more, so its words may be forgotten."""
        if fresh:
            lexicon.trim()
        self._lexicon = lexicon
        self.texts = texts
        self._terms = len(lexicon.rules)
        self.read = lexicon.book.read(texts)
        self.lengths = self.read.lengths
        self._begins: list[int] = [0, *self.lengths.cumsum().tolist()]
        total = self._begins[-1]
        entries = lexicon.met(self.read.numbers)
        hits = entries.nonzero()[0]
        own = np.arange(0, len(texts) * self._terms, self._terms, dtype=np.int32).repeat(self.lengths).take(hits)
        met = entries.take(hits)
        (alone, at), (first, left), (second, right) = (column.of(met) for column in lexicon.entries.columns)
        alone += own.repeat(at)
        first += own.repeat(left)
        second += own.repeat(right)
        # The table is lent clean and given back clean: only what was set is wiped, the rest of it is never touched.
        flags = lexicon.flags(len(texts) * self._terms)
        # First halves are the rarer ones (see Lexicon), so the many second ones are only looked up.
        flags[first] = True
        kept = flags.take(second).nonzero()[0]
        flags[first] = False
        second, there = second.take(kept), hits.take(right.cumsum().searchsorted(kept, "right"))
        flags[second] = True
        kept = flags.take(first).nonzero()[0]
        flags[second] = False
        first, here = first.take(kept), hits.take(left.cumsum().searchsorted(kept, "right"))
        self._halves = ((alone, hits.repeat(at)), (first, here), (second, there))
        found = np.concatenate((alone, first[self._near(first, here, second, there, total)]))
        found.sort()
        self._made = found = found.take(runs(found))
        text, term = np.divmod(found, self._terms)
        classes = len(lexicon.names)
        summed = np.bincount(text * classes + lexicon.rules[term], lexicon.points[term], len(texts) * classes)
        self.points: Ints = summed.astype(np.int32).reshape(len(texts), classes)

    def _near(self, first: Ints, here: Ints, second: Ints, there: Ints, total: int) -> NDArray[np.bool_]:
        """Which first halves have a second one near enough; of both their hits and their places among ``total`` words."""
        # Sorted by pair and then by place, so that the seconds near a first are one range; the last two are near none.
        width = total + 2 * WINDOW
        seconds = np.empty(len(second) + 2, np.int64)
        np.multiply(second, width, out=seconds[:-2], dtype=np.int64)
        seconds[:-2] += there
        seconds[-2:] = _NEVER
        seconds.sort()
        place = np.multiply(first, width, dtype=np.int64) + here
        strict = self._lexicon.strict.take(first % self._terms)
        start = np.where(strict, place + 1, place - WINDOW)
        end = np.where(strict, place + 1, place + WINDOW)
        nearest = seconds.searchsorted(start)
        # A word that is both halves makes no pair with itself: then the next one counts.
        own = seconds.take(nearest)
        near: NDArray[np.bool_] = (own <= end) & ((own != place) | (seconds.take(nearest + 1) <= end))
        return near

    def explain(self, asked: Sequence[tuple[int, Collection[int]]]) -> list[list[str]]:
        """Of texts (by number, each asked for once) the words that speak for the given classes, in lower case, each once, at most
        WORDS_SHOWN.
        """
        lexicon = self._lexicon
        hits, places = (np.concatenate(both) for both in zip(*self._halves, strict=True))
        numbers = [text for text, _ in asked]
        wanted = np.zeros(len(self.texts), np.bool_)
        wanted[numbers] = True
        text, term = np.divmod(self._made, self._terms)
        speaking = self._made[(lexicon.points.take(term) > 0) & wanted.take(text)]
        flags = lexicon.flags(len(self.texts) * self._terms)
        flags[speaking] = True
        kept = flags.take(hits).nonzero()[0]
        flags[speaking] = False
        places = places.take(kept)
        order = places.argsort(kind="stable")
        places = places.take(order)
        rules = lexicon.rules.take(hits.take(kept).take(order) % self._terms).tolist()
        bounds = places.searchsorted([self._begins[at] for text in numbers for at in (text, text + 1)]).tolist()
        listed = places.tolist()
        found = []
        for (number, classes), begin, end in zip(asked, bounds[::2], bounds[1::2], strict=True):
            words, first = self.texts[number], self._begins[number]
            shown: dict[str, None] = {}
            for at in range(begin, end):
                if rules[at] in classes:
                    shown[lexicon.shown[words[listed[at] - first]]] = None
                    if len(shown) == WORDS_SHOWN:
                        break
            found.append([*shown])
        return found


class Scans:
    """What any number of texts have of the terms of a lexicon, as a Scan tells it, searched TEXTS by TEXTS."""

    def __init__(self, lexicon: Lexicon, texts: Sequence[Sequence[bytes]]) -> None:
        self._scans = [Scan(lexicon, texts[start : start + TEXTS], not start) for start in range(0, len(texts), TEXTS)]
        self.texts = texts
        self.read = Read(*map(np.concatenate, zip(*(scan.read for scan in self._scans), strict=True)))
        self.lengths = self.read.lengths
        self.points: Ints = np.concatenate([scan.points for scan in self._scans])

    def explain(self, asked: Sequence[tuple[int, Collection[int]]]) -> list[list[str]]:
        """See Scan.explain; the texts in order."""
        return [
            words
            for number, some in groupby(asked, lambda one: one[0] // TEXTS)
            for words in self._scans[number].explain([(text % TEXTS, classes) for text, classes in some])
        ]
