from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from monitor.cli import check
from monitor.config import load
from monitor.profile.load import FILES, load_profile
from tests.monitor.profile.small import edited, write


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text('[[token]]\nnetwork = "vk"\nkind = "service"\nname = "one"\nvalue = "secret"\n')
    monkeypatch.setattr("os.environ", {"NABAT_NETWORKS__TOKENS_FILE": str(tokens)})
    monkeypatch.chdir(tmp_path)


def nabat(*words: str) -> int:
    parser = argparse.ArgumentParser()
    check.add(parser.add_subparsers())
    args = parser.parse_args(["check", *words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_a_summary_in_russian(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "own")
    assert nabat("--region", "own") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "Регион: Озёрская область (ozersk), часовой пояс Europe/Samara" in out
    assert "Территории: 3 (муниципалитеты: 1, населённые пункты: 1)" in out
    assert "Население неизвестно: 1 (населённые пункты: 1)" in out
    assert "Места: 2 (улицы: 1, микрорайоны: 1)" in out
    assert "Исполнители: 2 (муниципальные: 1, региональные: 1)" in out
    groups = next(line for line in out.splitlines() if line.startswith("Маршруты: 3")).split(": ", 2)[2].split(", ")
    assert "roads" in groups  # only one municipality's roads have an owner
    assert "housing" not in groups
    assert "Сроки: обычная 9 рабочих ч; повышенная 4 ч; срочная 2 ч; опасность 0.5 ч" in out
    assert "Праздники: 2, последний 04.11.2026" in out
    assert "Маршруты по темам, которых нет во встроенном классификаторе: roads.holes" in out
    assert "Источники: 2 (сообщества: 1, ленты: 1)" in out


@pytest.mark.parametrize("region", ["samara", "kursk"])
def test_the_routes_of_our_regions_name_themes_that_the_classifier_knows(region: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert nabat("--region", region) == 0
    assert "которых нет" not in capsys.readouterr().out


def test_no_sources_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "own", sources_csv="id;network;kind;address\n")
    assert nabat("--region", "own") == 0
    assert "Наблюдать пока нечего" in capsys.readouterr().out


def test_errors_of_both_files_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "own", routes_csv=edited("routes.csv", "housing", "house"))
    (tmp_path / "nabat.toml").write_text("[console]\nport = 99999\n")
    assert nabat("--config", "nabat.toml", "--region", "own") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(": ")[0] for line in err.splitlines()] == ["nabat.toml:2", "own/routes.csv:2"]


def test_the_region_of_the_configuration_is_relative_to_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "etc" / "own")
    (tmp_path / "etc" / "nabat.toml").write_text('[nabat]\nregion = "own"\n')
    assert nabat("--config", "etc/nabat.toml") == 0
    assert "(ozersk)" in capsys.readouterr().out


def test_the_environment_is_checked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("os.environ", {"NABAT_CONSOLE__PORT": "many"})
    assert nabat() == 1
    assert capsys.readouterr().err.startswith("NABAT_CONSOLE__PORT: ")


@pytest.mark.parametrize("region", ["samara", "kursk"])
def test_a_copy_is_a_profile_of_ones_own(region: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nabat("--copy", region, "new/own") == 0
    assert sorted(path.name for path in (tmp_path / "new/own").iterdir()) == sorted(FILES)
    assert load_profile("new/own") == load_profile(region)
    assert nabat("--region", "new/own") == 0
    bodies = tmp_path / "new/own/bodies.csv"
    bodies.write_text(bodies.read_text(encoding="utf-8") + "gzhi;Вторая;regional;;\n", encoding="utf-8")
    capsys.readouterr()
    assert nabat("--region", "new/own") == 1
    assert "new/own/bodies.csv:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("samara", "full"), "full: папка не пуста"),
        (("samra", "new"), "возможно, имелось в виду samara?"),
        (("half", "new"), "half/bodies.csv:1: файла нет; сначала дополните её"),
        (("samara", "full/note"), "не записать"),
    ],
)
def test_a_copy_that_is_refused_writes_nothing(
    words: tuple[str, str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "half", bodies_csv=None)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")
    assert nabat("--copy", *words) == 1
    assert what in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["note"]


def test_the_printed_defaults_are_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nabat("--defaults") == 0
    (tmp_path / "nabat.toml").write_text(capsys.readouterr().out)
    assert load(Path("nabat.toml"), {}) == load(None, {})


def test_planned_works_and_the_model_are_read_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "own")
    work = '[[work]]\nname = "опрессовка"\ngroup = "housng"\nbegins = 2026-06-01T09:00:00\nends = 2026-06-01T18:00:00\n'
    (tmp_path / "own" / "works.toml").write_text(work)
    (tmp_path / "own.npz").write_bytes(b"no model")
    monkeypatch.setenv("NABAT_TRIAGE__MODEL", str(tmp_path / "own.npz"))
    assert nabat("--region", "own") == 1
    err = capsys.readouterr().err
    assert "возможно, имелось в виду housing?" in err
    assert "triage.model" in err
