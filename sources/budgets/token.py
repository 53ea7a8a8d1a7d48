"""A token as people wrote it down, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

TokenState = Literal["ready", "resting", "parked", "elsewhere"]
Reason = Literal["", "resting", "rate", "flood", "quota", "dead", "captcha", "failed"]


@dataclass(slots=True, frozen=True)
class Token:
    """``name`` is unique in its network; it may be shown and logged, ``value`` may not."""

    network: str
    kind: str
    name: str
    value: str = field(repr=False)

    @property
    def id(self) -> str:
        return f"{self.network}/{self.name}"

    @property
    def mark(self) -> str:
        """32 bits by which another value under the same name is known; they tell nothing of the value."""
        return blake2b(self.value.encode(), digest_size=4).hexdigest()


@dataclass(slots=True, frozen=True)
class Standing:
    """How a token stands, for people. ``method``: only this one is parked (empty: all). ``until`` is ms, 0: until it is replaced.

    ``used`` and ``quota`` by method, in the last 24 hours. ``elsewhere``: another crawler has it.
    """

    network: str
    kind: str
    name: str
    state: TokenState
    reason: Reason = ""
    method: str = ""
    until: int = 0
    used: dict[str, int] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
