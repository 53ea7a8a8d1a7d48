"""``nabat replay``: posts from files through the whole pipeline, and a summary."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from monitor.cli.common import add_config, config_of, end, start_logging, stop_on_signals
from monitor.cli.figures import figures
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.metrics.labels import PostOutcome
from monitor.model.errors import ConfigError
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.profile.load import load_profile
from monitor.profile.model import Profile
from monitor.runtime.embedded import STOP_SECONDS, Embedded
from monitor.runtime.keys import load_key
from sources.files import FilesAdapter


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("replay", help="прогнать сообщения из файлов через весь конвейер и подвести итог")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSONL или CSV: id, text и поля сообщения")
    add_config(parser)
    parser.add_argument("--at", metavar="TIME", help="время строк без времени (ISO 8601); по умолчанию время изменения файла")
    parser.add_argument("--json", action="store_true", help="итог одной строкой JSON вместо таблицы")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    config = config_of(args)
    start_logging(config, quiet=True)
    profile = load_profile(config.nabat.region)
    at = _moment(args.at, profile) if args.at else None
    missing = [f"{path}: {_no_file(path)}" for path in args.files if not path.is_file()]
    if missing:
        raise ConfigError(missing)
    summary, refused = asyncio.run(_replay(config, profile, args.files, at, progress=sys.stderr.isatty()))
    if args.json:
        print(orjson.dumps(summary).decode())
    else:
        for key, value in summary.items():
            print(f"{LABELS.get(key, key):28} {value}")
    if refused:
        print("Не принято ни одной строки. Почему: nabat deadletters list с теми же --region и --data.", file=sys.stderr)
        return 1
    if summary["dead_letters"]:
        print("Часть строк не принята. Почему: nabat deadletters list с теми же --region и --data.", file=sys.stderr)
    return 0


def _no_file(path: Path) -> str:
    if path.is_dir():
        return "это папка, а нужен файл"
    return "это устройство или канал, а нужен файл" if path.exists() else "такого файла нет"


TAKEN: Final[tuple[PostOutcome, ...]] = ("new", "changed", "deleted", "known")
LABELS = {
    "posts": "сообщений прочитано",
    "written": "записано новых и изменённых",
    "duplicates": "повторов чужих текстов",
    "appeals": "обращений",
    "incidents": "инцидентов",
    "alerts": "тревог",
    "dead_letters": "не принято",
    "seconds": "секунд",
}


def _moment(text: str, profile: Profile) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([f"--at: {text!r} не время; пример: 2026-02-01T08:00"]) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=profile.calendar.timezone)
    return int(moment.timestamp() * 1000)


async def _replay(config: Config, profile: Profile, files: list[Path], at: int | None, progress: bool) -> tuple[dict[str, Any], bool]:
    """The summary, and whether everything was refused."""
    began = time.monotonic()
    stop = asyncio.Event()
    stop_on_signals(stop)
    key = load_key(config.privacy.author_key_file, Path(config.nabat.data) / "keys" / "authors.key")
    adapter = FilesAdapter(key, at=at, replay=True, zone=profile.calendar.timezone)
    sources = [Source(f"file:{path.stem}", "file", "intake", profile.id, str(path.resolve()), path.name) for path in files]
    engine = Embedded(config, profile, sources, {"file": adapter}, SystemClock(), linger=0.0)
    total: Counter[str] = Counter()
    latest = 0
    show = _Progress(sum(path.stat().st_size for path in files)) if progress else None

    def on_page(page: Page) -> None:
        total["posts"] += len(page.posts) + len(page.broken)
        nonlocal latest
        latest = max(latest, page.fetched_at)
        if show:
            show(total["posts"])

    try:
        await engine.open()
        before = await figures(engine)
        await engine.start(crawl=False, ticks=False, console=False)
        reading = asyncio.create_task(_read(engine, files, sources, at, on_page))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not reading.done():
            reading.cancel()
        else:
            reading.result()
        await engine.drain()
        settings = config.watch
        await engine.tick(latest + (settings.bucket_seconds + settings.grace_seconds) * 1000)
        await engine.drain()
        after = await figures(engine)
    finally:
        await end(engine, STOP_SECONDS if stop.is_set() else None)
    changed = {name: after[name] - before[name] for name in after}
    taken = sum(engine.registry.get_sample_value("nabat_posts_total", {"outcome": one}) or 0 for one in TAKEN)
    refused = total["posts"] > 0 and not taken and not stop.is_set()
    summary = {
        "posts": total["posts"],
        "written": changed["revisions"],
        "duplicates": changed["duplicates"],
        "appeals": changed["appeals"],
        "incidents": changed["incidents"],
        "alerts": changed["alerts"],
        "dead_letters": changed["dead_letters"],
        "seconds": round(time.monotonic() - began, 2),
    }
    return summary, refused


async def _read(engine: Embedded, files: list[Path], sources: list[Source], at: int | None, on_page: Callable[[Page], None]) -> None:
    """Time is that of the rows, else ``at``, else the file's own: never the clock's, so that a second run is the same run."""
    for path, source in zip(files, sources, strict=True):
        modified = int((await asyncio.to_thread(path.stat)).st_mtime * 1000)
        await engine.crawler.replay(source, at if at is not None else modified, on_page)


class _Progress:
    """A line on the terminal that says how many posts went through."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._began = time.monotonic()
        self._shown = 0.0

    def __call__(self, posts: int) -> None:
        now = time.monotonic()
        if now - self._shown > 0.2:
            self._shown = now
            rate = posts / max(now - self._began, 0.001)
            print(f"\rпрочитано {posts}, {rate:.0f} в секунду", end="", file=sys.stderr, flush=True)
