"""Near-duplicates of one region: bands of a MinHash for candidates, then a comparison of the words; the shortest texts by hash.

Entries live in a ring, oldest first; each keeps its cluster's name, so a cluster outlives its first post. Measured at 100,000 posts
with ids of 22 characters: 450 bytes an entry and one byte a letter of the normal form, 730 for comments of 45 words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import extract

from detectors.base import Match
from detectors.duplicates.compare import Likeness, compare
from detectors.duplicates.details import numbers
from detectors.duplicates.fold import text_hash
from detectors.duplicates.index import Chains, split
from detectors.duplicates.normal import normal_form
from detectors.duplicates.sketch import BANDS, sketches
from monitor.model.plain import Plain

FEWEST_WORDS = 4
"""Shorter texts ("когда дадут воду") are duplicates only if they are equal to the word: a likeness of three words says nothing."""

KEPT = 2000
"""Bytes of a normal form that are kept for comparison; of what is longer, the numbers of the rest."""
KEPT_NUMBERS = 200

CANDIDATES = 6
"""Entries compared by letters for one post, those that share most bands first."""
COMPARED = 4
"""Entries compared by words, the most alike first."""
LEAST_RATIO = 75.0
"""Texts less alike by letters (0 to 100) are not compared by words: a copy cut to three fifths reaches that, texts that share some
sentences do not."""

_DAY = 86_400_000
_LAST = (1 << 32) - 2
"""Entries are numbered in 32 bits; at the last number the memory is built anew."""
_KEY = (1 << 32) - 1
_GONE = b" "
"""The form of a forgotten post that still stands in the chains of its bands."""


class _Text(NamedTuple):
    """What is compared of a text: its normal form, or, where that has too few words to be like another one, a hash (not 0)."""

    form: bytes
    details: bytes = b""
    exact: int = 0


_EMPTY = _Text(b"")


def _read(text: str) -> _Text:
    form = normal_form(text)
    if form.count(b" ") >= FEWEST_WORDS - 1:
        return _Text(form, b" ".join(numbers((form,))))
    return _Text(b"", exact=text_hash(text)) if text.strip() else _EMPTY


class NearDuplicates:
    """Remembers the last ``limit`` posts of the last ``days`` days. See detectors.base.Duplicates for the contract."""

    def __init__(self, limit: int = 100_000, days: int = 14) -> None:
        self._limit = limit
        self._horizon = days * _DAY
        self._reset()

    def _reset(self) -> None:
        self._bands = Chains(self._limit, BANDS)
        self._exact = Chains(self._limit, 1)
        self._hashes = np.zeros(self._limit, np.uint64).data
        self._times = np.zeros(self._limit, np.int64).data
        self._posts: list[str] = []
        self._forms: list[bytes] = []
        self._clusters: list[str] = []
        self._entries: dict[str, int] = {}
        self._first = 1
        self._next = 1

    def __len__(self) -> int:
        """Posts remembered."""
        return len(self._entries)

    def add(self, post: str, text: str, at: int) -> Match | None:
        return self.add_all([(post, text)], at)[0]

    def add_all(self, posts: Sequence[tuple[str, str]], at: int) -> list[Match | None]:
        # What depends on the text alone is done for all posts first: the same few functions over and over stay in the caches.
        texts = [_read(text) for _, text in posts]
        formed = [(text.form, text.details) for text in texts if text.form]
        keys = iter(sketches(formed) if formed else ())
        return [self._take(post, text, next(keys) if text.form else [], at) for (post, _), text in zip(posts, texts, strict=True)]

    def _take(self, post: str, text: _Text, keys: list[int], at: int) -> Match | None:
        if post in self._entries:
            self.forget(post)
        self._expire(at)
        if text is _EMPTY:
            return None
        form = text.form
        if len(form) > KEPT:
            form = form[:KEPT] + b" " + b" ".join(numbers((form[KEPT:],)))[:KEPT_NUMBERS]
        shared = self._index(text.exact, keys, self._first)
        match = self._alike(form, shared) if keys else self._equal(text.exact, shared)
        self._keep(post, form, match.cluster if match else post, at, text.exact)
        return match

    def _index(self, exact: int, keys: list[int], first: int) -> list[int]:
        """Puts the next entry into the index; gives those from ``first`` on that it may be like."""
        if keys:
            return self._bands.put(self._next, keys, first)
        return self._exact.put(self._next, (exact & _KEY,), first)

    def forget(self, post: str) -> None:
        entry = self._entries.pop(post, None)
        if entry is not None:
            slot = self._slot(entry)
            self._posts[slot] = self._clusters[slot] = ""
            self._forms[slot] = _GONE if self._forms[slot] else b""

    def dump(self) -> Plain:
        living = range(self._first, self._next)
        slots = [self._slot(entry) for entry in living]
        return {
            "posts": [self._posts[slot] for slot in slots],
            "clusters": [self._clusters[slot] for slot in slots],
            "forms": [self._forms[slot] for slot in slots],
            "times": np.asarray(self._times)[slots].astype("<i8").tobytes(),
            "hashes": np.asarray(self._hashes)[slots].astype("<u8").tobytes(),
            "keys": self._bands.keys([entry for entry, slot in zip(living, slots, strict=True) if self._forms[slot]]),
        }

    def load(self, state: Plain) -> None:
        self._reset()
        times = np.frombuffer(state["times"], "<i8").tolist()
        hashes = np.frombuffer(state["hashes"], "<u8").tolist()
        sketches, width, at = state["keys"], 4 * BANDS, 0
        # A smaller memory than the one that was dumped takes what is newest.
        for post, cluster, form, time, exact in zip(state["posts"], state["clusters"], state["forms"], times, hashes, strict=True):
            keys = split(sketches[at : at + width]) if form else []
            at += 4 * len(keys)
            self._expire(time)
            self._index(exact, keys, self._next)
            self._keep(post, form, cluster, time, exact)

    def _slot(self, entry: int) -> int:
        return (entry - 1) % self._limit

    def _keep(self, post: str, form: bytes, cluster: str, at: int, exact: int) -> None:
        entry = self._next
        slot = self._slot(entry)
        if slot == len(self._posts):
            self._posts.append(post)
            self._forms.append(form)
            self._clusters.append(cluster)
        else:
            self._posts[slot], self._forms[slot], self._clusters[slot] = post, form, cluster
        self._times[slot] = at
        self._hashes[slot] = exact
        if cluster:
            self._entries[post] = entry
        self._next += 1

    def _expire(self, at: int) -> None:
        """Makes room for one entry and drops what is older than the horizon."""
        while self._first < self._next:
            slot = self._slot(self._first)
            if self._times[slot] >= at - self._horizon and self._next - self._first < self._limit:
                break
            if self._clusters[slot]:
                del self._entries[self._posts[slot]]
            self._posts[slot] = self._clusters[slot] = ""
            self._forms[slot] = b""
            self._first += 1
        if self._next > _LAST:
            self.load(self.dump())

    def _equal(self, exact: int, shared: list[int]) -> Match | None:
        for entry in shared:
            slot = self._slot(entry)
            if self._hashes[slot] == exact and self._clusters[slot]:
                return Match(self._clusters[slot], self._posts[slot], 1000)
        return None

    def _alike(self, form: bytes, shared: list[int]) -> Match | None:
        """``shared``: entries that share bands with the post, each as often as it shares one."""
        if not shared:
            return None
        near: Iterable[int] = dict.fromkeys(shared)
        if len(shared) > CANDIDATES:
            times = Counter(shared)
            near = sorted(times, key=times.__getitem__, reverse=True)[:CANDIDATES] if len(times) > CANDIDATES else times
        slots = list(map(self._slot, near))
        rated = extract(form, [self._forms[slot] for slot in slots], scorer=fuzz.ratio, limit=COMPARED, score_cutoff=LEAST_RATIO)
        partial: list[Match] = []
        conflicts = set()
        for other, ratio, place in rated:
            slot = slots[place]
            match = Match(self._clusters[slot], self._posts[slot], int(ratio * 10))
            likeness = compare(other, form)
            if likeness is Likeness.SAME:
                return match
            if likeness is Likeness.PART:
                partial.append(match)
            elif likeness is Likeness.CONFLICT:
                conflicts.add(match.cluster)
        # A copy that was cut before the house number fits each house: not this one, if the whole text names another.
        return next((match for match in partial if match.cluster not in conflicts), None)
