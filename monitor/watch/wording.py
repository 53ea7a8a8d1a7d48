"""What alerts say, in Russian: what, where, how many against how many usual, since when, by how many people, in which words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from detectors.text import clean, words
from monitor.model.rows import IncidentRow
from monitor.profile.model import Profile
from monitor.watch.spots import bare

_WORD = re.compile(r"\b\w{3,}|^\w")
"""Words of an address that begin with a capital, the first and those of three letters up: «1-й Ново-Садовый», «им. Гагарина»."""

_SMALL = frozenset(
    "лет имени аллея бульвар квартал линия микрорайон набережная овраг переулок площадь посёлок поселок проезд просека проспект "
    "разъезд спуск станция съезд тракт тупик улица хутор шоссе".split()
)
"""What stays small behind the first word: «Московское шоссе», «60 лет Октября»."""

_LARGE = frozenset("влксм гэс дк жбк кпсс мжк мтс нпз ркка ссср тэц".split())

EXAMPLE = 200
"""Characters of an example: enough to see what it is about, short enough for a card."""


def plural(number: int, one: str, few: str, many: str) -> str:
    """The number with the noun in the form that Russian wants: 1 автор, 2 автора, 5 авторов."""
    tens, units = number % 100, number % 10
    if 11 <= tens <= 14 or units == 0 or units >= 5:
        return f"{number} {many}"
    return f"{number} {one if units == 1 else few}"


def clock_time(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).strftime("%H:%M")


def day_time(at: int, zone: ZoneInfo) -> str:
    """Of what may be days old: 12.01 в 14:20."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).strftime("%d.%m в %H:%M")


def amount(thousandths: int) -> str:
    """A count in thousandths as people read it: 1,3; below a tenth «меньше 0,1»."""
    if thousandths < 100:
        return "меньше 0,1"
    if thousandths >= 10_000:
        return str(round(thousandths / 1000))
    return f"{thousandths / 1000:.1f}".replace(".", ",")


def territory_name(profile: Profile, territory: str) -> str:
    found = profile.territories.get(territory)
    return found.name if found else profile.name


def capital(name: str) -> str:
    """A name as people write it, of one in lower case: «Степана Разина», «1-й Ввод», «60 лет СССР», «Пугачёвский тракт»."""
    return _WORD.sub(_capital, name)


def _capital(found: re.Match[str]) -> str:
    word = found[0]
    if word in _LARGE:
        return word.upper()
    return word if word in _SMALL and found.start() else word[0].upper() + word[1:]


def address(profile: Profile, row: IncidentRow) -> str:
    """The place of an incident in words, widest last."""
    own_kind = bare(row.street) != row.street
    street = capital(row.street) if own_kind or not row.street else f"ул. {capital(row.street)}"
    territory = territory_name(profile, row.territory)
    settlement = "" if row.settlement == territory.lower() else capital(row.settlement)
    parts = [f"{street}, {row.house}" if street and row.house else street, row.facility, settlement, territory]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def top_words(texts: Iterable[str], usual: frozenset[str], limit: int = 6) -> list[str]:
    """The words of four letters and more that most of the texts share, the most shared first."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word for word in words(clean(text)) if len(word) > 3 and word not in usual})
    return [word for _, word in sorted((-count, word) for word, count in counts.items() if count > 1)[:limit]]


USUAL = frozenset(
    (
        "будет были было быть вами вашей ведь весь всего всей всем всех вчера если есть еще здесь здравствуйте какие какой "
        "когда которые который между меня можно надо наших нашей нашем него ничего нибудь опять очень пока пожалуйста после "
        "потом почему просто прошу раза самом себя сегодня свои скажите снова совсем столько такая такие такой также такое "
        "теперь того тоже только тому уважаемые хотя хочу чего через чтобы этим этих этого этой этом этот"
    ).split()
)
"""Words that say nothing about a topic."""


def example(text: str) -> str:
    cleaned = clean(text)
    return cleaned if len(cleaned) <= EXAMPLE else cleaned[: EXAMPLE - 1].rstrip() + "…"
