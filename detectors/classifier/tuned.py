"""The shipped model beside the rules: how much the words of a text make it an appeal, of which kind,
and how likely each group is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.classifier.kind import likeliest
from detectors.classifier.lexicon import Ints
from detectors.classifier.theme import Themes
from detectors.model.model import rows
from detectors.model.shipped import KINDS, evidence, shipped
from detectors.model.vocabulary import Floats, Rows
from monitor.model.verdict import Kind

WEIGHT = 6.0
"""Points of an appeal's words; a third of what the rules tell, since the corpus is small and towns are many."""
MIDDLE = 0.2
"""Points that words give to texts of which they tell nothing."""


class Tuned:
    """Not shared between threads: its vocabulary is not."""

    def __init__(self, themes: Themes) -> None:
        self._themes = themes
        self._model = shipped()
        self.digest = self._model.digest

    def rows(self, words: Sequence[Sequence[bytes]]) -> Rows:
        return rows(self._model.vocabulary, words, np.zeros((len(words), 0), np.int64), (), ())

    def points(self, found: Rows) -> Ints:
        """Points for an appeal, one number a text."""
        points: Ints = np.trunc(WEIGHT * self._model.heads["appeal"].scores(found)[:, 0] - MIDDLE).astype(np.int64)
        return points

    def kinds(self, found: Rows, tone: Floats) -> list[Kind]:
        """The kind of each text, if it is an appeal, by its words and by how it is said (see kind.tone)."""
        row, column = tone.nonzero()
        said = self._model.heads["tone"].scores(Rows(row, column, tone[row, column], found.texts))
        said += self._model.heads["kind"].scores(found)
        return [KINDS[best] for best in likeliest(said, tone).tolist()]

    def groups(self, found: Rows, points: Ints) -> list[dict[str, int]]:
        """How likely each group is, of 1000, by the words and by the rules' points (a row a text)."""
        head = self._model.heads["group"]
        said: Floats = head.judge(head.scores(found), [evidence(self._themes.support(points))])
        thousandths = np.rint(said * 1000).astype(np.int64).tolist()
        return [dict(zip(head.labels, row, strict=True)) for row in thousandths]
