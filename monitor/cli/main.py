"""The command ``nabat``: the composition root. Each command is a module of its own, imported when it is asked for its arguments.

That takes a second, in which whoever presses Ctrl-C shall see no traceback either.
"""

from __future__ import annotations

import argparse
import errno
import sys
from importlib import import_module
from typing import Final

from monitor import __version__
from monitor.cli.words import describe, russian
from monitor.model.errors import NabatError
from monitor.problems import why

COMMANDS: Final = (
    "demo", "run", "replay", "crawl", "worker", "console", "check", "sources", "migrate", "classify", "duplicates",
    "spikes", "backtest", "train", "reprocess", "deadletters", "destinations", "users", "people", "bench",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    russian()
    root = argparse.ArgumentParser(
        prog="nabat",
        description="Набат: потоковый монитор того, что жители пишут о своих городах.",
        epilog="Справка по команде: nabat КОМАНДА --help",
    )
    root.add_argument("--version", action="version", version=f"nabat {__version__}", help="показать версию и выйти")
    commands = root.add_subparsers(title="команды", metavar="КОМАНДА", required=True)
    for command in COMMANDS:
        import_module(f"monitor.cli.{command}").add(commands)
    describe(root)
    return root


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Exit code 0: done; 1: done with errors that were told; 2: wrong use or configuration."""
    try:
        args = parser().parse_args(arguments)
        code: int = args.run(args)
    except KeyboardInterrupt:
        return 130
    except NabatError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read our output has had enough (head, less).
        sys.stderr.close()
        return 0
    except OSError as error:
        # Files that can't be had are no fault of the program; whatever else the system refuses may be one, and shows where.
        if not (error.filename or error.errno == errno.ENOSPC):
            raise
        print(f"{error.filename}: {why(error)}" if error.filename else why(error), file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
