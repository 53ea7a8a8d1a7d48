"""Weighted terms compiled into tables, so that many texts are searched for all of them at once.

A term is written as

    яма                  every word with the stem of «яма»
    освещ*               every word that begins so
    =света               this very form
    двор|дорога снег     a word of the first list and one of the second at most four words apart, in either order
    нет|без_вода|тепло   two words beside each other, in this order

and counts once, however often the text repeats it. A word of a text (detectors.words) is looked up once: its entry lists the terms
that it makes alone, and those pairs of which it is the first or the second half. How the halves find each other is in ``scan``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.table import Book, Table
from detectors.taxonomy.load import Terms
from detectors.text import CACHE_WORDS, Cache, Stems, as_read

WINDOW = 5
"""Greatest distance of the halves of a loose pair: four words between are common («ямы … на нашей дороге»), more is chance."""
SHORTEST_PREFIX = 2
_WORD = re.compile(r"=?[0-9a-zа-я]+|[0-9a-zа-я]+\*")

Ints = NDArray[np.signedinteger[Any]]


class Entry(NamedTuple):
    """What a word stands for, as sorted numbers of terms: those it makes alone, and pairs whose first or second half it is."""

    alone: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]


NOTHING = Entry((), (), ())
_ALONE, _FIRST, _SECOND = range(3)


class Column:
    """One of an entry's three lists, of all entries, end to end in one array that grows by doubling."""

    def __init__(self) -> None:
        self._items = np.zeros(1024, np.int32)
        self._ends = np.zeros(1024, np.int32)
        self._counts = np.zeros(1024, np.int32)
        self._entries = self._used = 0

    def append(self, items: tuple[int, ...]) -> None:
        end = self._used + len(items)
        while end > len(self._items):
            self._items = np.concatenate((self._items, np.zeros_like(self._items)))
        if self._entries == len(self._ends):
            self._ends, self._counts = (np.concatenate((old, np.zeros_like(old))) for old in (self._ends, self._counts))
        self._items[self._used : end] = items
        self._ends[self._entries], self._counts[self._entries] = end, len(items)
        self._entries, self._used = self._entries + 1, end

    def of(self, entries: Ints) -> tuple[Ints, Ints]:
        """All items of some entries in order, and how many each entry has."""
        counts = self._counts.take(entries)
        # Places of the machine's own width: narrower ones would be widened at each use.
        places = (self._ends.take(entries) - counts.cumsum()).repeat(counts)
        places += np.arange(len(places))
        return self._items.take(places), counts


class Entries:
    """Entries by number; 0 is the empty one. Equal entries are one: most words are forms of few."""

    def __init__(self) -> None:
        self.empty()

    def empty(self) -> None:
        self._known: dict[Entry, int] = {}
        self.columns = (Column(), Column(), Column())
        self.number(NOTHING)

    def __len__(self) -> int:
        return len(self._known)

    def number(self, entry: Entry) -> int:
        number = self._known.get(entry)
        if number is None:
            number = self._known[entry] = len(self._known)
            for column, items in zip(self.columns, entry, strict=True):
                column.append(items)
        return number


class Lexicon:
    """Classes of terms. ``names`` are the classes; ``rules`` and ``points`` say of each term which class it is about and how much it
    gives, ``shown`` is how a word is shown to people; ``limit`` bounds the words remembered.
    """

    def __init__(self, classes: Mapping[str, Terms], stems: Stems, limit: int = CACHE_WORDS) -> None:
        self.names = tuple(classes)
        self._stems = stems
        self._by_stem: dict[str, list[tuple[int, int]]] = {}
        self._by_form: dict[str, list[tuple[int, int]]] = {}
        self._by_prefix: dict[str, list[tuple[int, int]]] = {}
        # By their first letters: most words begin as few prefixes do.
        self._longest_prefix: dict[str, int] = {}
        rules: list[tuple[int, int, bool]] = []
        for number, (name, terms) in enumerate(classes.items()):
            for term, points in terms:
                strict = self._compile(term, len(rules), f"{name}: term {term!r}")
                rules.append((number, points, strict))
        table = np.array(rules, np.int64).reshape(-1, 3)
        self.rules: Ints = table[:, 0].copy()
        self.points: Ints = table[:, 1].copy()
        self.strict: NDArray[np.bool_] = table[:, 2] > 0
        self._limit = limit
        self.book = Book(limit)
        self.entries = Entries()
        self._numbers = Table(self.book, self._new)
        self.shown = Cache[bytes, str](as_read, limit)
        self._flags = np.zeros(0, np.bool_)

    def trim(self) -> None:
        """Forgets all words once there are too many. Only between scans: they hold numbers."""
        if self.book.full or len(self.entries) > self._limit:
            self.book.clear()
            self.entries.empty()

    def met(self, words: Ints) -> Ints:
        """The number of the entry of each of some words of the book."""
        return self._numbers.of(words)[0]

    def _new(self, words: Sequence[bytes]) -> tuple[Ints]:
        return (np.fromiter((self.entries.number(self._word(as_read(word))) for word in words), np.int32, len(words)),)

    def flags(self, count: int) -> NDArray[np.bool_]:
        """At least ``count`` flags, all of them down; whoever borrows them leaves them so."""
        if len(self._flags) < count:
            self._flags = np.zeros(count, np.bool_)
        return self._flags

    def _compile(self, term: str, number: int, where: str) -> bool:
        """Enters the words of a term; says whether it is a pair that has to stand together."""
        strict, loose = term.split("_"), term.split()
        if len(strict) == 1 and len(loose) == 1:
            self._enter(term, _ALONE, number, where)
            return False
        if len(strict) + len(loose) != 3:
            raise ValueError(f"{where}: one word, two words, or two joined by _")
        for side, role in zip(strict if len(strict) == 2 else loose, (_FIRST, _SECOND), strict=True):
            self._enter(side, role, number, where)
        return len(strict) == 2

    def _enter(self, side: str, role: int, number: int, where: str) -> None:
        for word in side.split("|"):
            if _WORD.fullmatch(word) is None:
                raise ValueError(f"{where}: a word is lower-case letters and digits, without ё, = before it or * behind it")
            if word.endswith("*"):
                prefix = word[:-1]
                if len(prefix) < SHORTEST_PREFIX:
                    raise ValueError(f"{where}: {word} is too short")
                first = prefix[:SHORTEST_PREFIX]
                self._longest_prefix[first] = max(self._longest_prefix.get(first, 0), len(prefix))
                self._by_prefix.setdefault(prefix, []).append((role, number))
            elif word.startswith("="):
                self._by_form.setdefault(word[1:], []).append((role, number))
            else:
                self._by_stem.setdefault(self._stems.one(word), []).append((role, number))

    def _word(self, word: str) -> Entry:
        found = [*self._by_stem.get(self._stems.one(word), ()), *self._by_form.get(word, ())]
        for length in range(SHORTEST_PREFIX, min(len(word), self._longest_prefix.get(word[:SHORTEST_PREFIX], 0)) + 1):
            found += self._by_prefix.get(word[:length], ())
        if not found:
            return NOTHING
        return _entry(*([term for role, term in found if role == wanted] for wanted in (_ALONE, _FIRST, _SECOND)))


def _entry(*lists: Iterable[int]) -> Entry:
    return Entry(*(tuple(sorted(set(listed))) for listed in lists))
