"""Streets and houses as people write them: «ул. Харьковская, д.14», «на Мира 5а», «по Ленинскому проспекту»."""

from __future__ import annotations

import re
from typing import NamedTuple

from detectors.classifier.gazetteer import SHORT, STREET_KIND, Gazetteer, Name
from detectors.classifier.inflect import adjectival, declined, nominative

_TOKEN = re.compile(
    r"[а-яА-Яa-zA-Z]{2,}(?![а-яА-Яa-zA-Z-])|(?:[Пп]р-(?:к?т|з?д)|[Бб]-р|[Рр]-о?н|[Пп]ер-к)[а-я]{0,2}(?![а-я])"
    r"|\d+(?:\s?/\s?\d+)?(?:-?[а-жиА-ЖИ](?![а-яА-Я0-9]))?|[а-яА-Яa-zA-Z]+|[.,;:!?()№\"«»]"
)
_HOUSE = re.compile(r"\d{1,3}(?:/\d{1,3})?[а-жи]?$")
_HOUSE_MARK = frozenset(
    ("д", "дом", "дома", "доме", "дому", "домом", "домов", "домами", "домах", "№", "номер", "зд", "здание", "строение")
)
_BUILDING = {"к": "к", "корп": "к", "корпус": "к", "стр": "с", "строение": "с"}
_END = frozenset(".!?")
_BREAK = frozenset('.,;:!?()№"«»')
_BEFORE = frozenset(("на", "по", "с", "до", "от", "у", "вдоль", "адрес", "адресу"))
_NO_NAME = frozenset(
    "а без бы в вас во вот все всей вся всю где до если есть же за и из или их как когда который которой к ко ли между мы на".split()
    + "наша нашей нашу над не нет но о об около он от по под при с со так там то тут у уже чтобы что это возле очень".split()
)
"""Words that follow «улица» where no name does: «на улице нет света»."""
_TWO_WORDS = frozenset(
    "большая большой малая малой новая новой старая верхняя верхней нижняя нижней карла льва розы красной лет".split()
)
_ORDINAL = frozenset(("я", "й", "ая", "ый", "ой", "му", "м", "го", "ом"))
_OWN_NAME = "набережная"
_MONTHS = frozenset("января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split())
"""«на 8 Марта» is the holiday as often as the street."""
_COUNTED = _MONTHS | {"год", "года", "году", "лет"}
"""What a number before it counts: it is no house."""
NAME_WORDS = 3
SHORTEST_NAME = 3
SHORTEST_BARE = 5
"""In lower case and without «улица» a name counts only before a house number, and shorter ones are words of every day."""


class Street(NamedTuple):
    """A street as written, in address normal form; the house, if any; the profile's names that it may be; where it stands."""

    written: str
    house: str
    known: tuple[Name, ...]
    start: int
    end: int


class Tokens(NamedTuple):
    """Words, numbers and punctuation of a text, in lower case and as written."""

    words: list[str]
    written: list[str]

    def capital(self, at: int) -> bool:
        return self.written[at][0].isupper()

    def opens(self, at: int) -> bool:
        """True where a sentence begins: there a capital letter says nothing."""
        return at == 0 or self.words[at - 1] in _END


def tokens(text: str) -> Tokens:
    """The tokens of a clean text."""
    written = _TOKEN.findall(text)
    return Tokens([token.lower() for token in written], written)


def marked(text: Tokens, at: int, names: Gazetteer | None) -> Street | None:
    """The street whose kind («ул», «проспект») stands at ``at``, name before or behind it."""
    listed, mark = text.words, text.words[at]
    kind = STREET_KIND[mark]
    if kind == _OWN_NAME and (here := _named_as_its_kind(text, at, names)) is not None:
        return here
    if at and declined(listed[at - 1]) and text.capital(at - 1) and not _follows(text, at):
        known = _of_kind(names.streets(listed, at - 1), kind) if names else ()
        start = _ordinal(listed, at - 1)
        name = _normal([*listed[start : at - 1][:1], listed[at - 1]], kind)
        house, end = _house(text, at + 1, names)
        return Street(name, _house_before(text, start) or house, known, start, end)
    start = at + 1
    while start < len(listed) and listed[start] in '."«':
        start += 1
    if start >= len(listed) or listed[start] in _NO_NAME or listed[start] in _BREAK:
        return None
    known = _of_kind(names.streets(listed, start), kind) if names else ()
    if known:
        end = start + len(known[0].words)
    else:
        end = _name_end(text, start)
        if end == start or (
            mark not in SHORT and not text.capital(start) and not listed[start][0].isdigit() and not adjectival(listed[start])
        ):
            return None
    name = _normal(listed[start:end], kind)
    house, after = _house(text, end, names)
    return Street(name, _house_before(text, at) or house, known, at, after)


def bare(text: Tokens, at: int, names: Gazetteer) -> Street | None:
    """A street of the profile without «улица»: after «на», «по» with a capital letter, or before a house number."""
    # People leave out «улица», seldom «площадь»: a name that both have is the street's.
    known = _of_kind(names.streets(text.words, at), "улица")
    if not known:
        return _unlisted(text, at, names)
    # «по Волжскому району» is no «Волжский проспект».
    if any(name.told for name in names.others(text.words, at)):
        return None
    end = at + len(known[0].words)
    house, after = _house(text, end, names)
    counted = text.words[at][0].isdigit() and text.capital(end - 1) and (bool(house) or text.words[end - 1] not in _MONTHS)
    capital = (text.capital(at) or counted) and (at > 0 or bool(house))
    after_preposition = at > 0 and text.words[at - 1] in _BEFORE
    long = sum(map(len, text.words[at:end])) >= SHORTEST_BARE and (
        text.opens(at) or text.words[at - 1] in _BREAK or after_preposition
    )
    if (capital and (house or after_preposition)) or (house and long):
        return Street(_normal(text.words[at:end], known[0].street), _house_before(text, at) or house, known, at, after)
    return None


def _unlisted(text: Tokens, at: int, names: Gazetteer) -> Street | None:
    """A street that the profile does not list, of a name that every second town has: «Хомутовка, Центральная, 39»."""
    found = names.common(text.words, at)
    if not found or any(name.told for name in names.others(text.words, at)):
        return None
    end = at + len(found[0].words)
    house, after = _house(text, end, names)
    before = _house_before(text, at)
    # «Новая 3-комнатная квартира», «Победы 9 мая», «Революции 17 года».
    doubtful = house and ((text.opens(at) and text.words[end][0].isdigit()) or not _COUNTED.isdisjoint(text.words[after : after + 1]))
    behind = text.opens(at) or text.words[at - 1] in _BREAK or text.words[at - 1] in _BEFORE
    if not (house or before) or doubtful or not (behind or text.capital(at)):
        return None
    return Street(_normal(text.words[at:end], found[0].street), before or house, (), at, after)


def _named_as_its_kind(text: Tokens, at: int, names: Gazetteer | None) -> Street | None:
    """«Набережная, 5», «дом 5 по Набережной»: in villages the street has no other name."""
    behind = text.words[at + 1 : at + 3]
    if not text.capital(at) or (behind and behind[0].isalpha() and behind[0] not in _HOUSE_MARK and text.capital(at + 1)):
        return None
    house, end = _house(text, at + 1, names)
    before = _house_before(text, at)
    if not (house or before) or behind[1:] == ["лет"] or (at and declined(text.words[at - 1]) and text.capital(at - 1)):
        return None
    return Street(_OWN_NAME, before or house, tuple(names.streets(text.words, at)) if names else (), at, end)


def _follows(text: Tokens, at: int) -> bool:
    """True if the name stands behind its kind at ``at``: «ул. Садовая», but not «Садовая ул.»."""
    ahead = at + 1
    while ahead < len(text.words) and text.words[ahead] in '."«':
        ahead += 1
    return ahead < len(text.words) and text.capital(ahead) and (text.words[at] in SHORT or declined(text.words[ahead]))


def _ordinal(listed: list[str], at: int) -> int:
    """Where the name at ``at`` begins with its number: «1-му Ольховскому», «9 Суворовском»."""
    if at > 1 and listed[at - 1] in _ORDINAL and listed[at - 2].isdigit():
        return at - 2
    return at - 1 if at and listed[at - 1].isdigit() else at


def _of_kind(known: list[Name], kind: str) -> tuple[Name, ...]:
    return tuple(sorted(known, key=lambda name: name.street != kind))


def _name_end(text: Tokens, start: int) -> int:
    """The end of an unknown street's name: words with capitals, «40 лет …», or in lower case one word."""
    listed, end = text.words, start
    capital = text.capital(start)
    if listed[start][0].isdigit():
        # «8 Марта», «40 лет Октября», «1-я Садовая»; a number alone is no name.
        end = start + 1
        if end < len(listed) and (listed[end] == "лет" or listed[end] in _ORDINAL):
            end += 1
        return end + 1 if end < len(listed) and len(listed[end]) >= SHORTEST_NAME and listed[end] not in _HOUSE_MARK else start
    while end < len(listed) and end - start < NAME_WORDS:
        word = listed[end]
        if word in _BREAK or word[0].isdigit() or word in _HOUSE_MARK or word in _NO_NAME or word in STREET_KIND:
            break
        if end > start and not (text.capital(end) if capital else listed[end - 1] in _TWO_WORDS):
            break
        end += 1
    return end if sum(len(word) for word in listed[start:end]) >= SHORTEST_NAME else start


def _normal(listed: list[str], kind: str) -> str:
    feminine = kind in ("улица", "набережная", "площадь", "аллея")
    name = " ".join(nominative(word, feminine) for word in listed)
    if kind == "шоссе" and name.endswith(("ий", "ый")) and name != listed[-1]:
        # «по Северному шоссе»: the case is that of a masculine one, the name is neuter.
        name = name[:-2] + "ое"
    return name if kind == "улица" else f"{kind} {name}"


def _house(text: Tokens, at: int, names: Gazetteer | None) -> tuple[str, int]:
    """The house number at ``at``, maybe after a comma and «дом», and where what follows begins. «д. 1 Моква» is a village."""
    listed, end = text.words, at
    while end < len(listed) and end - at < 4 and (listed[end] in _HOUSE_MARK or listed[end] in ".,"):
        end += 1
    if end >= len(listed):
        return "", at
    number = listed[end].replace(" ", "").replace("-", "")
    if _HOUSE.match(number) is None or number.startswith("0") or (listed[end - 1] == "." and listed[end - 2] not in _HOUSE_MARK):
        return "", at
    if names is not None and any(len(name.words) > 1 for name in names.others(listed, end)):
        return "", at
    end += 1
    rest = [word for word in listed[end : end + 4] if word not in ".,"]
    if len(rest) > 1 and rest[0] in _BUILDING and rest[1].isdigit():
        return f"{number}{_BUILDING[rest[0]]}{rest[1]}", end + 2
    return number, end


def _house_before(text: Tokens, at: int) -> str:
    """«дом 34 по улице …». What is said behind the street then is no house: «… № 46 опять сняли с линии»."""
    listed = text.words
    if at >= 3 and listed[at - 1] in ("по", "на"):
        number = listed[at - 2].replace(" ", "").replace("-", "")
        if _HOUSE.match(number) and any(word in _HOUSE_MARK for word in listed[max(0, at - 4) : at - 2]):
            return number
    return ""
