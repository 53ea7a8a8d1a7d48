"""What a text is: complaint, question, suggestion, thanks or chatter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.model.verdict import Kind

THEME_CAP = 24
REQUEST_CAP = 12
PROBLEM_CAP = 12
OFFICIAL_CAP = 6
RESIDENT_CAP = 6
QUESTION_CAP = 6
SUGGESTION_CAP = 6
THANKS_CAP = 6
ADDRESS_CAP = 6
CHATTER_CAP = 24
"""The most points a class of cues can give: ten problem words are no more of an appeal than three."""
LEAST = 8
"""Points from which a short text is an appeal: a strong term and one more cue («прошу убрать мусор»)."""
ALARM = 4
STRONG = 6
"""Points of one strong cue."""
BRIEF = 2
BRIEF_WORDS = 4
"""«Сухое дерево», «Разбитая дорога»: who writes so little under a form or a photo means just that."""
NAMED = 4
"""Points of a street, a village or a school named («Свободы 19, трактор не был ни разу»). Found last: the search is dear."""
WORDS_A_POINT = 6
"""A text of this many words more needs one point more: in long texts words of any theme meet by chance."""
LENGTH_CAP = 20
OPENING = 4
"""Tokens among which a question begins."""
_ASKING = frozenset(
    "когда почему кто где куда какой какая какие каком зачем сколько можно будет будут есть ли планируется подскажите".split()
)
_MARKS = '.,:;!?()«»"-—'
FULL = 32
"""Points of a certain appeal."""


class Cues(NamedTuple):
    """Points by class of cues, as the lexicon counted them."""

    request: int = 0
    problem: int = 0
    official: int = 0
    resident: int = 0
    question: int = 0
    suggestion: int = 0
    thanks: int = 0
    address: int = 0
    chatter: int = 0


def within_reach(points: Iterable[int], length: int) -> bool:
    """False if a text with these points by class can't be an appeal, whatever the classes are: most posts need no closer look."""
    return sum(value for value in points if value > 0) - min(length // WORDS_A_POINT, LENGTH_CAP) >= LEAST - NAMED


def weigh(cues: Cues, strength: int, length: int, alarm: bool) -> int:
    """Points for an appeal: strength of its theme, cues, less chatter and ``length`` in words; ``alarm`` if it tells of a danger."""
    return (
        min(strength, THEME_CAP)
        + min(cues.request, REQUEST_CAP)
        + min(cues.problem, PROBLEM_CAP)
        + min(cues.official, OFFICIAL_CAP)
        + min(cues.resident, RESIDENT_CAP)
        + min(cues.question, QUESTION_CAP)
        + min(cues.suggestion, SUGGESTION_CAP)
        + min(cues.thanks, THANKS_CAP)
        + min(cues.address, ADDRESS_CAP)
        + (ALARM if alarm else 0)
        + (BRIEF if length <= BRIEF_WORDS and strength >= LEAST - BRIEF else 0)
        - min(cues.chatter, CHATTER_CAP)
        - min(length // WORDS_A_POINT, LENGTH_CAP)
    )


def asks(tokens: Sequence[str]) -> bool:
    """True if a text begins as a question does, maybe after a greeting or an address; later on such words ask nothing."""
    return any(token.strip(_MARKS).lower() in _ASKING for token in tokens[:OPENING])


def kind(cues: Cues, points: int, tokens: Sequence[str]) -> Kind:
    """The kind of a text with these cues and points."""
    if points < LEAST:
        return "chatter"
    if cues.thanks > cues.problem + cues.request:
        return "thanks"
    if cues.suggestion > cues.problem:
        return "suggestion"
    if (
        cues.request < STRONG
        and cues.problem <= STRONG
        and (cues.question >= STRONG or asks(tokens))
        and cues.question >= cues.problem - 3
    ):
        return "question"
    return "complaint"


def certainty(points: int) -> int:
    """How certain it is that a text with these points is an appeal: 500 where it just is one, 1000 at FULL."""
    if points <= LEAST:
        return max(0, points * 500 // LEAST)
    return min(1000, 500 + (points - LEAST) * 500 // (FULL - LEAST))
