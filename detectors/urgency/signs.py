"""Signs of how urgent a text is: what the sheet urgency.toml finds in it, and what no word makes.

A pair of signs tells what neither does alone: no heat is bad, no heat in frost can't wait, and a fire of last year can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.model.vocabulary import Ints
from detectors.table import runs
from detectors.taxonomy import taxonomy

LEAST = 3
"""Points of the sheet that make a sign."""
BRIEF, LONG = 4, 30
_FROST = re.compile(r"минус|(?<![\w.,-])[-−–] ?[1-5]\d(?!\d)", re.IGNORECASE)
_DEGREES = re.compile(r"(?:\+|плюс|всего|температура) ?1?\d(?!\d)|(?<!\d)1?\d ?(?:°|градус)", re.IGNORECASE)
_DASHES = re.compile("[-−–]")
_DIGITS = b"0123456789"
_MINUS = "минус".encode("cp1251")
_OF_DEGREES = tuple(word.encode("cp1251") for word in ("плюс", "всего", "температура", "градус"))
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
    # Most texts have no digit, and then only one of the words can be there; the patterns cost most, and few texts may have them.
    read = b"".join(words)
    digits = len(read.translate(None, _DIGITS)) < len(read)
    minus = _MINUS in read
    return (
        (minus or _DASHES.search(text) is not None) and _FROST.search(text) is not None if digits else minus and _MINUS in words,
        digits and ("+" in text or "°" in text or any(word in read for word in _OF_DEGREES)) and _DEGREES.search(text) is not None,
        text.rstrip(_TAIL).endswith("?"),
        len(words) <= BRIEF,
        len(words) >= LONG,
    )


def weighed(signs: NDArray[np.bool_], alone: Ints, together: Ints) -> Ints:
    """The sum of the weights of signs and of their pairs (texts x levels). ``alone`` has a row a sign and a column a level;
    ``together`` is signs x signs x levels, with nothing at or below its diagonal.
    """
    text, sign = signs.nonzero()
    count, levels = alone.shape
    rows: Ints = together.reshape(-1, levels)
    found: Ints = np.zeros((len(signs), levels), np.int64)
    # Each sign beside all signs of its text: a text has few, and most pairs would be empty in a table of all.
    many: Ints = np.bincount(text, minlength=len(signs))
    others = many.take(text)
    first = np.repeat(np.arange(len(text)), others)
    begins = (many.cumsum() - many).take(text) - (others.cumsum() - others)
    second = np.repeat(begins, others) + np.arange(len(first))
    pairs: Ints = rows.take(sign[first] * count + sign[second], axis=0)
    add(found, alone[sign], text)
    add(found, pairs, np.repeat(text, others))
    return found


def add(found: Ints, values: Ints, owners: Ints) -> None:
    """Adds rows to those of their texts, which come in order."""
    if len(owners):
        begins = runs(owners)
        found[owners[begins]] += np.add.reduceat(values, begins, axis=0, dtype=np.int64)
