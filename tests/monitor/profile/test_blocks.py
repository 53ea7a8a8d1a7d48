"""blocks.csv: the region's own names for groups and themes, checked line by line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from monitor.cli import check
from monitor.model.errors import ConfigError
from monitor.profile.blocks_file import FILE
from monitor.profile.copy import copy_profile
from monitor.profile.load import load_profile
from tests.monitor.profile.small import write

BLOCKS = """\
# the region's own
group;theme;block
housing;;ЖКХ и благоустройство
landscaping;;ЖКХ и благоустройство
housing;housing.heating;Тепло
"""


def folder(tmp_path: Path, text: str = BLOCKS) -> Path:
    found = write(tmp_path, sources_csv="id;network;kind;address\n")
    (found / FILE).write_text(text, encoding="utf-8")
    return found


def test_a_theme_of_its_own_counts_before_its_group(tmp_path: Path) -> None:
    profile = load_profile(str(folder(tmp_path)))
    assert profile.block("housing", "housing.heating") == "Тепло"
    assert profile.block("housing", "housing.lift") == profile.block("landscaping", "") == "ЖКХ и благоустройство"
    assert profile.block("roads", "roads.potholes") == ""


def test_names_change_no_result(tmp_path: Path) -> None:
    assert (
        load_profile(str(folder(tmp_path / "plain", "group;block\n"))).digest == load_profile(str(folder(tmp_path / "named"))).digest
    )
    assert load_profile("samara").block("housing", "housing.heating") == ""


def test_the_copy_has_them_too(tmp_path: Path) -> None:
    copy_profile(str(folder(tmp_path / "one")), tmp_path / "two")
    assert load_profile(str(tmp_path / "two")).blocks == load_profile(str(tmp_path / "one")).blocks


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("plumbing;;ЖКХ", "plumbing"),
        ("housing;roads.potholes;ЖКХ", "не из группы housing"),
        ("energy;;", "block"),
        ("housing;;Другой", "уже есть в строке 3"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_profile(str(folder(tmp_path, f"{BLOCKS}{line}\n")))
    (problem,) = error.value.problems
    assert problem.startswith(f"{tmp_path / FILE}:6: ")
    assert what in problem


def run(where: Path) -> int:
    parser = argparse.ArgumentParser()
    check.add(parser.add_subparsers())
    args = parser.parse_args(["check", "--region", str(where)])
    status: int = args.run(args)
    return status


def test_check_knows_the_themes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder(tmp_path / "good")) == 0
    assert "Блоки региона: ЖКХ и благоустройство, Тепло" in capsys.readouterr().out
    assert run(folder(tmp_path / "bad", BLOCKS.replace("housing.heating", "housing.heatin"))) == 1
    assert (
        f"{tmp_path / 'bad' / FILE}:5: неизвестная тема 'housing.heatin'; возможно, имелось в виду housing.heating?"
        in capsys.readouterr().err
    )
