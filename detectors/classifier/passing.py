"""Names that a text only passes by: where a road leads, where somebody comes from, what a thing is called."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.classifier.address import Tokens
from detectors.classifier.gazetteer import Name
from detectors.classifier.inflect import adjectival, declined

_LEADING = frozenset("из до от через сторону стороны направление направлении направлению черты чертой надпись надписью".split())
_ROADS = frozenset(
    "трасса трассы трассе трассу трассой автодорога автодороги автодороге автодорогу дорога дороги дороге дорогу шоссе".split()
)
_ENDING = frozenset(("до", "через", "сторону", "направлении", "стороны"))
_BORDERS = frozenset("с граница границы границей границу границе границ".split())
BORDER = 3
"""Words before a district that are asked whether something only ends there."""
_KINDS = frozenset("г гор город города городу городом п пос поселок поселка с село села д деревня деревни".split())
_DASHES = frozenset("-–—")
_QUOTES = {"«": "»", '"': '"', "“": "”", "„": "“", "'": "'", "`": "`"}
_TOWNS = ("municipality", "settlement")


def passing(text: Tokens, at: int, name: Name) -> bool:
    """True if the town or village whose name stands at ``at`` tells a direction or an origin («от Курска», «трасса на Щигры»), or
    what something is compared with («чем в Курске»).
    """
    if name.kind not in _TOWNS:
        return False
    before = at - 1
    while before > 0 and (text.words[before] == "." or text.words[before] in _KINDS):
        before -= 1
    if before < 0:
        return False
    if text.words[before] in ("в", "во") and _compared(text.words[max(0, before - 2) : before]):
        return True
    if name.told:
        return _beyond(text.words[max(0, at - BORDER) : at])
    bare = before == at - 1
    # One is in a town, and on the way to it: «на Щигры». What is told with its kind («ямы на дороге, г. Щигры») is an address.
    return text.words[before] in _LEADING or (bare and (text.words[before] == "на" or text.words[before] in _ROADS))


def _compared(before: Sequence[str]) -> bool:
    """True for «чем», «как», «как и», «что и»."""
    return before[-1:] in (["чем"], ["как"]) or before in (["как", "и"], ["что", "и"])


def _beyond(before: Sequence[str]) -> bool:
    """True for «до», «до границы с», «до новой дороги»: the district that follows is where something ends."""
    for word in reversed(before):
        if word in _ENDING:
            return True
        if word not in _ROADS and word not in _BORDERS and not declined(word):
            return False
    return False


def paired(text: Sequence[str], at: int, name: Name) -> bool:
    """True if the name in the token ``at`` is an end of a road («Курск-Поныри», «Курск - Поныри») or what a thing is called."""
    if name.kind not in _TOWNS or len(name.words) > 1:
        return False
    token = text[at]
    if _QUOTES.get(token[0], "") == token.rstrip(".,!?;:")[-1:] and len(token) > 1:
        return True
    if any(_joins(token, mark) for mark in _DASHES):
        return True
    ahead, behind = text[at + 1 : at + 3], text[max(0, at - 2) : at]
    return (len(ahead) == 2 and ahead[0] in _DASHES and _named(ahead[1])) or (
        len(behind) == 2 and behind[1] in _DASHES and _named(behind[0])
    )


def _joins(token: str, mark: str) -> bool:
    """True if the token is two names: both sides of the mark are words, the second with a capital or an abbreviation («-п.Искра»)."""
    one, _, other = token.partition(mark)
    return (
        len(one) > 1
        and len(other) > 1
        and one[-1].isalpha()
        and one != other
        and (other[0].isupper() or (other[0].isalpha() and "." in other[1:4]))
    )


def _named(token: str) -> bool:
    return token[0].isupper() and len(token) > 2 and token.isalpha() and not adjectival(token.lower())
