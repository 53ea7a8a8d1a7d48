"""The names of a region profile, ready to be found in a text in any case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance.OSA import distance

from detectors.classifier.inflect import adjectival, forms
from detectors.text import Cache, clean, words
from monitor.profile.model import PlaceKind, Profile

NameKind = PlaceKind | Literal["municipality", "district", "region"]

STREET_KINDS = {
    "улица": ("ул", "улица", "улице", "улицы", "улицу", "улицей", "улиц", "улицам", "улицах"),
    "проспект": (
        "пр",
        "пр-т",
        "просп",
        "пр-кт",
        "проспект",
        "проспекта",
        "проспекте",
        "проспекту",
        "проспектом",
        "прт",
        "пр-те",
        "пр-ту",
    ),
    "переулок": ("пер", "переул", "переулок", "переулка", "переулке", "переулку", "пер-к"),
    "бульвар": ("б-р", "бул", "бульв", "бульвар", "бульвара", "бульваре", "бульвару"),
    "шоссе": ("ш", "шоссе"),
    "набережная": ("наб", "набережная", "набережной", "набережную"),
    "проезд": ("пр-д", "пр-зд", "проезд", "проезда", "проезде", "проезду"),
    "площадь": ("пл", "площадь", "площади"),
    "тупик": ("туп", "тупик", "тупике", "тупика"),
    "аллея": ("аллея", "аллее", "аллеи"),
}
"""How people write the kind of a street. Forms that are words of their own («проезд») count only beside a name."""
STREET_KIND = {form: kind for kind, listed in STREET_KINDS.items() for form in listed}
SHORT = frozenset(
    ("ул", "пр", "пр-т", "просп", "пер", "б-р", "наб", "пр-д", "пл", "пр-кт", "пер-к", "ш", "бул", "туп", "прт", "пр-зд")
)
"""Abbreviations: the name always follows them."""
COMMON = frozenset(
    "центральная молодежная школьная лесная садовая советская новая набережная заречная зеленая мира ленина полевая луговая "
    "октябрьская комсомольская гагарина первомайская северная солнечная степная южная береговая кирова пионерская юбилейная "
    "речная нагорная колхозная победы восточная железнодорожная пролетарская рабочая подгорная строителей калинина западная "
    "чапаева горького пушкина дружбы почтовая озерная совхозная красная дачная лермонтова парковая космонавтов спортивная "
    "гоголя чехова маяковского энергетиков фрунзе дзержинского некрасова свердлова мичурина матросова энгельса тельмана "
    "куйбышева энтузиастов механизаторов вокзальная привокзальная станционная кооперативная коммунистическая "
    "интернациональная заводская больничная суворова кутузова жукова чкалова титова комарова королева терешковой толстого "
    "островского шевченко щорса крупской щербакова орджоникидзе котовского буденного ворошилова революции коммуны труда "
    "свободы весенняя вишневая цветочная березовая кленовая рябиновая тенистая тихая светлая мирная народная широкая трудовая "
    "московская ленинградская магистральная промышленная аэродромная театральная социалистическая красноармейская "
    "партизанская ленинская профсоюзная".split()
) | {"карла маркса", "розы люксембург", "карла либкнехта", "8 марта", "1 мая", "9 мая", "александра невского", "зои космодемьянской"}
"""The names that streets of Russian towns have most often: they tell no town."""
_KINDS = frozenset(("район", "округ", "область", "поселение", "сельсовет", "слобода", "сл"))
_SHORT_DISTRICTS = frozenset(("р-н", "р-не", "р-на", "р-ну", "р-ном", "р-он", "р-оне", "р-она", "р-ону", "рн"))
TYPO, LONG, TYPOS = 6, 10, 2
CACHE_NAMES = 10_000
"""A name of six letters is recognised with one letter wrong, one of ten with two; shorter ones look too much alike."""


@dataclass(slots=True, frozen=True)
class Name:
    """One way to write one place. ``canonical`` is its address normal form, ``words`` the accepted forms of each word.

    ``street`` is the kind of a street, empty for all else. ``plain`` says that the name can't be taken for a common word
    or adjective and counts in lower case too, ``told`` that it holds its kind («Курский район»), ``common`` that every second town
    has such a street, ``adjective`` that it is one word as any adjective («Северный»).
    """

    canonical: str
    kind: NameKind
    territory: str
    words: tuple[frozenset[str], ...]
    street: str = ""
    plain: bool = False
    told: bool = False
    common: bool = False
    adjective: bool = False


TELLING = re.compile(r"(?:[оеыи]во|[иы]но|[ое]вка|[ия]нка|[ое]вск|инск|цк|ичи)$")
"""Endings of settlements that are no words of every day: these count in lower case and where a sentence begins, too."""
_PART = re.compile(r"\d+-[а-жи](?![а-я])|[0-9a-zа-я]+|(?<=[а-я])\.")
"""«1-е» is one token of a text, as «5-б» is: see address."""
_ORDINAL = re.compile(r"^(\d+)-?(?:я|й|е|ая|ый|ое) ")
_ENDINGS = frozenset(("я", "й", "е", "ю", "ая", "ый", "ой", "ую", "ое", "му", "го", "м"))
"""What stands behind the number of an ordinal, in any case."""


class Gazetteer:
    """All names of a profile by the forms of their first word, longest first."""

    def __init__(self, profile: Profile) -> None:
        self._streets: dict[str, list[Name]] = {}
        self._others: dict[str, list[Name]] = {}
        for territory in profile.territories.values():
            for text in (way for name in (territory.name, *territory.aliases) for way in _ways(name)):
                self._add(self._others, _name(text, territory.name, territory.kind, territory.id))
        for place in profile.places:
            for text in (place.name, *place.aliases):
                if place.kind == "street":
                    self._add(self._streets, _street(text, place.name, place.territory))
                else:
                    self._add(self._others, _name(text, place.name, place.kind, place.territory))
        self._common: dict[str, list[Name]] = {}
        # «8 Марта» and «1 Мая» are dates as often as streets.
        for text in sorted(name for name in COMMON if not name[0].isdigit()):
            self._add(self._common, _street(text, text, ""))
        for index in (self._streets, self._others):
            for listed in index.values():
                listed.sort(key=lambda name: -len(name.words))
        towns = (territory for territory in profile.territories.values() if territory.kind in ("municipality", "settlement"))
        whole = {clean(territory.name).lower() for territory in towns}
        self._towns = sorted(
            form
            for form, listed in self._others.items()
            if len(form) >= TYPO and any(len(name.words) == 1 and name.canonical in whole for name in listed)
        )
        self._meant = Cache[str, tuple[Name, ...]](self._misspelt_town, CACHE_NAMES)
        self._signs = sorted({name.canonical for listed in self._streets.values() for name in listed})
        self._streets_meant = Cache[str, tuple[Name, ...]](self._misspelt_street, CACHE_NAMES)

    def first_words(self) -> tuple[Iterable[str], Iterable[str]]:
        """Forms of words that begin the name of a street, and of anything else."""
        return self._streets.keys() | self._common.keys(), self._others.keys()

    def streets(self, tokens: Sequence[str], at: int) -> list[Name]:
        """Streets whose name (without its kind) stands at ``at``: of those, the longest."""
        return _longest(self._streets.get(tokens[at], ()), tokens, at)

    def common(self, tokens: Sequence[str], at: int) -> list[Name]:
        """The name at ``at`` that every second town has a street of, whether or not the profile lists one."""
        return _longest(self._common.get(tokens[at], ()), tokens, at)

    def others(self, tokens: Sequence[str], at: int) -> list[Name]:
        """Territories, microdistricts and facilities whose name stands at ``at``: of those, the longest."""
        return _longest(self._others.get(tokens[at], ()), tokens, at)

    def town(self, word: str) -> tuple[Name, ...]:
        """The towns and settlements that a misspelt word behind «город» means; none if several are as near."""
        return self._meant[word]

    def misspelt(self, street: str) -> tuple[Name, ...]:
        """The streets that one in address normal form which no profile lists may be, with a letter or two wrong."""
        return self._streets_meant[street]

    def _misspelt_town(self, word: str) -> tuple[Name, ...]:
        found = [name for form in _near(word, self._towns) for name in self._others[form] if len(name.words) == 1]
        return tuple(found) if len({name.canonical for name in found}) == 1 else ()

    def _misspelt_street(self, street: str) -> tuple[Name, ...]:
        meant = frozenset(_near(street, self._signs))
        return tuple(dict.fromkeys(name for listed in self._streets.values() for name in listed if name.canonical in meant))

    @staticmethod
    def _add(index: dict[str, list[Name]], name: Name) -> None:
        for form in sorted(name.words[0]) if name.words else ():
            index.setdefault(form, []).append(name)


def _near(word: str, listed: Sequence[str]) -> list[str]:
    """The nearest of these, by Damerau's distance; a typo in the first letter is rare, and another name often begins otherwise."""
    typos = 0 if len(word) < TYPO else 1 if len(word) < LONG else TYPOS
    alike = [one for one in listed if one[0] == word[0]] if typos else []
    found = [(distance(word, one, score_cutoff=typos), one) for one in alike]
    least = min((off for off, _ in found), default=typos + 1)
    return [one for off, one in found if off == least <= typos]


