"""Whether what is written of a house is of the problem that the house has: what tells one trouble from two at one address.

Where several people write of a house, the next one names their trouble by another theme far more often than the house has two
troubles within hours. So it is believed to be another one only if its words are sure, or if it is a danger of its own. One person is
less of a hint: the next one is of the same trouble only if it says little itself, or names it as a second guess, and follows soon.
"""

from __future__ import annotations

from monitor.model.verdict import Urgency, Verdict
from monitor.watch.incident import Incident
from monitor.watch.systems import kin, vague

HOURS = 3_600_000
SOON = HOURS
"""Ms after the first appeal of a house in which one that names no problem, or guesses one, is about the same."""
AT_ONCE = 3 * HOURS
"""Ms between two appeals that are about one event."""
VAGUE_GAP = 12 * HOURS
"""Ms within which an appeal that names no problem is about the one that several people write of at its house."""
SURE = 600
"""Of 1000: a theme with a lower score may be another name of what the neighbours write about."""
DOUBTFUL = 300
"""Of 1000: a theme with a lower score is a guess."""
FEW = 3
"""Members of an incident, before which its theme is what the first one said."""


def related(one: Incident, verdict: Verdict, at: int) -> bool:
    """Whether an incident at a verdict's very place is of the same problem (published ``at``, ms). A street is long: there the system
    must be the same.
    """
    near = kin(verdict.theme)
    if one.theme in near:
        return True
    if not verdict.place.house or (_lone(one) and abs(at - one.last_seen) > AT_ONCE):
        return False
    if verdict.theme in one.themes or (not vague(verdict.theme) and not near.isdisjoint(one.also)):
        return True
    return not kin(one.theme).isdisjoint(theme for theme, _ in verdict.themes)


def neighbour(one: Incident, verdict: Verdict, at: int) -> bool:
    """Whether an appeal on another theme (published ``at``, ms) is of an incident at its house all the same."""
    gap = abs(at - one.last_seen)
    unnamed = vague(one.theme) or vague(verdict.theme)
    guessed = score(verdict) < DOUBTFUL or (one.score < DOUBTFUL and one.active < FEW)
    if _lone(one):
        return gap <= SOON and (unnamed or guessed)
    if unnamed:
        return gap <= VAGUE_GAP
    return gap <= AT_ONCE and (guessed or (score(verdict) < SURE and verdict.urgency < Urgency.DANGER))


def _lone(one: Incident) -> bool:
    return one.active <= 1


def score(verdict: Verdict) -> int:
    """How sure the theme is, of 1000."""
    return verdict.themes[0][1] if verdict.themes else 0
