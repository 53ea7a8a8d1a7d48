"""The stack: valid by the Compose specification, closed by default, and of one piece with the files that it mounts."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dashboards.grafana import appeals
from monitor import __version__
from monitor.cli.main import COMMANDS, parser
from monitor.config import load
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.views import create_views
from tests.dashboards.stack import GRAFANA, PROMETHEUS, ROOT, read_yaml

COMPOSE = ROOT / "compose.yaml"
FOLDER = ROOT / "dashboards" / "compose"
STACK = read_yaml(COMPOSE)
SERVICES: dict[str, dict[str, Any]] = STACK["services"]
ROLES = {name: service for name, service in SERVICES.items() if service["image"].startswith("nabat:")}
LASTING = {name for name, service in SERVICES.items() if service["restart"] == "unless-stopped"}
SETTINGS = tomllib.loads((FOLDER / "nabat.toml").read_text(encoding="utf-8"))
USERS = ElementTree.parse(FOLDER / "clickhouse" / "users.xml").getroot()

every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def test_the_compose_specification_has_nothing_against_it() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@every_service
def test_services_are_pinned_and_unprivileged(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z/-]+:v?\d+\.\d+(\.\d+)*", service["image"])
    assert re.fullmatch(r"[1-9]\d*:\d+|appuser", service["user"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert not service.get("privileged")


def test_all_but_the_migration_go_on_for_ever_and_are_asked_how_they_are() -> None:
    assert set(SERVICES) - LASTING == {"migrate"}
    for name in LASTING:
        check = SERVICES[name]["healthcheck"]
        assert check["test"][0] == "CMD", name
        assert check["interval"]
        assert check["timeout"]


def test_versions_agree() -> None:
    assert {service["image"] for service in ROLES.values()} == {f"nabat:{__version__}"}
    assert re.search(r"^FROM python:3\.\d+\.\d+-slim-\w+$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    tested = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)<", (ROOT / "tests/kafka/pom.xml").read_text())
    assert tested is not None
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{tested[1]}"


def test_ports_are_open_to_this_machine_alone() -> None:
    for name, service in SERVICES.items():
        assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in service.get("ports", [])), name
    for name in ("kafka", "clickhouse"):
        assert "ports" not in SERVICES[name]
        assert all(STACK["networks"][network]["internal"] for network in SERVICES[name]["networks"])


def test_only_crawler_and_delivery_speak_to_the_outside() -> None:
    assert [name for name, service in SERVICES.items() if "outside" in service.get("networks", [])] == ["crawl", "deliver"]


def test_prometheus_meets_each_role_in_one_network() -> None:
    here = set(SERVICES["prometheus"]["networks"])
    for name in set(ROLES) - {"migrate"}:
        assert len(here & set(SERVICES[name]["networks"])) == 1, name


@every_service
def test_what_is_mounted_is_there(service: dict[str, Any]) -> None:
    for mount in service.get("volumes", []):
        source, target, *mode = mount.split(":")
        if source.startswith("."):
            assert (ROOT / source).exists(), source
            assert mode == ["ro"]
        else:
            assert source in STACK["volumes"]
        assert target.startswith("/")
    assert {one["source"] for one in service.get("secrets", [])} <= set(STACK["secrets"])


def test_nothing_starts_without_its_secrets() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{(\w+):\?[^}]{10,}\}", text))
    optional = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert len(re.findall(r"\$\{", text)) == len(re.findall(r"\$\{\w+:[?-]", text))
    assert {secret["environment"] for secret in STACK["secrets"].values()} < required
    assert optional == {"NABAT_REGION": "samara"}
    example = dict(line.split("=", 1) for line in (FOLDER / "example.env").read_text().splitlines() if re.match(r"\w+=", line))
    assert {name for name, value in example.items() if not value} == required
    assert set(example) == required | set(optional)
    for account in USERS.find("users") or ():
        password = account.find("password")
        assert account.get("remove") or (password is not None and password.get("from_env") in required), account.tag


def test_commands_are_ours() -> None:
    subparsers = next(action for action in parser()._actions if action.choices and not action.option_strings)
    known = set(subparsers.choices or ())
    assert len(known) == len(COMMANDS)
    for service in ROLES.values():
        if service["command"][0] in known:
            parser().parse_args(service["command"])
    assert SERVICES["migrate"]["command"][0] in known


def test_settings_are_ours(tmp_path: Path) -> None:
    """The file as it is, but for the folder of the secrets."""
    path = tmp_path / "nabat.toml"
    path.write_text((FOLDER / "nabat.toml").read_text(encoding="utf-8").replace("/run/secrets", str(tmp_path)), encoding="utf-8")
    for name in STACK["secrets"]:
        (tmp_path / name).write_text("secret")
    config = load(path, dict.fromkeys(STACK["x-role"]["environment"], "samara"))
    assert config.clickhouse.password.reveal() == "secret"
    assert config.clickhouse.url
    assert config.kafka.servers
    assert config.metrics.host != "127.0.0.1"


def test_addresses_in_the_files_are_those_of_the_services() -> None:
    (job,) = read_yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"]
    (names,) = job["dns_sd_configs"]
    assert set(names["names"]) == set(ROLES) - {"migrate"}
    assert names["port"] == SETTINGS["metrics"]["port"]
    sources = {source["name"]: source for source in read_yaml(GRAFANA / "provisioning/datasources/nabat.yml")["datasources"]}
    users = {account.tag for account in USERS.find("users") or ()}
    assert sources["ClickHouse"]["jsonData"]["host"] in SERVICES
    assert {sources["ClickHouse"]["jsonData"]["username"], SETTINGS["clickhouse"]["user"]} < users
    assert sources["ClickHouse"]["secureJsonData"]["password"].removeprefix("$") in SERVICES["grafana"]["environment"]
    for url in (sources["Prometheus"]["url"], SETTINGS["clickhouse"]["url"], f"kafka://{SETTINGS['kafka']['servers']}"):
        assert re.fullmatch(r"\w+://(\w+):\d+", url)[1] in SERVICES  # type: ignore[index]
    (provider,) = read_yaml(GRAFANA / "provisioning/dashboards/nabat.yml")["providers"]
    assert f"./dashboards/grafana:{provider['options']['path']}:ro" in SERVICES["grafana"]["volumes"]
    (alertmanagers,) = read_yaml(PROMETHEUS / "prometheus.yml")["alerting"]["alertmanagers"]
    assert alertmanagers["static_configs"][0]["targets"] == ["alertmanager:9093"]


def test_the_image_has_all_rooms_and_no_more() -> None:
    kept = {line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert kept == rooms | {"pyproject.toml", "README.md", "LICENSE"}


def test_grafana_may_read_what_its_panels_show_and_no_texts(clickhouse: Target) -> None:
    grants = [query.text or "" for query in USERS.iterfind("users/grafana/grants/query")]
    allowed = {grant.removeprefix("GRANT SELECT ON nabat.") for grant in grants}
    shown = {name for row in appeals.BOARD.rows for p in row.panels for q in p.queries for name in re.findall(r"FROM (\w+)", q.text)}
    needed = set(shown)
    while more := {name for view in needed for name in _read_by(view)} - needed:
        needed |= more
    assert needed <= allowed
    assert not allowed & {"posts", "post_revisions", "dead_letters", "snapshots", "*"}
    clients = Clients(clickhouse)
    for grant in [*grants, *(query.text or "" for query in USERS.iterfind("users/nabat/grants/query"))]:
        assert clients.get().query("SELECT formatQuery({q:String})", {"q": f"{grant} TO somebody"}).result_rows
    clients.close()


def _read_by(view: str) -> set[str]:
    """The tables and views that a view is made of; none for a table."""
    for statement in create_views(None):
        if re.search(rf"VIEW {view}\b", statement):
            return set(re.findall(r"FROM (\w+)", statement))
    return set()


def test_accounts_and_the_audit_outlast_the_console() -> None:
    # In memory they would be gone with the next restart, and whoever reaches the page would have every right again.
    folder = SETTINGS["nabat"]["data"]
    console = SERVICES["console"]
    lasting = dict(reversed(mount.split(":")[:2]) for mount in console["volumes"])
    assert lasting[folder] in STACK["volumes"]
    assert not [place for place in console["tmpfs"] if place.partition(":")[0] == folder]
