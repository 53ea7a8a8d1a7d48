"""``nabat spikes FILE.csv…``: spikes in plain files of counts, a JSON object a line.

A file has ``timestamp,value`` a line (times without a zone are UTC) and a regular step, which its first rows tell. Every row is
judged from earlier ones only. A line that can't be read is told on stderr and skipped; a missing one is a bucket nobody counted.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from detectors.base import Bucket
from detectors.spikes import Spikes, SpikeSettings

_STEP_ROWS = 32
"""Rows that are looked at to find the step: most differences among them are the step even where rows are missing."""
_LONGEST_GAP = 24 * 3_600_000
"""A gap (ms) that is filled with incomplete buckets: after a longer one the detector's last day is empty anyway."""


class Row(NamedTuple):
    """A line of a file: its time as written and in ms, and its count."""

    at: str
    time: int
    value: int


class Reader:
    """The rows of one file whose times rise; all other lines are told on stderr and counted in ``bad``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bad = 0

    def rows(self) -> Iterator[Row]:
        """Raises OSError."""
        last: int | None = None
        with self._path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for number, line in enumerate(file, 1):
                if not line.strip() or (number == 1 and line.strip().lower().replace(" ", "") == "timestamp,value"):
                    continue
                try:
                    row = _parse(line)
                    if last is not None and row.time <= last:
                        raise ValueError("the timestamp is not after the one before")
                except (ValueError, csv.Error) as error:
                    self.report(number, str(error))
                    continue
                last = row.time
                yield row

    def report(self, number: int, reason: str) -> None:
        self.bad += 1
        print(f"{self._path}:{number}: {reason}", file=sys.stderr)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("spikes", help="найти всплески в рядах timestamp,value (CSV)")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.csv", help="ряд с постоянным шагом по времени")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: every line of every file could be read; 1: some could not, each is told on stderr."""
    bad = 0
    for path in args.files:
        reader = Reader(path)
        try:
            for alert in _alerts(path.name, reader.rows()):
                print(orjson.dumps(alert).decode())
        except OSError as error:
            reader.report(0, error.strerror or str(error))
        bad += reader.bad
    return 1 if bad else 0


def _alerts(series: str, rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    """One a spike that begins or rises a level; ``observed`` and ``expected`` count from its onset."""
    first = list(islice(rows, _STEP_ROWS))
    step = _step(first)
    detector = Spikes(SpikeSettings(bucket_ms=step) if step else None)
    due: int | None = None
    for row in chain(first, rows):
        if due is not None and row.time - due <= _LONGEST_GAP:
            while row.time - due >= step / 2:
                detector.observe(series, Bucket(due, 0, 0, False))
                due += step
        due = row.time + step
        spike = detector.observe(series, Bucket(row.time, row.value, 0, True)).spike
        if spike is not None:
            yield {
                "series": series,
                "at": row.at,
                "level": spike.level,
                "observed": spike.observed,
                "expected": spike.expected / 1000,
                "surprise": spike.surprise,
            }


def _step(rows: list[Row]) -> int:
    """The most frequent difference of neighbours, the least of equally frequent ones, ms; 0 for fewer than two rows."""
    differences = Counter(after.time - before.time for before, after in pairwise(rows))
    return min(differences, key=lambda ms: (-differences[ms], ms), default=0)


def _parse(line: str) -> Row:
    """A line of the file. Raises ValueError with a reason that does not quote it, or csv.Error."""
    fields = next(csv.reader([line.rstrip("\r\n")]))
    if len(fields) != 2:
        raise ValueError(f"{len(fields)} fields instead of timestamp,value")
    at = fields[0].strip()
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError("the timestamp is no ISO 8601 time") from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    try:
        value = float(fields[1])
    except ValueError:
        raise ValueError("the value is no number") from None
    if not math.isfinite(value) or value < 0.0:
        raise ValueError("the value is no count")
    return Row(at, round(time.timestamp() * 1000.0), round(value))
