"""``make figures``: every figure of quality and speed that the documents name, one after the other, as the commands print them.

Figures of quality need texts and series that are not part of the project: ``--data`` is a folder with ``data`` (labelled appeals,
comments, series) and ``tools`` (their scorers). Without it they are left out, and that is said.

    python -m tests.figures [--data DIR] [--only NAME,…]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

NABAT = (Path(sys.executable).with_name("nabat"),)
SEEDS = range(1, 6)
COVERAGE = 0.8

Figure = Callable[[Path, Path], Iterator[str]]
"""Lines of one figure, from the folder of data and an empty folder to work in."""


def run(*command: str | Path, into: Path | None = None) -> str:
    """What a command prints, or where it printed it to; its errors end all."""
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    if into is not None:
        into.write_text(done.stdout)
    return done.stdout.strip()


def kinds(data: Path, work: Path) -> Iterator[str]:
    """The shipped model on another region's appeals and on comments that are none."""
    appeals, comments, perm = (
        data / "data" / name for name in ("appeals/kursk_train.jsonl", "background/comments.jsonl", "appeals/perm_texts.jsonl")
    )
    found = work / "appeals.jsonl"
    run(*NABAT, "classify", appeals, "--region", "kursk", into=found)
    run(*NABAT, "classify", comments, "--region", "kursk", into=work / "comments.jsonl")
    run(*NABAT, "classify", perm, into=work / "perm.jsonl")
    groups = data / "data/appeals/kursk_groups.json"
    score = (sys.executable, data / "tools/score_classify.py", appeals)
    yield run(*score, found, "--groups", groups, "--background", work / "comments.jsonl")
    rows = [json.loads(line) for line in (work / "perm.jsonl").read_text().splitlines()]
    yield f"perm_texts: appeal recall {sum(row['appeal'] for row in rows) / len(rows):.3f} of {len(rows)}"
    yield surest(appeals, found, json.loads(groups.read_text()))


def surest(labelled: Path, found: Path, groups: dict[str, list[str]]) -> str:
    """Group accuracy over all, and over the share that the model is surest of."""
    themes = {row["id"]: row["theme"] for row in map(json.loads, labelled.read_text().splitlines())}
    judged = [
        (row["score"], row["group"] in groups[themes[row["id"]]])
        for row in map(json.loads, found.read_text().splitlines())
        if groups.get(themes[row["id"]])
    ]
    judged.sort(key=lambda one: -one[0])
    kept = judged[: int(COVERAGE * len(judged))]
    every, best = (sum(right for _, right in some) / len(some) for some in (judged, kept))
    return f"abstaining: group accuracy {every:.3f} of all, {best:.3f} of the {COVERAGE:.0%} with the highest score"


def trained(data: Path, work: Path) -> Iterator[str]:
    """A model of the region's own labels, cross-validated."""
    yield run(*NABAT, "train", data / "data/appeals/kursk_train.jsonl", "--region", "kursk", "--out", work / "own.npz", "--force")


def duplicates(data: Path, work: Path) -> Iterator[str]:
    for seed in SEEDS:
        stream, truth, found = (work / f"{name}{seed}.jsonl" for name in ("stream", "truth", "found"))
        make = (sys.executable, data / "tools/make_duplicates.py", data / "data/appeals/kursk_train.jsonl")
        run(*make, stream, truth, "--seed", str(seed))
        run(*NABAT, "duplicates", stream, into=found)
        yield f"seed {seed}: " + run(sys.executable, data / "tools/score_duplicates.py", truth, found)


def script(data: Path, work: Path) -> Iterator[str]:
    """The script that the hot path is compared with, on the texts of ``kinds``."""
    yield run(sys.executable, "-m", "tests.benchmarks.rival_quality", data)


def spikes(data: Path, work: Path) -> Iterator[str]:
    series, found = data / "data/spikes", work / "alerts.jsonl"
    run(*NABAT, "spikes", *sorted(series.glob("*.csv")), into=found)
    for profile in ("standard", "low_fp"):
        score = (sys.executable, data / "tools/score_spikes.py", series / "labels.json", series, found)
        yield run(*score, "--profile", profile)


def held_out(data: Path, work: Path) -> Iterator[str]:
    """The frozen texts that nothing was learned from; they need no ``data``."""
    yield run(sys.executable, "-m", "tests.held_out.score", "--confusion")


def claim(data: Path, work: Path) -> Iterator[str]:
    """What two operators wait for; it needs Chromium and no ``data``."""
    yield run(sys.executable, "-m", "tests.benchmarks.claim")


def bench(*arguments: str) -> Figure:
    def figure(data: Path, work: Path) -> Iterator[str]:
        yield run(*NABAT, "bench", *arguments)

    return figure


OF_DATA: dict[str, Figure] = {"kinds": kinds, "script": script, "trained": trained, "duplicates": duplicates, "spikes": spikes}
OF_BENCH: dict[str, Figure] = {
    "held-out": held_out,
    "hot-path": bench("hot-path", "--posts", "20000"),
    "memory": bench("hot-path", "--memory"),
    "tension": bench("spikes"),
    "parse": bench("parse"),
    "crawl": bench("crawl"),
    "end-to-end": bench("end-to-end", "--seconds", "30"),
    "claim": claim,
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with data and tools for the figures of quality")
    parser.add_argument("--only", default="", help=f"names, by commas: {', '.join((*OF_DATA, *OF_BENCH))}")
    given = parser.parse_args(arguments)
    wanted = [name for name in given.only.split(",") if name] or [*OF_DATA, *OF_BENCH]
    if unknown := [name for name in wanted if name not in OF_DATA | OF_BENCH]:
        parser.error(f"no figures of this name: {', '.join(unknown)}")
    for name in wanted:
        print(f"\n## {name}\n", flush=True)
        if name in OF_DATA and given.data is None:
            print("left out: needs --data", flush=True)
            continue
        with tempfile.TemporaryDirectory() as work:
            for line in (OF_DATA | OF_BENCH)[name](given.data or Path(), Path(work)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
