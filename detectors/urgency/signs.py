"""What is read of a text for its urgency: signs of the sheet urgency.toml, pairs of signs, and hashed pieces of its words.

A pair of signs tells what neither does alone: no heat is bad, no heat in frost can't wait, and a fire of last year can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, combinations

import numpy as np
from xxhash import xxh3_64_intdigest

from detectors.classifier.lexicon import Lexicon, as_read
from detectors.classifier.scan import TEXTS, Scan
from detectors.model.vocabulary import Floats, Ints
from detectors.taxonomy import taxonomy
from detectors.text import Cache, Stems

PIECES = 1 << 17
WORDS = 200
"""Words that are read of a text: who is in danger says so at once."""
LEAST = 3
"""Points of the sheet that make a sign."""
SIGN = 0.3
PAIR = 0.3
"""What a sign and a pair of signs count beside a text's words, which have length one."""
BRIEF, LONG = 4, 30
_SHORTEST, _LONGEST = 3, 5
_STEM = 5
_DIGITS = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FROST = re.compile(r"минус|(?<![\w.,-])[-−–] ?[1-5]\d(?!\d)", re.IGNORECASE)
_DEGREES = re.compile(r"(?:\+|плюс|всего|температура) ?1?\d(?!\d)|(?<!\d)1?\d ?(?:°|градус)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_TAIL = " .!)\n\t"
FORMS = ("below zero", "degrees", "asks", "brief", "long")
"""Signs that no word makes."""


class Read:
    """Rows of some texts as entries in order of text: ``row``, ``column`` and ``value``; ``texts`` is the number of rows. Columns are
    PIECES of words, then signs, then pairs of signs.
    """

    __slots__ = ("column", "row", "scans", "texts", "value")

    def __init__(self, row: Ints, column: Ints, value: Floats, texts: int, scans: list[Scan]) -> None:
        self.row, self.column, self.value, self.texts, self.scans = row, column, value, texts, scans


class Signs:
    """Reads texts. Not shared between threads: its stemmer is not. Remembers at most ``limit`` words."""

    def __init__(self, stems: Stems, limit: int) -> None:
        self.lexicon = Lexicon(taxonomy().sheets["urgency"], stems, limit)
        self.names = (*self.lexicon.names, *FORMS)
        self._pieces = Cache[bytes, Ints](_pieces, limit)
        self._begins = Cache[bytes, int](lambda word: xxh3_64_intdigest(as_read(word)[:_STEM].encode()), limit)
        self._numbers = {signs: number for number, signs in enumerate(combinations(range(len(self.names)), 2))}

    @property
    def width(self) -> int:
        return PIECES + len(self.names) + len(self._numbers)

    def read(self, texts: Sequence[str], words: Sequence[Sequence[bytes]]) -> Read:
        """Rows of texts that are also given cut into words (detectors.words). Rarity of pieces is not in the values yet."""
        words = [own[:WORDS] for own in words]
        scans = [Scan(self.lexicon, words[start : start + TEXTS]) for start in range(0, len(words), TEXTS)]
        row, column, value = self._words(words)
        points = np.concatenate([scan.points for scan in scans]) if scans else np.zeros((0, 0), np.int64)
        forms = np.array([_forms(text, len(own)) for text, own in zip(texts, words, strict=True)], np.bool_).reshape(-1, len(FORMS))
        said = np.hstack((points >= LEAST, forms)) if len(texts) else np.zeros((0, len(self.names)), np.bool_)
        text, sign = said.nonzero()
        both, pair = self._together(text, sign)
        rows, columns, values = (
            (row, text, both),
            (column, PIECES + sign, PIECES + len(self.names) + pair),
            (value, np.full(len(sign), SIGN), np.full(len(pair), PAIR)),
        )
        order = np.concatenate(rows).argsort(kind="stable")
        return Read(np.concatenate(rows)[order], np.concatenate(columns)[order], np.concatenate(values)[order], len(texts), scans)

    def _together(self, text: Ints, sign: Ints) -> tuple[Ints, Ints]:
        """The pairs of signs of each text: its number and the pair's, of the signs' entries in order."""
        own: dict[int, list[int]] = {}
        for at, one in zip(text.tolist(), sign.tolist(), strict=True):
            own.setdefault(at, []).append(one)
        found = [(at, self._numbers[pair]) for at, signs in own.items() for pair in combinations(signs, 2)]
        return np.array([at for at, _ in found], np.int64), np.array([pair for _, pair in found], np.int64)

    def _words(self, texts: Sequence[Sequence[bytes]]) -> tuple[Ints, Ints, Floats]:
        """Rows of the pieces of words, and of the beginnings of words that stand beside each other."""
        pieces = [*map(self._pieces.__getitem__, chain.from_iterable(texts))]
        begins = np.fromiter(map(self._begins.__getitem__, chain.from_iterable(texts)), np.uint64, len(pieces))
        owner = np.repeat(np.arange(len(texts)), [*map(len, texts)])
        beside = owner[1:] == owner[:-1]
        pairs = ((begins[:-1] * _MIX + begins[1:]) % np.uint64(PIECES)).astype(np.int64)[beside]
        own = np.repeat(owner, np.fromiter(map(len, pieces), np.int64, len(pieces)))
        single = own * PIECES + np.concatenate((np.zeros(0, np.int64), *pieces))
        entries, counts = np.unique(np.concatenate((single, owner[1:][beside] * PIECES + pairs)), return_counts=True)
        row, column = np.divmod(entries, PIECES)
        return row, column, np.log1p(counts)


def _pieces(word: bytes) -> Ints:
    read = as_read(word)
    framed = f" {'0' * min(len(read), _DIGITS) if read.isdigit() else read} "
    pieces = [framed]
    for length in range(_SHORTEST, _LONGEST + 1):
        pieces += [framed[at : at + length] for at in range(len(framed) - length + 1)]
    return np.array([xxh3_64_intdigest(piece.encode()) % PIECES for piece in pieces], np.int64)


def _forms(text: str, length: int) -> tuple[bool, ...]:
    """Which of FORMS a text has."""
    # Most texts have no digit, and then only one of the words can be there.
    digits = _DIGIT.search(text) is not None
    return (
        _FROST.search(text) is not None if digits else "минус" in text.lower(),
        digits and _DEGREES.search(text) is not None,
        text.rstrip(_TAIL).endswith("?"),
        length <= BRIEF,
        length >= LONG,
    )
