"""The settings worked out once for all series: windows counted in buckets and blocks, half-lives as factors."""

from __future__ import annotations

import math

import numpy as np

from detectors.spikes.settings import DAY, HOUR, SpikeSettings

_PENALTY = 14.0
_LONGER = 7.0
"""Decibels that a window is worth less: so much one of a quarter of an hour, and so much less one of ten times its length. A longer
window tries more rarely; as many false alerts come of each so that none spends what the others need (the scale penalty of
Duembgen and Spokoiny, Annals of Statistics 2001, with a slope measured for counts)."""
_QUARTER = 15 * 60_000


class Plan:
    """``block`` (ms) is what the baseline learns at a time: an hour, or a bucket that is longer; it holds ``buckets``.

    ``short`` windows are counted in buckets and no longer than a block, ``long`` ones in blocks, the current one included. Windows
    are numbered, the short ones first; ``sizes`` are all of them in buckets. ``blocks`` are kept; a ``day`` has so many, and a rise
    is ``held`` back from the level for so many. ``spans`` are the blocks that a window touches, ``correction`` is what is taken off
    its surprise: for series side by side by length, for one ``alone`` the same for all, as its habits weigh them.
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
        "spans",
        "weight",
        "youth",
    )

    def __init__(self, settings: SpikeSettings, alone: bool = False) -> None:
        self.settings = settings
        bucket = settings.bucket_ms
        self.block = block = max(HOUR, bucket)
        self.buckets = block / bucket
        self.short = tuple(sorted({max(1, round(ms / bucket)) for ms in settings.windows_ms if ms <= block} or {1}))
        self.long = tuple(sorted({round(ms / block) for ms in settings.windows_ms if ms >= 2 * block}))
        self.blocks = self.long[-1] if self.long else 1
        self.sizes = tuple(map(float, self.short)) + tuple(blocks * self.buckets for blocks in self.long)
        sizes = np.array(self.sizes)
        self.spans = np.maximum(1.0, sizes / self.buckets)
        even = np.full(len(sizes), 10.0 * math.log10(len(sizes)))
        by_length = np.maximum(0.0, _PENALTY - _LONGER * np.log10(np.maximum(sizes * bucket / _QUARTER, 1.0)))
        self.correction = even if alone else by_length
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
