"""What a dashboard is made of, and the JSON that Grafana reads (schema of ``kind`` Dashboard, version 41).

Ids and uids are written down where the panels are, so that links and screenshots live through a rearrangement; places are not: panels
stand in rows of 24 units, from left to right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

WIDTH = 24
SCHEMA_VERSION = 41

PROMETHEUS = "prometheus"
CLICKHOUSE = "grafana-clickhouse-datasource"

Json = dict[str, Any]
Kind = Literal["timeseries", "stat", "table", "barchart", "heatmap"]


@dataclass(frozen=True, slots=True)
class Query:
    """``text`` is PromQL or SQL; ``legend`` names a series by its labels, ``{{stage}}``. ``latest``: one value instead of a curve."""

    text: str
    legend: str = ""
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. ``unit`` is Grafana's name of a unit; ``alarms`` are the values from which it turns yellow and red.

    ``words`` says in Russian what the data names by a code: series of a curve, texts in the cells of the other kinds. ``shares``
    stacks what adds up to one. ``width`` and ``height`` are in units of the grid.
    """

    id: int
    kind: Kind
    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = "short"
    width: int = 12
    height: int = 8
    shares: bool = False
    alarms: tuple[float, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice above the panels, filled by a query. ``many``: several at once, all at first."""

    name: str
    label: str
    query: str
    many: bool = True


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard over one kind of data source (``source``: its plugin)."""

    uid: str
    title: str
    description: str
    source: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-3h"
    refresh: str = "30s"


def text(board: Board) -> str:
    """The dashboard's file."""
    return json.dumps(as_json(board), ensure_ascii=False, indent=2) + "\n"


def as_json(board: Board) -> Json:
    panels: list[Json] = []
    top = 0
    for row in board.rows:
        panels.append(_row(row, top))
        top += 1
        left = below = 0
        for panel in row.panels:
            if left + panel.width > WIDTH:
                left, top = 0, below
            panels.append(_panel(panel, board.source, left, top))
            left, below = left + panel.width, max(below, top + panel.height)
        top = below
    return {
        "uid": board.uid,
        "title": board.title,
        "description": board.description,
        "tags": ["nabat"],
        "timezone": "browser",
        "editable": False,
        "graphTooltip": 1,
        "schemaVersion": SCHEMA_VERSION,
        "refresh": board.refresh,
        "time": {"from": board.since, "to": "now"},
        "templating": {"list": [_source_variable(board.source), *(_variable(v, board.source) for v in board.variables)]},
        "annotations": {"list": []},
        "links": [],
        "panels": panels,
    }


def _source(plugin: str) -> Json:
    return {"type": plugin, "uid": "${datasource}"}


def _source_variable(plugin: str) -> Json:
    return {"type": "datasource", "name": "datasource", "label": "Источник данных", "query": plugin, "refresh": 1}


def _variable(variable: Variable, plugin: str) -> Json:
    query: Any = {"query": variable.query, "refId": variable.name} if plugin == PROMETHEUS else variable.query
    choice: Json = {
        "type": "query",
        "name": variable.name,
        "label": variable.label,
        "datasource": _source(plugin),
        "query": query,
        "refresh": 2,
        "sort": 1,
        "multi": variable.many,
        "includeAll": variable.many,
    }
    return choice | ({"allValue": ".*"} if variable.many else {})


def _row(row: Row, top: int) -> Json:
    return {
        "type": "row",
        "id": row.id,
        "title": row.title,
        "collapsed": False,
        "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1},
        "panels": [],
    }


def _panel(panel: Panel, plugin: str, left: int, top: int) -> Json:
    return {
        "type": panel.kind,
        "id": panel.id,
        "title": panel.title,
        "description": panel.description,
        "datasource": _source(plugin),
        "gridPos": {"x": left, "y": top, "w": panel.width, "h": panel.height},
        "targets": [_target(query, plugin, chr(ord("A") + n), panel.kind) for n, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _names(panel)},
        "options": _options(panel.kind),
    }


def _target(query: Query, plugin: str, ref: str, kind: Kind) -> Json:
    common = {"refId": ref, "datasource": _source(plugin)}
    if plugin == PROMETHEUS:
        shape = {"instant": True, "range": False} if query.latest else {"instant": False, "range": True}
        return common | {"expr": query.text, "legendFormat": query.legend, "editorMode": "code", **shape}
    form = "timeseries" if kind in ("timeseries", "heatmap") else "table"
    return common | {"rawSql": query.text, "editorType": "sql", "queryType": form, "format": int(form == "table")}


def _defaults(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    steps += [{"color": color, "value": limit} for color, limit in zip(("yellow", "red"), panel.alarms, strict=False)]
    defaults: Json = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.words and panel.kind != "timeseries":
        options = {value: {"text": word, "index": n} for n, (value, word) in enumerate(panel.words)}
        defaults["mappings"] = [{"type": "value", "options": options}]
    if panel.kind == "timeseries":
        stacking = {"mode": "normal" if panel.shares else "none", "group": "A"}
        defaults["custom"] = {"fillOpacity": 60 if panel.shares else 10, "showPoints": "never", "stacking": stacking}
        defaults["min"] = 0
        if panel.shares:
            defaults["max"] = 1
        if panel.alarms:
            defaults["custom"]["thresholdsStyle"] = {"mode": "dashed"}
    return defaults


def _names(panel: Panel) -> list[Json]:
    if panel.kind != "timeseries":
        return []
    return [
        {"matcher": {"id": "byName", "options": code}, "properties": [{"id": "displayName", "value": word}]}
        for code, word in panel.words
    ]


def _options(kind: Kind) -> Json:
    match kind:
        case "timeseries":
            return {
                "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        case "stat":
            return {
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
                "colorMode": "value",
                "graphMode": "area",
                "justifyMode": "auto",
                "orientation": "auto",
                "textMode": "auto",
                "wideLayout": True,
                "showPercentChange": False,
                "percentChangeColorMode": "standard",
            }
        case "barchart":
            return {
                "orientation": "horizontal",
                "stacking": "none",
                "showValue": "auto",
                "groupWidth": 0.7,
                "barWidth": 0.97,
                "fullHighlight": False,
                "xTickLabelRotation": 0,
                "xTickLabelSpacing": 0,
                "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
                "tooltip": {"mode": "single", "sort": "none"},
            }
        case "heatmap":
            # Each series is a row of cells; calm ones are left empty.
            return {
                "calculate": False,
                "color": {
                    "mode": "scheme",
                    "scheme": "Oranges",
                    "fill": "dark-orange",
                    "scale": "linear",
                    "exponent": 0.5,
                    "steps": 64,
                    "reverse": False,
                    "min": 0,
                },
                "filterValues": {"le": 1e-9},
                "showValue": "never",
                "cellGap": 1,
                "yAxis": {"axisPlacement": "left"},
                "legend": {"show": True},
                "tooltip": {"mode": "single", "yHistogram": False, "showColorScale": True},
                "exemplars": {"color": "rgba(255,0,255,0.7)"},
                "rowsFrame": {"layout": "auto"},
            }
        case "table":
            return {"showHeader": True, "cellHeight": "sm", "frameIndex": 0}
