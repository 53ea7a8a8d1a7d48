"""Which times watch believes: one machine whose clock is years ahead must not carry a region's time there for good.

Time never goes back, so a time that is far ahead of all that was read is believed only with a witness: posts that a network has dated
near it. After a long stop the first new post of any source is one; of a clock that is wrong no network knows. What is doubted moves
time no further than its posts do, and all else of it is taken as it is. Follows from the log alone.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from monitor.model.watch import Findings
from monitor.triage.findings import OLD

LEAP: Final = 7 * 86_400_000
"""Ms of time that may pass from one record to the next without a witness: Nabat was stopped, or nobody wrote."""


def believed(clock: int, at: int, newest: int = 0) -> int:
    """The time (ms) after a record of ``at``, where it was ``clock`` before. ``newest``: the latest that its posts are dated.

    The first time of all is believed: there is nothing to hold it against.
    """
    known = max(clock, min(newest, at))
    return known if clock and at > known + LEAP else max(clock, at)


def as_known(found: Findings, clock: int) -> Findings:
    """Findings whose time is doubted, as if they had been fetched at ``clock``: by it they are news or history, and by it a source is
    read.
    """
    appeals = [
        structs.replace(one, fetched_at=min(one.fetched_at, clock), past=one.past and clock - one.published_at > OLD)
        for one in found.appeals
    ]
    return structs.replace(found, fetched_at=clock, covered_until=min(found.covered_until, clock), appeals=appeals)
