"""A desk at which incidents and spikes are told, and what becomes of their alerts."""

from __future__ import annotations

from typing import Any

from monitor.model.incident import AlertLevel, Spike
from monitor.model.rows import AlertRow, AppealRow, IncidentRow
from monitor.profile.load import load_profile
from monitor.watch.alerts import Alerts
from monitor.watch.cause import Posts, Seen
from monitor.watch.settings import Names

HOUR = 3_600_000
PROFILE = load_profile("samara")
TOWNS = [one.id for one in PROFILE.territories.values() if one.kind == "municipality"]
COLD = {"housing.heating": 20, "housing.lift": 2}
"""Themes of a spike of cold houses."""


def incident(number: int = 1, authors: int = 1, **changes: Any) -> IncidentRow:
    values: dict[str, Any] = dict.fromkeys(IncidentRow._fields, "")
    values |= {name: 0 for name, kind in IncidentRow.__annotations__.items() if kind in (int, "int")}
    values |= {
        "id": f"i{number}", "region": "samara", "status": "open", "group": "housing", "theme": "housing.heating", "urgency": 2,
        "territory": TOWNS[0], "first_member": f"p{number}", "first_seen": HOUR, "members": authors, "authors": authors,
        "body": "teplo",
    }  # fmt: skip
    return IncidentRow(**(values | changes))


def appeal(author: str, **changes: Any) -> AppealRow:
    values: dict[str, Any] = dict.fromkeys(AppealRow._fields, "")
    return AppealRow(**(values | {"id": f"p-{author}", "author": author, "territory": TOWNS[0]} | changes))


class Desk:
    def __init__(self) -> None:
        self.alerts = Alerts(PROFILE, Names())
        self.at = HOUR
        self.version = 10

    def danger(self, row: IncidentRow, author: str = "a", telling: int | None = None, **place: Any) -> AlertRow | None:
        """``telling``: how many of its authors write of what is urgent; all, if not given."""
        self.version += 1
        telling = row.authors if telling is None else telling
        rows = self.alerts.danger(row, telling, self.at, "нет тепла", self.version, appeal(author, **place))
        return rows[-1] if rows else None

    def told(self, row: IncidentRow, author: str = "a", telling: int | None = None, **place: Any) -> tuple[str, int, str]:
        """Level, sounds and what the last was for, of an alert that has to change."""
        found = self.danger(row, author, telling, **place)
        assert found is not None
        return found.level, found.sounds, found.why

    def again(self) -> None:
        """As after a restart."""
        state = self.alerts.dump()
        self.alerts = Alerts(PROFILE, Names())
        self.alerts.load(state)


def spike(desk: Desk, where: str, group: str, level: AlertLevel, themes: dict[str, int], **more: Any) -> Any:
    """The spike of a series, judged at the desk's time; ``incidents``: what its posts are of, ``wide``: many places share it."""
    desk.version += 1
    observed = sum(themes.values())
    series = f"{where}|group|{group}"
    posts = Posts(series, desk.at - HOUR // 4, themes, more.get("incidents", {}), more.get("wide", False))
    found = Spike(series, more.get("bucket", desk.at), level, observed, 500, 70, desk.at - HOUR // 4)
    return desk.alerts.spike(found, Seen(posts, observed, [], ["vk:-1"], True), desk.at, desk.version)
