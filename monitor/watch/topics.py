"""Unknown topics of a region: what pages tell of words, and alerts about words that many people suddenly write."""

from __future__ import annotations

import orjson

from detectors.topics import Sketch, Topic, Topics
from detectors.topics.sketch import EXCERPT
from monitor.model.plain import Plain
from monitor.model.rows import AlertRow
from monitor.model.watch import Findings
from monitor.profile.model import Profile
from monitor.triage.erased import quote_hash
from monitor.watch import wording
from monitor.watch.alerts import Alerts
from monitor.watch.effects import Changes, WatchEffects

TOWN = "municipality"
"""Territories whose talk is one: a district's people write in their town's communities."""


class UnknownTopics:
    """Topics that no theme names."""

    def __init__(self, profile: Profile, alerts: Alerts) -> None:
        self._profile = profile
        self._alerts = alerts
        self._topics = Topics()
        self._towns: dict[str, str] = {}

    def take(self, found: Findings) -> None:
        """Counts what a page tells; one out of history tells nothing."""
        if found.page != "live":
            return
        for appeal in found.appeals:
            if appeal.verdict.theme or appeal.verdict.group:
                self._topics.named(found.fetched_at, appeal.text[:EXCERPT])
        if found.people:
            sketch = Sketch(found.stems, found.people, found.excerpts)
            self._topics.add(self._town(found.source), found.source, found.fetched_at, sketch)

    def erase(self, quotes: frozenset[str]) -> None:
        """Forgets what people wrote who are erased. Words that many have written stay."""
        self._topics.forget(lambda text: quote_hash(text) in quotes)

    def judge(self, at: int, changes: Changes, effects: WatchEffects) -> None:
        """Raises alerts of topics that begin, ends those of topics that are over. ``at``: the region's clock, ms."""
        for topic in self._topics.judge(at):
            name = f"topic:{topic.key}"
            if topic.over:
                row = self._alerts.end(name, at, changes.version)
            else:
                row = self._alerts.put(self._row(name, topic, at, changes.version))
                effects.alerts.append((row.kind, row.level))
            if row is not None:
                changes.alerts[row.id] = row

    def _row(self, name: str, topic: Topic, at: int, version: int) -> AlertRow:
        where = wording.territory_name(self._profile, topic.place)
        people = wording.plural(topic.people, "автор", "автора", "авторов")
        sources = wording.plural(topic.sources, "источнике", "источниках", "источниках")
        words = ", ".join(f"«{word}»" for word in topic.words)
        text = (
            f"Слова {words} с {wording.clock_time(topic.since, self._profile.calendar.timezone)} пишут {people} "
            f"в {sources}, обычно за это время {wording.amount(topic.expected)}. Ни одна из известных тем этого не называет."
        )
        title = f"Новая тема: {', '.join(topic.words)}, {where}"
        row = self._alerts.rows.plain(name, "topic", topic.place or self._profile.id, "notice", at, title, text, version)
        return row._replace(
            territory=topic.place or self._profile.id,
            since=topic.since,
            observed=topic.people,
            expected=topic.expected,
            surprise=topic.surprise,
            authors=topic.people,
            words=orjson.dumps(topic.words).decode(),
            examples=orjson.dumps([wording.example(text) for text in topic.examples]).decode(),
        )

    def _town(self, source: str) -> str:
        """The town in which a source's people live; empty for all of the region."""
        town = self._towns.get(source)
        if town is None:
            known = self._profile.sources.get(source)
            places = self._profile.territories
            path = self._profile.path(known.territory) if known is not None else ()
            town = next((one for one in path if one in places and places[one].kind == TOWN), "")
            self._towns[source] = town
        return town

    def dump(self) -> Plain:
        return self._topics.dump()

    def load(self, state: Plain) -> None:
        self._topics.load(state)
