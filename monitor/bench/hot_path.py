"""``nabat bench hot-path``: pages of bytes to rows through triage and watch on one core, beside a floor and a rival.

No store and no network: what is timed is decoding, triage, the findings on their way through the log's form, and watch, up to
the rows and outgoing records. The floor is ``orjson.loads`` over the same pages; the rival is the script that a user would write.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from detectors.classifier import RuleClassifier
from monitor.bench import pages as bench_pages
from monitor.config import Config
from monitor.log.base import PAGES, WATCH, Record
from monitor.model.watch import Tick, encode_record
from monitor.profile.model import Profile
from monitor.runtime import compose
from monitor.runtime.collector import settle

WARM_UP = 5000
"""Posts that are taken before the clock starts: a process that runs for weeks has met the words of its region."""
BATCH = 50
"""Pages of a batch, as the embedded runtime takes them under load."""


@dataclass(slots=True)
class Figures:
    """Of one run: posts, rows and appeals; wall seconds in all and by bucket, which add up."""

    posts: int = 0
    rows: int = 0
    appeals: int = 0
    duplicates: int = 0
    seconds: float = 0.0
    spent: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("decode", "triage", "log", "watch"), 0.0))

    @property
    def rate(self) -> float:
        return self.posts / self.seconds if self.seconds else 0.0


class HotPath:
    """Triage and watch of one region, with empty memories, as the embedded runtime composes them."""

    def __init__(self, config: Config, profile: Profile, watched: list[str]) -> None:
        classifier = RuleClassifier(profile)
        world = bench_pages.world_of(profile, 1.0)
        sources = [source for source in world.sources if source.id in watched] if watched else list(world.sources)
        use = compose.use_of(config, profile, classifier, sources, 0)
        self.triage = compose.triage_stage(config, [profile], sources, 1, lambda payload, place: payload)
        self.watch = compose.watch_stage(config, [profile], sources, [use], 1)
        self._offset = 0
        self._watch_offset = 0

    def take(self, pages: Iterable[bytes], figures: Figures) -> None:
        """Works a stream of pages off in batches."""
        stream = iter(pages)
        while batch := list(islice(stream, BATCH)):
            records = [Record(PAGES, 0, self._offset + n, "", data, 0) for n, data in enumerate(batch)]
            self._offset += len(batch)
            began = time.perf_counter()
            decoded = self.triage.decode(records)
            self.triage.forgotten(decoded)
            decoding = time.perf_counter()
            effects = self.triage.process(decoded)
            triaging = time.perf_counter()
            values = [encode_record(one) for one in effects.findings]
            # As the partition's owner does: time passes also for sources that bring nothing.
            values.append(encode_record(Tick(max((one.fetched_at for one in effects.findings), default=0))))
            found = [Record(WATCH, 0, self._watch_offset + n, "", value, 0) for n, value in enumerate(values)]
            self._watch_offset += len(found)
            logging = time.perf_counter()
            later = self.watch.process(found)
            ended = time.perf_counter()
            figures.posts += sum(len(one.page.posts) for one in decoded if one.page)
            figures.rows += len(effects.rows) + len(later.rows)
            figures.appeals += later.appeals
            figures.duplicates += effects.duplicates + later.matched
            figures.seconds += ended - began
            for name, seconds in zip(
                figures.spent, (decoding - began, triaging - decoding, logging - triaging, ended - logging), strict=True
            ):
                figures.spent[name] += seconds


def one_core() -> None:
    """Keeps this process on one core, and its numerical libraries on one thread."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def floor(pages: list[bytes]) -> float:
    """Posts a second of orjson.loads alone."""
    began = time.perf_counter()
    posts = sum(len(orjson.loads(data)["posts"]) for data in pages)
    return posts / (time.perf_counter() - began)


