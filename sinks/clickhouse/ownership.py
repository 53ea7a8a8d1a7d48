"""One process owns a data folder: chDB refuses a second one with an obscure error, so this says it first and clearly.

The lock is an flock on a file inside the folder: it goes with the process, however that ends. The file holds the owner's pid.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from pathlib import Path

from monitor.model.errors import ConfigError

LOCK_FILE = "owner.lock"

_guard = threading.Lock()
_held: dict[str, tuple[int, int]] = {}
"""Folder (real path) to (file descriptor, number of holders in this process)."""


def acquire(folder: str) -> str:
    """Makes this process the owner of ``folder`` (created if missing); returns its real path, which ``release`` takes.

    May be called again for the same folder. Raises ConfigError where another process owns it, or where this process has
    another folder open: the engine takes one at a time.
    """
    real = os.path.realpath(folder)
    with _guard:
        if real in _held:
            descriptor, holders = _held[real]
            _held[real] = (descriptor, holders + 1)
            return real
        if _held:
            raise ConfigError([f"{folder}: этот процесс уже открыл {next(iter(_held))}; двух папок данных сразу не бывает"])
        Path(real).mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(PermissionError):
            # The engine lets everybody read its files: what people wrote is nobody else's to read. Another's folder is his affair.
            os.chmod(real, 0o700)
        descriptor = os.open(Path(real) / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise ConfigError(
                [f"{folder}: папкой владеет другой процесс ({owner}); остановите его или возьмите другую папку данных"]
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        _held[real] = (descriptor, 1)
        return real


def release(real: str) -> None:
    """Gives up one hold; with the last one the folder is free for other processes."""
    with _guard:
        descriptor, holders = _held[real]
        if holders > 1:
            _held[real] = (descriptor, holders - 1)
            return
        del _held[real]
        os.close(descriptor)
