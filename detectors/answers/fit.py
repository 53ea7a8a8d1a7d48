"""Fits the model of answers: ``python -m detectors.answers.fit`` writes ``shipped.npy`` anew and prints figures on held-out folds.

Ridge regression of each quality against the others in its dual form (C. Saunders, A. Gammerman, V. Vovk, 1998): as many unknowns as
texts, solved exactly, so that the same corpus gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.answers.grams import COLUMNS, Grams
from detectors.answers.model import QUALITIES, Floats, evidence, packed, scores
from detectors.classifier.reply import Replies
from detectors.classifier.scan import TEXTS
from detectors.taxonomy import taxonomy
from detectors.text import Stems

CORPUS = Path(__file__).parents[1] / "corpus" / "answers.tsv"
RIDGE = 1.0
LEAST = 2
"""Texts that must have a piece of a word for it to count."""
FOLDS = 6
LIMIT = 100_000


class Corpus(NamedTuple):
    """The texts: columns and what each counts, what the rules say (see model.evidence), and the number of each one's quality."""

    rows: list[tuple[NDArray[np.int64], Floats]]
    more: Floats
    labels: NDArray[np.int64]

    def some(self, which: NDArray[np.bool_]) -> Corpus:
        return Corpus([row for row, kept in zip(self.rows, which, strict=True) if kept], self.more[which], self.labels[which])


def corpus() -> Corpus:
    """The corpus of answers, in its order."""
    lines = [line.split("\t", 1) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    grams, rules = Grams(LIMIT), Replies(taxonomy(), Stems(), LIMIT)
    words = rules.read([text.replace("\\n", "\n") for _, text in lines])
    points = np.concatenate([rules.points(words[start : start + TEXTS]) for start in range(0, len(words), TEXTS)])
    labels = np.array([QUALITIES.index(quality) for quality, _ in lines])
    return Corpus([grams.rows([text])[1:] for text in words], evidence(points), labels)


def fit(read: Corpus) -> tuple[Floats, Floats]:
    """Weights (columns, then the rules' qualities, x qualities) and the rarity of columns."""
    texts = len(read.labels)
    met = np.bincount(np.concatenate([columns for columns, _ in read.rows]), minlength=COLUMNS)
    rarity = np.where(met >= LEAST, np.log((1 + texts) / (1 + met)) + 0.3, 0.0)
    kept = np.flatnonzero(rarity)
    place = np.zeros(COLUMNS, np.int64)
    place[kept] = np.arange(len(kept))
    scaled = np.zeros((texts, len(kept)))
    for line, (columns, counts) in zip(scaled, read.rows, strict=True):
        known = rarity[columns] > 0
        line[place[columns[known]]] = counts[known] * rarity[columns[known]]
    scaled /= np.linalg.norm(scaled, axis=1, keepdims=True) + 1e-9
    target = np.eye(len(QUALITIES))[read.labels]
    # Rare qualities weigh as much as frequent ones.
    share = target.mean(axis=0)[read.labels] * len(QUALITIES)
    alike = scaled @ scaled.T + read.more @ read.more.T
    alpha = np.linalg.solve(alike + RIDGE * np.diag(share), target - 1 / len(QUALITIES))
    weights = np.zeros((COLUMNS + len(QUALITIES), len(QUALITIES)))
    weights[kept] = scaled.T @ alpha
    weights[COLUMNS:] = read.more.T @ alpha
    return weights, rarity


def macro_f1(said: NDArray[np.int64], truth: NDArray[np.int64]) -> tuple[float, dict[str, float]]:
    """The mean of the qualities' F1, and each."""
    each: dict[str, float] = {}
    for number, quality in enumerate(QUALITIES):
        both = ((said == number) & (truth == number)).sum()
        each[quality] = round(float(2 * both / max(1, (said == number).sum() + (truth == number).sum())), 3)
    return round(sum(each.values()) / len(each), 3), each


def held_out(read: Corpus) -> tuple[float, dict[str, float]]:
    """As ``macro_f1``, each text judged by a model that has not seen it."""
    said = np.zeros(len(read.labels), np.int64)
    for fold in range(FOLDS):
        test = np.arange(len(said)) % FOLDS == fold
        table = packed(*fit(read.some(~test))).astype(np.float64)
        for number in np.flatnonzero(test).tolist():
            columns, counts = read.rows[number]
            one = np.zeros(len(columns), np.int64), columns, counts * table[columns, -1], read.more[number : number + 1]
            said[number] = scores(table[:, :-1], *one).argmax()
    return macro_f1(said, read.labels)


def main() -> None:
    read = corpus()
    print("held out, macro F1 and each:", *held_out(read))
    np.save(Path(__file__).parent / "shipped.npy", packed(*fit(read)), allow_pickle=False)


if __name__ == "__main__":
    main()
