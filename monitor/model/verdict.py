"""What a text means: the answer of the classifier.

Scores are integers from 0 to 1000: sums of integers do not depend on order, so a replay gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

Kind = Literal["complaint", "question", "suggestion", "thanks", "chatter"]
Filtered = Literal["advert", "repetition"]
Quality = Literal["substantive", "interim", "formal", "redirect"]

GROUPS = (
    "communications",
    "construction",
    "culture",
    "ecology",
    "education",
    "energy",
    "health",
    "housing",
    "labour",
    "landscaping",
    "roads",
    "safety",
    "services",
    "social",
    "sport",
    "trade",
    "transport",
    "waste",
)


class Urgency(IntEnum):
    """How soon somebody has to act; deadlines and alerts hang on it."""

    NORMAL = 0
    RAISED = 1
    URGENT = 2
    DANGER = 3


@dataclass(slots=True)
class Place:
    """Where a problem is, as far as the text and the source tell; empty fields are not known.

    ``territory`` is an id of the region profile. ``street``, ``house`` and ``facility`` are in address normal form (lower case, no
    abbreviations): two places are the same if and only if their fields are equal.
    """

    territory: str = ""
    settlement: str = ""
    street: str = ""
    house: str = ""
    facility: str = ""

    @property
    def exact(self) -> bool:
        """True if the place is narrower than a territory: a street, a house, a facility."""
        return bool(self.street or self.facility)


@dataclass(slots=True)
class Verdict:
    """The classifier's answer for one post. ``appeal`` is ``kind != "chatter"``. ``reasons`` are the words that decided.

    ``echo`` is the kind that a comment has if what it answers is an appeal, and then it is about the same («у нас тоже»): only
    whoever knows that post can say. ``filtered`` says why a post counts for nothing.
    """

    kind: Kind = "chatter"
    score: int = 0
    group: str = ""
    theme: str = ""
    themes: list[tuple[str, int]] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    body: str = ""
    bodies: list[tuple[str, int]] = field(default_factory=list)
    urgency: Urgency = Urgency.NORMAL
    reasons: list[str] = field(default_factory=list)
    echo: Kind | Literal[""] = ""
    filtered: Filtered | Literal["", "erased"] = ""

    @property
    def appeal(self) -> bool:
        return self.kind != "chatter"


CHATTER = Verdict()
"""The verdict of all that concerns no authority; shared, never changed."""

ADVERT = Verdict(filtered="advert")
REPETITION = Verdict(filtered="repetition")
"""The verdicts of adverts and spam, and of what one author writes in many places; shared too."""
ERASED = Verdict(filtered="erased")
"""The verdict of a post whose author was erased."""
