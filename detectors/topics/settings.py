"""The parameters of unknown topics, each with the reason of its default."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass(slots=True, frozen=True)
class TopicSettings:
    """Times in ms, surprise in decibels (see monitor.model.incident.Spike)."""

    people: int = 8
    """So many must write a word within two hours: fewer are a conversation."""
    sources: int = 3
    """Whose texts have it in so many sources: one community has its own talk."""
    wordings: int = 4
    """Different texts with the word: a text that is passed on unchanged is a campaign, not a topic."""
    surprise: int = 80
    """One in a hundred million windows of a word; a region's people write tens of thousands of different words."""
    warm_hours: int = 24
    """Before a day has been seen every evening's words are new."""
    step: int = 10 * MINUTE
    """How often words are judged."""
    words: int = 40_000
    """Words of a region whose habits are kept: those that several people write within an hour, in some weeks."""
    excerpts: int = 3_000
    """Beginnings of posts kept for names and examples, about two hours of a busy region."""
    mute_hours: int = 24
    """A topic that has ended is no news for so long."""
    mean_hours: float = 168.0
    """Half-life of a word's mean: a week has each weekday."""
    peak_hours: float = 336.0
    """Half-life of a word's highest hour: what comes every evening or every Friday is a habit."""
