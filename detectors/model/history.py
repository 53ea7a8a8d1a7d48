"""A model of a region's own labels: fitted to its history, measured on texts that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.duplicates import NearDuplicates
from detectors.model import fit, ridge
from detectors.model.fit import Figures, Ground, Task
from detectors.model.model import Model, rows
from detectors.model.vocabulary import Ints, learn

QUESTIONS = ("theme", "body", "group")
"""In this order: what a theme is tells of the body that answers for it."""
LEAST = 50
"""Labelled texts below which a question is not learned."""


@dataclass(slots=True, frozen=True)
class History:
    """Labelled texts: their words (detectors.words), the rules' points (texts x ``classes``), the territories they name, and the
    labels by question; empty is none.
    """

    texts: Sequence[str]
    words: Sequence[Sequence[bytes]]
    points: Ints
    classes: Sequence[str]
    territories: Sequence[str]
    labels: Mapping[str, Sequence[str]]


def folds(texts: Sequence[str], count: int, seed: int) -> Ints:
    """The fold of each text: a text and its near-duplicates are in one, or a model would be asked what it knows by heart."""
    found = NearDuplicates(max(len(texts), 1))
    clusters: list[str] = []
    for number, text in enumerate(texts):
        match = found.add(str(number), text, at=0)
        clusters.append(match.cluster if match else str(number))
    names = sorted(set(clusters), key=int)
    drawn = np.random.default_rng(seed).permutation(len(names)) % count
    of = dict(zip(names, drawn.tolist(), strict=True))
    return np.array([of[cluster] for cluster in clusters], np.int64)


def ground_of(history: History) -> tuple[Ground, Model]:
    """The rows of a history, and a model that has no heads yet. The vocabulary is that of all texts; labels have no part in it."""
    vocabulary = learn(history.words)
    places = tuple(sorted(set(history.territories) - {""}))
    bare = Model(vocabulary, tuple(history.classes), places, {}, {})
    found = rows(vocabulary, history.words, history.points, history.territories, places)
    return Ground(found, bare.width, ridge.gram(found, bare.width)), bare


def tasks_of(history: History) -> dict[str, Task]:
    """The questions that enough texts have an answer to."""
    asked = {name: fit.task(history.labels[name]) for name in QUESTIONS if name in history.labels}
    return {name: one for name, one in asked.items() if int((one.numbers >= 0).sum()) >= LEAST and len(one.labels) > 1}


def validate(ground: Ground, tasks: Mapping[str, Task], split: Ints, before: Sequence[str]) -> dict[str, tuple[Figures, Figures]]:
    """Figures of the learned model and of the shipped one, by question, on texts that neither was fitted to.

    ``before`` is the theme that the shipped model names for each text: it is read as the labels that go with it most often.
    """
    said = fit.validate(ground, tasks, split)
    return {name: (fit.figures(said[name], one), _shipped(one, split, before)) for name, one in tasks.items()}


def _shipped(asked: Task, split: Ints, before: Sequence[str]) -> Figures:
    themes = fit.task(before)
    said = np.zeros((len(before), len(asked.labels)))
    for fold in range(int(split.max()) + 1):
        seen = (split != fold) & (asked.numbers >= 0)
        prior = np.bincount(asked.numbers[seen], minlength=len(asked.labels)) / max(int(seen.sum()), 1)
        table = np.tile(prior * 0.01, (len(themes.labels) + 1, 1))
        np.add.at(table, (themes.numbers[seen], asked.numbers[seen]), 1.0)
        said[split == fold] = table[themes.numbers[split == fold]]
    return fit.figures(said, asked)


def learned(ground: Ground, bare: Model, tasks: Mapping[str, Task], about: Mapping[str, object]) -> Model:
    """The model fitted to the whole history."""
    everything = np.arange(ground.rows.texts)
    leading: tuple[Task, fit.Fitted] | None = None
    heads = {}
    for name, asked in tasks.items():
        fitted = fit.fit(ground, asked, everything, leading)
        heads[name] = fit.head(ground, asked, fitted)
        leading = leading or (asked, fitted)
    return Model(bare.vocabulary, bare.classes, bare.territories, heads, about)
