"""A region's own labels for appeals: what a model learned of its history, asked with the words and the rules' points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectors.classifier.lexicon import Ints
from detectors.model.model import Model, follows
from detectors.model.vocabulary import Floats

SHOWN = 3


class Answers(NamedTuple):
    """Of one text, by question: at most SHOWN labels with scores 0 to 1000, best first; empty where nothing was learned of it."""

    theme: list[tuple[str, int]]
    body: list[tuple[str, int]]
    group: list[tuple[str, int]]


class Learned:
    """``classes`` are those of the points that are asked with; the model may know fewer or others of them."""

    def __init__(self, model: Model, classes: Sequence[str]) -> None:
        self._model = model
        place = {name: number for number, name in enumerate(classes)}
        self._columns = np.array([place.get(name, -1) for name in model.classes], np.int64)
        self.digest = model.digest

    def ask(self, words: Sequence[Sequence[bytes]], points: Ints, territories: Sequence[str]) -> list[Answers]:
        """One answer a text, from its words, the rules' points (a row a text) and the territory it names."""
        known = np.where(self._columns >= 0, points[:, self._columns], 0)
        rows = self._model.rows(words, known, territories)
        first: Floats | None = None
        found: dict[str, list[list[tuple[str, int]]]] = {}
        for name, head in self._model.heads.items():
            more = [] if first is None or head.given is None else [follows(first, head.given)]
            said = head.judge(head.scores(rows), more)
            if first is None:
                first = said
            found[name] = _best(said, head.labels)
        nothing: list[list[tuple[str, int]]] = [[] for _ in words]
        return [Answers(*each) for each in zip(*(found.get(name, nothing) for name in Answers._fields), strict=True)]


def _best(said: Floats, labels: Sequence[str]) -> list[list[tuple[str, int]]]:
    ranked = (-said).argsort(axis=1, kind="stable")[:, :SHOWN]
    scores = np.rint(np.take_along_axis(said, ranked, axis=1) * 1000).astype(np.int64)
    return [
        [(labels[label], max(score, 1)) for label, score in zip(row, values, strict=True)]
        for row, values in zip(ranked.tolist(), scores.tolist(), strict=True)
    ]
