"""The details that matter: what makes a text that is 99 % alike another problem.

Numbers (houses, routes, schools, dates, sums) are details wherever they stand. A word is one where it stands as an address or a
place does: beside a word such as "улица" or "район", before a number, after a preposition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from detectors.duplicates.fold import fold

_LETTER = rb"a-z\xe0-\xff"
# A search that begins with a repeat tries every letter of a text.
_NUMBER = re.compile(rb"[0-9][0-9]*(?:[" + _LETTER + rb"](?![" + _LETTER + rb"]))?")
_DIGITS = b"0123456789"
_SPELLED = 0.75
"""Least likeness of two spellings of one word: two typos in a word of eight letters."""
_FEW = 8
"""One misspelt letter is believed in any name, one more for so many letters: more may be another street."""


def _words(text: str) -> frozenset[bytes]:
    return frozenset(fold(text).split())


_STEMS = (
    "улиц переул проспект бульвар шоссе набереж площад тракт проезд микрораион квартал раион поселок поселк посел дерев станиц "
    "город остановк школ лице гимнази поликлин больниц маршрут автобус троллеиб трамва подъезд этаж корпус строен дом квартир номер"
)
_STEM = re.compile(b"(?:" + b"|".join(fold(_STEMS).split()) + b")")
_SHORT = _words("ул пр пер бул ш наб пл мкр кв д стр корп эт ост пос п г дер х ст снт жк тсж")
_PREPOSITIONS = _words("в во на по от до из за у с со к ко возле около между напротив против через под над при для")


def numbers(words: Sequence[bytes]) -> list[bytes]:
    """The numbers in words, each with the letter glued to it ("14а"), in order."""
    text = b" ".join(words)
    return _NUMBER.findall(text) if len(text.translate(None, _DIGITS)) < len(text) else []


@lru_cache(maxsize=8192)
def names_place(word: bytes) -> bool:
    """True for a word that names a kind of place or address part."""
    return word in _SHORT or _STEM.match(word) is not None


def beside_place(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """True if words stand where an address does: ``before`` are the (at most two) words before them, ``after`` the one after."""
    return any(map(names_place, before)) or any(word[:1].isdigit() or names_place(word) for word in after)


def after_preposition(before: Sequence[bytes]) -> bool:
    return bool(before) and before[-1] in _PREPOSITIONS


def misspelt(one: bytes, other: bytes) -> bool:
    """True if no more than a slip of the fingers is between two words or runs of words written together."""
    distance = OSA.distance(one, other, score_cutoff=4)
    # Doubled, lost or swapped letters leave the set of letters; another name has other letters.
    return distance <= 1 + max(len(one), len(other)) // _FEW or (distance <= 3 and set(one) == set(other))


def same_word(one: bytes, other: bytes, strict: bool) -> bool:
    """True for two spellings of one word. ``strict``: the word is a name in an address, where few letters make another street."""
    if one == other:
        return True
    if numbers((one,)) != numbers((other,)):
        return False
    if strict:
        return misspelt(one, other)
    return max(len(one), len(other)) <= 3 or likeness(one, other) >= _SPELLED


def likeness(one: bytes, other: bytes) -> float:
    """Share of letters (0 to 1) that stay when one is edited into the other."""
    return OSA.normalized_similarity(one, other)
