"""The dashboards: valid for Grafana, written by the code beside them, in Russian, with ids that stay."""

from __future__ import annotations

import copy
import json
import re
from typing import Any, get_args

import pytest

from dashboards.grafana.__main__ import BOARDS
from dashboards.grafana.appeals import GROUPS, LEVELS, QUALITIES
from dashboards.grafana.board import PROMETHEUS, Board, Panel, as_json, text
from monitor.metrics import labels
from monitor.model.incident import AlertKind, AlertLevel
from monitor.model.verdict import GROUPS as KNOWN_GROUPS
from monitor.model.verdict import Quality
from tests.dashboards.grafana_schema import faults
from tests.dashboards.promql import grouping
from tests.dashboards.stack import GRAFANA, known, read_yaml

IDS = {
    "nabat-hot-path": [
        *(1, 2, 3, 4, 5, 6),
        *(11, 12, 13, 14, 15, 16),
        *(21, 22, 23, 24, 25, 26),
        *(31, 32, 33, 34, 35, 36),
        *(41, 42, 43),
        *(100, 200, 300, 400, 500),
    ],
    "nabat-appeals": [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 100, 200, 300],
    "nabat-spikes": [1, 2, 3, 4, 11, 12, 21, 22, 31, 100, 200, 300],
    "nabat-sources": [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24, 25, 100, 200, 300],
}
"""Links, reports and screenshots name panels by these: an id is never given to another panel."""

every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=lambda board: board.uid)


def panels(board: Board) -> list[Panel]:
    return [panel for row in board.rows for panel in row.panels]


PANELS = [pytest.param(board, panel, id=f"{board.uid}-{panel.id}") for board in BOARDS.values() for panel in panels(board)]


@pytest.mark.parametrize("name", BOARDS)
def test_the_file_is_what_the_code_writes(name: str) -> None:
    assert (GRAFANA / name).read_text(encoding="utf-8") == text(BOARDS[name]), "run: python -m dashboards.grafana"


@every_board
def test_grafanas_schema_has_nothing_against_it(board: Board) -> None:
    assert faults(as_json(board)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda panel: panel.update(tytle="x"), "tytle: unknown"),
        (lambda panel: panel.update(title=7), "title: 7 is no"),
        (lambda panel: panel["gridPos"].update(w="wide"), "grid_pos.w: 'wide' is no"),
        (lambda panel: panel["targets"][0].update(exprr="up"), "targets[0].exprr: unknown"),
        (lambda panel: panel["targets"][0].update(editorMode="blind"), "editor_mode: 'blind' is no"),
        (lambda panel: panel["options"]["legend"].update(placement="top"), "placement: 'top' is no"),
        (lambda panel: panel["fieldConfig"]["defaults"]["custom"].update(fillOpacity="much"), "fill_opacity: 'much' is no"),
    ],
)
def test_what_the_schema_forbids_is_found(change: Any, fault: str) -> None:
    dashboard = copy.deepcopy(as_json(BOARDS["hot-path.json"]))
    change(next(panel for panel in dashboard["panels"] if panel["type"] == "timeseries"))
    assert any(fault in one for one in faults(dashboard))


@every_board
def test_ids_stay(board: Board) -> None:
    found = [panel["id"] for panel in as_json(board)["panels"]]
    assert sorted(found) == IDS[board.uid]


@every_board
def test_panels_do_not_lie_on_each_other(board: Board) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in as_json(board)["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_people_read_russian(board: Board, panel: Panel) -> None:
    for words in (board.title, board.description, panel.title, panel.description):
        assert re.search("[а-яё]{3}", words), words
    assert panel.description.endswith(".")


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_metrics_and_labels_are_those_of_the_catalogue(board: Board, panel: Panel) -> None:
    if board.source != PROMETHEUS:
        return
    for query in panel.queries:
        assert known().faults(query.text) == []
        # A curve is named by the labels that are left, or by a word.
        assert set(re.findall(r"{{(\w+)}}", query.legend)) <= grouping(query.text) | {"instance"}


def test_words_are_there_for_every_value() -> None:
    of = {panel.id: dict(panel.words) for panel in panels(BOARDS["hot-path.json"]) if panel.words}
    for panel, values in ((11, labels.PostOutcome), (12, labels.AppealKind), (31, labels.SourceState)):
        assert set(of[panel]) == set(get_args(values))
    assert set(of[13]) == {*get_args(labels.DuplicateKind), *get_args(labels.FilteredReason)}
    assert set(of[16]) == set(get_args(AlertKind))
    of = {panel.id: dict(panel.words) for panel in panels(BOARDS["sources.json"]) if panel.words}
    for panel, values in ((11, labels.TokenState), (12, labels.RequestOutcome), (13, labels.PushOutcome), (23, labels.SourceState)):
        assert set(of[panel]) == set(get_args(values))
    assert set(dict(GROUPS)) == set(KNOWN_GROUPS)
    assert set(dict(QUALITIES)) == set(get_args(Quality))
    assert set(dict(LEVELS)) == set(get_args(AlertLevel))


@every_board
def test_the_source_is_chosen_by_a_variable(board: Board) -> None:
    assert set(re.findall(r'"uid": "(\$[^"]*)"', json.dumps(as_json(board)))) == {"${datasource}"}


def test_provisioned_sources_are_those_that_the_dashboards_want() -> None:
    sources = read_yaml(GRAFANA / "provisioning" / "datasources" / "nabat.yml")["datasources"]
    assert {source["type"] for source in sources} == {board.source for board in BOARDS.values()}
    (provider,) = read_yaml(GRAFANA / "provisioning" / "dashboards" / "nabat.yml")["providers"]
    assert provider["type"] == "file"
