from __future__ import annotations

import io
from pathlib import Path

import orjson
import pytest

from monitor.cli.main import main

POST = "Третий день не вывозят мусор с площадки у дома семь по Садовой, контейнеры переполнены, пакеты лежат на земле"


def command(*arguments: str) -> int:
    return main(["duplicates", *arguments])


def lines(*rows: object) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def test_clusters_are_named_by_their_first_post_and_ids_stay_as_given(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf"
        + lines({"id": 1, "text": POST}, {"id": "1", "text": "Спасибо всем"}, {"id": "в", "text": "Репост! " + POST})
        + b"\n"
    )
    assert command(str(file)) == 0
    out = capsysbinary.readouterr().out.splitlines()
    assert [orjson.loads(line) for line in out] == [
        {"id": 1, "cluster": 1},
        {"id": "1", "cluster": "1"},
        {"id": "в", "cluster": 1},
    ]


def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "posts.jsonl"
    bad = [b"{", b"[1]", b'{"text": "a"}', b'{"id": 1}', b'{"id": true, "text": "a"}', b'{"id": 1, "text": null}', b"\xff"]
    file.write_bytes(lines({"id": "a", "text": POST}) + b"\n".join(bad) + b"\n" + lines({"id": "b", "text": POST}))
    assert command(str(file)) == 1
    captured = capsys.readouterr()
    assert [orjson.loads(line)["cluster"] for line in captured.out.splitlines()] == ["a", "a"]
    told = captured.err.splitlines()
    assert [line.split(" ")[0] for line in told] == [f"{file}:{number}:" for number in range(2, 9)]


def test_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines({"id": 5, "text": POST}))))
    assert command("-") == 0
    assert capsys.readouterr().out == '{"id":5,"cluster":5}\n'


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(str(tmp_path / "none.jsonl")) == 2
    assert "none.jsonl" in capsys.readouterr().err
