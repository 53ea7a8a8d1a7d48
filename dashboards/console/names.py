"""Names of hosts in requests."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def host_name(value: str) -> str:
    """The name in a Host header without its port; empty if it is none."""
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""
