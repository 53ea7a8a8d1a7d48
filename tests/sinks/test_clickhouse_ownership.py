"""One process owns a data folder, and the other is told so; the command line's ``migrate`` in processes of its own."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import migrate
from monitor.model.errors import ConfigError
from sinks.clickhouse import ownership
from sinks.clickhouse.connect import Target
from tests.fakes.clickhouse_http import PASSWORD, ClickHouseFront
from tests.fakes.databases import Databases

HOLD = (
    "import sys; from sinks.clickhouse import ownership; ownership.acquire(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has no folder open."""
    monkeypatch.setattr(ownership, "_held", {})


def test_another_process_is_named(tmp_path: Path, alone: None) -> None:
    root = Path(__file__).parents[2]
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    assert owner.stdin is not None
    assert owner.stdout.readline() == "held\n"
    with pytest.raises(ConfigError, match=rf"владеет другой процесс \({owner.pid}\)"):
        ownership.acquire(str(tmp_path))
    # Its end, however it comes, frees the folder.
    owner.kill()
    owner.wait()
    owner.stdin.close()
    owner.stdout.close()
    ownership.release(ownership.acquire(str(tmp_path)))


def test_a_folder_may_be_held_several_times_but_only_one(tmp_path: Path, alone: None) -> None:
    first = ownership.acquire(str(tmp_path / "a"))
    second = ownership.acquire(f"{tmp_path}/x/../a/")
    assert first == second
    with pytest.raises(ConfigError, match="двух папок данных сразу не бывает"):
        ownership.acquire(str(tmp_path / "b"))
    ownership.release(first)
    with pytest.raises(ConfigError, match="двух папок данных сразу не бывает"):
        ownership.acquire(str(tmp_path / "b"))
    ownership.release(first)
    ownership.release(ownership.acquire(str(tmp_path / "b")))


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    migrate.add(parser.add_subparsers())
    return parser.parse_args(["migrate", *words])


def test_migrate_shows_the_sql_and_then_runs_it(
    calm: ClickHouseFront,
    front_databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = front_databases.name()
    config = tmp_path / "nabat.toml"
    config.write_text(f'[clickhouse]\nurl = "{calm.url}"\ndatabase = "{target.database}"\ndead_letter_days = 77\n')
    monkeypatch.setenv("NABAT_CLICKHOUSE__PASSWORD", PASSWORD)
    words = ("--config", str(config))
    assert migrate.run(arguments(*words, "--dry-run")) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"CREATE DATABASE IF NOT EXISTS {target.database};\n")
    assert "CREATE TABLE IF NOT EXISTS posts\n" in shown
    assert "INTERVAL 77 DAY" in shown
    assert migrate.run(arguments(*words)) == 0
    assert target.database in capsys.readouterr().out
    assert migrate.run(arguments(*words, "--dry-run")) == 0
    assert capsys.readouterr().out == ""
    assert migrate.run(arguments(*words)) == 0
    assert "уже в порядке" in capsys.readouterr().out
    front_databases.drop(target)


def test_migrate_tells_what_is_wrong(
    calm: ClickHouseFront, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NABAT_NABAT__DATA", str(tmp_path))
    assert migrate.run(arguments("--replicated")) == 2
    assert "реплик нет" in capsys.readouterr().err
    assert migrate.run(arguments("--replicated", "--dry-run")) == 0
    assert "ReplicatedReplacingMergeTree" in capsys.readouterr().out
    monkeypatch.setenv("NABAT_CLICKHOUSE__URL", calm.url)
    monkeypatch.setenv("NABAT_CLICKHOUSE__PASSWORD", "wrong")
    assert migrate.run(arguments()) == 1
    calm.trouble("refuse")
    assert migrate.run(arguments()) == 1
    assert "ClickHouse не отвечает" in capsys.readouterr().err


def test_nobody_else_on_the_machine_reads_the_folder(tmp_path: Path, alone: None) -> None:
    # The engine makes its files readable for all: what people wrote is nobody else's to read.
    (tmp_path / "before").mkdir(mode=0o755)
    for name in ("before", "new"):
        held = ownership.acquire(str(tmp_path / name))
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
        ownership.release(held)


def test_the_password_is_not_shown_with_the_target() -> None:
    assert PASSWORD not in repr(Target(url="http://127.0.0.1:8123", password=PASSWORD))
