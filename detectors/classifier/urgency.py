"""How soon somebody has to act: what the words say (detectors.urgency) and what the kind of an appeal allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.model.vocabulary import Floats, Ints
from monitor.model.verdict import Kind, Urgency

CALLING = (
    "danger", "gas", "fire", "smoke", "electric", "collapse", "leaning", "hole", "ice_above", "hurt", "person_down", "pinned",
    "adrift", "wreck", "blast", "outcry", "no_medicine", "no_help", "no_heat", "no_water", "no_light", "flood", "scald", "attack",
    "crime", "cut_off", "missing", "chemical",
)  # fmt: skip
"""Signs of the sheet urgency.toml for which a text is looked at that is no appeal by its other words."""

LACKS = ("no_medicine", "no_help", "no_heat", "no_water", "no_light", "cut_off", "outcry")
"""Those of them that tell of no harm by themselves: what is missing, and what only sounds like harm."""
CALM = frozenset(
    (
        "communications.post", "communications.internet", "communications.tv", "communications.billing", "culture.events",
        "education.fees", "energy.payments", "housing.payments", "labour.pay_size", "labour.unpaid", "services.appeals",
        "services.documents", "services.mfc", "services.other", "services.portal", "services.property", "services.staff",
        "services.taxes", "social.benefits", "social.child_benefits", "social.pensions", "social.privileges", "trade.availability",
        "trade.banks", "trade.prices", "trade.service", "transport.fares", "transport.routes", "transport.schedule",
        "waste.payment",
    )
)  # fmt: skip
"""Themes of queues, timetables and money: people cry for help there too, and nobody comes to harm unless a sign of harm says so."""

LEAST = 6
"""Points of one strong term."""
SURE = 0.1
"""How much more than of a lesser level an emergency's words must be where no sign names it («козырёк держится на двух кирпичах»)."""


def sure(scores: Floats) -> NDArray[np.bool_]:
    """Which texts are an emergency by words that are no sign; ``scores`` (texts x levels) are those of detectors.urgency."""
    found: NDArray[np.bool_] = scores[:, -2:].max(axis=1) - scores[:, 1:-2].max(axis=1) >= SURE
    return found


def heard(call: NDArray[np.bool_], scores: Floats, harm: Ints, themes: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts may be an emergency: who calls for help, or is ``sure`` without; in a CALM theme only who tells of harm, by the
    points of its strongest sign.
    """
    calm = np.array([theme in CALM for theme in themes], np.bool_)
    found: NDArray[np.bool_] = np.where(calm, harm >= LEAST, call | sure(scores))
    return found


def urgency(level: Urgency, kind: Kind, danger: int, call: bool) -> Urgency:
    """How soon, by the level that the words are likest to, by the points of words of danger, and whether the text is ``heard``.

    What is urgent with words of danger («хлещет кипяток») is danger, and few words wake anybody of which none tells of harm. Only a
    complaint or a question reports something that is going on; a proposal is raised at most, thanks are never.
    """
    if kind == "thanks":
        return Urgency.NORMAL
    if kind == "suggestion":
        return Urgency.RAISED if level >= Urgency.URGENT else Urgency.NORMAL
    if level >= Urgency.URGENT and danger >= LEAST:
        return Urgency.DANGER
    return Urgency.RAISED if level >= Urgency.URGENT and not (danger or call) else level
