"""A model of a region's own labels: fitted to its history, measured on texts that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detectors.duplicates import NearDuplicates
from detectors.model import fit, form, ridge
from detectors.model.fit import Figures, Ground, Task
from detectors.model.model import Model, rows
from detectors.model.vocabulary import Floats, Ints, Rows, learn

QUESTIONS = ("theme", "body", "group")
"""In this order: what a theme is tells of the body that answers for it."""
LEAST = 50
"""Labelled texts below which a question is not learned."""
PLANS = {"theme": fit.THEMED, "body": fit.FORMED}
"""Regressions of questions that need more than one: offices share the ways by which letters come, themes do not."""
LARGEST = 2
"""Territories of a municipality's path: itself and the region."""
FOLLOWING = 0.1
"""What naive Bayes adds to ridge for a question that also follows from the theme."""


class Named(NamedTuple):
    """What the names of a question's labels say, in alphabetic order: their words, and the territory that each names or none."""

    words: Sequence[Sequence[bytes]]
    territories: Sequence[str]


@dataclass(slots=True, frozen=True)
class History:
    """Labelled texts: their words (detectors.words), the rules' points (texts x ``classes``), the territories they name, and the
    labels by question; empty is none. ``named`` is by question, ``paths`` has for each territory of the profile itself and those
    around it, narrowest first.
    """

    texts: Sequence[str]
    words: Sequence[Sequence[bytes]]
    points: Ints
    classes: Sequence[str]
    territories: Sequence[str]
    labels: Mapping[str, Sequence[str]]
    named: Mapping[str, Named]
    paths: Mapping[str, Sequence[str]]


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
    places = tuple(sorted({*history.territories, *history.paths} - {""}))
    manners = form.columns(history.texts, history.words)
    usual = manners.mean(axis=0)
    bare = Model(vocabulary, tuple(history.classes), places, {}, {}, usual=usual)
    around = {place: _within(history.paths.get(place, (place,))) for place in places}
    found = rows(vocabulary, history.words, history.points, history.territories, places, around)
    spread = np.array([[float(other in around[place]) for other in places] for place in places]).reshape(len(places), len(places))
    return Ground(
        found,
        bare.width,
        ridge.gram(found, bare.width),
        spread,
        _points(found, len(vocabulary), len(history.classes)),
        manners - usual,
    ), bare


def _points(found: Rows, first: int, classes: int) -> Floats:
    own = (found.column >= first) & (found.column < first + classes)
    points = np.zeros((found.texts, classes))
    points[found.row[own], found.column[own] - first] = found.value[own]
    return points


def _within(path: Sequence[str]) -> Sequence[str]:
    """A territory and those around it without the region, in which all are."""
    return path[:-1] or path


def tasks_of(history: History, bare: Model) -> dict[str, Task]:
    """The questions that enough texts have an answer to. ``bare`` has the columns of their rows."""
    asked = {name: fit.task(history.labels[name]) for name in QUESTIONS if name in history.labels}
    asked = {name: one for name, one in asked.items() if int((one.numbers >= 0).sum()) >= LEAST and len(one.labels) > 1}
    for number, (name, one) in enumerate(asked.items()):
        one.told = _told(history, bare, history.named[name])
        one.bayes = FOLLOWING if number else one.bayes
        one.plans = PLANS.get(name, one.plans)
    return asked


def _told(history: History, bare: Model, named: Named) -> tuple[Floats, ...]:
    """What a label's name says of the texts that it is for: their words, and for those that name a territory, where they are.

    A label that few texts have is known by its name.
    """
    rows = bare.vocabulary.rows(named.words)
    words, inside, outside = (np.zeros((bare.width, len(named.words)), np.float32) for _ in range(3))
    words[rows.column, rows.row] = rows.value
    first = bare.width - len(bare.territories)
    for label, territory in enumerate(named.territories):
        # The region itself tells nothing.
        own = history.paths.get(territory, ())[:-1]
        for column, place in enumerate(bare.territories, first):
            path = history.paths.get(place, ())
            if own and len(path) > 1:
                inside[column, label] = place == territory
                # Rows have the municipality around a place, too: it alone counts.
                outside[column, label] = len(path) == LARGEST and place not in own
    return (words, inside, outside) if inside.any() else (words,)


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
    usual = bare.usual if any(head.form is not None for head in heads.values()) else None
    return Model(bare.vocabulary, bare.classes, bare.territories, heads, about, usual=usual)
