"""Signs of how urgent a text is: what the sheet urgency.toml finds in it, and what no word makes.

A pair of signs tells what neither does alone: no heat is bad, no heat in frost can't wait, and a fire of last year can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.model.vocabulary import Floats, Ints
from detectors.taxonomy import taxonomy

LEAST = 3
"""Points of the sheet that make a sign."""
BRIEF, LONG = 4, 30
_FROST = re.compile(r"минус|(?<![\w.,-])[-−–] ?[1-5]\d(?!\d)", re.IGNORECASE)
_DEGREES = re.compile(r"(?:\+|плюс|всего|температура) ?1?\d(?!\d)|(?<!\d)1?\d ?(?:°|градус)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_MINUS = "минус".encode("cp1251")
_TAIL = " .!)\n\t"
FORMS = ("below zero", "degrees", "asks", "brief", "long")
"""Signs that no word makes."""


def names() -> tuple[str, ...]:
    """All signs, in order: those of the sheet, then FORMS."""
    return (*taxonomy().sheets["urgency"], *FORMS)


def said(points: Ints, texts: Sequence[str], words: Sequence[Sequence[bytes]]) -> NDArray[np.bool_]:
    """Which signs texts have (texts x names). ``points`` are those of the sheet's classes, a row a text; ``words`` the texts as cut
    (detectors.words).
    """
    forms = np.array([_forms(text, own) for text, own in zip(texts, words, strict=True)], np.bool_).reshape(-1, len(FORMS))
    return np.hstack((points >= LEAST, forms))


def _forms(text: str, words: Sequence[bytes]) -> tuple[bool, ...]:
    """Which of FORMS a text has."""
    # Most texts have no digit, and then only one of the words can be there.
    digits = _DIGIT.search(text) is not None
    return (
        _FROST.search(text) is not None if digits else _MINUS in words,
        digits and _DEGREES.search(text) is not None,
        text.rstrip(_TAIL).endswith("?"),
        len(words) <= BRIEF,
        len(words) >= LONG,
    )


def weighed(signs: NDArray[np.bool_], alone: NDArray[np.float32], together: NDArray[np.float32]) -> Floats:
    """The sum of the weights of signs and of their pairs (texts x levels). ``alone`` has a row a sign and a column a level;
    ``together`` is signs x signs x levels, with nothing at or below its diagonal. Whole weights give whole sums, exactly.
    """
    has = signs.astype(np.float32)
    count, levels = alone.shape
    others = (has @ together.reshape(count, count * levels)).reshape(-1, count, levels)
    found: Floats = (has @ alone + (others * has[:, :, None]).sum(axis=1)).astype(np.float64)
    return found
