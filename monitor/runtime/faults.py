"""Named places where a crash hurts: between every pair of effects.

Runners call ``fault(NAME)`` there. In a product run it does nothing; the crash harness passes a function that kills the process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Fault = Callable[[str], None]

PAGE_APPENDED: Final = "page appended"
TRIAGE_ROWS: Final = "triage rows written"
FINDINGS_APPENDED: Final = "findings appended"
TRIAGE_COMMIT: Final = "triage commit"
WATCH_ROWS: Final = "watch rows written"
OUTGOING_APPENDED: Final = "outgoing appended"
SNAPSHOT: Final = "snapshot written"
WATCH_COMMIT: Final = "watch commit"

POINTS: Final = (
    PAGE_APPENDED,
    TRIAGE_ROWS,
    FINDINGS_APPENDED,
    TRIAGE_COMMIT,
    WATCH_ROWS,
    OUTGOING_APPENDED,
    SNAPSHOT,
    WATCH_COMMIT,
)


def no_fault(_: str) -> None:
    """What a product run passes."""
