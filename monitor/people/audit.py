"""Who did what about access: a line of JSON each in ``audit.jsonl`` of the data folder (mode 0600), never a password or a token.

What people do about alerts and appeals is in the history that the log makes; this is what the log knows nothing of.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import orjson

FILE = "audit.jsonl"
What = Literal[
    "added", "disabled", "enabled", "password", "token", "signed_in", "sign_in_failed", "signed_out", "refused", "acted", "erased"
]


class Audit:
    """Appends; several processes may."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def note(self, at: int, who: str, what: What, about: str = "", address: str = "") -> None:
        """``at`` is ms. A full disk is an error: what can't be recorded does not happen."""
        line = orjson.dumps({"at": at, "who": who[:100], "what": what, "about": about[:300], "address": address}) + b"\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
