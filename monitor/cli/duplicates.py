"""``nabat duplicates FILE.jsonl``: clusters of near-duplicates in a plain file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, BinaryIO

import orjson

from detectors.duplicates import NearDuplicates
from monitor.cli.texts import Texts

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "duplicates",
        help="найти повторы в файле сообщений",
        description="Находит повторы: репосты, обрезанные и искажённые копии. Пишет в stdout по строке на сообщение: id и cluster "
        "(id первого сообщения с этим текстом).",
    )
    parser.add_argument("file", metavar="FILE.jsonl", help='по строке на сообщение: {"id", "text"}, в порядке поступления; - = stdin')
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit status: 0, 1 if a line could not be read. Raises OSError if the file could not."""
    if args.file == "-":
        return _clusters(sys.stdin.buffer, "-")
    with open(args.file, "rb") as lines:
        return _clusters(lines, args.file)


def _clusters(lines: BinaryIO, name: str) -> int:
    found = NearDuplicates()
    out = sys.stdout.buffer
    texts = Texts(lines, name)
    for key, text in texts:
        # A file has no clock: nothing expires, only the number of posts remembered is bounded.
        match = found.add(key, text, at=0)
        cluster = match.cluster if match else key
        out.write(orjson.dumps({"id": orjson.Fragment(key), "cluster": orjson.Fragment(cluster)}, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()
    return texts.status
