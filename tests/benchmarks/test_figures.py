"""``make figures``: what needs outside data says so, and names are checked before anything is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import figures


def test_figures_of_quality_say_what_they_need(capsys: pytest.CaptureFixture[str]) -> None:
    figures.main(["--only", "kinds,spikes"])
    assert capsys.readouterr().out.count("left out: needs --data") == 2


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        figures.main(["--only", "hot-path,nonsense"])
    assert "no figures of this name: nonsense" in capsys.readouterr().err


def test_the_surest_are_counted_by_score(tmp_path: Path) -> None:
    labelled, found = tmp_path / "labelled.jsonl", tmp_path / "found.jsonl"
    rows = [(number, "roads" if number < 4 else "", number / 10) for number in range(5)]
    labelled.write_text("\n".join(json.dumps({"id": number, "theme": "potholes"}) for number, *_ in rows))
    found.write_text("\n".join(json.dumps({"id": number, "group": group, "score": 1 - score}) for number, group, score in rows))
    assert figures.surest(labelled, found, {"potholes": ["roads"]}).startswith(
        "abstaining: group accuracy 0.800 of all, 1.000 of the 80%"
    )
