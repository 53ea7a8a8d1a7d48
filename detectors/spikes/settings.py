"""The parameters of the spike detector, each with the reason of its default.

One set serves every series, from five posts a week to a hundred in five minutes: what differs between series is learned.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(slots=True, frozen=True)
class SpikeSettings:
    """Raises ValueError where a value makes no sense. Times in ms, surprise in decibels."""

    bucket_ms: int = 5 * MINUTE

    minimum: int = 5
    """Posts in the window: four neighbours who meet in one thread are no event for a region."""
    authors: int = 3
    """Distinct authors in the window, where they are known: one angry person is no spike."""

    per_week: float = 6.5
    """Alerts a week by chance that a region's people put up with, over all of its series together; true ones come on top."""
    notice: int = 40
    """One in ten thousand buckets of one series. It moves to where it gives ``per_week`` in all, the three levels together if that is
    higher, and lower only as far as few series bear (see Pool)."""
    urgent: int = 70
    """A thousand times rarer than a notice: beyond what a series shows by chance in years."""
    flash: int = 110
    """Beyond any doubt in the model: people may be woken up."""

    calm: int = 20
    """A spike goes on while one bucket in a hundred would be as high: half of ``notice``, so that it does not flicker."""
    calm_ms: int = HOUR
    """How long the surprise stays under ``calm`` before the spike has ended."""
    spacing_ms: int = DAY
    """For so long after an end only a higher level begins a new spike: what comes back at tomorrow's busy hours is known already."""

    timezone_offset_ms: int = 0
    """Local time minus UTC: the week's rhythm is that of people, not of the servers."""
    holidays: frozenset[int] = frozenset()
    """Local days, counted from 1970-01-01, on which people live as on a Sunday."""
    working: frozenset[int] = frozenset()
    """Days of weekends that are worked like a Friday."""
    windows_ms: tuple[int, ...] = (5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY)
    """Short ones see a burst at once, one of an hour gathers rare posts, the long ones see a slow rise."""

    level_days: float = 14.0
    """Memory of the level: two of each weekday, and a season has moved on."""
    fast_days: float = 3.0
    """Memory of the quick correction of the level: snow that lasts is usual after two days; quicker, and a slow rise hides itself."""
    shrink_posts: float = 20.0
    """Posts that the quick correction and each factor of rhythm must outweigh: fewer are chance."""
    day_days: float = 14.0
    """Memory of the rhythm of the day."""
    week_weeks: float = 6.0
    """Memory of the rhythm of the week: there is one sample a week only."""
    clip: float = 3.0
    """Standard deviations beyond which an hour no longer lifts level and rhythm: a burst is no habit."""
    hot: float = 35.0
    """Surprise of an hour that teaches nothing: no level more than what was expected, and no dispersion."""
    held_ms: int = 36 * HOUR
    """For so long: what goes on after a day and a half may be a new level, and is learned."""
    population: int = 8
    """So many series show together what the day and the week are like; fewer would each be shrunk towards themselves."""

    dispersion: float = 0.5
    """Variance beyond Poisson's before any is learned, as a share of mean times level: posts provoke posts."""
    dispersion_hours: float = 24.0
    """Weight of that assumption, in hours."""
    dispersion_days: float = 14.0
    """Memory of the dispersion."""
    dispersion_floor: float = 0.005
    """No series is more regular than to 7 % of its level, however calm its last weeks were."""
    dispersion_posts: float = 5.0
    """A window with fewer expected posts than this says little about dispersion: one burst would decide for weeks."""
    dispersion_clip: float = 3.0
    """Standard deviations beyond which a window no longer widens the dispersion: that describes the usual, not the bursts."""
    youth_hours: float = 24.0
    """A young series gets (this over its age)**2 more dispersion: its rhythm is not known before a day has passed."""

    owed_ms: int = HOUR
    """How long posts that an incomplete bucket lacks may still come, in one of the next: they would look like a burst."""

    def __post_init__(self) -> None:
        if self.bucket_ms <= 0 or not self.windows_ms or min(self.windows_ms) <= 0:
            raise ValueError("bucket_ms and windows_ms must be positive")
        if not 0 < self.calm <= self.notice <= self.urgent <= self.flash:
            raise ValueError("levels must rise: 0 < calm <= notice <= urgent <= flash")
        if self.per_week <= 0.0:
            raise ValueError("per_week must be positive")
