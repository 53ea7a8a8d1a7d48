"""A region's own labels for appeals: what a model learned of its history, asked with the words and the rules' points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from detectors.classifier.lexicon import Ints
from detectors.model.form import ASPECTS
from detectors.model.model import Model, follows
from detectors.model.vocabulary import Floats

SHOWN = 3
TELLS = 0.1
"""What an aspect of the form must add to the log of the odds between two bodies, or take from it, to be named."""


class Answers(NamedTuple):
    """Of one text, by question: at most SHOWN labels with scores 0 to 1000, best first; empty where nothing was learned of it."""

    theme: list[tuple[str, int]]
    body: list[tuple[str, int]]
    group: list[tuple[str, int]]


class ByForm(NamedTuple):
    """The aspects of a text's form (see form.ASPECTS) that speak for the body named first and against it, and the body that would be
    in its place if the text were written like any other; empty if it is the same.
    """

    speaking: Sequence[str] = ()
    against: Sequence[str] = ()
    instead: str = ""


class Learned:
    """``classes`` are those of the points that are asked with; the model may know fewer or others of them."""

    def __init__(self, model: Model, classes: Sequence[str]) -> None:
        self._model = model
        place = {name: number for number, name in enumerate(classes)}
        self._columns = np.array([place.get(name, -1) for name in model.classes], np.int64)
        self.digest = model.digest

    def ask(self, texts: Sequence[str], words: Sequence[Sequence[bytes]], points: Ints, territories: Sequence[str]) -> list[Answers]:
        """One answer a text, from how it is written, its words, the rules' points (a row a text) and the territory it names."""
        asked = self._asked(words, points, territories, self._model.form(texts, words))
        found = {name: _best(said, self._model.heads[name].labels) for name, said in asked}
        nothing: list[list[tuple[str, int]]] = [[] for _ in words]
        return [Answers(*each) for each in zip(*(found.get(name, nothing) for name in Answers._fields), strict=True)]

    def by_form(self, text: str, words: Sequence[bytes], points: Ints, territory: str) -> ByForm:
        """What the form of a text did for the body that is named first; ``points`` is a row."""
        head = self._model.heads.get("body")
        if head is None or head.form is None:
            return ByForm()
        form = self._model.form([text], [words])
        said, without = (dict(self._asked([words], points, [territory], own))["body"][0] for own in (form, np.zeros_like(form)))
        first, second = (-said).argsort(kind="stable")[:2].tolist()
        plain = int(without.argmax())
        other = second if plain == first else plain
        worth = form[0] * (head.form[:, first] - head.form[:, other])
        sums = {aspect: worth[[own == aspect for own in ASPECTS]].sum() for aspect in ASPECTS}
        speaking, against = (tuple(aspect for aspect, more in sums.items() if sign * more >= TELLS) for sign in (1, -1))
        return ByForm(speaking, against, "" if plain == first else head.labels[plain])

    def _asked(
        self, words: Sequence[Sequence[bytes]], points: Ints, territories: Sequence[str], form: Floats
    ) -> Iterator[tuple[str, Floats]]:
        """What is said of texts (texts x labels), by question; ``form`` is how they are written."""
        known = np.where(self._columns >= 0, points[:, self._columns], 0)
        rows = self._model.rows(words, known, territories)
        first: Floats | None = None
        for name, head in self._model.heads.items():
            more = [] if first is None or head.given is None else [follows(first, head.given)]
            said = head.judge(head.scores(rows) + head.by_form(form), more)
            if first is None:
                first = said
            yield name, said


def _best(said: Floats, labels: Sequence[str]) -> list[list[tuple[str, int]]]:
    ranked = (-said).argsort(axis=1, kind="stable")[:, :SHOWN]
    scores = np.rint(np.take_along_axis(said, ranked, axis=1) * 1000).astype(np.int64)
    return [
        [(labels[label], max(score, 1)) for label, score in zip(row, values, strict=True)]
        for row, values in zip(ranked.tolist(), scores.tolist(), strict=True)
    ]
