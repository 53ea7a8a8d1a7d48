"""Pages with everything that goes wrong in them: a seeded list of records, the same in every process.

Over the simulated world: posts that come again, edited, reverted, turned into chatter, deleted; copies; pages cut short; items of
wrong types, without ids, with impossible times; what parsers could not take; a source of rubbish; dead letters retried; people
erased.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson

from monitor.log.base import PAGES, Record, partition_of
from monitor.model.codec import encode
from monitor.model.errors import NabatError
from monitor.model.post import Page, Post
from monitor.model.rows import DeadLetterRow
from monitor.triage.decode import EARLIEST
from monitor.triage.erased import SOURCE, Erasure, quote_hash
from monitor.triage.retry import again
from monitor.triage.stage import Triage
from monitor.watch.quotes import quotes_of
from sources.simulated.world import World
from tests.crash.region import HOUR, MINUTE, REGION, START, SteadyClassifier
from tests.crash.stages import ROOMY, triage

Json = dict[str, Any]

STEP = 5 * MINUTE
ELSEWHERE = b'{"source":"s","region":"elsewhere","network":"n","fetched_at":1768222800000}'
RUBBISH = (b"[]", b'{"v":9}', b"\xff\xfe", b'{"source":1}', ELSEWHERE, b"")


class Stream:
    """Builds the records. ``poison`` mixes in texts on which the classifier fails."""

    def __init__(self, world: World, seed: int, *, partitions: int = 1, poison: bool = True) -> None:
        self._world = world
        self._random = random.Random(seed)
        # Of its own, so that what triage refuses does not change what comes next.
        self._retries = random.Random(seed)
        self._erasures = random.Random(seed)
        self._partitions = partitions
        self._poison = poison
        self._stages = [triage(world, ROOMY) for _ in range(partitions)]
        self._seen: dict[str, list[Json]] = defaultdict(list)
        self._texts: list[str] = []
        self._rubbish = 0
        self._letters: list[DeadLetterRow] = []
        self._bad = world.sources[1].id
        self.records: list[Record] = []

    def make(self, start: int = START, length: int = 2 * HOUR) -> list[Record]:
        """All records, in order; offsets are those of each record's partition."""
        for page in self._world.pages(start, start + length, step_ms=STEP, empty=True):
            plain = orjson.loads(encode(page))
            plain["posts"] = [self._spoil(post, plain) for post in [*plain["posts"], *self._again(plain)]]
            if page.source == self._bad and start + length // 3 < page.fetched_at < start + length * 2 // 3:
                plain["posts"] += [{"id": 5, "text": f"не то {number}"} for number in range(9)]
            if self._random.random() < 0.03:
                plain["broken"] = [{"detail": "no date", "payload": f"raw {n}"} for n in range(self._random.randint(1, 3))]
            self._append(page.source, self._damage(json.dumps(plain).encode()), page.fetched_at)
            for letter in [one for one in self._letters if self._retries.random() < 0.01]:
                self._letters.remove(letter)
                self._retry(letter, page.fetched_at)
            if self._seen[page.source] and self._erasures.random() < 0.02:
                self._erase(str(self._erasures.choice(self._seen[page.source])["author"]), page.fetched_at)
        for value in RUBBISH:
            self._append(self._bad, value, start + length)
        return self.records

    def _erase(self, author: str, at: int) -> None:
        """As the command does it: who it is goes into all partitions, and what they wrote into those of its sources."""
        for partition in range(self._partitions):
            page = Page(SOURCE, REGION, "", EARLIEST, cursor=Erasure([author]).text(), origin="erase")
            self._append(SOURCE, encode(page), at, partition)
        for source, seen in self._seen.items():
            written = {post["id"]: post for post in seen if post["author"] == author}
            if written:
                quotes = [quote_hash(form) for post in written.values() for form in quotes_of(post["text"])]
                posts = [Post(name, published_at=post["published_at"], deleted=True) for name, post in written.items()]
                page = Page(source, REGION, "sim", at, cursor=Erasure([], quotes).text(), origin="erase", posts=posts)
                self._append(source, encode(page), at)

    def _append(self, source: str, value: bytes, at: int, partition: int | None = None) -> None:
        partition = partition_of(source, self._partitions) if partition is None else partition
        stage: Triage = self._stages[partition]
        offset = sum(record.partition == partition for record in self.records)
        record = Record(PAGES, partition, offset, source, value, at)
        self.records.append(record)
        effects = stage.process(stage.decode([record]))
        self._letters += [row for row in effects.rows if isinstance(row, DeadLetterRow) and row.status == "dead"]

    def _retry(self, letter: DeadLetterRow, at: int) -> None:
        try:
            page = again(letter._asdict(), letter.payload)
        except NabatError:
            return
        self._append(letter.source, page, at)

    def _again(self, page: Json) -> Iterator[Json]:
        """Posts of the source that come again, mostly changed, and copies of other sources' texts."""
        chance = self._random.random
        seen = self._seen[page["source"]]
        for old in self._random.sample(seen, min(len(seen), 3)):
            if chance() < 0.5:
                continue
            post = dict(old)
            match self._random.randrange(7):
                case 0:
                    post["likes"] += 10
                case 1:
                    post |= {"text": post["text"] + f" Дом {self._random.randint(1, 9)}.", "edited_at": page["fetched_at"]}
                case 2:
                    post |= {"text": self._random.choice(self._texts), "edited_at": page["fetched_at"]}
                case 3:
                    post |= {"text": "", "deleted": True, "edited_at": page["fetched_at"]}
                case 4:
                    # An earlier version out of a cache: nobody may go back to it.
                    post |= {"text": "старое", "edited_at": max(0, post["edited_at"] - 1)}
                case 5:
                    post["text"], post["edited_at"] = post.get("first_text", post["text"]), page["fetched_at"]
                case _:
                    yield dict(post)
                    post |= {"text": post["text"][: len(post["text"]) * 2 // 3], "edited_at": page["fetched_at"]}
            yield post
        if self._texts and chance() < 0.2:
            number = len(self.records)
            yield {
                "id": f"{page['source']}:copy{number}",
                "text": self._random.choice(self._texts),
                "published_at": page["fetched_at"],
            }

    def _spoil(self, post: Json, page: Json) -> Json:
        """Now and then something is wrong with a post; what is sound is remembered, to come again."""
        roll = self._random.randrange(100)
        if roll < 5:
            wrong: list[Json] = [
                {"text": 7},
                {"id": ""},
                {"published_at": 5},
                {"published_at": 1 << 50, "likes": -4},
                {"text": f"{post.get('text', '')}\udc00"},
            ]
            return post | wrong[roll]
        if roll == 5 and self._poison:
            return post | {"text": f"{SteadyClassifier.poison} {post.get('text', '')}"}
        if not post.get("deleted") and "likes" in post:
            self._texts.append(post["text"])
            earlier = [old for old in self._seen[page["source"]] if old["id"] == post["id"]]
            first = earlier[0].get("first_text", earlier[0]["text"]) if earlier else post["text"]
            self._seen[page["source"]].append(post | {"first_text": first})
        return post

    def _damage(self, data: bytes) -> bytes:
        roll = self._random.random()
        if roll < 0.02:
            return data[: len(data) * 2 // 3]
        if roll < 0.04:
            self._rubbish += 1
            return RUBBISH[self._rubbish % len(RUBBISH)]
        return data
