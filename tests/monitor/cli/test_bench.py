"""A benchmark whose servers are not there says which, in words, though clearing away fails too."""

from __future__ import annotations

import socket

import pytest

from monitor.cli.main import main


def test_servers_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NABAT_KAFKA__TIMEOUT", "1")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody listens
        port = nobody.getsockname()[1]
        assert main(["bench", "end-to-end", "--kafka", f"127.0.0.1:{port}", "--clickhouse", f"http://127.0.0.1:{port}"]) == 2
    *told, last = capsys.readouterr().err.splitlines()
    assert last.startswith(f"ClickHouse не отвечает (http://127.0.0.1:{port}")
    assert "осталось неубранным: темы Kafka" in told[0]
