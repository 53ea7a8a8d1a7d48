"""Is a text the same as another? Both are aligned word by word, and what lies in the gaps decides.

Between equal words a reposter leaves only misspellings: any other word there that could be a place or a number makes it another post.
Before the first and after the last equal word a copy may have lost or gained words, but may not have details of its own where the
other has some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

from rapidfuzz.distance import LCSseq

from detectors.duplicates.details import after_preposition, beside_place, likeness, misspelt, names_place, numbers, same_word

_ENOUGH = 15
"""Words that a copy must have to be believed to be cut: a shorter text that lacks an address may well be about another."""
_UNLIKE = 0.5
"""Words after a preposition that are less alike are two words, not two spellings."""
_COVERED = 0.6
"""Least share of the shorter text that the two have in common."""
_EXTRA = 0.4
"""Greatest share of a text that the other lacks, unless the shorter has enough words to be a cut copy."""
_EXTRA_SHORT = 0.25
"""The same for a text of fewer than ``_HEADER`` words, where any word may be the point."""
_FOREIGN = 10
"""One word in so many may be another altogether (a correction, a word that slipped in), if it is no detail."""
_HEADER = 8
"""In a text that is too short to be a cut one, one word in so many may be replaced at its ends (another header)."""
_REPLACED = 3
"""As many words at the end were replaced; more were cut off and something appended."""
_LONG_NUMBER = 4
"""Digits of a number that may have been cut through."""

Words = Sequence[bytes]


class Likeness(IntEnum):
    OTHER = 0
    """Another text."""
    CONFLICT = 1
    """The same text with another detail that matters."""
    PART = 2
    """The same text, one lacks details that the other has."""
    SAME = 3
    """The same text with the same details."""


class _Alignment:
    """Two texts laid beside each other, and what has been learned of their gaps so far."""

    def __init__(self, one: Words, other: Words) -> None:
        self.one = one
        self.other = other
        self.foreign = 0
        self.replaced = 0
        self.extra = [0, 0]
        self.lacking = [False, False]

    def gaps(self) -> Iterator[tuple[int, int, int, int]]:
        """What lies between the words in common, as ranges ``one[a:b]``, ``other[c:d]``."""
        one, other = self.one, self.other
        most = min(len(one), len(other))
        head = tail = 0
        while head < most and one[head] == other[head]:
            head += 1
        while tail < most - head and one[-1 - tail] == other[-1 - tail]:
            tail += 1
        left, right = one[head : len(one) - tail], other[head : len(other) - tail]
        names = {word: number for number, word in enumerate((*left, *right))}
        a = c = 0
        for block in LCSseq.editops([names[word] for word in left], [names[word] for word in right]).as_matching_blocks():
            if block.a > a or block.b > c:
                yield head + a, head + block.a, head + c, head + block.b
            a, c = block.a + block.size, block.b + block.size

    def _place(self, a: int, b: int) -> bool:
        return beside_place(self.one[max(0, a - 2) : a], self.one[b : b + 1])

    def _same(self, a: int, c: int) -> bool:
        return same_word(self.one[a], self.other[c], self._place(a, a + 1))

    def conflict(self, a: int, b: int, c: int, d: int) -> bool:
        """Judges one gap; True if it holds a detail that differs."""
        head, tail = a == c == 0, b == len(self.one) and d == len(self.other)
        if _misspelt(self.one[a:b], self.other[c:d]):
            return False
        while not head and a < b and c < d and self._same(a, c):
            a, c = a + 1, c + 1
        while not tail and a < b and c < d and self._same(b - 1, d - 1):
            b, d = b - 1, d - 1
        mine, theirs = self.one[a:b], self.other[c:d]
        return self._edge(a, b, mine, theirs) if head or tail else self._inside(a, b, mine, theirs)

    def _inside(self, a: int, b: int, mine: Words, theirs: Words) -> bool:
        if numbers(mine) != numbers(theirs):
            return True
        if not mine or not theirs:
            return self._lost(a, b, [word for word in mine or theirs if len(word) > 1])
        if _misspelt(mine, theirs):
            return False
        self.foreign += max(len(mine), len(theirs))
        if self._place(a, b):
            return True
        return after_preposition(self.one[:a]) and likeness(b"".join(mine), b"".join(theirs)) < _UNLIKE

    def _lost(self, a: int, b: int, words: Words) -> bool:
        """Words that only one has. One that names a place by its kind alone ("улица", "дом") says nothing new."""
        self.foreign += len(words)
        named = [word for word in words if not names_place(word) and not after_preposition((word,))]
        return bool(named) and (self._place(a, b) or any(map(names_place, words)))

    def _edge(self, a: int, b: int, mine: Words, theirs: Words) -> bool:
        self.extra[0] += len(mine)
        self.extra[1] += len(theirs)
        if mine and theirs:
            glued = b"".join(mine), b"".join(theirs)
            cut = glued[0].startswith(glued[1]) or glued[1].startswith(glued[0])
            differ = numbers(mine) and numbers(theirs) and numbers(mine) != numbers(theirs)
            # A copy may end inside a date or a telephone number; "дом 1" is no part of "дом 14".
            if differ and not (cut and min(map(len, glued)) >= _LONG_NUMBER):
                return True
            if not cut:
                self.replaced += min(len(mine), len(theirs))
                whole = max(len(mine), len(theirs)) <= _REPLACED
                if a and (self._place(a, b) or (whole and after_preposition(self.one[:a]))):
                    return True
        said = self._details(a, mine), self._details(a, theirs)
        self.lacking[0] |= said[1] and not said[0]
        self.lacking[1] |= said[0] and not said[1]
        return False

    def _details(self, a: int, words: Words) -> bool:
        if not words:
            return False
        return bool(numbers(words)) or any(map(names_place, words)) or (a > 0 and names_place(self.one[a - 1]))


def _misspelt(mine: Words, theirs: Words) -> bool:
    """True for the same words with typos, also where one has moved a border ("дом нет", "до мнет")."""
    one, other = b"".join(mine), b"".join(theirs)
    return bool(one and other) and misspelt(one, other) and numbers((one,)) == numbers((other,))


def compare(old: bytes, new: bytes) -> Likeness:
    """How two normal forms stand to each other."""
    if old == new:
        return Likeness.SAME
    one, other = old.split(), new.split()
    alignment = _Alignment(one, other)
    for gap in alignment.gaps():
        if gap == (0, len(one), 0, len(other)):
            return Likeness.OTHER
        if alignment.conflict(*gap):
            return Likeness.CONFLICT
    extra, short = alignment.extra, min(len(one), len(other))
    common = min(len(one) - extra[0], len(other) - extra[1]) - alignment.foreign
    if alignment.foreign > short // _FOREIGN or common < _COVERED * short:
        return Likeness.OTHER
    cut = short >= _ENOUGH
    most = _EXTRA if short >= _HEADER else _EXTRA_SHORT
    if not cut and (alignment.replaced > short // _HEADER or extra[0] > most * len(one) or extra[1] > most * len(other)):
        return Likeness.OTHER
    if not any(alignment.lacking):
        return Likeness.SAME
    return Likeness.PART if cut and not all(alignment.lacking) else Likeness.CONFLICT
