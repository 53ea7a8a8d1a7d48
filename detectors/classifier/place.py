"""Where a problem is: from the words of a text, the address that its source gave, and the territory of the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress, count
from operator import itemgetter
from typing import NamedTuple

from detectors.classifier.address import SHORTEST_NAME, Street, Tokens, bare, marked, tokens
from detectors.classifier.facility import KINDS, facility
from detectors.classifier.gazetteer import STREET_KIND, Gazetteer
from detectors.classifier.inflect import adjectival
from detectors.classifier.meant import RURAL, SETTLEMENTS, known
from detectors.classifier.passing import paired, passing
from detectors.classifier.resolve import TOLD, Hamlet, Mention, Resolver
from detectors.text import CACHE_WORDS, Cache, clean
from monitor.model.post import Post
from monitor.model.verdict import Place
from monitor.profile.model import Profile

LONGEST = 600
"""Tokens that are searched for a place: it is told at the beginning, with the problem."""
BEHIND, AHEAD = 5, 12
"""Tokens around a word that tells of a place which are read with it: the longest address has no more."""
_WITHIN = 20_000
"""Characters that are cut into tokens at all."""
_LETTERS = frozenset("гсдпх")
"""Abbreviations of one letter count only with a point: «с. Волобуево»."""
_SMALL = _LETTERS | frozenset("авикоуя")
"""Words of one letter, which tell of a place only with a mark: «с.», «В-1»."""
_MARKED = re.compile(rf"[.-](?<=\b[{''.join(sorted(_SMALL))}{''.join(sorted(_SMALL)).upper()}].)")
"""The mark first: few texts have many."""
_PLAIN = re.compile("([а-яА-Я]{2,})([.,!?;:]?)")
"""What needs no cleaning: most of what stands between two spaces."""
_OF_TOWNS = frozenset("г гор город города городе".split())
_OTHER = frozenset(("снт", "жк", "дск", "тсн", "днт"))
LONGEST_SHORT = 4
"""A point behind a longer word («… в деревне. Новая дорога …») ends the sentence."""
_KIND_OF_STREET, _STREET, _NAME, _FACILITY, _SETTLEMENT = 1, 2, 4, 8, 16
"""What a word may begin, as bits."""


class _Piece(NamedTuple):
    """What stands between two spaces: its words, numbers and marks, what those may begin (place in the piece, role), and whether one
    of them may tell of a place by itself."""

    words: list[str]
    written: list[str]
    roles: tuple[tuple[int, int], ...]
    telling: bool


_telling = itemgetter(_Piece._fields.index("telling"))


class Places:
    """Finds places for one profile; without a profile, streets and facilities only."""

    def __init__(self, profile: Profile | None, limit: int = CACHE_WORDS) -> None:
        self._names = Gazetteer(profile) if profile else None
        self._resolver = Resolver(profile, self._names)
        self._roles: dict[str, int] = {}
        streets, others = self._names.first_words() if self._names else ((), ())
        listed = (
            (_KIND_OF_STREET, STREET_KIND),
            (_STREET, streets),
            (_NAME, others),
            (_FACILITY, KINDS),
            (_SETTLEMENT, SETTLEMENTS | _OTHER),
        )
        for role, firsts in listed:
            for word in firsts:
                self._roles[word] = self._roles.get(word, 0) | role
        self._pieces = Cache[str, _Piece](self._piece, limit)
        firsts = sorted({form.split("-")[0] for form in self._roles} - _SMALL)
        self.telling = "|".join(f"={form}" for form in firsts)
        """The words without one of which (or a marked letter) a text tells of no place, as a term of a lexicon."""

    def find(self, text: str, given: str, source: str, told: bool = True) -> Place:
        """The place of a text; its source gave the address ``given`` and belongs to the territory ``source``.

        ``told`` says whether one of the words ``telling`` is in the text, as far as the caller knows.
        """
        home = self._resolver.home(source)
        place = self._read(_tokens(text), home) if told or _MARKED.search(text, 0, _WITHIN) else Place(home)
        if given:
            stated = self._read(given.split(), place.territory or home)
            if stated.exact or stated.territory not in ("", home):
                # A field of its own is what the writer meant; the text adds what the field leaves open.
                place = Place(
                    stated.territory,
                    stated.settlement or place.settlement,
                    stated.street or place.street,
                    stated.house if stated.street else place.house,
                    stated.facility or place.facility,
                )
        return place

    @staticmethod
    def may(post: Post) -> bool:
        """Whether a post in whose text there is none of the words ``telling`` may tell of a place all the same."""
        return bool(post.place) or _MARKED.search(post.text, 0, _WITHIN) is not None

    def _read(self, text: Sequence[str], home: str) -> Place:
        pieces = list(map(self._pieces.__getitem__, text[:LONGEST]))
        mentions: list[Mention] = []
        street: Street | None = None
        hamlet: Hamlet | None = None
        building = ""
        for begin, end in _stretches(list(compress(count(), map(_telling, pieces)))):
            found, beginning = _laid(pieces[begin:end])
            done = 0
            for at, role, piece in beginning:
                if at < done:
                    continue
                here = marked(found, at, self._names) if role & _KIND_OF_STREET else None
                if here is None and role & _STREET and self._names is not None:
                    here = bare(found, at, self._names)
                if here is not None:
                    street = _better(street, here)
                    done = here.end
                    continue
                named = known(found, at, self._names) if role & _NAME and self._names is not None else None
                if named is not None:
                    done = at + len(named.names[0].words)
                    if not passing(found, at, named.names[0]) and not paired(text, begin + piece, named.names[0]):
                        mentions.append(named)
                    continue
                if role & _FACILITY and not building:
                    building = facility(found, at)
                if role & _SETTLEMENT and hamlet is None:
                    unknown = self._unknown(found, at)
                    if isinstance(unknown, Mention):
                        mentions.append(unknown)
                    else:
                        hamlet = unknown
        if not (mentions or street or hamlet or building):
            return Place(home)
        return self._resolver.place(mentions, street, hamlet, building, home)

    def _piece(self, token: str) -> _Piece:
        plain = _PLAIN.fullmatch(token)
        written = [part for part in plain.groups() if part] if plain else tokens(clean(token)).written
        words = [part.lower() for part in written]
        roles = tuple((at, self._roles[word]) for at, word in enumerate(words) if word in self._roles)
        telling = any(words[at] not in _SMALL or "." in token or "-" in token for at, _ in roles)
        # Most words have no capital: one list is enough for them.
        return _Piece(words, words if words == written else written, roles, telling)

    def _unknown(self, text: Tokens, at: int) -> Hamlet | Mention | None:
        """What follows the kind of a settlement and is no name of the profile: one misspelt, or another («с. Волобуево»)."""
        listed = text.words
        word, ahead = listed[at], at + 1
        point = False
        while ahead < len(listed) and listed[ahead] in '."«':
            point |= listed[ahead] == "."
            ahead += 1
        if (
            ahead >= len(listed)
            or not text.capital(ahead)
            or (word in _LETTERS and not point)
            or (point and len(word) > LONGEST_SHORT)
        ):
            return None
        name = listed[ahead]
        if len(name) < SHORTEST_NAME or name in STREET_KIND or (self._names is not None and self._names.others(listed, ahead)):
            return None
        if word in _OF_TOWNS and self._names is not None and (meant := self._names.town(name)):
            return Mention(meant, TOLD)
        if ahead + 1 < len(listed) and text.capital(ahead + 1) and adjectival(name) and len(listed[ahead + 1]) >= SHORTEST_NAME:
            name = f"{name} {listed[ahead + 1]}"
        return Hamlet(f"{word} {name}" if word in _OTHER else name, word in RURAL)


def _stretches(telling: Sequence[int]) -> Iterator[tuple[int, int]]:
    """What has to be read around the pieces that tell of a place, as ranges of pieces: most of a long text does not."""
    begin = end = 0
    for at in telling:
        if at - BEHIND > end or not end:
            if end:
                yield begin, end
            begin = max(0, at - BEHIND)
        end = at + AHEAD
    if end:
        yield begin, end


def _laid(pieces: Sequence[_Piece]) -> tuple[Tokens, list[tuple[int, int, int]]]:
    """Pieces laid end to end, and where words of theirs may begin a place, as what, and in which piece."""
    words: list[str] = []
    written: list[str] = []
    beginning = []
    for piece, (own, form, roles, _) in enumerate(pieces):
        for at, role in roles:
            beginning.append((len(words) + at, role, piece))
        words += own
        written += form
    return Tokens(words, written), beginning


def _better(one: Street | None, other: Street) -> Street:
    """The first street, unless only the second has a house."""
    return other if one is None or (other.house and not one.house) else one


def _tokens(text: str) -> list[str]:
    text = text[:_WITHIN]
    # Markup goes first, since a tag may hold spaces; all else is cleaned token by token, once for each.
    return (clean(text) if "<" in text else text).split()
