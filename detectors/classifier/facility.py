"""Schools, hospitals and routes with a number: «школа №59», «3-я поликлиника», «47 автобус»."""

from __future__ import annotations

from detectors.classifier.address import Tokens
from detectors.classifier.inflect import forms

_NAMES = {
    "школа": ("школа",),
    "гимназия": ("гимназия",),
    "лицей": ("лицей",),
    "детский сад": ("сад", "садик", "детсад"),
    "поликлиника": ("поликлиника",),
    "больница": ("больница",),
    "роддом": ("роддом",),
    "маршрут": ("маршрут", "автобус", "маршрутка", "газель", "пазик"),
    "троллейбус": ("троллейбус",),
    "трамвай": ("трамвай",),
    "котельная": ("котельная",),
    "фап": ("фап",),
    "колледж": ("колледж",),
    "отделение почты": ("почта",),
}
_OF = {form: name for name, listed in _NAMES.items() for word in listed for form in sorted(forms(word))}
_ABBREVIATED = {"сош": "школа", "мбоу": "школа", "доу": "детский сад", "мбдоу": "детский сад", "гб": "больница", "гкб": "больница"}
KINDS = frozenset((*_OF, *_ABBREVIATED))
"""Words that may name a facility."""
_COUNTED = frozenset(
    ("автобусов", "автобуса", "автобусы", "маршрутов", "маршрута", "маршрутки", "маршруток", "школы", "троллейбуса", "трамвая")
)
"""Forms that follow a number that counts: «2 школы», «5 автобусов»."""
_ENDINGS = frozenset(("я", "й", "ой", "ая", "ый", "ую", "го", "му", "м"))
_UNITS = frozenset(
    "лет год года минут минуты мин часов часа час рублей рубля руб р человек дней дня недель метров раз раза класс класса т".split()
)
"""«в школе 5 лет», «автобус 15 минут»: the number is not the facility's."""
NUMBER_LENGTH = 3


def facility(text: Tokens, at: int) -> str:
    """The facility whose kind stands at ``at``, with its number, in address normal form; empty if it has none."""
    listed, word = text.words, text.words[at]
    name = _OF.get(word) or _ABBREVIATED.get(word, "")
    if not name:
        return ""
    ahead = at + 1
    while (
        ahead < len(listed)
        and ahead - at < 4
        and listed[ahead] in ("№", "номер", "номера", "n", "n", "маршрута", "маршрут", ".", "«", '"')
    ):
        ahead += 1
    # A point between ends the sentence, except behind «№» or an abbreviation.
    if ahead < len(listed) and _number(listed[ahead]) and (listed[ahead - 1] != "." or ahead - at > 2):
        if ahead + 1 < len(listed) and listed[ahead + 1] in _UNITS:
            return ""
        return f"{name} {listed[ahead]}"
    if word in _COUNTED:
        return ""
    behind = at - 2 if at > 1 and listed[at - 1] in _ENDINGS else at - 1
    if behind >= 0 and _number(listed[behind]) and not (behind and listed[behind - 1] in (",", "/")):
        return f"{name} {listed[behind]}"
    return ""


def _number(word: str) -> bool:
    return word[0].isdigit() and len(word) <= NUMBER_LENGTH and word[0] != "0" and (word.isdigit() or word[:-1].isdigit())
