"""Whoever calls the command wrongly, or asks for help, is answered in Russian and without a traceback."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.main import main, parser

ARGPARSE = ("usage", "options", "arguments", "this help", "version number", "error", "required", "choose", "invalid", "expected")
"""Words of argparse's own English sentences; no option of ours is called so."""


def commands(root: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield root
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from commands(command)


def test_the_help_of_every_command_is_russian_and_says_what_it_does() -> None:
    every = list(commands(parser()))
    assert len(every) > 30
    for one in every:
        text = one.format_help()
        assert [word for word in ARGPARSE if re.search(rf"\b{word}\b", text)] == [], one.prog
        assert re.search("[а-я]{3}", one.description or ""), one.prog


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["spikes"],
        ["users", "add", "somebody", "--role", "king"],
        ["demo", "--seed", "x"],
        ["demo", "--nothing"],
        ["demo", "--port"],
        ["sources", "add"],
    ],
)
def test_wrong_use_is_told_in_russian(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "ошибка: " in told
    assert [word for word in ARGPARSE if re.search(rf"\b{word}\b", told)] == []


def test_files_that_cannot_be_had_are_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posts, file = tmp_path / "posts.jsonl", tmp_path / "file"
    posts.write_text('{"id": "1", "text": "Нет воды"}\n')
    file.touch()
    for arguments, told in (
        (["classify", tmp_path / "none"], "none: такого файла или папки нет"),
        (["duplicates", tmp_path], f"{tmp_path.name}: это папка, а нужен файл"),
        (["classify", "--model", tmp_path / "none", posts], "none: такого файла или папки нет"),
        (["classify", "--model", posts, posts], "это не модель или модель другой версии"),
        (["replay", tmp_path, "--region", "samara", "--data", tmp_path / "data"], "это папка, а нужен файл"),
        (["backtest", "--from", "2026-01-01", "--to", "2026-01-02", "--set", "flesh=1"], "--set flesh=1: нет настройки 'flesh'"),
        (["replay", posts, "--region", "samara", "--data", file], "это файл, а нужна папка"),
        (["demo", "--port", "99999"], "порты бывают от 0 до 65535"),
    ):
        assert main([str(one) for one in arguments]) == 2
        err = capsys.readouterr().err
        assert told in err
        assert err.count("\n") == 1


def test_no_destinations_are_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["destinations", "list", "--region", "samara"]) == 0
    assert "Адресатов нет" in capsys.readouterr().err
