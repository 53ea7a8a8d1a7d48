"""For how long a server wants not to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST: Final = 86_400.0
"""Seconds; a server that asks for more than a day is asked again tomorrow: its clock may be wrong."""


def retry_after(headers: Mapping[str, str], now: int) -> float:
    """Seconds that ``retry-after`` asks for (a number or an HTTP date; ``now`` is ms), at most a day; 0.0 if it says nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST)
    try:
        date = parsedate_to_datetime(text)
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now / 1000
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST)