def _longest(listed: Iterable[Name], tokens: Sequence[str], at: int) -> list[Name]:
    found: list[Name] = []
    for name in listed:
        length = len(name.words)
        if found and length < len(found[0].words):
            break
        if at + length <= len(tokens) and all(tokens[at + step] in name.words[step] for step in range(1, length)):
            found.append(name)
    return found


def _ways(text: str) -> tuple[str, ...]:
    """How a name is written: «1-я Моква» is «1 Моква», «сл. Михайловка» is «сл Михайловка», too."""
    return tuple(dict.fromkeys((text, _ORDINAL.sub(r"\1 ", text), text.replace(".", " "))))


def _name(text: str, canonical: str, kind: NameKind, territory: str) -> Name:
    parts = _PART.findall(clean(text).lower())
    listed = tuple(_ENDINGS if at == 1 and parts[0].isdigit() and part in _ENDINGS else _case(part) for at, part in enumerate(parts))
    # «украинка» is a woman, too.
    telling = TELLING.search(parts[0]) is not None and not parts[0].endswith("нка")
    own = telling or kind in ("municipality", "facility", "region") or text == text.lower()
    plain = len(parts) > 1 or (own and not adjectival(parts[0]))
    told = len(parts) > 1 and not _KINDS.isdisjoint(parts)
    return Name(
        clean(canonical).lower(), kind, territory, listed, plain=plain, told=told, adjective=len(parts) == 1 and adjectival(parts[0])
    )


def _street(text: str, canonical: str, territory: str) -> Name:
    parts = words(clean(text))
    kinds = [part for part in parts if part in STREET_KINDS]
    core = [part for part in parts if part not in STREET_KINDS] or parts
    # A street named for a person or a thing stands in the genitive already; only an adjective changes.
    listed = tuple(forms(part) if adjectival(part) else frozenset((part,)) for part in core)
    street = next((part for part in words(clean(canonical)) if part in STREET_KINDS), "улица")
    common = " ".join(core) in COMMON
    return Name(clean(canonical).lower(), "street", territory, listed, street=kinds[0] if kinds else street, common=common)


def _case(word: str) -> frozenset[str]:
    return forms(word) | _SHORT_DISTRICTS if word == "район" else forms(word)
