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
from collections.abc import Callable, Mapping, Sequence

from detectors.taxonomy.load import Terms
from detectors.text import CACHE_WORD_LENGTH, CACHE_WORDS, Stems, clean, words

WINDOW = 5
"""Greatest distance of the halves of a loose pair: four words between are common («ямы … на нашей дороге»), more is chance."""
SHORTEST_PREFIX = 2
WORDS_SHOWN = 6
"""Words that explain a verdict to a person."""
_WORD = re.compile(r"=?[0-9a-zа-я]+|[0-9a-zа-я]+\*")

Entry = tuple[int, int, int, int, int]
"""Bit sets of a word: alone, first half, second half, begins a strict pair, ends one."""
Fired = tuple[int, int, int]
"""Sets of terms: single words, loose pairs, strict pairs. Each has its own bits, so that the sets stay short."""
_ALONE, _FIRST, _SECOND, _BEGINS, _ENDS = range(5)


class _Entries(dict[str, "Entry | list[Entry | None] | None"]):
    """What is known of tokens: the entry of one word, entries of several («ул.Мира»), or nothing. Emptied when full."""

    def __init__(self, look_up: Callable[[str], Entry | list[Entry | None] | None]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, word: str) -> Entry | list[Entry | None] | None:
        found = self._look_up(word)
        if len(word) <= CACHE_WORD_LENGTH:
            if len(self) >= CACHE_WORDS:
                self.clear()
            self[word] = found
        return found


class Lexicon:
    """Classes of terms. ``scores`` says how many points each class gets from a text."""

    def __init__(self, classes: Mapping[str, Terms], stems: Stems) -> None:
        self.names = tuple(classes)
        self._rules: tuple[list[tuple[int, int]], ...] = ([], [], [])
        self._for = [[0, 0, 0] for _ in classes]
        self._stems = stems
        self._by_stem: dict[str, list[tuple[int, int]]] = {}
        self._by_form: dict[str, list[tuple[int, int]]] = {}
        self._by_prefix: dict[str, list[tuple[int, int]]] = {}
        self._longest_prefix = 0
        for number, (name, terms) in enumerate(classes.items()):
            for term, points in terms:
                self._compile(term, number, points, name)
        self._entries = _Entries(self._look_up)

    def hits(self, tokens: Sequence[str]) -> list[tuple[int, Entry]]:
        """Positions of the words that some term has. Tokens are what white space divides, as written: «Дороги,» is one lookup."""
        hits: list[tuple[int, Entry]] = []
        at = 0
        for found in map(self._entries.__getitem__, tokens):
            if found is None:
                at += 1
            elif isinstance(found, tuple):
                hits.append((at, found))
                at += 1
            else:
                hits += [(at + step, entry) for step, entry in enumerate(found) if entry is not None]
                at += len(found)
        return hits

    def fired(self, hits: Sequence[tuple[int, Entry]]) -> Fired:
        """The terms that the words at ``hits`` make."""
        made = firsts = seconds = begun = ended = 0
        for _, (alone, first, second, begins, ends) in hits:
            if alone:
                made |= alone
            if first:
                firsts |= first
            if second:
                seconds |= second
            if begins:
                begun |= begins
            if ends:
                ended |= ends
        # Of most pairs a text has one half only; the few others are worth the search for neighbours.
        loose, strict = firsts & seconds, begun & ended
        if loose or strict:
            return (made, *_pairs(hits, loose, strict))
        return made, 0, 0

    def scores(self, fired: Fired) -> dict[int, int]:
        """Points of the classes (by their place in ``names``) that these terms speak for or against."""
        points: dict[int, int] = {}
        for made, rules in zip(fired, self._rules, strict=True):
            while made:
                low = made & -made
                number, value = rules[low.bit_length() - 1]
                points[number] = points.get(number, 0) + value
                made ^= low
        return points

    def explain(self, tokens: Sequence[str], hits: Sequence[tuple[int, Entry]], fired: Fired, classes: Sequence[int]) -> list[str]:
        """The words that speak for the given classes, as written, each once, at most WORDS_SHOWN."""
        alone, loose, strict = (sum(made & self._for[number][form] for number in classes) for form, made in enumerate(fired))
        positions = {
            at
            for at, (single, first, second, begins, ends) in hits
            if single & alone or (first | second) & loose or (begins | ends) & strict
        }
        shown: list[str] = []
        at = 0
        for token in tokens:
            parts = words(clean(token)) if isinstance(self._entries[token], list) else (token,)
            for part in parts:
                if at in positions:
                    word = part if len(parts) > 1 else "".join(words(clean(part)))
                    if word not in shown:
                        shown.append(word)
                    if len(shown) == WORDS_SHOWN:
                        return shown
                at += 1
        return shown

    def _compile(self, term: str, number: int, points: int, where: str) -> None:
        strict, loose = term.split("_"), term.split()
        if len(strict) == 2 and len(loose) == 1:
            sides, form = ((strict[0], _BEGINS), (strict[1], _ENDS)), 2
        elif len(loose) == 2 and len(strict) == 1:
            sides, form = ((loose[0], _FIRST), (loose[1], _SECOND)), 1
        elif len(loose) == 1 and len(strict) == 1:
            sides, form = ((term, _ALONE),), 0  # type: ignore[assignment]
        else:
            raise ValueError(f"{where}: term {term!r}: one word, two words, or two joined by _")
        rules = self._rules[form]
        bit = 1 << len(rules)
        rules.append((number, points))
        if points > 0:
            self._for[number][form] |= bit
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

    def _look_up(self, token: str) -> Entry | list[Entry | None] | None:
        entries = [self._entry(word) for word in words(clean(token))]
        if not any(entries):
            return None
        return entries[0] if len(entries) == 1 else entries

    def _entry(self, word: str) -> Entry | None:
        found = [*self._by_stem.get(self._stems.one(word), ()), *self._by_form.get(word, ())]
        for length in range(SHORTEST_PREFIX, min(len(word), self._longest_prefix) + 1):
            found += self._by_prefix.get(word[:length], ())
        if not found:
            return None
        sets = [0, 0, 0, 0, 0]
        for role, bit in found:
            sets[role] |= bit
        return sets[0], sets[1], sets[2], sets[3], sets[4]


def _pairs(hits: Sequence[tuple[int, Entry]], loose: int, strict: int) -> tuple[int, int]:
    """The pairs among the terms ``loose`` and ``strict`` whose halves are near enough."""
    made_loose = made_strict = 0
    near: list[tuple[int, int, int, int]] = []
    for at, entry in hits:
        first, second = entry[_FIRST] & loose, entry[_SECOND] & loose
        begins, ends = entry[_BEGINS] & strict, entry[_ENDS] & strict
        if not (first or second or begins or ends):
            continue
        for other_at, other_first, other_second, other_begins in near:
            if at - other_at <= WINDOW:
                made_loose |= (first & other_second) | (second & other_first)
                if at - other_at == 1:
                    made_strict |= ends & other_begins
        near.append((at, first, second, begins))
        if len(near) > WINDOW:
            del near[0]
    return made_loose, made_strict
