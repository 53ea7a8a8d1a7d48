"""Weighted terms compiled into an index, so that a text costs one dict lookup a token.

A term is written as

    яма                  every word with the stem of «яма»
    освещ*               every word that begins so
    =света               this very form
    двор|дорога снег     a word of the first list and one of the second at most four words apart, in either order
    нет|без_вода|тепло   two words beside each other, in this order

and counts once, however often the text repeats it. Every single word of a lexicon is one bit of an integer, every pair is two: one
where its first half stands behind its second, one where it stands before. So all pairs of the lexicon are looked for between two
tokens by one operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from detectors.taxonomy.load import Terms
from detectors.text import CACHE_WORD_LENGTH, CACHE_WORDS, Stems, clean, words

WINDOW = 5
"""Greatest distance of the halves of a loose pair: four words between are common («ямы … на нашей дороге»), more is chance."""
SHORTEST_PREFIX = 2
WORDS_SHOWN = 6
"""Words that explain a verdict to a person."""
_WORD = re.compile(r"=?[0-9a-zа-я]+|[0-9a-zа-я]+\*")

Entry = tuple[int, int, int]
"""What a token makes alone, with the pairs that are whole inside it above; its halves, firsts below seconds; seconds below firsts."""
Hits = list[tuple[int, Entry]]
_ALONE, _FIRST, _SECOND = range(3)


class Fired(NamedTuple):
    """The terms that a text makes, as bits: single words, pairs."""

    alone: int
    pairs: int


class Rule(NamedTuple):
    """The class that a term speaks for, by its number, and how much."""

    number: int
    points: int


class _Entries(dict[str, Entry | None]):
    """What is known of tokens as written; looked up when first met, emptied when full.

    Equal entries are one object: the forms of a word share theirs, and what is read all the time stays in the processor's cache.
    """

    def __init__(self, look_up: Callable[[str], Entry | None]) -> None:
        super().__init__()
        self._look_up = look_up
        self._shared: dict[Entry, Entry] = {}

    def __missing__(self, token: str) -> Entry | None:
        found = self._look_up(token)
        if len(token) <= CACHE_WORD_LENGTH:
            if len(self) >= CACHE_WORDS:
                self.clear()
                self._shared.clear()
            if found is not None:
                found = self._shared.setdefault(found, found)
            self[token] = found
        return found


class Lexicon:
    """Classes of terms. ``scores`` says how many points each class gets from a text."""

    def __init__(self, classes: Mapping[str, Terms], stems: Stems) -> None:
        self.names = tuple(classes)
        self._stems = stems
        self._alone: list[Rule] = []
        self._pairs: list[Rule] = []
        self._strict = 0
        self._by_stem: dict[str, list[tuple[int, int]]] = {}
        self._by_form: dict[str, list[tuple[int, int]]] = {}
        self._by_prefix: dict[str, list[tuple[int, int]]] = {}
        self._longest_prefix = 0
        for number, (name, terms) in enumerate(classes.items()):
            for term, points in terms:
                self._compile(term, Rule(number, points), name)
        self._width = len(self._pairs)
        every = (1 << self._width) - 1
        loose = every & ~self._strict
        self._beside = loose | every << self._width
        self._apart = loose | loose << self._width
        self._positive = self._masks()
        self._entries = _Entries(self._look_up)

    def hits(self, tokens: Sequence[str]) -> Hits:
        """Positions of the tokens that some term has. Tokens are what white space divides, as written: «Дороги,» is one lookup."""
        return [(at, entry) for at, entry in enumerate(map(self._entries.__getitem__, tokens)) if entry is not None]

    def fired(self, hits: Hits) -> Fired:
        """The terms that the tokens at ``hits`` make."""
        made = halves = 0
        for _, (alone, some, _) in hits:
            if alone:
                made |= alone
            if some:
                halves |= some
        # Of most pairs a text has one half only; the few others are worth the search for neighbours.
        width = self._width
        both = halves & (halves >> width)
        whole = made >> len(self._alone)
        made &= (1 << len(self._alone)) - 1
        if not both:
            return Fired(made, whole)
        both |= both << width
        paired = 0
        near: list[tuple[int, int]] = []
        for at, (_, some, mirrored) in hits:
            halves = some & both
            if halves:
                for other_at, other in near:
                    if at - other_at <= WINDOW:
                        found = other & halves
                        if found:
                            paired |= found & (self._beside if at - other_at == 1 else self._apart)
                near.append((at, mirrored & both))
                if len(near) > WINDOW:
                    del near[0]
        return Fired(made, (paired | paired >> width) & ((1 << width) - 1) | whole)

    def scores(self, fired: Fired) -> dict[int, int]:
        """Points of the classes (by their place in ``names``) that these terms speak for or against."""
        points: dict[int, int] = {}
        for made, rules in ((fired.alone, self._alone), (fired.pairs, self._pairs)):
            while made:
                low = made & -made
                number, value = rules[low.bit_length() - 1]
                points[number] = points.get(number, 0) + value
                made ^= low
        return points

    def explain(self, tokens: Sequence[str], hits: Hits, fired: Fired, classes: Sequence[int]) -> list[str]:
        """The words that speak for the given classes, in lower case, each once, at most WORDS_SHOWN."""
        alone = pairs = 0
        for number in classes:
            alone |= self._positive[number].alone
            pairs |= self._positive[number].pairs
        alone &= fired.alone
        pairs &= fired.pairs
        pairs |= pairs << self._width
        shown: dict[str, None] = {}
        for at, (single, halves, _) in hits:
            if single & alone or halves & pairs:
                shown[" ".join(words(clean(tokens[at])))] = None
                if len(shown) == WORDS_SHOWN:
                    break
        return list(shown)

    def _masks(self) -> list[Fired]:
        """The terms that speak for each class."""
        masks = [[0, 0] for _ in self.names]
        for kind, rules in enumerate((self._alone, self._pairs)):
            for bit, rule in enumerate(rules):
                if rule.points > 0:
                    masks[rule.number][kind] |= 1 << bit
        return [Fired(*mask) for mask in masks]

    def _compile(self, term: str, rule: Rule, where: str) -> None:
        strict, loose = term.split("_"), term.split()
        where = f"{where}: term {term!r}"
        if len(strict) == 1 and len(loose) == 1:
            self._enter(term, _ALONE, 1 << len(self._alone), where)
            self._alone.append(rule)
            return
        if len(strict) + len(loose) != 3:
            raise ValueError(f"{where}: one word, two words, or two joined by _")
        bit = 1 << len(self._pairs)
        for side, role in zip(strict if len(strict) == 2 else loose, (_FIRST, _SECOND), strict=True):
            self._enter(side, role, bit, where)
        if len(strict) == 2:
            self._strict |= bit
        self._pairs.append(rule)

    def _enter(self, side: str, role: int, bit: int, where: str) -> None:
        for word in side.split("|"):
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

    def _look_up(self, token: str) -> Entry | None:
        parts = [self._word(word) for word in words(clean(token))]
        alone = halves = mirrored = 0
        for single, some, other in parts:
            alone, halves, mirrored = alone | single, halves | some, mirrored | other
        if len(parts) > 1:
            # «ул.Мира,нет/воды»: what stands inside one token stands where it stands, whatever its neighbours are.
            inside = self.fired(list(enumerate(parts)))
            alone |= inside.pairs << len(self._alone)
        return (alone, halves, mirrored) if alone or halves else None

    def _word(self, word: str) -> Entry:
        found = [*self._by_stem.get(self._stems.one(word), ()), *self._by_form.get(word, ())]
        for length in range(SHORTEST_PREFIX, min(len(word), self._longest_prefix) + 1):
            found += self._by_prefix.get(word[:length], ())
        sets = [0, 0, 0]
        for role, bit in found:
            sets[role] |= bit
        alone, first, second = sets
        return alone, first | second << self._width, second | first << self._width
