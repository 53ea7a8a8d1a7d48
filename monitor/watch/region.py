"""One region as watch sees it: takes a record, changes its state, says what changed.

Each record is applied whole. Time is the greatest time read so far that is believed (monitor.watch.believed); nothing here asks a
clock, a store or the log.
"""

from __future__ import annotations

from collections.abc import Iterable

from detectors.base import Duplicates, SpikeDetector
from monitor.model.plain import Plain
from monitor.model.watch import Action, Findings, History, SourceStates, Tick, Use, WatchRecord
from monitor.model.works import Works
from monitor.profile.model import Profile
from monitor.watch import answers, decisions
from monitor.watch.alerts import Alerts
from monitor.watch.believed import as_known, believed
from monitor.watch.casework import Casework
from monitor.watch.effects import Changes, WatchEffects
from monitor.watch.settings import Names, WatchSettings
from monitor.watch.silence import Silence
from monitor.watch.tension import Tension
from monitor.watch.topics import UnknownTopics


class Region:
    """The state of one region. ``sources`` are the ids whose progress closes buckets."""

    def __init__(
        self,
        profile: Profile,
        settings: WatchSettings,
        names: Names,
        duplicates: Duplicates,
        spikes: SpikeDetector,
        sources: Iterable[str],
    ) -> None:
        self.id = profile.id
        self.use: Use | None = None
        self.clock = 0
        self._origins: dict[int, list[int]] = {}
        self._past: list[History] = []
        self._alerts = Alerts(profile, names)
        watched = list(sources)
        self._silence = Silence(profile, self._alerts, watched)
        self._tension = Tension(profile, settings, spikes, self._alerts, watched)
        self._casework = Casework(profile, settings, duplicates, self._tension, self._alerts)
        self._topics = UnknownTopics(profile, self._alerts)

    @property
    def works(self) -> Works:
        """The planned works that are in force."""
        return self._alerts.planned

    def apply(self, record: WatchRecord, version: int, effects: WatchEffects) -> None:
        """Takes one record; ``version`` is its packed log position."""
        changes = Changes(self.id, version)
        match record:
            case Findings():
                self._findings(record, changes, effects)
            case Action():
                if record.kind in decisions.KINDS:
                    self._casework.act(record, self.clock, changes)
                else:
                    answers.answer(record, self._alerts, changes)
            case Tick():
                at = min(record.at, self._pass(record.at, effects))
                self._teach()
                self._tension.begin(at)
                self._tension.tick(at)
            case Use():
                self.use = record
                self._silence.keep(self.clock, changes, effects)
            case History():
                self._past.append(record)
            case Works():
                changes.alerts |= {row.id: row for row in self._alerts.plan(record, self.clock, version)}
            case SourceStates():
                self._pass(record.at, effects)
                self._silence.take(record, changes, effects)
        self._silence.judge(self.clock, changes, effects)
        self._tension.close(self._casework.appeals, changes, effects)
        self._topics.judge(self.clock, changes, effects)
        self._casework.overdue(self.clock, changes, effects)
        answers.wake(self._alerts, self.clock, changes)
        changes.into(effects, self.clock)
        self._casework.forget()

    def _findings(self, found: Findings, changes: Changes, effects: WatchEffects) -> None:
        epoch, partition, offset = found.origin
        if [epoch, offset] <= self._origins.get(partition, [0, 0]):
            effects.repeats += 1
            return
        self._origins[partition] = [epoch, offset]
        if found.page == "erase":
            # No time passes: the page is as old as what it erases.
            self._casework.erase(found.erased, self.clock, changes)
            self._topics.erase(frozenset(found.quotes))
            changes.alerts |= {row.id: row for row in self._alerts.unquoted(frozenset(found.quotes), changes.version)}
            return
        if found.fetched_at > self._pass(found.fetched_at, effects, found.newest):
            found = as_known(found, self.clock)
        self._teach()
        self._tension.begin(found.fetched_at)
        past = found.page in ("backfill", "reprocess")
        self._casework.take(found.appeals, self.clock, changes, effects, past=past)
        for later in found.versions:
            if found.page == "reprocess" and later.id not in self._casework.appeals:
                # What is kept no more can't be counted anew: it would be counted twice.
                continue
            self._casework.later(later, self.clock, changes, effects, past=past)
        for reply in found.replies:
            self._casework.reply(reply, self.clock, changes)
        self._topics.take(found)
        self._tension.read(found.source, found.covered_until)

    def _pass(self, at: int, effects: WatchEffects, newest: int = 0) -> int:
        """Time goes on, as far as it is believed; returns what it is then."""
        self.clock = believed(self.clock, at, newest)
        effects.doubted += at > self.clock
        return self.clock

    def _teach(self) -> None:
        """Teaches the past before anything is judged. Records of the same time are one past: a second one would teach that the series
        of the first were silent.
        """
        past: dict[tuple[int, int], History] = {}
        for record in self._past:
            whole = past.setdefault((record.start, record.step), History(self.id, record.start, record.step, {}))
            whole.counts.update(record.counts)
        for whole in past.values():
            self._tension.teach(whole)
        self._past.clear()

    def dump(self) -> Plain:
        use = self.use
        return {
            "use": [use.at, use.region, use.classifier, use.profile, use.settings] if use else None,
            "clock": self.clock,
            "origins": self._origins,
            "past": [[record.start, record.step, record.counts] for record in self._past],
            "alerts": self._alerts.dump(),
            "tension": self._tension.dump(),
            "casework": self._casework.dump(),
            "silence": self._silence.dump(),
            "topics": self._topics.dump(),
        }

    def load(self, state: Plain) -> None:
        self.use = Use(*state["use"]) if state["use"] else None
        self.clock = state["clock"]
        self._origins = state["origins"]
        self._past = [History(self.id, *past) for past in state.get("past", ())]
        self._alerts.load(state["alerts"])
        self._tension.load(state["tension"])
        self._casework.load(state["casework"])
        # A snapshot of the time before sources were told of lacks it.
        self._silence.load(state.get("silence", [[], ""]))
        if "topics" in state:
            # A snapshot of the time before topics lacks them.
            self._topics.load(state["topics"])
