"""What a watch stage is told: bounds and thresholds, and the names that people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from detectors.rare import rare
from detectors.spikes import SpikeSettings


@dataclass(slots=True, frozen=True)
class WatchSettings:
    """Times in ms; see ``[watch]`` and ``[spikes]`` in the configuration. ``rare``: kinds of detectors.rare that count."""

    bucket: int = 300_000
    grace: int = 120_000
    incident_window: int = 3 * 86_400_000
    series_window: int = 7 * 86_400_000
    duplicates: int = 200_000
    duplicate_window: int = 7 * 86_400_000
    appeals: int = 500_000
    incidents: int = 50_000
    rare: tuple[str, ...] = field(default_factory=lambda: tuple(rare()))
    spikes: SpikeSettings = field(default_factory=SpikeSettings)


@dataclass(slots=True, frozen=True)
class Names:
    """Russian names for what people read: group and theme by slug."""

    group: Callable[[str], str] = str
    theme: Callable[[str], str] = str
