"""Tokens must not be seen anywhere: not in what is logged, measured, stored or said of sources. All of it is looked through."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest


class Leaks(logging.Handler):
    """``found``: where one of the ``secrets`` was seen. As a handler it looks through all that is logged while it is listening."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self.looked: dict[str, int] = {}
        self._secrets = [secret.encode() for secret in secrets]
        assert all(len(secret) >= 12 for secret in self._secrets), "shorter ones are found by chance"
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def look(self, where: str, data: bytes) -> None:
        self.looked[where] = self.looked.get(where, 0) + len(data)
        if where not in self.found and any(secret in data for secret in self._secrets):
            self.found.append(where)

    def emit(self, record: logging.LogRecord) -> None:
        # What stands in an exception's trace is formatted with the record.
        self.look("logs", self.format(record).encode())

    def metrics(self, registry: CollectorRegistry) -> None:
        self.look("metrics", generate_latest(registry))

    def files(self, folder: Path) -> None:
        """The log, with its cursors and budgets."""
        for path in sorted(folder.iterdir()):
            if path.is_file():
                self.look("files", path.read_bytes())

    def said(self, rows: Sequence[Any]) -> None:
        """Of the health of sources."""
        self.look("health", repr(rows).encode())
