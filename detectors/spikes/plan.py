"""The settings worked out once for all series: windows counted in buckets and blocks, half-lives as factors."""

from __future__ import annotations

import math

from detectors.spikes.settings import DAY, HOUR, SpikeSettings


class Plan:
    """``block`` (ms) is what the baseline learns at a time: an hour, or a bucket that is longer; it holds ``buckets``.

    ``short`` windows are counted in buckets and no longer than a block, ``long`` ones in blocks, the current one included. Windows
    are numbered, the short ones first; ``sizes`` are all of them in buckets. ``blocks`` are kept; a ``day`` has so many, and a rise
    is ``held`` back from the level for so many.
    """

    __slots__ = (
        "block",
        "blocks",
        "buckets",
        "correction",
        "day",
        "held",
        "keep_day",
        "keep_dispersion",
        "keep_fast",
        "keep_level",
        "keep_owed",
        "keep_week",
        "long",
        "settings",
        "short",
        "sizes",
        "weight",
        "youth",
    )

    def __init__(self, settings: SpikeSettings) -> None:
        self.settings = settings
        bucket = settings.bucket_ms
        self.block = block = max(HOUR, bucket)
        self.buckets = block / bucket
        self.short = tuple(sorted({max(1, round(ms / bucket)) for ms in settings.windows_ms if ms <= block} or {1}))
        self.long = tuple(sorted({round(ms / block) for ms in settings.windows_ms if ms >= 2 * block}))
        self.blocks = self.long[-1] if self.long else 1
        self.sizes = tuple(map(float, self.short)) + tuple(blocks * self.buckets for blocks in self.long)
        self.correction = 10.0 * math.log10(len(self.sizes))
        self.held = round(settings.held_ms / block)
        self.keep_level = math.exp(-block / (settings.level_days * DAY))
        self.keep_fast = math.exp(-block / (settings.fast_days * DAY))
        self.keep_day = math.exp(-max(1.0, block / DAY) / settings.day_days)
        self.keep_week = math.exp(-1.0 / settings.week_weeks)
        self.keep_dispersion = math.exp(-block / (settings.dispersion_days * DAY))
        self.keep_owed = math.exp(-bucket / settings.owed_ms)
        self.day = max(1, DAY // block)
        self.weight = settings.dispersion_hours * HOUR / block
        self.youth = settings.youth_hours * HOUR / block
