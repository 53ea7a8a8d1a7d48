"""Whether a text is an appeal, and what tells which kind of one: complaint, question, suggestion or thanks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.classifier.lexicon import Ints
from detectors.model.shipped import KINDS
from detectors.model.vocabulary import Floats

THEME_CAP = 24
LEAST = 8
"""Points from which a short text is an appeal: a strong term and one more cue («прошу убрать мусор»)."""
ALARM = 2
STRONG = 6
FAIR = 3
"""Points of one strong cue and of one fair one."""
BRIEF = 3
BRIEF_WORDS = 4
BRIEF_STRENGTH = 6
"""The strength that a short text needs for it; one without any is about nothing by itself («Куда звонить?»)."""
"""«Сухое дерево», «Разбитая дорога»: who writes so little under a form or a photo means just that."""
NAMED = 4
"""Points of a street, a village or a school named («Свободы 19, трактор не был ни разу»). Found last: the search is dear."""
HOUSED = LEAST
"""Points of a street and a house, beside any word of a problem or a request: who tells the very house tells of what is there."""
WORDS_A_POINT = 8
"""A text of this many words more needs one point more: in long texts words of any theme meet by chance."""
LENGTH_CAP = 15
OPENING = 4
"""Words among which a question begins."""
_ASKING = frozenset(
    "когда почему кто где куда какой какая какие каком зачем сколько можно будет будут есть ли планируется подскажите".encode(
        "cp1251"
    ).split()
)
FULL = 32
"""Points of a certain appeal."""
EVIDENCE = 0.3
"""What a strong cue counts beside a text's words, which have length one."""
LONG = 60
_TAIL = " .!)\n\t"


class Cues(NamedTuple):
    """Points by class of cues, as the lexicon counted them."""

    request: int = 0
    problem: int = 0
    official: int = 0
    resident: int = 0
    greeting: int = 0
    question: int = 0
    suggestion: int = 0
    thanks: int = 0
    address: int = 0
    chatter: int = 0
    office: int = 0
    musing: int = 0


CAPS = Cues(12, 12, 6, 6, 9, 6, 6, 6, 6, 24, 6, 24)
"""The most points a class of cues can give: ten problem words are no more of an appeal than three."""
TONES = len(CAPS) + 5
_PROBLEM, _ASKS = Cues._fields.index("problem"), len(CAPS) + 2
_CAPS = np.array(CAPS)
_HALVES = np.array(Cues(2, 2, 3, 2, 2, 1, 1, 2, 1, -2, 2, -1))
"""Halves of a point that a point of each class counts: people ask, propose and name places among themselves too, offices seldom."""
_STRENGTHS = np.rint(3 * np.sqrt(np.arange(THEME_CAP + 1))).astype(np.int64)
"""What the strength of a theme counts: the first words of it tell most."""


def weigh(cues: Ints, strength: Ints, length: Ints, alarm: NDArray[np.bool_]) -> Ints:
    """Points for an appeal, of many texts: strength of the theme, cues (a row a text, as Cues), less chatter and ``length`` in words;
    ``alarm`` if it tells of a danger. Grows with ``strength``: a bound of it gives a bound.
    """
    return (  # type: ignore[no-any-return]
        (np.minimum(cues, _CAPS) @ _HALVES) // 2
        + _STRENGTHS[np.clip(strength, 0, THEME_CAP)]
        + ALARM * alarm
        + BRIEF * ((length <= BRIEF_WORDS) & (strength >= BRIEF_STRENGTH))
        - np.minimum(length // WORDS_A_POINT, LENGTH_CAP)
        - LEAST * ((length <= BRIEF_WORDS) & (strength <= 0))
    )


def asks(words: Sequence[bytes]) -> bool:
    """True if a text begins as a question does, maybe after a greeting or an address; later on such words ask nothing."""
    return not _ASKING.isdisjoint(words[:OPENING])


def tone(cues: Ints, lengths: Sequence[int], texts: Sequence[str], words: Sequence[Sequence[bytes]]) -> Floats:
    """How texts are said (a row a text, TONES columns): cues as Cues, how they begin, questions, length in words."""
    said = [
        ("?" in text, text.rstrip(_TAIL).endswith("?"), asks(found), min(length, LONG) / LONG, 1.0)
        for text, found, length in zip(texts, words, lengths, strict=True)
    ]
    return EVIDENCE * np.hstack((np.minimum(cues, _CAPS) / STRONG, np.array(said, np.float64).reshape(-1, TONES - len(CAPS))))


def likeliest(scores: Floats, said: Floats) -> Ints:
    """The number of the kind (see shipped.KINDS) of texts with these scores of kinds and this tone (a row a text). Who first tells of
    a problem and then asks when it will end complains.
    """
    best: Ints = scores.argmax(axis=1)
    tells = (said[:, _PROBLEM] >= EVIDENCE * FAIR / STRONG) & (said[:, _ASKS] == 0)
    best[(best == KINDS.index("question")) & tells] = KINDS.index("complaint")
    return best


def certainty(points: int) -> int:
    """How certain it is that a text with these points is an appeal: 500 where it just is one, 1000 at FULL."""
    if points <= LEAST:
        return max(0, points * 500 // LEAST)
    return min(1000, 500 + (points - LEAST) * 500 // (FULL - LEAST))
