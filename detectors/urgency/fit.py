"""Fits the model of urgency: ``python -m detectors.urgency.fit`` writes ``shipped.npz`` anew and prints figures on held-out folds.

Ridge regression of each level against the others in its dual form, as for answers; a text of the other corpora, whose labels follow
another notion of urgency in part, is held back more.
"""

from __future__ import annotations

from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.classifier.lexicon import Lexicon
from detectors.classifier.scan import Scans
from detectors.classifier.urgency import CALLING
from detectors.model import ridge
from detectors.model.vocabulary import Floats, Ints, Rows
from detectors.taxonomy import taxonomy
from detectors.text import Stems
from detectors.urgency import pieces, signs
from detectors.urgency.model import LEVELS, SIGN, STEPS, packed
from detectors.urgency.pieces import PIECES
from detectors.words import cut
from monitor.model.verdict import GROUPS

CORPUS = Path(__file__).parents[1] / "corpus"
RIDGE = 1.0
OTHER = 0.3
"""What a text of the groups' corpora counts beside one of urgency.tsv."""
NORMAL = 3
"""One of so many of their normal texts is taken: the rest are more of the same."""
LEAST = 2
"""Texts that must have a piece of a word for it to count."""
FOLDS = 5
ALIKE = 0.5
"""Texts that are so alike (cosine of their words) stay in one fold."""


class Corpus(NamedTuple):
    """Rows of the texts, rarity of pieces as bytes, level and weight of each text."""

    read: Rows
    rarity: NDArray[np.int8]
    labels: Ints
    weights: Floats


def texts() -> list[tuple[str, str, float]]:
    """Level, text and weight, in a fixed order: urgency.tsv, the appeals of all groups, chatter."""
    found = [(level, text, 1.0) for level, _, text in _lines("urgency")]
    usual = 0
    for group in GROUPS:
        for _, _, level, text in _lines(group):
            usual += level == "normal"
            if level != "normal" or usual % NORMAL == 0:
                found.append((level, text, OTHER))
    # Talk that has words of danger, since the others are never asked about.
    found += [("none", text, OTHER) for kind, text in _lines("chatter") if kind != "answer"]
    return [(level, text.replace("\\n", "\n"), weight) for level, text, weight in found]


def _lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (CORPUS / f"{name}.tsv").read_text("utf-8").splitlines()]


def corpus() -> Corpus:
    """What is learned from."""
    own = texts()
    words = [cut(text) for _, text, _ in own]
    sheet = taxonomy().sheets["urgency"]
    points = Scans(Lexicon(sheet, Stems()), words).points
    calling = [[*sheet].index(sign) for sign in CALLING]
    kept = (points[:, calling] >= signs.LEAST).any(axis=1)
    kept |= np.array([level != "none" or weight == 1 for level, _, weight in own])
    own, words = [*compress(own, kept)], [*compress(words, kept)]
    row, piece, count = pieces.entries(words)
    met = np.bincount(piece, minlength=PIECES)
    rarity = np.where(met >= LEAST, np.log((1 + len(own)) / (1 + met)) + 0.3, 0.0)
    steps = np.rint(rarity * (STEPS / rarity.max())).astype(np.int8)
    # The length is that of the words one after another, since what a word weighs is remembered with it.
    length = np.sqrt(np.bincount(row, count * steps[piece].astype(np.float64) ** 2, len(own)))
    said = signs.said(points[kept], [text for _, text, _ in own], words)
    text, sign = said.nonzero()
    number = said.shape[1]
    both, first, second = np.nonzero(np.triu(said[:, :, None] & said[:, None, :], 1))
    rows = (row, text, both)
    columns = (piece, PIECES + sign, PIECES + number + first * number + second)
    values = (count * steps[piece] / np.maximum(length, 1)[row], np.full(len(sign), SIGN), np.full(len(both), SIGN))
    read = Rows(np.concatenate(rows), np.concatenate(columns), np.concatenate(values), len(own))
    labels = np.array([LEVELS.index(level) for level, _, _ in own])
    return Corpus(read, steps, labels, np.array([weight for *_, weight in own]))


def gram(read: Rows) -> tuple[Floats, Rows, Ints]:
    """How alike the texts are (texts x texts), and their rows over the columns that are there at all, with those columns."""
    there = read.value > 0
    columns, place = np.unique(read.column[there], return_inverse=True)
    rows = Rows(read.row[there], place, read.value[there], read.texts)
    return ridge.gram(rows, len(columns)), rows, columns


def solve(alike: Floats, labels: Ints, weights: Floats) -> Floats:
    """The solution (texts x LEVELS). Rare levels weigh as much as frequent ones."""
    share = np.bincount(labels, weights, len(LEVELS)) / weights.sum()
    strength = RIDGE * share[labels] * len(LEVELS) / weights
    solution: Floats = np.linalg.solve(alike + np.diag(strength), np.eye(len(LEVELS))[labels] - 1 / len(LEVELS))
    return solution


def fit(read: Corpus) -> tuple[NDArray[np.int8], Floats]:
    """Weights of columns as bytes, and what their steps are worth."""
    alike, rows, columns = gram(read.read)
    count = len(signs.names())
    found = np.zeros((PIECES + count + count * count, len(LEVELS)))
    found[columns] = ridge.weights(rows, len(columns), solve(alike, read.labels, read.weights))
    return packed(found)


def held_out(read: Corpus) -> tuple[float, dict[str, float]]:
    """Macro F1 of the four levels, and each one's, of the appeals of urgency.tsv, each judged by a model that has not seen it, nor
    one much like it.
    """
    alike, *_ = gram(read.read)
    fold = _folds(read.read)
    said = np.zeros(len(read.labels), np.int64)
    for number in range(FOLDS):
        test = fold == number
        alpha = solve(alike[np.ix_(~test, ~test)], read.labels[~test], read.weights[~test])
        said[test] = 1 + (alike[np.ix_(test, ~test)] @ alpha)[:, 1:].argmax(axis=1)
    asked = (read.weights == 1) & (read.labels > 0)
    each = {}
    for level in range(1, len(LEVELS)):
        right, true = said[asked] == level, read.labels[asked] == level
        each[LEVELS[level]] = round(float(2 * (right & true).sum() / max(1, right.sum() + true.sum())), 3)
    return round(sum(each.values()) / len(each), 3), each


def _folds(read: Rows) -> Ints:
    """The fold of each text, near-duplicates together."""
    words = read.column < PIECES
    bare = Rows(read.row[words], read.column[words], read.value[words], read.texts)
    first = np.arange(read.texts)
    for one, other in zip(*np.nonzero(np.triu(gram(bare)[0] > ALIKE, 1)), strict=True):
        first[first == first[other]] = first[one]
    _, cluster = np.unique(first, return_inverse=True)
    folds: Ints = cluster % FOLDS
    return folds


def main() -> None:
    read = corpus()
    print("urgency, held out, macro F1 and each:", *held_out(read))
    weights, scale = fit(read)
    np.savez_compressed(Path(__file__).parent / "shipped.npz", weights=weights, rarity=read.rarity, scale=scale)


if __name__ == "__main__":
    main()
