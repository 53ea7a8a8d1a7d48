"""Fits heads to labelled texts, and says by cross-validation how good they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detectors.model import bayes, blend, ridge
from detectors.model.model import Head, follows, likely, packed, stacked
from detectors.model.vocabulary import Floats, Ints, Rows

STRENGTH = 2.0
"""How much the weights of words are held back."""
BALANCE = 0.5
"""How much more a text of a rare label counts: as the label's share to the power of minus this."""
BAYES = 0.02
"""What naive Bayes adds to ridge."""
FORM = 0.3
"""What a column of the form counts beside a text's words, which have length one: the square of it."""
UNLABELLED = -1


class Figures(NamedTuple):
    """Shares of texts whose label was the first said, or among the first three; of how many texts."""

    first: float
    three: float
    texts: int


class Plan(NamedTuple):
    """A regression: the power of a label's share by which its texts are held back, what it reads (``words`` with the rules' points,
    only the ``points``, the ``form``), and how much it is held back.
    """

    balance: float = BALANCE
    words: bool = False
    points: bool = False
    form: bool = False
    strength: float = STRENGTH


PLAIN = (Plan(words=True),)
THEMED = (Plan(words=True), Plan(words=True, strength=STRENGTH / 4), Plan(points=True, strength=STRENGTH / 4))
"""What the rules found tells something by itself."""
FORMED = (Plan(words=True, form=True), Plan(0.0, words=True, form=True), Plan(0.0, form=True))
"""The form of a text tells something by itself, and more of frequent labels than of rare ones."""


@dataclass(slots=True)
class Task:
    """A question: the labels in order, and the number of each text's label (UNLABELLED where it has none).

    ``told`` is what is known of the labels before any text is: each is weights (columns x labels), a kind of evidence of its own.
    ``bayes`` is what naive Bayes adds to ridge, to the first of ``plans``.
    """

    labels: tuple[str, ...]
    numbers: Ints
    told: tuple[Floats, ...] = ()
    bayes: float = BAYES
    plans: tuple[Plan, ...] = PLAIN


def task(said: Sequence[str]) -> Task:
    """Labels in alphabetic order; an empty one is none."""
    labels = tuple(sorted({label for label in said if label}))
    numbers = {label: number for number, label in enumerate(labels)}
    return Task(labels, np.array([numbers.get(label, UNLABELLED) for label in said], np.int64))


@dataclass(slots=True)
class Fitted:
    """A head before its weights are packed: ``among`` the texts it was fitted to, ``alphas`` their solution by each plan, ``left``
    what is said of each of them when it is left out (probabilities).
    """

    among: Ints
    alphas: Sequence[Floats]
    logs: Floats
    shared: Floats
    left: Floats
    given: Floats | None = None


@dataclass(slots=True, frozen=True)
class Ground:
    """The texts to learn from: their rows, the columns of these, and how alike they are (see ridge.gram).

    ``around`` (territories x territories) says which of the last columns a text has that names a territory: those around it, too. A
    model's rows have the one that is named. ``points`` are the parts of the rows that the rules' points make, ``form`` is how each is
    written, less what is usual (see form.columns).
    """

    rows: Rows
    width: int
    alike: Floats
    around: Floats | None = None
    points: Floats | None = None
    form: Floats | None = None

    def between(self, some: Ints, others: Ints, plan: Plan) -> Floats:
        """How alike some texts and others are in what a plan reads."""
        alike = self.alike[np.ix_(some, others)] if plan.words else np.zeros((len(some), len(others)))
        if plan.points and self.points is not None:
            alike += self.points[some] @ self.points[others].T
        if plan.form and self.form is not None:
            alike += FORM * (self.form[some] @ self.form[others].T)
        return alike


def fit(ground: Ground, asked: Task, among: Ints, first: tuple[Task, Fitted] | None = None) -> Fitted:
    """Fits one question to the texts ``among`` that have a label. ``first`` is a question whose answers tell of this one's."""
    among = among[asked.numbers[among] >= 0]
    labels, count = asked.numbers[among], len(asked.labels)
    sizes = np.bincount(labels, minlength=count)
    alphas, lefts = [], []
    for plan in asked.plans:
        rare = sizes[labels] ** plan.balance
        alpha, left = ridge.solve(ground.between(among, among, plan), labels, count, plan.strength * rare / rare.mean())
        alphas.append(alpha)
        lefts.append(left)
    rows = _some(ground.rows, among)
    logs, guessed = bayes.weights(rows, ground.width, labels, count)
    lefts[0] += asked.bayes * guessed
    given, more = None, [*lefts[1:], *(bayes.product(rows, told) for told in asked.told)]
    if first is not None:
        numbers, width = first[0].numbers[among], len(first[0].labels)
        both, prior = _both(numbers, labels, width, count), sizes / sizes.sum()
        given = _shares(both + prior)
        more.append(_follows_left(_spread(first[1], among, width), numbers, labels, both + prior, given))
    evidence = stacked(lefts[0], more)
    shared = blend.fit(evidence, labels)
    return Fitted(among, alphas, logs, shared, blend.probabilities(evidence, shared), given)


