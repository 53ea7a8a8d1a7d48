"""Mapping files: what they mean, and every error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.errors import ConfigError
from monitor.problems import Problems
from monitor.toml_lines import read_toml
from sources.appeals.adapter import read_mappings
from sources.appeals.mapping import FIELDS, presets, read_mapping
from tests.sources.appeals.exports import ZONE, mapping, source

FILES = '[files]\npath = "in"\n'


def test_own_columns_come_before_those_of_the_preset_and_the_fields_name_last(tmp_path: Path) -> None:
    text = 'preset = "pos"\ntimezone = "Asia/Omsk"\n[files]\npath = "in"\n[columns]\nnumber = "Код"\nstage = ["Шаг", "Этап"]\n'
    intake = read_mapping(mapping(tmp_path, text), ZONE, Problems())
    assert intake is not None
    assert intake.columns["number"] == ("Код", "number")
    assert intake.columns["stage"] == ("Шаг", "Этап", "stage")
    assert intake.columns["text"] == (*presets()["pos"]["text"], "text")
    assert (str(intake.zone), intake.files and intake.files.path) == ("Asia/Omsk", str(tmp_path / "in"))


def test_presets_have_fields_only_and_what_is_needed() -> None:
    for preset in presets().values():
        assert set(preset) <= set(FIELDS)
        assert {"number", "registered_at", "text"} <= set(preset)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "ровно один раздел"),
        (FILES + '[webhook]\nname = "a"\nsecrets_file = "secrets"\n', 1, "ровно один раздел"),
        ('preset = "pso"\n' + FILES, 1, "возможно, имелось в виду pos?"),
        ('\n\ntimezone = "Europe/Samra"\n' + FILES, 3, "timezone"),
        (FILES + '[columns]\nnomber = "a"\n', 4, "возможно, имелось в виду number?"),
        (FILES + "[columns]\nnumber = 5\n", 3, "columns: нужно: текст или список; стоит: целое число"),
        ('[files]\npath = "in"\nnmaes = "*"\n', 3, "files.nmaes: неизвестный ключ nmaes"),
        ('[files]\nnames = "*"\n', 1, "path"),
        ('[files]\npath = ""\n', 2, "path пуст"),
        ('dates = ["%d.%m", "%Q"]\n' + FILES, 1, "не вид даты"),
        ('[endpoint]\nurl = "ftp://x"\n', 2, "не адрес"),
        ('[endpoint]\nurl = "https://user:secret@x/"\n', 2, "не адрес"),
        ('[endpoint]\nurl = "https://[x/"\n', 2, "не адрес"),
        ('[endpoint]\nurl = "https://x/"\nheader = "A: b"\n', 3, "не имя заголовка"),
        ('[endpoint]\nurl = "https://x/"\nmethod = "PUT"\n', 3, "PUT"),
        ('[endpoint]\nurl = "https://x/"\nsince_format = "%!"\n', 3, "не вид даты"),
        ('[endpoint]\nurl = "https://x/"\npoll_seconds = 0\n', 3, "poll_seconds"),
        ('[endpoint]\nurl = "https://x/"\noverlap_seconds = -1\n', 3, "overlap_seconds"),
        ('[webhook]\nname = "../a"\nsecrets_file = "secrets"\n', 2, "не годится для адреса"),
        ('[webhook]\nname = "a"\nsecrets_file = "none"\n', 3, "не читается"),
        ('[webhook]\nname = "a"\nsecrets_file = "empty"\n', 3, "нет ни одного секрета"),
        ("files = [", 1, "не TOML"),
    ],
)
def test_each_error_is_told_at_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    (tmp_path / "empty").write_text("# later\n\n")
    (tmp_path / "secrets").write_text("whsec_" + "QUFB" * 8)
    path = mapping(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_mappings([source(path)], Path(), ZONE)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}:{line}: ")
    assert what in problem
    assert "secret@" not in problem


def test_a_wrong_secret_is_told_by_its_line_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("whsec_" + "QUFB" * 8 + "\nmy-password\n")
    path = mapping(tmp_path, '[webhook]\nname = "a"\nsecrets_file = "secrets"\n')
    with pytest.raises(ConfigError) as caught:
        read_mappings([source(path)], Path(), ZONE)
    assert str(caught.value).startswith(f"{tmp_path / 'secrets'}:2: ")
    assert "my-password" not in str(caught.value)


def test_all_errors_of_all_files_at_once(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("whsec_" + "QUFB" * 8)
    webhook = '[webhook]\nname = "a"\nsecrets_file = "secrets"\n'
    paths = [
        mapping(tmp_path, webhook, "1.toml"),
        mapping(tmp_path, webhook, "2.toml"),
        mapping(tmp_path, "x", "3.toml"),
        tmp_path / "4",
    ]
    with pytest.raises(ConfigError) as caught:
        read_mappings([source(path, str(number)) for number, path in enumerate(paths)], Path(), ZONE)
    found = caught.value.problems
    assert [problem.split(":")[0] for problem in found] == [str(path) for path in paths[1:]]
    assert "каждому источнику нужно своё" in found[0]


def test_another_meaning_is_another_digest(tmp_path: Path) -> None:
    texts = [FILES, FILES + '[columns]\ntext = "Суть"\n', 'timezone = "Asia/Omsk"\n' + FILES, FILES + "# a remark\n"]
    digests = [getattr(read_mapping(mapping(tmp_path, text), ZONE, Problems()), "digest", "") for text in texts]
    assert len(set(digests)) == 3
    assert digests[0] == digests[3]


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=60)
    | st.sampled_from([FILES, "[columns]\n", "[endpoint]\n", "dates = [1]\n", "columns = 5\n", "a.b.c = 1\n"])
)
def test_no_file_is_a_bug(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("map") / "a.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    problems = Problems()
    intake = read_mapping(path, ZONE, problems)
    assert (intake is None) == (len(problems) > 0)
    assert intake is None or read_toml(path.read_bytes(), "", Problems()) is not None
