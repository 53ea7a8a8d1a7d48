"""Whether a name of the profile that stands in a text is meant as a place: by its kind, its case, and what stands around it."""

from __future__ import annotations

from detectors.classifier.address import SHORTEST_BARE, Tokens
from detectors.classifier.gazetteer import COMMON, STREET_KIND, TELLING, Gazetteer, Name
from detectors.classifier.resolve import NAMED, TOLD, Mention

SETTLEMENTS = frozenset(
    "г гор город города городе с село села селе д дер деревня деревне деревни п пос поселок поселка поселке пгт рп х "
    "хутор хуторе сл слобода слободе слободы ст станция мкр мкрн микрорайон микрорайона микрорайоне".split()
)
RURAL = frozenset("сл слобода слободе слободы с село села селе д дер деревня деревне деревни х хутор хуторе".split())
_ENDS = frozenset(".,;:!?)")
_FROM = frozenset("из от до около возле близ мимо вокруг под за над перед".split())
_BREAKS = frozenset(",:(")


def known(text: Tokens, at: int, names: Gazetteer) -> Mention | None:
    """The territories or microdistricts whose name at ``at`` is meant as such, and how sure that is."""
    listed = tuple(names.others(text.words, at))
    # «ЛЮДИ ПАДАЮТ ПОД АВТОБУС» is not «из Под», though there is a village of Поды.
    if not listed or (len(listed[0].words) == 1 and text.words[at] in _FROM):
        return None
    if listed[0].told or _told(text, at):
        villages = tuple(name for name in listed if name.kind == "settlement") if _rural(text, at) else ()
        return Mention(villages or listed, TOLD)
    word, end = text.words[at], at + len(listed[0].words)
    if _surname(text, at, listed[0]):
        return None
    if text.capital(at) and _addressed(text, at, end, listed[0]):
        return Mention(listed, NAMED)
    if listed[0].adjective:
        # «в Полевой», but «в Полевой магазин» and «на Полевой».
        ends = end == len(text.words) or text.words[end] in _ENDS
        village = tuple(name for name in listed if name.kind == "settlement")
        inside = text.capital(at) and at > 0 and text.words[at - 1] in ("в", "во")
        return Mention(village, NAMED) if ends and inside and village else None
    # «1-я Моква» begins with a number.
    if (text.capital(at) or (word.isdigit() and text.capital(end - 1))) and (
        not text.opens(at) or TELLING.search(word) or len(listed[0].words) > 1
    ):
        return Mention(listed, NAMED)
    plain = tuple(name for name in listed if name.plain and len(word) >= SHORTEST_BARE - 1)
    return Mention(plain, NAMED) if plain else None


def _told(text: Tokens, at: int) -> bool:
    """True behind the kind of a settlement: «г. Курск», «село Ивантеевка», «им. Чапаева»."""
    before = text.words[at - 1] if at else ""
    if before == "." and at > 1:
        return text.words[at - 2] in SETTLEMENTS or text.words[at - 2] == "им"
    # «перекресток с Пушкарным переулком»: without a point this is a preposition.
    return (before in SETTLEMENTS and before != "с") or before == "им"


def _surname(text: Tokens, at: int, name: Name) -> bool:
    """True for «Некрасова», «Романову»: somebody's name, unless it is told that one is there or comes from there."""
    word = text.words[at]
    single = len(name.words) == 1 and name.canonical.endswith(("во", "но"))
    return single and word.endswith(("ва", "ву", "вым", "на", "ну", "ным")) and (not at or text.words[at - 1] not in _FROM)


def _addressed(text: Tokens, at: int, end: int, name: Name) -> bool:
    """True where a name up to ``end`` stands as in an address: «Магнитный, ул. Мира», «…, Касторное»."""
    behind = text.words[end : end + 2]
    if behind[:1] == [","] and behind[1:] and behind[1] in STREET_KIND:
        return True
    alone = not behind or (behind[0] in _ENDS and not behind[-1].isdigit())
    return alone and at > 0 and text.words[at - 1] in _BREAKS and name.kind == "settlement" and name.canonical not in COMMON


def _rural(text: Tokens, at: int) -> bool:
    """True behind «село», «деревня», «хутор»: what is called so is no part of a town with the same name."""
    before = at - 2 if at > 1 and text.words[at - 1] == "." else at - 1
    return before >= 0 and text.words[before] in RURAL
