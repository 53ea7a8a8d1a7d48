"""``nabat classify`` on plain files."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from monitor.cli.main import main

LINES = [
    {"id": 7, "text": "На улице Садовой 5 нет отопления, батареи ледяные, примите меры!"},
    {"id": "b", "text": "Посмотрел фильм, не понравился"},
]


def run(*arguments: str) -> int:
    return main(["classify", *arguments])


def test_one_line_a_message(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("\ufeff" + "\n\n".join(json.dumps(line) for line in LINES))
    assert run(str(file), "--region", "samara") == 0
    first, second = (json.loads(line) for line in capfdbinary.readouterr().out.splitlines())
    assert list(first) == [
        "id", "appeal", "kind", "score", "group", "theme", "themes", "territory", "body", "bodies", "urgency",
    ]  # fmt: skip
    assert (first["id"], first["appeal"], first["kind"], first["theme"]) == (7, True, "complaint", "housing.heating")
    assert first["themes"][0]["theme"] == "housing.heating"
    assert first["bodies"][0]["body"] == first["body"] != ""
    assert 0 < first["score"] <= 1
    assert second == {
        "id": "b", "appeal": False, "kind": "chatter", "score": 0.0, "group": "", "theme": "", "themes": [], "territory": "",
        "body": "", "bodies": [], "urgency": 0,
    }  # fmt: skip


def test_chatter_has_a_territory_if_it_names_one(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "in.jsonl"
    texts = ("В Сызрани вчера был салют, красиво", "Вчера был салют, красиво")
    file.write_text("\n".join(json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)))
    assert run(str(file), "--region", "samara") == 0
    named, other = (json.loads(line) for line in capfdbinary.readouterr().out.splitlines())
    assert (named["kind"], other["kind"]) == ("chatter", "chatter")
    assert named["territory"] != ""
    assert other["territory"] == ""


def test_an_operator_is_told_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in LINES))
    assert run(str(file), "--region", "samara", "--explain") == 0
    first, second = capfd.readouterr().out.split('"b": ')
    assert first.startswith("7: На улице Садовой 5 нет отопления")
    assert "жалоба, уверенность" in first
    assert "Отопление" in first
    assert "дом 5" in first
    assert "отопления" in first.splitlines()[-1]
    assert "не обращение" in second


def test_a_bad_line_is_told_and_the_others_are_done(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["{", "[]", '{"id": 1}', '{"id": true, "text": ""}', '{"id": "x", "text": "нет воды в доме, помогите"}']
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    assert run("-") == 1
    out, err = capfd.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["x"]
    assert [line.split(" ")[0] for line in err.splitlines()] == ["-:1:", "-:2:", "-:3:", "-:4:"]


def test_what_cannot_be_opened(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.jsonl")) == 2
    assert "none.jsonl" in capfd.readouterr().err
    assert run("-", "--region", str(tmp_path / "no such region")) == 2
    assert capfd.readouterr().err


def test_answers_of_offices_say_what_they_ask_for(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "in.jsonl"
    texts = ["Уточните, пожалуйста, адрес и приложите фото", "Обратитесь в районную администрацию, это вопрос её полномочий"]
    file.write_text("\n".join(json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)))
    assert run(str(file), "--replies") == 0
    asking, sending = (json.loads(line) for line in capfdbinary.readouterr().out.splitlines())
    assert list(asking) == ["id", "quality", "asks"]
    assert (asking["asks"], sending["asks"]) == (["address", "photo"], [])
