"""Sources that nothing is seen of any more: an alert, told once and over when the source mends; one for all where many fail at once.

| state of a source | it is told after |
|---|---|
| silent (longer than its habit explains), forbidden, gone, parked | 5 minutes, in which others may follow |
| broken | 15 minutes: a single answer that can't be read is asked for again before |
| unavailable | 30 minutes |
| limited | 2 hours: quotas and rates come back by themselves |

Where many fail within an hour (a network, a token, our own line), one alert tells of them all, and of those that follow while it
lasts. When few are left it is over, and these are told one by one: each source in trouble is told of by exactly one alert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from monitor.model.plain import Plain
from monitor.model.rows import AlertRow
from monitor.model.source import Source
from monitor.model.watch import SourceStates
from monitor.profile.model import Profile
from monitor.watch import wording
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes, WatchEffects

MINUTE: Final = 60_000
HOLD: Final = {
    "silent": 5 * MINUTE,
    "forbidden": 5 * MINUTE,
    "gone": 5 * MINUTE,
    "parked": 5 * MINUTE,
    "broken": 15 * MINUTE,
    "unavailable": 30 * MINUTE,
    "limited": 120 * MINUTE,
}
"""Ms from the begin of a trouble on; a state that is not here is well."""
MANY: Final = 5
AT_ONCE: Final = 60 * MINUTE
TITLES: Final = {
    "silent": "Источник молчит",
    "forbidden": "Источник закрыт",
    "gone": "Источник исчез",
    "parked": "Источник остановлен",
    "broken": "Ответы источника не разобрать",
    "unavailable": "Источник не отвечает",
    "limited": "Источник не прочитать из-за лимитов",
}
SHORT: Final = {
    "silent": "молчат",
    "forbidden": "закрыты",
    "gone": "исчезли",
    "parked": "остановлены",
    "broken": "не разобраны",
    "unavailable": "не отвечают",
    "limited": "упёрлись в лимиты",
}
NETWORKS: Final = {"vk": "ВКонтакте", "tg": "Telegram", "ok": "Одноклассники", "max": "MAX", "rss": "ленты", "appeal": "обращения"}


class Trouble(Struct, gc=False):
    """Of one source, from ``since`` (ms) on. ``alert``: the one that tells of it, empty while none does."""

    source: str
    state: str
    error: str
    since: int
    alert: str = ""


class Silence:
    """The troubles of a region's sources. ``sources``: ids of those that are watched; states of others say nothing."""

    def __init__(self, profile: Profile, alerts: Alerts, sources: Iterable[str]) -> None:
        self._profile = profile
        self._alerts = alerts
        self._watched = dict.fromkeys(sources)
        self._many = min(MANY, max(2, len(self._watched)))
        self._troubles: dict[str, Trouble] = {}
        self._all = ""
        self._due = 0

    def take(self, states: SourceStates, changes: Changes, effects: WatchEffects) -> None:
        """Sources that look otherwise than before."""
        for now in states.sources:
            if now.source not in self._watched:
                continue
            trouble = self._troubles.get(now.source)
            if now.state not in HOLD:
                self._mend(now.source, now.at, changes)
            elif trouble is None:
                self._troubles[now.source] = Trouble(now.source, now.state, now.error, now.at)
            elif trouble.state != now.state:
                trouble.state, trouble.error = now.state, now.error
                if trouble.alert and trouble.alert != self._all:
                    self._one(trouble, now.at, changes, effects)
        self._show_all(states.at, changes, effects)
        self._plan()

    def keep(self, at: int, changes: Changes, effects: WatchEffects) -> None:
        """Other settings are in force: what is not watched any more troubles nobody."""
        for source in [source for source in self._troubles if source not in self._watched]:
            self._mend(source, at, changes)
        self._show_all(at, changes, effects)
        self._plan()

    def judge(self, now: int, changes: Changes, effects: WatchEffects) -> None:
        """Tells of the troubles that last for long enough at ``now`` (ms)."""
        if not self._due or now < self._due:
            return
        due = [one for one in self._troubles.values() if not one.alert and one.since + HOLD[one.state] <= now]
        since = min(one.since for one in due)
        fresh = [one for one in self._troubles.values() if one.since >= since - AT_ONCE]
        if self._all or len(fresh) >= self._many:
            self._all = self._all or f"silent:{self._profile.id}:{since}"
            for one in {one.source: one for one in [*due, *fresh]}.values():
                if one.alert and one.alert != self._all:
                    self._over(one.alert, now, changes)
                one.alert = self._all
            self._show_all(now, changes, effects)
        else:
            for one in due:
                one.alert = f"silent:{one.source}:{one.since}"
                self._one(one, now, changes, effects)
        self._plan()

    def _mend(self, source: str, at: int, changes: Changes) -> None:
        trouble = self._troubles.pop(source, None)
        if trouble is not None and trouble.alert and trouble.alert != self._all:
            self._over(trouble.alert, at, changes)

    def _over(self, alert: str, at: int, changes: Changes) -> None:
        if (row := self._alerts.end(alert, at, changes.version)) is not None:
            changes.alerts[row.id] = row

    def _plan(self) -> None:
        """When the next trouble has lasted for long enough; 0: none waits."""
        self._due = min((one.since + HOLD[one.state] for one in self._troubles.values() if not one.alert), default=0)

    def _one(self, trouble: Trouble, at: int, changes: Changes, effects: WatchEffects) -> None:
        source = self._profile.sources.get(trouble.source)
        since = wording.clock_time(trouble.since, self._profile.calendar.timezone)
        error = f" {trouble.error[:1].upper()}{trouble.error[1:].rstrip('.')}." if trouble.error else ""
        level = "urgent" if self._critical(trouble) else "notice"
        title = f"{TITLES[trouble.state]}: {_name(trouble.source, source)}"
        text = f"С {since} сообщений этого источника не видно.{error} Это не значит, что там спокойно."
        row = self._alerts.rows.plain(trouble.alert, "silent", trouble.source, level, at, title, text, changes.version)
        self._put(row._replace(territory=source.territory if source else "", since=trouble.since), at, changes, effects)

    def _show_all(self, at: int, changes: Changes, effects: WatchEffects) -> None:
        """The alert that tells of many: raised, told anew when it has grown or shrunk by half, over when few are left."""
        if not self._all:
            return
        members = [one for one in self._troubles.values() if one.alert == self._all]
        if len(members) < (self._many + 1) // 2:
            self._over(self._all, at, changes)
            self._all = ""
            for one in members:
                one.alert = ""
            return
        most = 2 * len(members) >= len(self._watched)
        level = "urgent" if most or any(self._critical(one) for one in members) else "notice"
        before = self._alerts.get(self._all)
        if before is not None and before.level >= level and 2 * before.observed > len(members) > before.observed // 2:
            return
        since = min(one.since for one in members)
        networks = Counter(_network(one.source, self._profile.sources.get(one.source)) for one in members)
        states = Counter(SHORT[one.state] for one in members)
        error = next((f" Одна из причин: {one.error.rstrip('.')}." for one in members if one.error), "")
        title = f"Не видно сразу многих источников: {len(members)} из {len(self._watched)}"
        text = (
            f"С {wording.clock_time(since, self._profile.calendar.timezone)}: {_listed(states)}. Сети: {_listed(networks)}."
            f"{error} Похоже на сбой сети, токенов или лимитов; тишина сейчас не значит, что спокойно."
        )
        level = max(level, before.level) if before else level
        row = self._alerts.rows.plain(self._all, "silent", self._profile.id, level, at, title, text, changes.version)
        self._put(row._replace(since=since, observed=len(members)), at, changes, effects)

    def _put(self, row: AlertRow, at: int, changes: Changes, effects: WatchEffects) -> None:
        """Raises it; one that fires already keeps what people made of it, and asks for an answer anew if its level has risen."""
        before = self._alerts.get(row.id)
        if before is None or row.level != before.level:
            effects.alerts.append((row.kind, row.level))
        changes.alerts[row.id] = self._alerts.show(row, at)

    def _critical(self, trouble: Trouble) -> bool:
        source = self._profile.sources.get(trouble.source)
        return source is not None and source.weight == "critical"

    def dump(self) -> Plain:
        return [[[one.source, one.state, one.error, one.since, one.alert] for one in self._troubles.values()], self._all]

    def load(self, state: Plain) -> None:
        troubles, self._all = state
        self._troubles = {values[0]: Trouble(*values) for values in troubles}
        self._plan()


def _name(source: str, known: Source | None) -> str:
    return known.name or source if known else source


def _network(source: str, known: Source | None) -> str:
    network = known.network if known else source.partition(":")[0]
    return NETWORKS.get(network, network)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
