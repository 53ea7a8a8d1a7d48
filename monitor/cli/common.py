"""What the commands that run the engine share: configuration, logging, stopping by signal."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from dataclasses import replace
from pathlib import Path

from monitor.config import Config, load


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="файл настроек (без него действуют значения по умолчанию)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="папка данных вместо указанной в настройках")
    parser.add_argument("--region", metavar="NAME|DIR", help="профиль региона вместо указанного в настройках")


def config_of(args: argparse.Namespace) -> Config:
    """The configuration with what the command line says instead. Raises ConfigError."""
    config = load(args.config, os.environ)
    said = {name: value for name in ("data", "region") if (value := getattr(args, name, None)) is not None}
    return replace(config, nabat=replace(config.nabat, **said)) if said else config


def start_logging(config: Config, quiet: bool = False) -> None:
    """To stderr, one line a message; personal data and secrets are in none of them."""
    level = logging.WARNING if quiet else getattr(logging, config.nabat.log_level)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
    logging.getLogger("clickhouse_connect").setLevel(logging.ERROR)


def stop_on_signals(stop: asyncio.Event) -> None:
    """The first SIGINT or SIGTERM ends cleanly; a second SIGINT ends at once, and the next start recovers."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, first)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
