"""Series of a region: counts appeals in, closes buckets, has spikes judged, raises and ends their alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from detectors.base import SpikeDetector
from monitor.model.incident import AlertLevel, Spike
from monitor.model.plain import Plain
from monitor.model.rows import AppealRow, SeriesRow
from monitor.model.watch import History
from monitor.profile.model import Profile
from monitor.watch.alerts import Alerts
from monitor.watch.cause import Posts, Seen
from monitor.watch.counts import Cell, Counts, counted, series_of
from monitor.watch.effects import Changes, WatchEffects
from monitor.watch.progress import Progress
from monitor.watch.settings import WatchSettings
from monitor.watch.spike_posts import SpikePosts
from monitor.watch.tension_tree import Tree
from monitor.watch.wide import wide_level

JUDGED = ("region", "municipality", "district")
"""Kinds of territories whose series are judged: what a village writes in a week is too little for statistics of its own, and counts
in its municipality."""
KNOWN = 10_000
"""Sorts of appeals whose series are remembered by name: more than a busy region has."""


class Tension:
    """Counts of a region over time. ``sources`` are the ids whose progress closes buckets."""

    def __init__(
        self, profile: Profile, settings: WatchSettings, spikes: SpikeDetector, alerts: Alerts, sources: Iterable[str]
    ) -> None:
        self._profile = profile
        self._settings = settings
        self._spikes = spikes
        self._alerts = alerts
        self._counts = Counts(settings.bucket)
        self._progress = Progress(sources, settings.bucket, settings.grace)
        self._known: dict[tuple[str, str, str, str], list[str]] = {}
        self._judged: dict[str, bool] = {}
        self._posts = SpikePosts(self._series)
        self._past: dict[str, int] = {}
        self._tree = Tree(profile, self._posts_since)

    def teach(self, history: History) -> None:
        """Takes the past of the narrowest territories; those around them get the sums."""
        sums: dict[str, list[int]] = {}
        for series, counts in history.counts.items():
            territory, _, rest = series.partition("|")
            for around in filter(self._is_judged, self._profile.path(territory)):
                total = sums.setdefault(f"{around}|{rest}", [0] * len(counts))
                total[:] = [have + more for have, more in zip(total, counts, strict=True)]
        self._spikes.history(history.start, history.step, {series: counts for series, counts in sums.items() if any(counts)})

    def begin(self, at: int) -> None:
        self._progress.begin(at)

    def tick(self, at: int) -> None:
        self._progress.tick(at)

    def read(self, source: str, until: int) -> None:
        self._progress.read(source, until)

    def count(self, row: AppealRow, text: str, changes: Changes, *, past: bool = False) -> None:
        """Counts an appeal in, if it counts. One that comes after its bucket closed corrects history and fires nothing.

        One of the ``past`` does no more than that: it is not counted in what is still to be judged, and lends an alert no words.
        """
        bucket = self._counts.bucket(row.published_at)
        if not counted(row) or bucket < self._oldest():
            return
        if past and bucket >= self._progress.next:
            self._past[row.id] = bucket
            return
        if not past:
            self._posts.add(row.id, text)
        names = self._series(row)
        cells = self._counts.add(bucket, names, row.author or row.id)
        if bucket < self._progress.next:
            for name in names:
                cell = cells[name]
                cell.closed = True
                changes.series[bucket, name] = self._row(name, bucket, cell, changes.version)

    def uncount(self, row: AppealRow, changes: Changes) -> bool:
        """Takes an appeal out again, out of closed buckets too; whether it was counted."""
        if not counted(row) or self._past.pop(row.id, None) is not None:
            return False
        bucket = self._counts.bucket(row.published_at)
        for series in self._series(row):
            cell = self._counts.remove(bucket, series, row.author or row.id)
            if cell is not None and cell.closed:
                changes.series[bucket, series] = self._row(series, bucket, cell, changes.version)
        return True

    def erase(self, posts: Iterable[str]) -> None:
        """Forgets the words of posts that are counted no more."""
        self._posts.erase(frozenset(posts))

    def close(self, appeals: Mapping[str, AppealRow], changes: Changes, effects: WatchEffects) -> None:
        """Closes every bucket that can be closed. ``appeals`` are the current ones, for the words of an alert."""
        while (closing := self._progress.close()) is not None:
            start, complete = closing
            cells = self._counts.cells(start)
            fired = self._judge(start, complete, cells, appeals, changes)
            for series, cell in cells.items():
                cell.complete, cell.closed = complete, True
                changes.series[start, series] = self._row(series, start, cell, changes.version)
            for spike in fired:
                self._raise(spike, start, complete, appeals, changes, effects)
            self._counts.forget(self._oldest())
            if self._past:
                self._past = {post: bucket for post, bucket in self._past.items() if bucket >= self._oldest()}

    def _judge(
        self, start: int, complete: bool, cells: Mapping[str, Cell], appeals: Mapping[str, AppealRow], changes: Changes
    ) -> list[Spike]:
        fired = []
        counts = {name: (cell.posts, len(cell.authors)) for name, cell in cells.items() if self._judges(name)}
        judged = self._spikes.close(start, complete, counts)
        for series, judgement in judged.items():
            cell = cells.get(series)
            if cell is not None:
                cell.expected, cell.surprise = judgement.expected, judgement.surprise
            if judgement.spike is not None:
                fired.append(judgement.spike)
        end = start + self._settings.bucket
        # Who does not see does not judge: a source that told of it and is not read now keeps the alert.
        unread = set() if complete else self._progress.unread(end)
        for series in self._alerts.active():
            if (series not in judged or not judged[series].active) and unread.isdisjoint(self._alerts.sources(series)):
                alert = self._alerts.calm(series, end, changes.version)
                if alert is not None:
                    changes.alerts[alert.id] = alert
        changes.alerts |= {alert.id: alert for alert in self._alerts.settle(unread, end, changes.version)}
        going = {series for series, judgement in judged.items() if judgement.active}

        def level(spike: Spike) -> AlertLevel:
            made = self._posts.of(spike.series, spike.onset or start, end, appeals)
            return wide_level(spike.level, made, self._alerts.temperature(end))

        return self._tree.choose(fired, going, self._alerts.spiking, level, end)

    def _series(self, row: AppealRow) -> list[str]:
        """The names of the series that an appeal counts in; made once for a sort of appeals."""
        sort = row.kind, row.territory, row.group, row.theme
        found = self._known.get(sort)
        if found is None:
            if len(self._known) == KNOWN:
                self._known.clear()
                self._judged.clear()
            found = self._known[sort] = series_of(self._profile, *sort)
        return found

    def _judges(self, series: str) -> bool:
        found = self._judged.get(series)
        if found is None:
            found = self._judged[series] = "|group|" in series and self._is_judged(series.partition("|")[0])
        return found

    def _is_judged(self, territory: str) -> bool:
        found = self._profile.territories.get(territory)
        return found is None or found.kind in JUDGED

    def _raise(
        self,
        spike: Spike,
        start: int,
        complete: bool,
        appeals: Mapping[str, AppealRow],
        changes: Changes,
        effects: WatchEffects,
    ) -> None:
        end = start + self._settings.bucket
        since = spike.onset or start
        made = self._posts.of(spike.series, since, end, appeals)
        posts = Posts(spike.series, since, made.themes, made.incidents, self._tree.wide(spike.series))
        new = not self._alerts.spiking(spike.series)
        alert, louder = self._alerts.spike(spike, Seen(posts, made.authors, made.texts, made.sources, complete), end, changes.version)
        if alert is None:
            return
        changes.alerts[alert.id] = alert
        if new and alert.incident:
            detail: dict[str, object] = {"alert": alert.id, "series": spike.series, "observed": spike.observed}
            changes.event(alert.incident, end, "", "spike", detail)
        if louder:
            effects.detected.append(end)
            effects.alerts.append((alert.kind, alert.level))

    def _posts_since(self, series: str, since: int) -> int:
        starts = range(self._counts.bucket(since), self._progress.next, self._settings.bucket)
        return sum(cell.posts for start in starts if (cell := self._counts.cells(start).get(series)) is not None)

    def _oldest(self) -> int:
        return self._progress.next - self._settings.series_window

    def _row(self, series: str, bucket: int, cell: Cell, version: int) -> SeriesRow:
        territory, dimension, value = series.split("|", 2)
        return SeriesRow(
            self._profile.id,
            series,
            territory,
            dimension,
            value,
            bucket,
            cell.posts,
            len(cell.authors),
            cell.expected,
            cell.surprise,
            cell.complete,
            cell.closed,
            version,
        )

    def dump(self) -> Plain:
        return {
            "counts": self._counts.dump(),
            "progress": self._progress.dump(),
            "recent": self._posts.dump(),
            "spikes": self._spikes.dump(),
            "past": self._past,
            "tree": self._tree.dump(),
        }

    def load(self, state: Plain) -> None:
        self._counts.load(state["counts"])
        self._progress.load(state["progress"])
        self._posts.load(state["recent"])
        self._spikes.load(state["spikes"])
        # Older snapshots lack these.
        self._past = state.get("past", {})
        self._tree.load(state.get("tree", [[], []]))
