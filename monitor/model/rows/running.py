"""Rows of the running itself: a region's state in chunks, and how its sources stand."""

from __future__ import annotations

from typing import NamedTuple


class SnapshotRow(NamedTuple):
    """snapshots, key ``(region, id, chunk)``: a region's state in chunks; chunk -1 is the manifest, written last. Writer: watch."""

    region: str
    id: str
    chunk: int
    data: bytes
    hash: str
    version: int


class SourceHealthRow(NamedTuple):
    """source_health, key ``(region, source)``: the state of a source. Writer: crawler. ``version`` is its clock, ms."""

    region: str
    source: str
    network: str
    name: str
    kind: str
    territory: str
    state: str
    fetched_at: int
    covered_until: int
    posts: int
    error: str
    version: int
