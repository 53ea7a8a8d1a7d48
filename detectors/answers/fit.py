"""Fits the model of answers: ``python -m detectors.answers.fit`` writes ``shipped.npy`` anew and prints figures on held-out folds.

Ridge regression of each quality against the others in its dual form (C. Saunders, A. Gammerman, V. Vovk, 1998): as many unknowns as
texts, solved exactly, so that the same corpus gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detectors.answers.grams import COLUMNS, Grams
from detectors.answers.model import QUALITIES, packed
from detectors.words import cut

CORPUS = Path(__file__).parents[1] / "corpus" / "answers.tsv"
RIDGE = 0.3
LEAST = 2
"""Texts that must have a piece of a word for it to count."""
FOLDS = 6

Floats = NDArray[np.float64]
Row = tuple[NDArray[np.int64], Floats]
"""Columns of a text and what each counts."""


def corpus() -> tuple[list[Row], NDArray[np.int64]]:
    """The texts and the number of each one's quality."""
    lines = [line.split("\t", 1) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    grams = Grams(100_000)
    rows = [grams.row(cut(text.replace("\\n", "\n"))) for _, text in lines]
    return rows, np.array([QUALITIES.index(quality) for quality, _ in lines])


def fit(rows: Sequence[Row], labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weights (columns x qualities) and the rarity of columns."""
    met = np.bincount(np.concatenate([columns for columns, _ in rows]), minlength=COLUMNS)
    rarity = np.where(met >= LEAST, np.log((1 + len(rows)) / (1 + met)) + 0.3, 0.0)
    kept = np.flatnonzero(rarity)
    place = np.zeros(COLUMNS, np.int64)
    place[kept] = np.arange(len(kept))
    scaled = np.zeros((len(rows), len(kept)))
    for line, (columns, counts) in zip(scaled, rows, strict=True):
        known = rarity[columns] > 0
        line[place[columns[known]]] = counts[known] * rarity[columns[known]]
    scaled /= np.linalg.norm(scaled, axis=1, keepdims=True) + 1e-9
    target = np.eye(len(QUALITIES))[labels]
    # Rare qualities weigh as much as frequent ones.
    share = target.mean(axis=0)[labels] * len(QUALITIES)
    alpha = np.linalg.solve(scaled @ scaled.T + RIDGE * np.diag(share), target - 1 / len(QUALITIES))
    weights = np.zeros((COLUMNS, len(QUALITIES)))
    weights[kept] = scaled.T @ alpha
    return weights, rarity


def macro_f1(said: NDArray[np.int64], truth: NDArray[np.int64]) -> tuple[float, dict[str, float]]:
    """The mean of the qualities' F1, and each."""
    each: dict[str, float] = {}
    for number, quality in enumerate(QUALITIES):
        both = ((said == number) & (truth == number)).sum()
        each[quality] = round(float(2 * both / max(1, (said == number).sum() + (truth == number).sum())), 3)
    return round(sum(each.values()) / len(each), 3), each


def held_out(rows: Sequence[Row], labels: NDArray[np.int64]) -> tuple[float, dict[str, float]]:
    """As ``macro_f1``, each text judged by a model that has not seen it."""
    said = np.zeros(len(labels), np.int64)
    for fold in range(FOLDS):
        test = np.arange(len(labels)) % FOLDS == fold
        table = packed(*fit([row for row, left in zip(rows, test, strict=True) if not left], labels[~test])).astype(np.float64)
        for number in np.flatnonzero(test).tolist():
            columns, counts = rows[number]
            said[number] = ((counts * table[columns, -1]) @ table[columns, :-1]).argmax()
    return macro_f1(said, labels)


def main() -> None:
    rows, labels = corpus()
    print("held out, macro F1 and each:", *held_out(rows, labels))
    np.save(Path(__file__).parent / "shipped.npy", packed(*fit(rows, labels)), allow_pickle=False)


if __name__ == "__main__":
    main()