def _some(rows: Rows, among: Ints) -> Rows:
    """The rows of some texts (in ascending order), numbered anew."""
    place = np.full(rows.texts, -1, np.int64)
    place[among] = np.arange(len(among))
    kept = place[rows.row] >= 0
    return Rows(place[rows.row[kept]], rows.column[kept], rows.value[kept], len(among))


def _both(first: Ints, labels: Ints, width: int, count: int) -> Floats:
    """How often each label of the first question comes with one of this: (labels of the first) x (labels of this one)."""
    both = np.zeros((width, count))
    known = first >= 0
    np.add.at(both, (first[known], labels[known]), 1.0)
    return both


def _shares(counts: Floats) -> Floats:
    return counts / counts.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def _follows_left(said: Floats, first: Ints, labels: Ints, both: Floats, given: Floats) -> Floats:
    """As ``follows`` of texts whose first labels are probably ``said``, each by a table in which it was not counted itself."""
    found = said @ given
    known = (first >= 0).nonzero()[0]
    counts = both[first[known]]
    counts[np.arange(len(known)), labels[known]] -= 1.0
    found[known] += said[known, first[known]][:, None] * (_shares(counts) - given[first[known]])
    return likely(found)


def _spread(fitted: Fitted, among: Ints, count: int) -> Floats:
    """What the first question says of the texts ``among``, each left out; nothing is known of those it was not fitted to."""
    found = np.full((len(among), count), 1.0 / count)
    at = np.searchsorted(fitted.among, among)
    at = np.minimum(at, len(fitted.among) - 1)
    met = fitted.among[at] == among
    found[met] = fitted.left[at[met]]
    return found


def head(ground: Ground, asked: Task, fitted: Fitted) -> Head:
    """What a model keeps of a fitted question."""
    plans = len(asked.plans)
    linear, shared = plans + len(asked.told), fitted.shared
    # All that is linear in a text is one table: several regressions and what is told of the labels cost nothing when it is read.
    scales = shared[:linear] if linear > 1 else np.ones(1)
    alpha, manner, ruled = (np.zeros((ground.rows.texts, len(asked.labels))) for _ in range(3))
    for scale, solved, plan in zip(scales, fitted.alphas, asked.plans, strict=False):
        alpha[fitted.among] += scale * plan.words * solved
        manner[fitted.among] += scale * plan.form * solved
        ruled[fitted.among] += scale * plan.points * solved
    found = ridge.weights(ground.rows, ground.width, alpha) + scales[0] * asked.bayes * fitted.logs
    if ground.points is not None:
        territories = 0 if ground.around is None else len(ground.around)
        found[ground.width - territories - ground.points.shape[1] : ground.width - territories] += ground.points.T @ ruled
    for scale, told in zip(scales[plans:], asked.told, strict=True):
        found += scale * told
    if linear > 1:
        found -= found.mean(axis=1, keepdims=True)
        shared = np.concatenate(([1.0], shared[linear:]))
    if ground.around is not None and len(ground.around):
        found[-len(ground.around) :] = ground.around @ found[-len(ground.around) :]
    weights, scale = packed(found)
    given = None if fitted.given is None else fitted.given.astype(np.float32)
    form = None
    if ground.form is not None and any(plan.form for plan in asked.plans):
        form = FORM * (ground.form.T @ manner)
        form = (form - form.mean(axis=1, keepdims=True)).astype(np.float32)
    return Head(asked.labels, weights, scale, shared, given, form)


def say(ground: Ground, asked: Task, fitted: Fitted, texts: Ints, first: Floats | None = None) -> Floats:
    """Probabilities for texts that were not fitted to; ``first`` are those of the first question for the same texts."""
    rows = _some(ground.rows, texts)
    scores, *others = (
        ground.between(texts, fitted.among, plan) @ alpha for plan, alpha in zip(asked.plans, fitted.alphas, strict=True)
    )
    scores += asked.bayes * bayes.product(rows, fitted.logs)
    more = [*others, *(bayes.product(rows, told) for told in asked.told)]
    if first is not None and fitted.given is not None:
        more.append(follows(first, fitted.given))
    return blend.probabilities(stacked(scores, more), fitted.shared)


def validate(ground: Ground, tasks: Mapping[str, Task], folds: Ints) -> dict[str, Floats]:
    """What is said of each text by a model that has not seen its fold, by question (texts x labels).

    The first question in ``tasks`` is the one that tells of the others.
    """
    said: dict[str, Floats] = {name: np.zeros((len(folds), len(asked.labels))) for name, asked in tasks.items()}
    for fold in range(int(folds.max()) + 1):
        seen, unseen = (folds != fold).nonzero()[0], (folds == fold).nonzero()[0]
        leading: tuple[Task, Fitted] | None = None
        told: Floats | None = None
        for name, asked in tasks.items():
            fitted = fit(ground, asked, seen, leading)
            said[name][unseen] = say(ground, asked, fitted, unseen, told)
            if leading is None:
                leading, told = (asked, fitted), said[name][unseen]
    return said


def figures(said: Floats, asked: Task) -> Figures:
    """How often the first label, or one of the first three, is right, over the texts that have a label."""
    known = asked.numbers >= 0
    ranked = (-said[known]).argsort(axis=1, kind="stable")[:, :3]
    right = ranked == asked.numbers[known][:, None]
    return Figures(float(right[:, 0].mean()), float(right.any(axis=1).mean()), int(known.sum()))
