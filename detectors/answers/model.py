"""The model as it is shipped: a byte for each column and quality, and how rare each column is; then what the rules' points weigh."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detectors.answers.grams import COLUMNS, Grams
from detectors.table import runs
from monitor.model.verdict import Quality

QUALITIES: tuple[Quality, ...] = get_args(Quality)
STEPS = 127
"""Weights are so many steps of their greatest one, rarity of its own."""
EVIDENCE = 0.3
"""What full points of the rules for one quality count beside words of length one."""
FULL = 12
"""Points of the rules beyond which more of them tell no more."""

Floats = NDArray[np.float64]


def evidence(points: NDArray[np.signedinteger]) -> Floats:
    """What the rules' points (texts x qualities) count beside words."""
    found: Floats = np.clip(points, 0, FULL) * (EVIDENCE / FULL)
    return found


class Answers:
    """Judges official answers. Not shared between threads: what it remembers of words is its own."""

    def __init__(self, limit: int) -> None:
        with (files(__package__) / "shipped.npy").open("rb") as file:
            table = np.load(file, allow_pickle=False)
        self._weights = table[:, : len(QUALITIES)].astype(np.float64)
        self._rarity = table[:COLUMNS, len(QUALITIES)].astype(np.float64)
        self._grams = Grams(limit)

    def judge(self, texts: Sequence[Sequence[bytes]], points: NDArray[np.signedinteger]) -> list[Quality]:
        """One quality a text (detectors.words), with the rules' points (texts x qualities); a text that is mostly not of known
        words says nothing: formal.
        """
        row, column, counts = self._grams.rows(texts)
        rarity = self._rarity[column]
        best = scores(self._weights, row, column, counts * rarity, evidence(points)).argmax(axis=1)
        known, pieces = np.bincount(row, rarity > 0, len(texts)), np.bincount(row, minlength=len(texts))
        said = zip(best.tolist(), (2 * known >= np.maximum(pieces, 1)).tolist(), strict=True)
        return [QUALITIES[number] if sound else "formal" for number, sound in said]


def scores(weights: Floats, row: NDArray[np.int64], column: NDArray[np.int64], values: Floats, more: Floats) -> Floats:
    """What speaks for each quality (texts x qualities), of the texts' columns and their values (see Grams.rows; of any length), and
    of the rules' evidence (texts x qualities).
    """
    # Not a product of matrices: that adds up in another order where there are more texts.
    found: Floats = (more[:, :, None] * weights[COLUMNS:]).sum(axis=1)
    begins = runs(row)
    if len(begins):
        own = row[begins]
        lengths = np.sqrt(np.bincount(row, values * values, len(more)))[own]
        found[own] += (
            np.add.reduceat(weights.take(column, axis=0) * values[:, None], begins, axis=0) / np.maximum(lengths, 1e-9)[:, None]
        )
    return found


def packed(weights: Floats, rarity: Floats) -> NDArray[np.int8]:
    """The table that is shipped: a row for each column and for each quality of the rules; a column a quality, and the rarity."""
    table = np.zeros((len(weights), len(QUALITIES) + 1), np.int8)
    table[:, :-1] = np.rint(weights * (STEPS / np.abs(weights).max()))
    table[:COLUMNS, -1] = np.rint(rarity * (STEPS / rarity.max()))
    return table
