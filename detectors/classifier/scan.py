"""Many texts searched for all terms of a lexicon at once: one array operation does for a hundred texts what a loop does for one.

Texts are laid end to end. Every hit is a number ``text * terms + term``; the two halves of a pair meet where the same number is among
the first and among the second halves, near enough. Most pairs have only one half in a text, so a table of flags throws nearly all
halves away before anything is sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from detectors.classifier.lexicon import WINDOW, Ints, Lexicon

TEXTS = 128
"""Texts of one scan: their tables stay in the processor's cache."""
WORDS_SHOWN = 6
"""Words that explain a verdict to a person."""


class Scan:
    """What at most TEXTS texts, cut into tokens at white space, have of the terms of a lexicon.

    ``lengths`` are tokens a text; ``points`` has a row a text and a column a class.
    """

    def __init__(self, lexicon: Lexicon, texts: Sequence[Sequence[str]]) -> None:
        lexicon.entries.trim()
        self._lexicon = lexicon
        self.texts = texts
        self._terms = len(lexicon.rules)
        self.lengths: Ints = np.fromiter(map(len, texts), np.int64, len(texts))
        self._ends: list[int] = self.lengths.cumsum().tolist()
        total = int(self.lengths.sum())
        self._entries = np.fromiter(map(lexicon.entries.numbers.__getitem__, chain.from_iterable(texts)), np.int64, total)
        hits = self._entries.nonzero()[0]
        own = np.repeat(np.arange(len(texts), dtype=np.int32) * np.int32(self._terms), self.lengths)[hits]
        found = self._entries[hits]
        terms, owners = lexicon.entries.columns[0].of(found)
        made = np.zeros(len(texts) * self._terms, np.bool_)
        made[own[owners] + terms] = True
        made[self._pairs(found, own, hits)] = True
        self._made: Ints = made.nonzero()[0]
        self._bounds: list[int] = self._made.searchsorted(np.arange(len(texts) + 1) * self._terms).tolist()
        text, term = np.divmod(self._made, self._terms)
        classes = len(lexicon.names)
        summed = np.bincount(text * classes + lexicon.rules[term], lexicon.points[term], len(texts) * classes)
        self.points: Ints = summed.astype(np.int64).reshape(len(texts), classes)

    def _pairs(self, found: Ints, own: Ints, hits: Ints) -> Ints:
        """The pairs that are made, as numbers of hits: ``found`` are entries at ``hits``, ``own`` is what their text adds."""
        (first, left), (second, right) = (column.of(found) for column in self._lexicon.entries.columns[1:])
        first += own[left]
        second += own[right]
        flags = np.zeros(len(self.lengths) * self._terms, np.bool_)
        flags[first] = True
        kept = flags[second].nonzero()[0]
        second, there = second[kept], hits[right[kept]]
        flags[:] = False
        flags[second] = True
        kept = flags[first].nonzero()[0]
        first, here = first[kept], hits[left[kept]]
        # Sorted by pair and then by place, so that the seconds near a first are one range.
        width = len(self._entries) + 2 * WINDOW
        seconds = np.sort(second.astype(np.int64) * width + there)
        place = first.astype(np.int64) * width + here
        strict = self._lexicon.strict[first % self._terms]
        start = np.where(strict, place + 1, place - WINDOW)
        end = np.where(strict, place + 1, place + WINDOW)
        near = seconds.searchsorted(end, "right") - seconds.searchsorted(start, "left")
        # A token that is both halves makes no pair with itself.
        near -= ~strict & (seconds.searchsorted(place, "right") > seconds.searchsorted(place, "left"))
        return first[near > 0]

    def explain(self, text: int, classes: Iterable[int]) -> list[str]:
        """The words of a text that speak for the given classes, in lower case, each once, at most WORDS_SHOWN."""
        lexicon = self._lexicon
        made = frozenset((self._made[self._bounds[text] : self._bounds[text + 1]] - text * self._terms).tolist())
        chosen = frozenset().union(*[made & lexicon.speaking[number] for number in classes])
        terms = lexicon.entries.terms
        tokens = self.texts[text]
        end = self._ends[text]
        shown: dict[str, None] = {}
        for token, entry in zip(tokens, self._entries[end - len(tokens) : end].tolist(), strict=True):
            if entry and not chosen.isdisjoint(terms[entry]):
                shown[lexicon.shown[token]] = None
                if len(shown) == WORDS_SHOWN:
                    break
        return list(shown)
