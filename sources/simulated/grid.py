"""Where everyday events lie: how many a source has in a slot of time, when, and which earlier one somebody refers to."""

from __future__ import annotations

from typing import Final

from sources.simulated.draw import Draw, mix, poisson
from sources.simulated.mixture import Role, role_table
from sources.simulated.rhythm import Rhythm, activity
from sources.simulated.sites import Site

# References look at the same slots again and again; these are a few hours of a region.
_SIZES_KEPT: Final = 200_000
# How far back a reference looks beyond the drawn slot before it gives up.
_REACH: Final = 200

Found = tuple[int, int, int, int, Role]
"""Slot, index in it, how many there are, seed, role."""


class Grid:
    """``per_slot`` is the region's mean number of events in a slot of ``slot_ms``."""

    def __init__(self, rhythm: Rhythm, slot_ms: int, per_slot: float) -> None:
        self._rhythm = rhythm
        self._slot_ms = slot_ms
        self._per_slot = per_slot
        self._rates: dict[int, float] = {}
        self._sizes: dict[int, tuple[int, int]] = {}

    def rate(self, slot: int) -> float:
        """Expected events of the whole region in the slot."""
        rate = self._rates.get(slot)
        if rate is None:
            if len(self._rates) > 50_000:
                self._rates.clear()
            rate = self._rates[slot] = self._per_slot * self._rhythm.rate(slot * self._slot_ms)
        return rate

    def size(self, site: Site, slot: int) -> tuple[int, int]:
        """How many events, and the seed of them all."""
        key = slot << 16 | site.index
        found = self._sizes.get(key)
        if found is None:
            if len(self._sizes) > _SIZES_KEPT:
                self._sizes.clear()
            seed = mix(site.seed ^ slot)
            mean = self.rate(slot) * site.share * activity(site.seed, slot * self._slot_ms)
            found = self._sizes[key] = (poisson(mean, seed), seed)
        return found

    def time(self, slot: int, index: int, count: int, draw: Draw) -> int:
        """Spread over the slot, its start excluded, so that the order of indices is the order of time."""
        return slot * self._slot_ms + 1 + (index * 1000 + draw.below(1000)) * self._slot_ms // (count * 1000)

    def find(self, site: Site, slot: int, wanted: frozenset[Role], bit: int = -1) -> Found | None:
        """The latest event at or before ``slot`` with a wanted role (and, if ``bit`` is given, this bit in its seed)."""
        roles = role_table(site.official)
        for place in range(slot, max(slot - _REACH, 0), -1):
            count, seed = self.size(site, place)
            for index in range(count - 1, -1, -1):
                own = mix(seed + index)
                role = roles[own & 1023]
                if role in wanted and (bit < 0 or own >> 40 & 1 == bit):
                    return place, index, count, own, role
        return None
