"""The shipped model beside the rules: how much the words of a text make it an appeal, of which kind,
and how likely each group is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectors.classifier.endings import Endings
from detectors.classifier.kind import likeliest
from detectors.classifier.lexicon import Ints
from detectors.classifier.theme import Themes
from detectors.model.shipped import KINDS, evidence, shipped
from detectors.model.vocabulary import WORDS, Floats, Rows
from detectors.table import Book, Read, Table

WEIGHT = 4.5
"""Points of an appeal's words; less than what the rules tell, since the corpus is small and towns are many."""
ENDING = 3.5
"""The same of their endings."""
AGAINST = 1.3
"""How much more counts what speaks against an appeal: everyday words of a theme are in talk too."""
MORE = -0.2
"""Points of texts of which the words tell nothing."""
_FAVOUR = np.array([{"complaint": 0, "question": 1, "suggestion": 1, "thanks": 2}[kind] for kind in KINDS])
"""Points of what sounds like each kind: people tell of troubles among themselves too, but seldom ask, propose and thank so."""


class Heard(NamedTuple):
    """Some texts as the model hears them: rows of their words, and what the endings of these say of kinds and of an appeal."""

    rows: Rows
    endings: Floats

    def only(self, texts: Sequence[int]) -> Heard:
        """Some of the texts, given in order."""
        return Heard(self.rows.only(texts), self.endings[list(texts)])


class Tuned:
    """Hears the words of a book. Not shared between threads: its vocabulary is not."""

    def __init__(self, themes: Themes, book: Book) -> None:
        self._themes = themes
        self._model = shipped()
        self.digest = self._model.digest
        self._words = Table(book, self._model.vocabulary.known)
        self._endings = Endings(self._model.heads["ending"], book)

    def rows(self, texts: Read) -> Heard:
        numbers, lengths = texts.first(WORDS)
        own = self._model.vocabulary.counted(self._words.of(numbers)[0], np.repeat(np.arange(len(lengths)), lengths), len(lengths))
        return Heard(own, self._endings.scores(texts))

    def points(self, found: Heard, kinds: Ints) -> Ints:
        """Points for an appeal, one number a text; ``kinds`` are what it would be as one."""
        said = WEIGHT * self._model.heads["appeal"].scores(found.rows)[:, 0] + ENDING * found.endings[:, -1]
        points: Ints = np.floor(np.minimum(said, AGAINST * said) + MORE).astype(np.int64) + _FAVOUR[kinds]
        return points

    def kinds(self, found: Heard, tone: Floats) -> Ints:
        """The number of the kind (see shipped.KINDS) of each text, if it is an appeal, by its words, their endings and how it is said
        (see kind.tone).
        """
        row, column = tone.nonzero()
        said = self._model.heads["tone"].scores(Rows(row, column, tone[row, column], len(tone)))
        said += self._model.heads["kind"].scores(found.rows) + found.endings[:, : len(KINDS)]
        return likeliest(said, tone)

    def groups(self, found: Heard, points: Ints) -> list[dict[str, int]]:
        """How likely each group is, of 1000, by the words and by the rules' points (a row a text)."""
        head = self._model.heads["group"]
        said: Floats = head.judge(head.scores(found.rows), [evidence(self._themes.support(points))])
        thousandths = np.rint(said * 1000).astype(np.int64).tolist()
        return [dict(zip(head.labels, row, strict=True)) for row in thousandths]
