"""Rules and Alertmanager's configuration, judged by Prometheus' own tools; every alert is tested, and names what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.dashboards.promql import Selector, grouping, selectors
from tests.dashboards.stack import PROMETHEUS, RULES, known, read_yaml, rules

ALERTS = [rule for rule in rules() if "alert" in rule]
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
ALERTMANAGER = PROMETHEUS / "alertmanager.yml"


def run(program: str, *arguments: str | Path) -> str:
    """What the tool says; it must be content."""
    path = shutil.which(program)
    if path is None:
        package = {"amtool": "prometheus-alertmanager"}.get(program, "prometheus")
        pytest.fail(f"{program} is missing; on Debian: apt-get install {package}")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def named(alert: dict[str, Any]) -> str:
    return str(alert["alert"])


def test_rules_and_configuration_are_valid() -> None:
    assert run("promtool", "check", "rules", *RULES).count("SUCCESS") == len(RULES)
    assert f"SUCCESS: {len(RULES)} rule files found" in run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


def test_every_alert_does_what_its_unit_test_says() -> None:
    run("promtool", "test", "rules", *TESTS)


def test_every_alert_has_a_unit_test_where_it_fires_and_where_it_is_silent() -> None:
    cases = [case for path in TESTS for test in read_yaml(path)["tests"] for case in test["alert_rule_test"]]
    fired = {case["alertname"] for case in cases if case.get("exp_alerts")}
    silent = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    names = {named(alert) for alert in ALERTS}
    assert fired == names
    assert silent == names


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: str(rule.get("alert") or rule["record"]))
def test_rules_name_only_what_is_exposed(rule: dict[str, Any]) -> None:
    assert known().faults(rule["expr"]) == []


@pytest.mark.parametrize("alert", ALERTS, ids=named)
def test_alerts_speak_russian_and_say_how_bad_it_is(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert set(alert["annotations"]) == {"summary", "description"}
    for text in alert["annotations"].values():
        assert re.search("[а-яё]{4}", text)
    assert re.fullmatch("Nabat[A-Z][A-Za-z]+", named(alert))


def test_alertmanager_tells_nobody_until_somebody_is_named() -> None:
    run("amtool", "check-config", ALERTMANAGER)
    assert all(set(receiver) == {"name"} for receiver in read_yaml(ALERTMANAGER)["receivers"])


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "duty"), ("warning", "maintainers")])
def test_alertmanager_routes_by_severity(severity: str, receiver: str) -> None:
    route = run("amtool", "config", "routes", "test", f"--config.file={ALERTMANAGER}", f"severity={severity}", "job=nabat")
    assert route.strip() == receiver


def test_alertmanager_holds_back_only_alerts_that_exist() -> None:
    names = {named(alert) for alert in ALERTS}
    for rule in read_yaml(ALERTMANAGER)["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            assert set(re.findall(r"\w+", matcher.split("=", 1)[1])) <= names


def test_the_reader_of_names_sees_them_all() -> None:
    expression = 'sum by (job, le) (rate(a_total{x="1", y=~"a|}b"}[5m])) / on (job) group_left () b:c:d > 0 unless scalar(e) and up'
    assert list(selectors(expression)) == [
        Selector("a_total", (("x", "=", "1"), ("y", "=~", "a|}b"))),
        Selector("b:c:d", ()),
        Selector("e", ()),
        Selector("up", ()),
    ]
    assert grouping(expression) == {"job", "le"}


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("nabat_nonsense", "nabat_nonsense"),
        ('nabat_posts_total{kind="new"}', "nabat_posts_total{kind}"),
        ('nabat_posts_total{outcome=~"new|odd"}', 'nabat_posts_total{outcome="odd"}'),
        ('nabat_detection_seconds_bucket{le="601.0"}', 'nabat_detection_seconds_bucket{le="601.0"}'),
        ("sum by (job, kind) (nabat_posts_total)", "by kind"),
        ('job:nabat_end_to_end_seconds:quantile5m{topic="x"}', "job:nabat_end_to_end_seconds:quantile5m{topic}"),
    ],
)
def test_a_wrong_name_is_found(expression: str, fault: str) -> None:
    assert known().faults(expression) == [fault]
