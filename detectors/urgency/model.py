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
from detectors.table import Book, Read
from detectors.urgency import signs
from detectors.urgency.pieces import PIECES, Worth
from monitor.model.verdict import Urgency

LEVELS = ("none", "normal", "raised", "urgent", "danger")
"""Of the corpus: none tells of what is not here or not now (news, films, memories, drills), whatever its words."""
STEPS = 127
MARGIN = 0.2
"""How much more a text must be of an emergency than of none to be an appeal by that alone."""
BARE = 0.4
"""The same for a text that has nothing else of an appeal, not even a theme («деревом придавило машину, внутри женщина»)."""
DOUBT = 0.2
"""How much more a text must be of none than of an emergency to be no emergency, though an appeal by its other words."""
TALE = 0.003
"""How much more than that for each word: who is in danger is brief, and who tells of old dangers is not."""
SIGN = 0.3
"""What a sign and a pair of signs count beside a text's words, which have length one."""
SHOWN = 3
_NONE, _NORMAL, _URGENT = LEVELS.index("none"), LEVELS.index("normal"), LEVELS.index("urgent")


@cache
def _file() -> bytes:
    return (files(__package__) / "shipped.npz").read_bytes()


class Levels:
    """Judges how urgent texts are. Not shared between threads: what it remembers of the words of ``book`` is its own."""

    def __init__(self, book: Book) -> None:
        with np.load(BytesIO(_file()), allow_pickle=False) as parts:
            weights: NDArray[np.int8] = parts["weights"]
            self._words, self._signs = (float(scale) for scale in parts["scale"])
            self._worth = Worth(weights[:PIECES], parts["rarity"], book)
        count = len(signs.names())
        self._alone = weights[PIECES : PIECES + count]
        self._together = weights[PIECES + count :].reshape(count, count, len(LEVELS))
        self.digest = hashlib.sha256(_file()).hexdigest()[:16]

    def scores(self, texts: Sequence[str], words: Sequence[Sequence[bytes]], read: Read, points: Ints) -> Floats:
        """What speaks for each level (texts x LEVELS) of texts that are also given cut into words (detectors.words), as their
        numbers, and as the ``points`` of the classes of the sheet urgency.toml, a row a text.
        """
        if not len(texts):
            return np.zeros((0, len(LEVELS)))
        worth, squares = self._worth.of(read)
        found = signs.weighed(signs.said(points, texts, words), self._alone, self._together)
        return worth * (self._words / np.sqrt(np.maximum(squares, 1)))[:, None] + found * (SIGN * self._signs)

    def telling(self, points: Ints, urgency: Urgency) -> list[int]:
        """The signs of the sheet in one text that speak most for a level above the usual one, at most SHOWN; none if it is usual."""
        if urgency == Urgency.NORMAL:
            return []
        alone = self._alone.astype(np.int64)
        speaks = alone[:, LEVELS.index(urgency.name.lower())] - alone[:, _NORMAL]
        own = [sign for sign in (points >= signs.LEAST).nonzero()[0].tolist() if speaks[sign] > 0]
        return sorted(own, key=lambda sign: -speaks[sign])[:SHOWN]


def levels(scores: Floats) -> list[Urgency]:
    """The likeliest urgency by scores (texts x LEVELS), of appeals; no emergency where it is likelier a tale of one."""
    best = scores[:, _NORMAL:].argmax(axis=1)
    told = scores[:, _NONE] - scores[:, _URGENT:].max(axis=1, initial=-1.0) > DOUBT
    lesser = scores[:, _NORMAL:_URGENT].argmax(axis=1)
    return [Urgency(level) for level in np.where(told, np.minimum(best, lesser), best).tolist()]


def alarming(scores: Floats, lengths: Ints, bare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which texts, of so many words and ``bare`` of anything else that makes an appeal, tell of an emergency here and now."""
    worst = scores[:, _URGENT:].max(axis=1, initial=-1.0)
    found: NDArray[np.bool_] = (worst > scores[:, :_URGENT].max(axis=1, initial=-1.0)) & (
        worst - scores[:, _NONE] > np.where(bare, BARE, MARGIN) + TALE * lengths
    )
    return found


def packed(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights (pieces, signs, signs x signs; a column a level) as bytes, and what a step is worth for pieces and for signs."""
    scale = np.array([np.abs(weights[:PIECES]).max(), np.abs(weights[PIECES:]).max()]) / STEPS
    steps: Ints = np.rint(weights / np.where(np.arange(len(weights)) < PIECES, scale[0], scale[1])[:, None])
    return steps.astype(np.int8), scale.astype(np.float32)
