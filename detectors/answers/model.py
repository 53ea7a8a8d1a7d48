"""The model as it is shipped: a byte for each column and quality, and how rare each column is."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detectors.answers.grams import COLUMNS, Grams
from detectors.words import cut
from monitor.model.verdict import Quality

QUALITIES: tuple[Quality, ...] = get_args(Quality)
STEPS = 127
"""Weights are so many steps of their greatest one, rarity of its own."""


class Answers:
    """Judges official answers. Not shared between threads: what it remembers of words is its own."""

    def __init__(self, limit: int) -> None:
        with (files(__package__) / "shipped.npy").open("rb") as file:
            table = np.load(file, allow_pickle=False)
        self._weights = table[:, : len(QUALITIES)].astype(np.float64)
        self._rarity = table[:, len(QUALITIES)].astype(np.float64)
        self._grams = Grams(limit)

    def judge(self, texts: Sequence[str]) -> list[Quality]:
        """One quality a text; one that is mostly not of known words says nothing: formal."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Quality:
        columns, counts = self._grams.row(cut(text))
        rarity = self._rarity[columns]
        if 2 * np.count_nonzero(rarity) < max(1, len(columns)):
            return "formal"
        return QUALITIES[int(((counts * rarity) @ self._weights[columns]).argmax())]


def packed(weights: NDArray[np.float64], rarity: NDArray[np.float64]) -> NDArray[np.int8]:
    """The table that is shipped: COLUMNS rows, a column a quality, and the rarity."""
    table = np.zeros((COLUMNS, len(QUALITIES) + 1), np.int8)
    table[:, :-1] = np.rint(weights * (STEPS / np.abs(weights).max()))
    table[:, -1] = np.rint(rarity * (STEPS / rarity.max()))
    return table
