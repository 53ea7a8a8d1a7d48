"""How many people have to tell of an urgent problem before somebody is woken.

One is enough where life is in danger now, most of all for the rare and grave (detectors.rare): these have words of their own. What
waits for somebody to be hurt (monitor.watch.hazards) is told of when several write of it. A joke, news, a memory or a drill is no
voice of somebody who is there, and an old text that is passed on tells of nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from detectors.rare import doubtful, rare_kind
from monitor.model.rows import AppealRow
from monitor.model.verdict import Urgency
from monitor.watch.hazards import standing

RAISED_AUTHORS: Final = 3
"""An urgent problem that this many people tell of raises an alert; danger to life raises one at the first voice."""
OLD: Final = 24 * 3_600_000
"""Ms after which a text that comes again tells of what was then."""


class Voice(NamedTuple):
    """Authors that have to tell of what is urgent before an alert begins (0: this appeal begins none), and the rare danger."""

    enough: int
    rare: str = ""


NOTHING: Final = Voice(0)


def voice(row: AppealRow, text: str, first: AppealRow | None, kinds: Sequence[str]) -> Voice:
    """``first``: the first post of its near-duplicates, None where it is kept no more; ``kinds``: the rare dangers that count."""
    if row.urgency < Urgency.URGENT:
        return NOTHING
    if row.cluster != row.id and (first is None or row.published_at - first.published_at > OLD):
        return NOTHING
    if doubtful(text):
        return Voice(RAISED_AUTHORS)
    if kind := rare_kind(text, kinds):
        return Voice(1, kind)
    return Voice(1 if row.urgency >= Urgency.DANGER and not standing(row.theme, text) else RAISED_AUTHORS)