def measure(config: Config, profile: Profile, posts: int, rival: bool) -> dict[str, Any]:
    """Figures of the hot path on new posts and with re-crawled ones, of the floor, and of the rival where it can be had.

    Nabat and its rivals take turns, some thousands of posts each: whatever slows the machine down for a while slows all of them.
    """
    world = bench_pages.world_of(profile, 20.0)
    stream = bench_pages.fresh(world, WARM_UP + posts)
    first, pages = list(_until(stream, WARM_UP)), list(stream)
    rivals = _rivals(world) if rival else {}
    new, fresh = HotPath(config, profile, []), Figures()
    new.take(first, Figures())
    settle()
    for at in range(0, len(pages), BATCH):
        new.take(pages[at : at + BATCH], fresh)
        for run in rivals.values():
            run.take(pages[at : at + BATCH])
    again, read = HotPath(config, profile, []), Figures()
    again.take(first, Figures())
    settle()
    again.take(bench_pages.recrawled(pages), read)
    result: dict[str, Any] = {
        "posts": fresh.posts,
        "bytes": sum(map(len, pages)),
        "floor": round(floor(pages)),
        "new": _shown(fresh),
        "recrawled": _shown(read),
    }
    if rivals:
        result["rival"] = {name: round(run.figures.rate) for name, run in rivals.items()}
        result["rival"] |= {f"times_{name}": round(fresh.rate / run.figures.rate, 2) for name, run in rivals.items()}
    return result


def _shown(figures: Figures) -> dict[str, Any]:
    return {
        "posts_per_second": round(figures.rate),
        "rows": figures.rows,
        "appeals_share": round(figures.appeals / max(figures.posts, 1), 3),
        "duplicates": figures.duplicates,
        "microseconds": {name: round(1e6 * seconds / max(figures.posts, 1), 1) for name, seconds in figures.spent.items()},
    }


def _rivals(world: Any) -> dict[str, Any]:
    """The rival's runs. It is taught by the truth of another week of the same world."""
    from monitor.bench.rival import Rival

    week = 7 * 86_400_000
    labels = {one.id: one.group or "chatter" for one in world.truth(bench_pages.START - week, bench_pages.START - week + 1_800_000)}
    training = [
        (post.text, labels[post.id])
        for page in world.pages(bench_pages.START - week, bench_pages.START - week + 1_800_000)
        for post in page.posts
        if post.id in labels and post.text
    ]
    runs: dict[str, Any] = {}
    for prefix, rival in (("", Rival(training)), ("words_", Rival(training, "words"))):
        runs |= {f"{prefix}lsh_on_all": rival.begin("all"), f"{prefix}lsh_on_appeals": rival.begin("appeals")}
    return runs


def bounded(config: Config) -> Config:
    """The configuration with memories that 200,000 posts fill."""
    return replace(
        config,
        triage=replace(config.triage, remember_posts=100_000, remember_texts=50_000, remember_words=20_000),
        watch=replace(config.watch, duplicates=10_000, appeals=10_000, incidents=5_000),
    )


def memory(config: Config, profile: Profile, marks: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Resident memory of the hot path after so many posts, with bounds that are full by 200,000."""
    path = HotPath(bounded(config), profile, [])
    gc.collect()
    empty = resident()
    # Slow enough that what is kept by time, a week of series, is full by 200,000 posts too.
    world = bench_pages.world_of(profile, 0.33)
    stream = bench_pages.fresh(world, max(marks))
    figures = Figures()
    for mark in sorted(marks):
        path.take(_until(stream, mark - figures.posts), figures)
        gc.collect()
        held = resident()
        remembered = len(path.triage.known)
        yield {
            "posts": figures.posts,
            "resident_mb": round(held / 1e6, 1),
            "over_empty_mb": round((held - empty) / 1e6, 1),
            "remembered": remembered,
            "bytes_per_entry": round((held - empty) / max(remembered, 1)),
        }


def _until(stream: Iterator[bytes], posts: int) -> Iterator[bytes]:
    """About so many posts of a stream: pages have a hundred each."""
    return islice(stream, max(1, posts // bench_pages.PAGE))
