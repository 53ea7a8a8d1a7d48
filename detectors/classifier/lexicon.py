"""Weighted terms compiled into an index, so that a text costs one dict lookup a word.

A term is written as

    яма                  every word with the stem of «яма»
    освещ*               every word that begins so
    =света               this very form
    двор|дорога снег     a word of the first list and one of the second at most four words apart, in either order
    нет|без_вода|тепло   two words beside each other, in this order

and counts once, however often the text repeats it. Every term is one bit of an integer. A word carries up to five sets of
bits: terms that it makes alone, terms of which it is the one or the other half, terms that it begins or ends. Two words near
each other are then compared by three machine-level operations over all pairs of the lexicon at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from detectors.taxonomy.load import Terms
from detectors.text import CACHE_WORD_LENGTH, CACHE_WORDS, Stems

WINDOW = 5
"""Greatest distance of the halves of a loose pair: four words between are common («ямы … на нашей дороге»), more is chance."""
SHORTEST_PREFIX = 2
_WORD = re.compile(r"=?[0-9a-zа-я]+|[0-9a-zа-я]+\*")

Entry = tuple[int, int, int, int, int]
"""Bit sets of a word: alone, first half, second half, begins a strict pair, ends one."""
_ALONE, _FIRST, _SECOND, _BEGINS, _ENDS = range(5)


class Lexicon:
    """Classes of terms. ``scores`` says how many points each class gets from a text."""

    def __init__(self, classes: Mapping[str, Terms], stems: Stems) -> None:
        self.names = tuple(classes)
        self.rules: list[tuple[int, int]] = []
        self._stems = stems
        self._by_stem: dict[str, list[tuple[int, int]]] = {}
        self._by_form: dict[str, list[tuple[int, int]]] = {}
        self._by_prefix: dict[str, list[tuple[int, int]]] = {}
        self._longest_prefix = 0
        for number, (name, terms) in enumerate(classes.items()):
            for term, points in terms:
                self._compile(term, 1 << len(self.rules), name)
                self.rules.append((number, points))
        self._entries: dict[str, Entry | None] = {}

    def entry(self, word: str) -> Entry | None:
        """The bit sets of a lower-case word, None if no term has it."""
        try:
            return self._entries[word]
        except KeyError:
            found = self._look_up(word)
            if len(word) <= CACHE_WORD_LENGTH:
                if len(self._entries) >= CACHE_WORDS:
                    self._entries.clear()
                self._entries[word] = found
            return found

    def hits(self, words: Sequence[str]) -> list[tuple[int, Entry]]:
        """Positions of the words that some term has."""
        known = self._entries
        try:
            return [(at, entry) for at, entry in enumerate([known[word] for word in words]) if entry is not None]
        except KeyError:
            return [(at, entry) for at, entry in enumerate([self.entry(word) for word in words]) if entry is not None]

    def fired(self, hits: Sequence[tuple[int, Entry]]) -> int:
        """The set of terms that the words at ``hits`` make."""
        made = 0
        near: list[tuple[int, Entry]] = []
        for at, entry in hits:
            alone, first, second, _, ends = entry
            made |= alone
            if near:
                near = [item for item in near if at - item[0] <= WINDOW]
                for other_at, other in near:
                    made |= (first & other[_SECOND]) | (second & other[_FIRST])
                    if ends and at - other_at == 1:
                        made |= ends & other[_BEGINS]
            near.append((at, entry))
        return made

    def scores(self, made: int) -> list[int]:
        """Points of every class, in the order of ``names``, from a set of terms."""
        points = [0] * len(self.names)
        rules = self.rules
        while made:
            low = made & -made
            number, value = rules[low.bit_length() - 1]
            points[number] += value
            made ^= low
        return points

    def terms_of(self, number: int) -> int:
        """The set of all terms of one class that speak for it."""
        return sum(1 << bit for bit, (owner, points) in enumerate(self.rules) if owner == number and points > 0)

    def _compile(self, term: str, bit: int, where: str) -> None:
        strict, loose = term.split("_"), term.split()
        if len(strict) == 2 and len(loose) == 1:
            sides = ((strict[0], _BEGINS), (strict[1], _ENDS))
        elif len(loose) == 2 and len(strict) == 1:
            sides = ((loose[0], _FIRST), (loose[1], _SECOND))
        elif len(loose) == 1 and len(strict) == 1:
            sides = ((term, _ALONE),)  # type: ignore[assignment]
        else:
            raise ValueError(f"{where}: term {term!r}: one word, two words, or two joined by _")
        for side, role in sides:
            for word in side.split("|"):
                self._enter(word, role, bit, f"{where}: term {term!r}")

    def _enter(self, word: str, role: int, bit: int, where: str) -> None:
        if _WORD.fullmatch(word) is None:
            raise ValueError(f"{where}: a word is lower-case letters and digits, without ё, = before it or * behind it")
        if word.endswith("*"):
            prefix = word[:-1]
            if len(prefix) < SHORTEST_PREFIX:
                raise ValueError(f"{where}: {word} is too short")
            self._longest_prefix = max(self._longest_prefix, len(prefix))
            self._by_prefix.setdefault(prefix, []).append((role, bit))
        elif word.startswith("="):
            self._by_form.setdefault(word[1:], []).append((role, bit))
        else:
            self._by_stem.setdefault(self._stems.one(word), []).append((role, bit))

    def _look_up(self, word: str) -> Entry | None:
        found = [*self._by_stem.get(self._stems.one(word), ()), *self._by_form.get(word, ())]
        for length in range(SHORTEST_PREFIX, min(len(word), self._longest_prefix) + 1):
            found += self._by_prefix.get(word[:length], ())
        if not found:
            return None
        sets = [0, 0, 0, 0, 0]
        for role, bit in found:
            sets[role] |= bit
        return sets[0], sets[1], sets[2], sets[3], sets[4]
