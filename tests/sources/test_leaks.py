"""What looks for tokens finds them, wherever they are: else nothing that it does not find would mean anything."""

from __future__ import annotations

import logging
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from tests.sources.leaks import Leaks

SECRET = "vk1.a.secret-0"


def test_each_place_is_looked_through(tmp_path: Path) -> None:
    leaks, registry, log = Leaks([SECRET, "another-secret"]), CollectorRegistry(), logging.getLogger("tests.sources.test_leaks")
    log.addHandler(leaks)
    try:
        log.warning("nothing here")
        leaks.metrics(registry)
        leaks.said([{"error": "VK: токен недействителен"}])
        (tmp_path / "log.sqlite").write_bytes(b"cursor")
        leaks.files(tmp_path)
        assert leaks.found == []
        try:
            raise ValueError(f"refused: {SECRET}")
        except ValueError:
            log.warning("failed", exc_info=True)
    finally:
        log.removeHandler(leaks)
    Gauge("tokens", "by name", ["name"], registry=registry).labels(SECRET)
    leaks.metrics(registry)
    leaks.said([{"error": f"VK: токен {SECRET} недействителен"}])
    (tmp_path / "log.sqlite").write_bytes(b"\0" + SECRET.encode() + b"\0")
    leaks.files(tmp_path)
    assert leaks.found == ["logs", "metrics", "health", "files"]
