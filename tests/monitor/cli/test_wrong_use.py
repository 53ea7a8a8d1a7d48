"""What is wrong in a command line is said before anything is opened or made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.main import main

PERIOD = ("--from", "2026-01-12", "--to", "2026-01-13")


@pytest.mark.parametrize(
    "command",
    [
        ("deadletters", "list"),
        ("deadletters", "retry"),
        ("reprocess", *PERIOD),
        ("backtest", *PERIOD),
        ("people", "erase", "--author", "vk:1", "--yes"),
    ],
    ids=" ".join,
)
def test_a_folder_without_data_is_not_taken_for_an_empty_one(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "не та папка"
    assert main([*command, "--data", str(folder)]) == 2
    assert f"{folder}: данных Набата здесь нет" in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(("--limit", "-3"), "-3: нужно число не меньше 1"), (("--limit", "много"), "нужно число"), (("--reason", "x"), "возможно: ")],
)
def test_letters_are_asked_for_by_number_and_known_reason(
    wrong: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["deadletters", "list", *wrong])
    assert said in capsys.readouterr().err


def test_what_is_no_file_is_told_from_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    files = [str(tmp_path / "pipe"), str(tmp_path), str(tmp_path / "none")]
    assert main(["replay", *files, "--data", str(tmp_path / "data")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"{tmp_path}/pipe: это устройство или канал, а нужен файл",
        f"{tmp_path}: это папка, а нужен файл",
        f"{tmp_path}/none: такого файла нет",
    ]


def test_whoever_interrupts_the_start_sees_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    loaded = "import sys, monitor.cli.main; sys.exit(any(name in sys.modules for name in ('chdb', 'numpy', 'monitor.cli.demo')))"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
    monkeypatch.setattr("monitor.cli.main.import_module", interrupted)
    assert main(["check"]) == 130
