"""Topics of a region: bursts of words in its places and in all of it, made one where the same posts have them, and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from detectors.topics.excerpts import Excerpt, Excerpts, different
from detectors.topics.naming import name
from detectors.topics.settings import HOUR, TopicSettings
from detectors.topics.sketch import Sketch
from detectors.topics.window import Found, Window, depth
from monitor.model.plain import Plain

SPAN = 2 * HOUR
MOSTLY = 0.8
"""Of a topic's texts: when so many are from one place, it is that place's."""
SAME = 0.5
"""Of the texts of two words that both have: they are one topic."""
NAMED = 1 / 3
"""Of a word's people: when so many complaints of known themes have it too, a theme tells of it."""
EXAMPLES = 3


class Topic(NamedTuple):
    """``place`` is empty for all of the region. ``expected`` in thousandths of a person, ``surprise`` in decibels, ``since`` in ms.

    ``over`` topics have their ``key`` alone.
    """

    key: str
    over: bool
    place: str = ""
    words: tuple[str, ...] = ()
    people: int = 0
    expected: int = 0
    surprise: int = 0
    sources: int = 0
    since: int = 0
    examples: tuple[str, ...] = ()


Texts = Sequence[tuple[Excerpt, list[str]]]


class Topics:
    """All places of one region. Times are ms of the region's clock, never falling."""

    def __init__(self, settings: TopicSettings | None = None) -> None:
        self._settings = settings or TopicSettings()
        self._all = Window(self._settings, self._settings.words)
        self._places: dict[str, Window] = {}
        self._excerpts = Excerpts(self._settings.excerpts)
        self._themed = Excerpts(self._settings.excerpts)
        # Key: place, main stem, all stems.
        self._active: dict[str, tuple[str, str, list[str]]] = {}
        self._muted: dict[str, int] = {}
        self._hour = self._step = 0

    def add(self, place: str, source: str, at: int, sketch: Sketch) -> None:
        """Counts what a page of a source tells; ``place`` is empty for a source of all the region."""
        self._pass(at)
        self._all.add(sketch.people, sketch.words)
        if place:
            window = self._places.get(place)
            if window is None:
                window = self._places[place] = Window(self._settings, self._settings.words // 8)
            window.add(sketch.people, sketch.words)
        self._excerpts.add(at, place, source, sketch.excerpts)

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Forgets the beginnings of posts that are ``gone``, and none of the words that they were counted with."""
        self._excerpts.forget(gone)
        self._themed.forget(gone)

    def named(self, at: int, text: str) -> None:
        """A complaint that a theme names: its words are no topic of their own."""
        self._themed.add(at, "", "", (text,))

    def judge(self, at: int) -> list[Topic]:
        """Topics that are over, and those that begin; asked as often as one likes, it looks once a step."""
        if at // self._settings.step == self._step:
            return []
        self._step = at // self._settings.step
        self._pass(at)
        told = self._ended(at)
        found = [("", one) for one in self._all.found()]
        for place, window in self._places.items():
            found += [(place, one) for one in window.found()]
        found = [(place, one) for place, one in found if self._muted.get(one.word, 0) < self._hour]
        if found:
            told += self._begun(at, sorted(found, key=lambda one: (-one[1].surprise, one[1].word, one[0])))
        return told

    def _pass(self, at: int) -> None:
        hour = at // HOUR
        passed = hour - self._hour
        if passed <= 0:
            return
        if self._hour:
            for window in (self._all, *self._places.values()):
                window.turn(self._hour, passed)
            self._muted = {word: until for word, until in self._muted.items() if until >= hour}
        self._hour = hour

    def _ended(self, at: int) -> list[Topic]:
        told = []
        for key, (place, main, stems) in list(self._active.items()):
            window = self._places.get(place, self._all)
            self._mute(stems)
            if 2 * window.count(main) < self._settings.people:
                del self._active[key]
                told.append(Topic(key, over=True, since=at))
        return told

    def _mute(self, stems: Sequence[str]) -> None:
        for stem in stems:
            self._muted[stem] = self._hour + self._settings.mute_hours

    def _begun(self, at: int, found: Sequence[tuple[str, Found]]) -> list[Topic]:
        texts = self._excerpts.since(at - SPAN)
        having: dict[str, frozenset[int]] = {}
        for stem in dict.fromkeys(
            [*(one.word for _, one in found), *(stem for _, _, stems in self._active.values() for stem in stems)]
        ):
            having[stem] = frozenset(index for index, (_, stems) in enumerate(texts) if stem in stems)
        told: list[Topic] = []
        for place, one in found:
            if self._muted.get(one.word, 0) >= self._hour or self._absorbed(one.word, having):
                continue
            mine = [texts[index] for index in sorted(having[one.word]) if place in ("", texts[index][0].place)]
            apart = [mine[index] for index in different([stems for _, stems in mine])]
            sources = len({excerpt.source for excerpt, _ in apart})
            if len(apart) < self._settings.wordings or sources < self._settings.sources or self._explained(at, one):
                continue
            # People who pass a text on count as far as their words are their own.
            own = one.people * len(apart) // len(mine)
            surprise = depth([own], [one.expected])[0]
            if own < self._settings.people or surprise < self._settings.surprise:
                continue
            members = [other for _, other in found if _overlap(having[one.word], having[other.word])]
            stems = list(dict.fromkeys([one.word, *(other.word for other in members), *self._companions(apart)]))
            told.append(self._topic(self._where(place, mine), one, own, surprise, sources, stems, apart))
        return told

    def _topic(self, place: str, one: Found, people: int, surprise: int, sources: int, stems: list[str], apart: Texts) -> Topic:
        key = f"{place}|{one.word}|{self._step}"
        self._active[key] = place, one.word, stems
        self._mute(stems)
        ranked = sorted(apart, key=lambda text: -sum(stem in text[1] for stem in stems))
        return Topic(
            key,
            False,
            place,
            tuple(name(stems, [(excerpt.text, found) for excerpt, found in apart])),
            people,
            int(one.expected * 1000 + 0.5),
            surprise,
            sources,
            apart[0][0].at,
            tuple(excerpt.text for excerpt, _ in ranked[:EXAMPLES]),
        )

    def _companions(self, texts: Texts) -> list[str]:
        """Words that half of the texts share, and that are written more than usual: no surprise of their own, but of the name."""
        counts = Counter(stem for _, stems in texts for stem in dict.fromkeys(stems))
        shared = sorted((-count, stem) for stem, count in counts.items() if count >= SAME * len(texts))
        return [stem for _, stem in shared if self._all.rises(stem)]

    def _absorbed(self, word: str, having: dict[str, frozenset[int]]) -> bool:
        """Whether a word belongs to a topic that was told already."""
        for _, _, stems in self._active.values():
            if any(_overlap(having.get(stem, frozenset()), having[word]) for stem in stems):
                self._mute([word])
                stems.append(word)
                return True
        return False

    def _explained(self, at: int, one: Found) -> bool:
        themed = sum(one.word in stems for _, stems in self._themed.since(at - SPAN))
        return themed >= NAMED * one.people

    def _where(self, place: str, texts: Texts) -> str:
        if place:
            return place
        counts: dict[str, int] = {}
        for excerpt, _ in texts:
            counts[excerpt.place] = counts.get(excerpt.place, 0) + 1
        most = max(counts, key=lambda slug: counts[slug])
        return most if counts[most] >= MOSTLY * len(texts) else ""

    def dump(self) -> Plain:
        return {
            "all": self._all.dump(),
            "places": [[place, window.dump()] for place, window in self._places.items()],
            "excerpts": self._excerpts.dump(),
            "themed": self._themed.dump(),
            "active": [[key, place, main, list(stems)] for key, (place, main, stems) in self._active.items()],
            "muted": dict(self._muted),
            "times": [self._hour, self._step],
        }

    def load(self, state: Plain) -> None:
        self._all.load(state["all"])
        self._places = {}
        for place, window in state["places"]:
            self._places[place] = Window(self._settings, self._settings.words // 8)
            self._places[place].load(window)
        self._excerpts.load(state["excerpts"])
        self._themed.load(state["themed"])
        self._active = {key: (place, main, stems) for key, place, main, stems in state["active"]}
        self._muted = state["muted"]
        self._hour, self._step = state["times"]


def _overlap(one: frozenset[int], other: frozenset[int]) -> bool:
    return bool(one and other) and len(one & other) >= SAME * min(len(one), len(other))
