"""What the commands that run the engine share: configuration, logging, stopping by signal."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path

from monitor.config import Config, load
from monitor.model.errors import ConfigError
from monitor.runtime.embedded import STOP_SECONDS, Embedded
from monitor.runtime.store import target_of


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="файл настроек (без него действуют значения по умолчанию)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="папка данных вместо указанной в настройках")
    parser.add_argument("--region", metavar="NAME|DIR", help="профиль региона вместо указанного в настройках")


def config_of(args: argparse.Namespace) -> Config:
    """The configuration with what the command line says instead. Raises ConfigError."""
    config = load(args.config, os.environ)
    said = {name: value for name in ("data", "region") if (value := getattr(args, name, None)) is not None}
    return replace(config, nabat=replace(config.nabat, **said)) if said else config


def expect_data(config: Config) -> None:
    """ConfigError where the data folder has no store, so that nobody takes a wrong folder for an empty one."""
    target = target_of(config)
    if target.embedded and not Path(target.path).is_dir():
        raise ConfigError([f"{config.nabat.data}: данных Набата здесь нет; какая папка нужна, говорит --data или [nabat] data"])


def positive(text: str) -> int:
    """The type of an argument that counts something."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text}: нужно число не меньше 1")
    return number


def start_logging(config: Config, quiet: bool = False) -> None:
    """To stderr, one line a message; personal data and secrets are in none of them."""
    level = logging.WARNING if quiet else getattr(logging, config.nabat.log_level)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
    for name in ("clickhouse_connect", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)


def stop_on_signals(stop: asyncio.Event) -> None:
    """The first SIGINT or SIGTERM ends cleanly; a second SIGINT ends at once, and the next start recovers."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, first)
    loop.add_signal_handler(signal.SIGTERM, stop.set)


async def unless(stop: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Does ``work`` and says that it is done; if ``stop`` is set before, it is broken off."""
    doing, waiting = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.wait({doing})
        return False
    doing.result()
    return True


async def end(engine: Embedded, patience: float | None = STOP_SECONDS) -> None:
    """Stops the engine, and says so where it had to leave work for the next start."""
    if left := await engine.stop(patience):
        text = (
            f"ClickHouse недоступен: в журнале осталось неразобранных записей: {left}; они сохранены, следующий запуск разберёт их."
        )
        print(text, file=sys.stderr)
