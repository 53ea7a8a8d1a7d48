"""The model as it is shipped: a byte for each column and level, and how rare each piece of a word is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from detectors.model.vocabulary import Floats, Ints
from detectors.text import Stems
from detectors.urgency.signs import PIECES, Read, Signs
from monitor.model.verdict import Urgency

LEVELS = ("none", "normal", "raised", "urgent", "danger")
"""Of the corpus: none tells of what is not here or not now (news, films, memories, drills), whatever its words."""
STEPS = 127
MARGIN = 0.32
"""How much more a text must be of an emergency than of none to be an appeal by that alone."""
TALE = 0.003
"""How much more than that for each word: who is in danger is brief, and who tells of old dangers is not."""
SHOWN = 3
_NONE, _NORMAL, _URGENT = LEVELS.index("none"), LEVELS.index("normal"), LEVELS.index("urgent")


@cache
def _file() -> bytes:
    return (files(__package__) / "shipped.npz").read_bytes()


class Levels:
    """Judges how urgent texts are. Not shared between threads: what it remembers of words is its own."""

    def __init__(self, stems: Stems, limit: int) -> None:
        with np.load(BytesIO(_file()), allow_pickle=False) as parts:
            self._weights: NDArray[np.int8] = parts["weights"]
            self._rarity: NDArray[np.int8] = parts["rarity"]
            self._scale: Floats = parts["scale"].astype(np.float64)
        self._signs = Signs(stems, limit)
        self.digest = hashlib.sha256(_file()).hexdigest()[:16]

    def scores(self, texts: Sequence[str], words: Sequence[Sequence[bytes]]) -> Floats:
        """What speaks for each level (texts x LEVELS) of texts that are also given cut into words (detectors.words)."""
        return scores(self._weights, self._scale, scaled(self._signs.read(texts, words), self._rarity))

    def why(self, text: str, words: Sequence[bytes], urgency: Urgency) -> list[str]:
        """The words of a text that speak most for a level above the usual one, at most SHOWN; none if it is the usual one."""
        if urgency == Urgency.NORMAL:
            return []
        read = self._signs.read([text], [words])
        level = LEVELS.index(urgency.name.lower())
        first, count = PIECES, len(self._signs.names)
        weights = self._weights[first : first + count]
        of_words = count - len(weights[read.scans[0].points.shape[1] :])
        own = [column - first for column in read.column.tolist() if first <= column < first + of_words]
        speaks = {sign: int(weights[sign, level]) - int(weights[sign, _NORMAL]) for sign in own}
        best = sorted((sign for sign in own if speaks[sign] > 0), key=lambda sign: -speaks[sign])[:SHOWN]
        return read.scans[0].explain(0, best)[:SHOWN]


def levels(scores: Floats) -> list[Urgency]:
    """The likeliest urgency by scores (texts x LEVELS), of texts that are appeals."""
    return [Urgency(best) for best in scores[:, _NORMAL:].argmax(axis=1).tolist()]


def alarming(scores: Floats, lengths: Ints) -> NDArray[np.bool_]:
    """Which texts, of so many words, tell of an emergency here and now."""
    worst = scores[:, _URGENT:].max(axis=1, initial=-1.0)
    found: NDArray[np.bool_] = (worst > scores[:, :_URGENT].max(axis=1, initial=-1.0)) & (
        worst - scores[:, _NONE] > MARGIN + TALE * lengths
    )
    return found


def scaled(read: Read, rarity: NDArray[np.int8]) -> Read:
    """Rows with the rarity of pieces in their values; those of a text have length one."""
    piece = read.column < PIECES
    value = read.value.copy()
    value[piece] *= rarity[read.column[piece]]
    norm = np.sqrt(np.bincount(read.row[piece], value[piece] ** 2, read.texts))
    value[piece] /= np.maximum(norm, 1e-9)[read.row[piece]]
    return Read(read.row, read.column, value, read.texts, read.scans)


def scores(weights: NDArray[np.int8], scale: Floats, read: Read) -> Floats:
    """Texts x LEVELS. ``scale`` is what a step is worth for pieces and for signs."""
    found = np.zeros((read.texts, len(LEVELS)))
    begins = np.flatnonzero(np.diff(read.row, prepend=-1))
    if len(begins):
        worth = read.value * scale[(read.column >= PIECES).astype(np.int64)]
        # Text by text: what is said of one must not depend on those beside it.
        found[read.row[begins]] = np.add.reduceat(weights.take(read.column, axis=0) * worth[:, None], begins, axis=0)
    return found


def packed(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights (columns x LEVELS) as bytes, and what a step is worth for pieces and for signs."""
    scale = np.array([np.abs(weights[:PIECES]).max(), np.abs(weights[PIECES:]).max()]) / STEPS
    steps: Ints = np.rint(weights / np.where(np.arange(len(weights)) < PIECES, scale[0], scale[1])[:, None])
    return steps.astype(np.int8), scale.astype(np.float32)
