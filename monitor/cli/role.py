"""What the commands of a cluster's roles share: running until a signal, and being gone soon after it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Protocol

from monitor.cli.common import add_config, config_of, start_logging, stop_on_signals, unless
from monitor.config import Config

STOP_SECONDS = 9.5
"""After so long a process that is to end does, whatever hangs: the log has what is not done, and supervisors kill after ten."""


class Ending(Protocol):
    """A process of the cluster as it is run here."""

    async def run_until(self, stop: asyncio.Event) -> None: ...

    async def stop(self) -> None: ...


def add_role(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    add_config(parser)
    parser.set_defaults(run=run)


def configure(args: argparse.Namespace) -> Config:
    config = config_of(args)
    start_logging(config)
    for name in ("faust", "mode", "aiokafka"):
        # What they tell otherwise is their own inner life.
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    return config


async def run_role(process: Ending, start: Callable[[], Coroutine[None, None, None]]) -> None:
    """Until SIGTERM or SIGINT, or until a part of the process fails: then its error is raised."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    try:
        if await unless(stop, start()):
            try:
                await process.run_until(stop)
            finally:
                _set_deadline(0 if stop.is_set() else 1)
    finally:
        await process.stop()


def _set_deadline(code: int) -> None:
    """Ends the process for certain, also where Python would wait for threads afterwards: for those that still work on a batch."""
    timer = threading.Timer(STOP_SECONDS, os._exit, [code])
    timer.daemon = True
    timer.start()
