"""What sources share: a limit, and the ceilings of their classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from monitor.model.source import SourceClass

SLOTS: Final = 25
"""Hours of a plan: those that a day touches."""
RESERVE: Final = 0.08
"""Of a quota: 5 % for what is read at once and for answers in several pieces, 3 % for history."""
BOOST: Final = 0.05
HISTORY: Final = 0.03
HISTORY_PAUSE: Final = 2.0
"""Seconds, also where there is no limit."""
BOOST_MOST: Final = 30.0
"""Readings at once that may have been saved up."""
BUSY: Final = 0.6
"""Of what a rate allows on average: evenings are busier than nights."""
SLACK: Final = 0.93
"""Of a ceiling: what is planned. The rest is for waiting in line and for the answer."""
FIRST_SECONDS: Final = 3600.0
"""Within these all sources are read for the first time, if the rate allows; as soon as half of the rate allows it."""
JITTER: Final = 5_000
"""ms by which a clock may be put back without anything being made of it."""
NEVER: Final = 1 << 60


@dataclass(slots=True, frozen=True)
class Settings:
    """``ceilings``: seconds between two readings at most, by class of source."""

    ceilings: Mapping[SourceClass, float] = field(default_factory=lambda: {"critical": 300, "ordinary": 7200, "rare": 43_200})


@dataclass(slots=True)
class Lane:
    """Sources (by number) that share a limit: readings in a day (infinity: there is none), in a second.

    ``short``: the limit does not cover the ceilings of all. ``saved``: readings at once that it may still be asked for.
    """

    network: str
    method: str
    members: list[int]
    short: bool = False
    saved: float = BOOST_MOST
    a_day: float = 0.0
    a_second: float = 0.0
