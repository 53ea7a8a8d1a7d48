"""How soon somebody has to act, from the words of an appeal."""

from __future__ import annotations

from typing import NamedTuple

from monitor.model.verdict import Kind, Urgency

LEAST = 6
"""Points of one strong term."""


class Alarms(NamedTuple):
    """Points by class of the sheet urgency.toml."""

    danger: int = 0
    urgent: int = 0
    grave: int = 0
    raised: int = 0


def urgency(alarms: Alarms, kind: Kind) -> Urgency:
    """Only a complaint or a question reports something that is going on; a proposal is raised at most, thanks are never."""
    if kind == "thanks":
        return Urgency.NORMAL
    if kind == "suggestion":
        return Urgency.RAISED if alarms.danger >= LEAST or alarms.urgent >= LEAST else Urgency.NORMAL
    if alarms.danger >= LEAST or (alarms.urgent >= LEAST and alarms.grave >= LEAST):
        return Urgency.DANGER
    if alarms.urgent >= LEAST:
        return Urgency.URGENT
    return Urgency.RAISED if alarms.raised >= LEAST else Urgency.NORMAL
