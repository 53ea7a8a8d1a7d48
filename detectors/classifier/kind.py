"""What a text is: complaint, question, suggestion, thanks or chatter."""

from __future__ import annotations

from typing import NamedTuple

from monitor.model.verdict import Kind

CAP = {"request": 12, "problem": 9, "official": 6, "resident": 6, "question": 6, "suggestion": 6, "thanks": 6, "chatter": 0}
"""The most points a class of cues can give: ten problem words are no more of an appeal than three."""
THEME_CAP = 18
LEAST = 14
"""Points from which a text is an appeal."""
LEAST_THEME = 3
FULL = 40
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
    chatter: int = 0
    address: int = 0


def decide(cues: Cues, strength: int) -> tuple[Kind, int]:
    """The kind, and how certain it is that the text is an appeal (0 to 1000)."""
    points = min(strength, THEME_CAP) + cues.chatter + cues.address
    points += min(cues.request, 12) + min(cues.problem, 9) + min(cues.official, 6) + min(cues.resident, 6)
    points += min(cues.question, 6) + min(cues.suggestion, 6) + min(cues.thanks, 3)
    score = max(0, min(1000, points * 1000 // FULL))
    if points < LEAST or (strength < LEAST_THEME and cues.request < 6):
        return "chatter", score
    if cues.thanks > cues.problem + cues.request:
        return "thanks", score
    if cues.suggestion > cues.problem:
        return "suggestion", score
    if cues.question > cues.problem + cues.request:
        return "question", score
    return "complaint", score
