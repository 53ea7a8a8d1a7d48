"""People who write, edit, delete, answer and correct at random, and what is true after all of it.

Everything goes through both stages, change by change. Beside them this remembers the posts as they stand and what was decided: all
that a recount needs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from msgspec.structs import replace

from monitor.log.base import PAGES, Record
from monitor.model.codec import encode
from monitor.model.post import Page, Post
from monitor.model.rows import AppealRow, Row
from monitor.model.verdict import Verdict
from monitor.model.watch import Action, Tick, WatchRecord, encode_record
from monitor.triage.repeats import Repeats
from sources.simulated.world import World
from tests.crash.region import HOUR, MINUTE, REGION, START, SteadyClassifier, use, watch
from tests.crash.stages import ROOMY, triage, watch_record

_WORDS = "двор лифт снег яма крыша труба фонарь свет вода тепло мост сквер лавка забор люк ограда бордюр подвал чердак щит".split()


@dataclass(slots=True)
class Told:
    """What became of an action as it must be: ``conflict`` is empty where it was accepted."""

    subject: str
    conflict: str


class People:
    """``posts`` as they stand, ``appeals`` that ever were any, ``rejected`` by a person, ``told``: actions by id."""

    def __init__(self, world: World, seed: int) -> None:
        self._random = random.Random(seed)
        self._sources = {source.id: source.territory for source in world.sources[:4]}
        self._triage = triage(world, ROOMY)
        # Five people with forty texts would all be taken for bots.
        self._triage.repeats = Repeats(0)
        self._watch = watch(world)
        self._offsets = [0, 0]
        self._texts = [" ".join(self._random.choices(_WORDS, k=9)) for _ in range(40)]
        self._verdicts = SteadyClassifier()
        self._versions: dict[str, list[str]] = {}
        self.now = START
        self.rows: list[Row] = []
        self.posts: dict[str, Post] = {}
        self.homes: dict[str, str] = {}
        self.appeals: set[str] = set()
        self.rejected: dict[str, Verdict] = {}
        self.told: dict[str, Told] = {}
        self._append(use())
        self._append(Tick(START))

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.now += self._random.randint(1, 3 * MINUTE)
            self._random.choice(
                (self._write, self._write, self._edit, self._edit, self._delete, self._answer, self._act, self._tick)
            )()
        self.now += 2 * HOUR
        self._tick()

    def verdict(self, post: Post) -> Verdict:
        return self._verdicts.one(post.text, self._sources[self.homes[post.id]])

    def status(self, name: str) -> str:
        """What the status of an appeal has to be."""
        if name in self.rejected:
            return "rejected"
        post = self.posts[name]
        return "deleted" if post.deleted else "active" if self.verdict(post).appeal else "withdrawn"

    def _citizens(self) -> list[str]:
        return [name for name, post in self.posts.items() if not post.official]

    def _write(self) -> None:
        chance = self._random
        name = f"p{len(self.posts)}"
        self.homes[name] = chance.choice(sorted(self._sources))
        author = chance.choice(["", *"abcde"])
        self._put(Post(name, chance.choice(self._texts), self.now - chance.randint(0, 30) * MINUTE, author=author))

    def _edit(self) -> None:
        """Another text, which may bring a deleted post back. Of an answer too."""
        if self.posts:
            post = self.posts[self._random.choice(sorted(self.posts))]
            self._put(replace(post, text=self._random.choice(self._texts), edited_at=self.now, deleted=False))

    def _delete(self) -> None:
        if self.posts:
            self._put(replace(self.posts[self._random.choice(sorted(self.posts))], text="", edited_at=self.now, deleted=True))

    def _answer(self) -> None:
        subjects = sorted(self.appeals)
        if subjects:
            subject = self._random.choice(subjects)
            name = f"r{len(self.posts)}"
            self.homes[name] = self.homes[subject]
            text = self._random.choice(self._texts)
            self._put(Post(name, text, self.now, official=True, thread=subject, reply_to=subject))

    def _put(self, post: Post) -> None:
        self.posts[post.id] = post
        home = self.homes[post.id]
        page = Page(home, REGION, "sim", self.now, self.now, posts=[post])
        record = Record(PAGES, 0, self._offsets[0], home, encode(page), self.now)
        self._offsets[0] += 1
        effects = self._triage.process(self._triage.decode([record]))
        self.rows += effects.rows
        if not post.official and not post.deleted and self.verdict(post).appeal:
            self.appeals.add(post.id)
        for findings in effects.findings:
            self._append(findings)

    def _act(self) -> None:
        if not self._versions:
            return
        subject = self._random.choice([*sorted(self._versions), "nobody"])
        versions = self._versions.get(subject, ["7"])
        right = self._random.random() < 0.6
        based_on = versions[-1] if right else self._random.choice(["7", *versions[:-1]])
        if subject not in self.appeals:
            conflict = "unknown"
        elif (status := self.status(subject)) != "active":
            conflict = status
        else:
            conflict = "" if right else "changed"
        name = f"action-{len(self.told)}"
        self.told[name] = Told(subject, conflict)
        if not conflict:
            self.rejected[subject] = self.verdict(self.posts[subject])
        self._append(Action(name, "not_appeal", REGION, subject, based_on, "operator", self.now))

    def _tick(self) -> None:
        self._append(Tick(self.now))

    def _append(self, record: WatchRecord) -> None:
        effects = self._watch.process([watch_record(self._offsets[1], encode_record(record))])
        self._offsets[1] += 1
        self.rows += effects.rows
        for row in effects.rows:
            if isinstance(row, AppealRow):
                self._versions.setdefault(row.id, []).append(str(row.version))
