"""The files of the stack around Nabat, as tests read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML

from monitor.log.base import PAGES, WATCH
from monitor.metrics.catalogue import Metrics
from tests.dashboards.promql import Known

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "dashboards" / "prometheus"
GRAFANA = ROOT / "dashboards" / "grafana"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def rules() -> Iterator[dict[str, Any]]:
    """All rules, alerts and recorded ones."""
    for path in RULES:
        for group in read_yaml(path)["groups"]:
            yield from group["rules"]


def exposed() -> tuple[CollectorRegistry, Metrics]:
    """A catalogue as a process with one partition of each topic exposes it."""
    registry = CollectorRegistry()
    metrics = Metrics(registry, "1.2.3")
    for topic in (PAGES, WATCH):
        metrics.lag_records.set(topic, 0, 0)
    return registry, metrics


@cache
def known() -> Known:
    recorded: dict[str, set[str]] = {}
    for rule in rules():
        if "record" in rule:
            level = set(re.split("_", rule["record"].split(":")[0]))
            recorded.setdefault(rule["record"], set()).update(level, rule.get("labels", {}))
    return Known(exposed()[0], recorded)
