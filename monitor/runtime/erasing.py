"""A person is erased: what they wrote goes out of the stages' memory and out of the store, and is not taken again.

The order of effects: pages that say so go into the log; triage and watch take them, write what follows, and commit; only then are
older rows emptied, since until then a crash would make the stages write them again. What came in between is looked for once more.
Each step may be repeated, and a crash in the middle is mended by asking again. What the log has goes with the log's retention.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from monitor.log.base import PAGES, WATCH, Append, Log, partition_of
from monitor.model.codec import DecodeError, decode, encode
from monitor.model.errors import NabatError
from monitor.model.position import Position
from monitor.model.post import Page, Post
from monitor.runtime import triage_runner, watch_runner
from monitor.runtime.keys import Sealer
from monitor.runtime.local import Handler
from monitor.triage.decode import EARLIEST
from monitor.triage.erased import SOURCE, Erasure, quote_hash, without
from monitor.watch.quotes import quotes_of
from sinks.clickhouse.erasure import ClickHouseErasure

ERASE = "people/erase"
"""The question of the local socket."""
PAGE_POSTS = 200
ROUNDS = 5
"""How often what was stored meanwhile is looked for: once is enough, unless pages of before the first one come late."""
PATIENCE = 120.0
"""Seconds that are waited for the stages, beyond the time between two snapshots, and for the store."""
LOOK = 0.1


@dataclass(slots=True, frozen=True)
class Wanted:
    """``subjects`` are authors' hashes, ``posts`` ids or addresses of posts, whose authors are meant, or with ``only`` just these.

    Nothing is changed without ``apply``.
    """

    subjects: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    only: bool = False
    apply: bool = False


@dataclass(slots=True)
class Erasing:
    """What there is of a person, or was; times in ms. ``waits``: what was waited for in vain (``stages``, ``store``)."""

    people: int = 0
    posts: int = 0
    texts: int = 0
    appeals: int = 0
    incidents: int = 0
    replies: int = 0
    alerts: int = 0
    letters: int = 0
    since: int = 0
    until: int = 0
    unfinished: int = 0
    waits: str = ""


class Eraser:
    """``regions`` are those that have a profile. ``snapshots``: seconds between two of watch, which commits with them."""

    def __init__(self, store: ClickHouseErasure, log: Log, sealer: Sealer, regions: Collection[str], snapshots: float) -> None:
        self._store = store
        self._log = log
        self._sealer = sealer
        self._regions = list(regions)
        self._patience = PATIENCE + snapshots

    def handlers(self, now: Callable[[], int]) -> dict[str, Handler]:
        """What the process that runs the stages answers. ``now``: its clock, ms."""

        async def answer(question: bytes) -> Erasing:
            try:
                wanted = decode(question, Wanted)
            except DecodeError as error:
                raise NabatError(f"вопрос не понят: {error}") from None
            return await self.erase(wanted, now())

        return {ERASE: answer}

    async def erase(self, wanted: Wanted, now: int) -> Erasing:
        """Looks for all that is stored; with ``apply`` it is erased. NabatError where nothing can be known by what was asked."""
        subjects = await self._subjects(wanted)
        found = await self._store.find(subjects)
        unfinished = await self._store.dirty()
        outcome = await self._counted(subjects, found)
        outcome.unfinished = len(unfinished)
        if not wanted.apply:
            return outcome
        if strange := sorted({row["region"] for row in found} - set(self._regions)):
            raise NabatError(f"сообщения региона {', '.join(strange)}: у этой установки нет его профиля; добавьте его в настройки")
        await self._mark(subjects, now)
        for _ in range(ROUNDS):
            await self._append(found, now)
            if not await self._passed():
                outcome.waits = "stages"
                return outcome
            if not (found := await self._store.find(subjects)):
                break
        await self._letters(await self._store.erased(), change=True)
        await self._clean()
        outcome.waits = "" if await self._until(self._settled) else "store"
        return outcome

    async def _subjects(self, wanted: Wanted) -> list[str]:
        subjects = dict.fromkeys(wanted.subjects)
        for post in wanted.posts:
            named = await self._store.named(post)
            if not named:
                raise NabatError(f"{post}: такого сообщения в хранилище нет; нужен его id или ссылка из карточки")
            subjects |= {name if wanted.only or not author else author: None for name, author in named}
        return list(subjects)

    async def _counted(self, subjects: list[str], found: list[dict[str, Any]]) -> Erasing:
        ids = [row["id"] for row in found]
        texts = await self._store.texts(ids)
        times = [row["published"] for row in found] or [0]
        outcome = Erasing(len(subjects), len(found), since=times[0], until=times[-1])
        for name, count in (await self._store.counted(ids)).items():
            setattr(outcome, name, count)
        outcome.alerts = len(set((await self._store.quoting(ids, texts, quotes_of)).values()))
        outcome.letters = await self._letters(subjects, change=False)
        return outcome

    async def _mark(self, subjects: list[str], now: int) -> None:
        """From here on nothing of these is taken, in any partition."""
        cursor = Erasure(subjects).text()
        page = encode(Page(SOURCE, self._regions[0], "", EARLIEST, cursor=cursor, origin="erase"))
        await self._log.append([Append(PAGES, part, SOURCE, page, now) for part in range(self._log.layout.partitions[PAGES])])

    async def _append(self, found: Iterable[dict[str, Any]], now: int) -> None:
        """The posts as deleted ones, a source's together, with hashes of what may be quoted of them."""
        partitions, records = self._log.layout.partitions[PAGES], []

        def key(row: dict[str, Any]) -> tuple[str, str, str]:
            return row["source"], row["region"], row["network"]

        for (source, region, network), group in groupby(sorted(found, key=key), key=key):
            some = list(group)
            for start in range(0, len(some), PAGE_POSTS):
                part = some[start : start + PAGE_POSTS]
                texts = await self._store.texts([row["id"] for row in part])
                quotes = sorted({quote_hash(form) for text in texts for form in quotes_of(text)})
                posts = [Post(row["id"], published_at=row["published"], kind=row["kind"], deleted=True) for row in part]
                fetched = max(EARLIEST, *(row["fetched"] for row in part))
                page = Page(source, region, network, fetched, cursor=Erasure([], quotes).text(), origin="erase", posts=posts)
                records.append(Append(PAGES, partition_of(source, partitions), source, encode(page), now))
        await self._log.append(records)

    async def _passed(self) -> bool:
        """Waits until both stages have committed what is in the log now: from then on no crash makes them write older rows again."""
        layout = self._log.layout
        for group, topic in ((triage_runner.GROUP, PAGES), (watch_runner.GROUP, WATCH)):
            regions = {partition_of(region, layout.partitions[WATCH]) for region in self._regions}
            for partition in range(layout.partitions[topic]) if topic == PAGES else sorted(regions):
                _, end = await self._log.bounds(topic, partition)

                async def done(group: str = group, topic: str = topic, partition: int = partition, end: int = end) -> bool:
                    return (await self._log.committed(group, topic, partition) or 0) >= end

                if not await self._until(done):
                    return False
        return True

    async def _clean(self) -> None:
        """Alerts first: what they quote is known by the texts, which go last."""
        ids = await self._store.dirty()
        await self._store.unquote(await self._store.quoting(ids, await self._store.texts(ids), quotes_of))
        await self._store.clean(ids)

    async def _settled(self) -> bool:
        return not await self._store.running() and not await self._store.dirty()

    async def _letters(self, subjects: Collection[str], *, change: bool) -> int:
        """How many dead letters have something of these; with ``change`` it is taken out of them."""
        count, after = 0, 0
        while subjects and (letters := await self._store.letters(after)):
            after = int(letters[-1]["version"])
            for letter in letters:
                position = Position.unpack(int(letter["version"]))
                place = f"{position.epoch}-{position.partition}-{position.offset}-{position.item}".encode()
                try:
                    payload = self._sealer.open(bytes.fromhex(letter["sealed"]), place)
                except NabatError:
                    # Closed with another key: nobody can read it, and it goes with its retention.
                    continue
                left = without(payload, subjects)
                if left != payload:
                    count += 1
                    if change:
                        await self._store.replace(letter, self._sealer.seal(left, place) if left else b"")
        return count

    async def _until(self, done: Callable[[], Awaitable[bool]]) -> bool:
        """Looks until something is done, as long as there is patience."""
        try:
            async with asyncio.timeout(self._patience):
                while not await done():  # noqa: ASYNC110 (other processes do it, and tell nobody)
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            return False
        return True
