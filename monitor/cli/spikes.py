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

from detectors.spikes import Lone, Seen, SpikeSettings
from monitor.cli.spikes_plot import Plot
from monitor.model.errors import ConfigError
from monitor.problems import why
from monitor.reasons import csv_reason

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
                        raise ValueError("время не позже предыдущего")
                except csv.Error as error:
                    self.report(number, f"не CSV: {csv_reason(error)}")
                    continue
                except ValueError as error:
                    self.report(number, str(error))
                    continue
                last = row.time
                yield row

    def report(self, number: int, reason: str) -> None:
        """``number`` of a line, or 0 for the file as a whole."""
        self.bad += 1
        print(f"{self._path}:{number}: {reason}" if number else f"{self._path}: {reason}", file=sys.stderr)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("spikes", help="найти всплески в рядах timestamp,value (CSV)")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.csv", help="ряд с постоянным шагом по времени")
    parser.add_argument(
        "--per-week", type=float, default=1.0, metavar="N", help="сколько оповещений в неделю допустимо от одного ряда (1)"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="нарисовать ряды, обычную полосу и оповещения (nabat[plot])")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0: every line of every file could be read; 1: some could not, each is told on stderr."""
    if not 0.0 < args.per_week < 1e6:
        raise ConfigError([f"--per-week: {args.per_week:g}: нужно положительное число"])
    plot = Plot(args.plot, len(args.files)) if args.plot else None
    bad = 0
    for path in args.files:
        reader = Reader(path)
        try:
            for row, seen in _judged(reader.rows(), args.per_week):
                if plot:
                    plot.add(path.name, row.time, row.value, seen)
                if seen.level is not None:
                    print(orjson.dumps(_alert(path.name, row, seen)).decode())
        except BrokenPipeError:
            raise
        except OSError as error:
            reader.report(0, why(error))
        bad += reader.bad
    if plot:
        plot.save()
    return 1 if bad else 0


def _alert(series: str, row: Row, seen: Seen) -> dict[str, Any]:
    """A spike that begins or rises a level; ``observed`` and ``expected`` count from its onset."""
    return {
        "series": series,
        "at": row.at,
        "level": seen.level,
        "observed": seen.observed,
        "expected": round(seen.since, 3),
        "surprise": seen.surprise,
    }


def _judged(rows: Iterator[Row], per_week: float) -> Iterator[tuple[Row, Seen]]:
    """Every row with what earlier ones say of it."""
    first = list(islice(rows, _STEP_ROWS))
    step = _step(first)
    lone = Lone(SpikeSettings(per_week=per_week, bucket_ms=step) if step else SpikeSettings(per_week=per_week))
    due: int | None = None
    for row in chain(first, rows):
        if due is not None and row.time - due <= _LONGEST_GAP:
            while row.time - due >= step / 2:
                lone.see(due, 0, False)
                due += step
        due = row.time + step
        yield row, lone.see(row.time, row.value, True)


def _step(rows: list[Row]) -> int:
    """The most frequent difference of neighbours, the least of equally frequent ones, ms; 0 for fewer than two rows."""
    differences = Counter(after.time - before.time for before, after in pairwise(rows))
    return min(differences, key=lambda ms: (-differences[ms], ms), default=0)


def _parse(line: str) -> Row:
    """A line of the file. Raises ValueError with a reason that does not quote it, or csv.Error."""
    fields = next(csv.reader([line.rstrip("\r\n")]))
    if len(fields) != 2:
        raise ValueError(f"столбцов {len(fields)}, а нужны два: timestamp,value")
    at = fields[0].strip()
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError("время не по ISO 8601, например 2026-01-12T08:00") from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    try:
        value = float(fields[1])
    except ValueError:
        raise ValueError("значение не число") from None
    if not math.isfinite(value) or value < 0.0:
        raise ValueError("значение не количество")
    return Row(at, round(time.timestamp() * 1000.0), round(value))
