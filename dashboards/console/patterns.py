"""Words of a search as patterns that find them in texts however they are inflected.

The patterns are read by ClickHouse (re2) and by Python alike, over texts that ``folded`` has made one case. They are made of letters
and digits alone, so nothing that somebody types is syntax.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from detectors.text import CACHE_WORD_LENGTH, Stems

WORDS: Final = 8
"""Words of a search at most; what comes after them narrows nothing."""
LONG: Final = 5
"""Letters of a stem from which what follows may be more than an ending: «отключ» finds «отключение»."""
ENDING: Final = (
    "(?:[аяоеыиуюьй]|[аояеи]м|[аяыи]х|[ое]й|[ое]в|[аяыи]ми|[ое]го|[ое]му|[ыи]й|ая|яя|ое|ее|[ыи]е|[ыи]м|[уюое]ю|и[яюи]|"
    "[аеиоуя]?ло?|[аеиуя]?л[аи]|[аеиуюя]т|[аеиуя]ть)?(?:с[яь])?"
)
"""What a short stem may have behind it, so that «вод» is no «водитель» and «газ» no «газета»."""

_WORD = re.compile("[0-9a-zа-я]+")
_EDGE: Final = "[^0-9a-zа-я]"
_NOUN = re.compile("(?<=....)(?:ен|ат|ят|а|е|и)$")
"""What a stem of five letters and more may still have of its form: «отключен(ие)», «отключат», «убира(ют)»."""
_FLEETING = re.compile("([бвгджзклмнпрстфхцчшщ])([ое]?)([клнц])$")
"""The vowel that comes and goes before an ending: «остановок» and «остановка», «день» and «дня»."""


def folded(text: str) -> str:
    """In lower case, ё as е, letter by letter: places stay what they are."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text).replace("ё", "е")


def patterns(words: str) -> tuple[str, ...]:
    """One of each word that a text has to have; the first group is what surrounds it on the left."""
    found = dict.fromkeys(_WORD.findall(folded(words)))
    return tuple(f"(^|{_EDGE})(?:{_forms(word[:CACHE_WORD_LENGTH])})($|{_EDGE})" for word in list(found)[:WORDS])


def _forms(word: str) -> str:
    if len(word) < 3 or not word.isalpha() or word.isascii():
        # «14» is also «14а», and «не» nothing else.
        return f"{word}[а-я]?" if word[-1].isdigit() else word
    stem = _stems().one(word)
    stem = _NOUN.sub("", stem) if len(stem) > LONG else stem
    ending = "[а-я]{0,6}" if len(stem) >= LONG else ENDING
    # The word itself with an ending too: not all that looks like one is («прорыв», «запах»).
    return _FLEETING.sub(r"\1[ое]?\3", stem) + ending + f"|{word}{ENDING}"


@cache
def _stems() -> Stems:
    return Stems()


def marked(text: str, asked: tuple[str, ...], length: int) -> list[str]:
    """About ``length`` characters of the text around the first word that was asked for, cut into what was not (even places) and
    what was (odd ones).
    """
    read = folded(text)
    places = sorted({place for one in asked for place in _places(one, read)})
    begin = max(0, places[0][0] - length // 3) if places and len(text) > length else 0
    end = min(len(text), begin + length)
    begin = max(0, end - length)
    parts, at = ["…" if begin else ""], begin
    for first, last in places:
        if at <= first and last <= end:
            parts[-1] += text[at:first]
            parts += [text[first:last], ""]
            at = last
    parts[-1] += text[at:end] + ("…" if end < len(text) else "")
    return parts


def _places(pattern: str, read: str) -> list[tuple[int, int]]:
    found, at = [], 0
    while (match := re.compile(pattern).search(read, at)) is not None:
        found.append((match.end(1), match.start(2)))
        # The sign behind a word may stand before the next one.
        at = max(match.start(2), match.start() + 1)
    return found
