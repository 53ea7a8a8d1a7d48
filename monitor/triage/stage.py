"""The triage stage: a deterministic function from records of the pages topic to rows and findings.

A record is decoded once, its new and changed posts are classified once, and everything that follows from it is returned as effects.
The stage asks nobody and waits for nothing: what it must know of forgotten posts is asked for by its runner, between ``decode`` and
``process``. Nothing depends on where a batch ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from detectors.base import Classifier
from detectors.duplicates.fold import words_hash
from detectors.topics import Sketcher
from monitor.log.base import Record
from monitor.model.codec import encode
from monitor.model.position import Position
from monitor.model.post import Page
from monitor.model.rows import DeadLetterRow, ErasureRow, Row
from monitor.model.source import Source
from monitor.model.verdict import ERASED, REPETITION
from monitor.model.watch import Findings
from monitor.outgoing import write
from monitor.outgoing.write import Outgoing
from monitor.triage import findings as found
from monitor.triage import rows
from monitor.triage.ahead import Ahead, Judges, together
from monitor.triage.decode import Dead, Decoded, decode_page
from monitor.triage.erased import Erased, Erasure
from monitor.triage.fresh import fresh_posts
from monitor.triage.judging import Judging
from monitor.triage.memory import KnownPosts, Parking, SeenTexts
from monitor.triage.repeats import Repeats, place_of
from monitor.triage.retry import Mark
from monitor.triage.rows import Rows
from sinks.base import Known

SHORTEST_REPEAT = 40
"""Characters: «Спасибо!» and «+1» are written by many who never saw each other, and so are the standard answers of offices."""

LETTERS = 1 << 31
"""Dead letters of a page are numbered from here: after all of its posts, in the order in which parking counts them."""


@dataclass(slots=True, frozen=True)
class TriageSettings:
    """Bounds of the memories and the rule of parking; see ``[triage]`` in the configuration."""

    remember_posts: int = 1_000_000
    remember_texts: int = 500_000
    text_days: int = 7
    park_share: float = 0.5
    park_minimum: int = 20
    remember_repeats: int = 50_000


@dataclass(slots=True)
class TriageEffects:
    """What a batch brings about: rows, then findings and ``outgoing`` (dead letters) in the order of the pages; ``outcomes`` counts
    posts, for metrics, ``filtered`` those that count for nothing, by reason.
    """

    rows: list[Row] = field(default_factory=list)
    findings: list[Findings] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    filtered: Counter[str] = field(default_factory=Counter)
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)
    published: list[int] = field(default_factory=list)
    duplicates: int = 0


class Triage:
    """Triage of one partition of the pages topic. ``seal`` encrypts what goes to the dead letters (and names where from).

    ``classifiers`` are those of the regions that watch has profiles of: a page of another one would stop it, and is refused here.
    """

    def __init__(
        self,
        epoch: int,
        classifiers: Mapping[str, Classifier],
        sources: Mapping[str, Source],
        settings: TriageSettings,
        seal: Callable[[bytes, bytes], bytes],
    ) -> None:
        self._epoch = epoch
        self._judges = Judges({region: Judging(classifier) for region, classifier in classifiers.items()}, sources)
        self._seal = seal
        self._sketcher = Sketcher()
        self._regions = frozenset(classifiers)
        self.known = KnownPosts(settings.remember_posts)
        self.texts = SeenTexts(settings.remember_texts, settings.text_days * 86_400_000)
        self.repeats = Repeats(settings.remember_repeats)
        self.parking = Parking(settings.park_share, settings.park_minimum)
        self.erased = Erased()

    def decode(self, records: Sequence[Record]) -> list[Decoded]:
        batch = []
        for record in records:
            decoded = decode_page(record.value, Position(self._epoch, record.partition, record.offset), self._regions)
            decoded.at = record.at
            batch.append(decoded)
        return batch

    def forgotten(self, batch: Iterable[Decoded]) -> set[str]:
        """Ids of posts that may have been known and have fallen out of memory; the runner asks the store for them."""
        must_ask = self.known.must_ask
        if not self.known.horizon:
            return set()
        return {
            post.id
            for one in batch
            if one.page
            for post in one.page.posts
            if must_ask(post.id, 0 if post.id in one.undated else post.published_at)
        }

    def process(self, batch: Iterable[Decoded], recalled: Mapping[str, Known] | None = None) -> TriageEffects:
        """Effects of a batch, in order. ``recalled`` is what the store knows of the forgotten ids."""
        effects = TriageEffects()
        recall = dict(recalled or {})
        known = self.known.get
        look = (lambda post: known(post) or recall.get(post)) if recall else known
        batch = list(batch)
        for decoded in batch:
            self.erased.take(decoded)
        for run in together(batch):
            pages = [one.page for one in run if one.page is not None]
            looked = iter(self._judges.look(pages, look))
            for decoded in run:
                self._page(decoded, recall, next(looked) if decoded.page is not None else None, effects)
        self.known.trim()
        return effects

    def _page(self, decoded: Decoded, recall: dict[str, Known], ahead: Ahead | None, effects: TriageEffects) -> None:
        page, dead = decoded.page, decoded.dead
        source = page.source if page else ""
        if page is not None and page.origin not in ("retry", "erase") and self.parking.parked(source):
            dead = [Dead("page", "parked", "слишком много сообщений этого источника не удалось принять", decoded.payload)]
            page = Page(page.source, page.region, page.network, page.fetched_at, origin=page.origin)
            decoded = Decoded(decoded.position, page, [], dead, at=decoded.at)
            ahead = Ahead(page)
        if page is not None and ahead is not None:
            self._posts(decoded, page, recall, ahead, effects)
            mark = Mark.of(page)
            if mark is not None:
                self._letter(rows.retried(decoded, page, mark), effects)
        for number, one in enumerate(dead, LETTERS):
            self._dead(decoded, number, one, page, effects)
            if one.reason != "parked":
                self.parking.note(source, True)

    def _posts(self, decoded: Decoded, page: Page, recall: dict[str, Known], ahead: Ahead, effects: TriageEffects) -> None:
        fresh = fresh_posts(decoded, page, ahead.contents, self.known.get, recall, effects.outcomes)
        judged = ahead.judged
        if missed := [at for at, *_ in fresh if at not in judged]:
            self._judges.judge(page, ahead, missed)
        place = decoded.position
        findings = Findings(place[:3], page.region, page.source, page.fetched_at, page.covered_until, page=page.origin)
        row = Rows(page)
        packed = place.pack()
        sent: set[str] = set()
        talk: list[tuple[str, str, list[bytes]]] = []
        accepted = 0
        erasure = Erasure.of(page)
        fetched_at, counts = page.fetched_at, page.origin not in ("reprocess", "erase")
        both, enter, remember = row.both, self.texts.first, self.known.put
        for at, item, post, before, now in fresh:
            words, verdict, quality = judged[at]
            if erasure is not None:
                verdict = ERASED
            if verdict is None or quality is None:
                dead = Dead("post", "stage_error", "классификатор не справился с этим текстом", encode(post), item)
                decoded.dead.append(dead)
                effects.outcomes["new" if before is None else "changed"] -= 1
                continue
            accepted += 1
            name, official, published_at = post.id, post.official, post.published_at
            text = "" if post.deleted else post.text
            duplicate_of, hashed, entered = "", 0, False
            if len(text) >= SHORTEST_REPEAT and not official and (hashed := words_hash(words, text)):
                first, entered = enter(hashed, name, fetched_at)
                if first != name:
                    duplicate_of = first
                    effects.duplicates += 1
                    if self.repeats.many(first, post.author, place_of(post.thread, page.source)):
                        verdict = REPETITION
            if now.sent or name in sent or official or verdict.kind != "chatter" or verdict.echo:
                was_sent = now.sent or name in sent
                if found.add(page, post, before is None, was_sent, verdict, quality, duplicate_of, now.revision, findings):
                    sent.add(name)
                    now = Known(now.content_hash, now.edited_at, now.deleted, True, now.revision)
                elif now.sent:
                    now = now._replace(sent=False)
            remember(name, now, fetched_at if fetched_at > published_at else published_at)
            effects.rows += both(post, now, verdict, hashed, entered, duplicate_of, packed | item)
            if counts and (verdict.filtered or verdict.kind != "chatter"):
                if verdict.filtered:
                    effects.filtered[verdict.filtered] += 1
                if verdict.kind != "chatter":
                    effects.kinds[verdict.kind] += 1
            if before is None:
                if not duplicate_of and found.talks(page, post, verdict):
                    talk.append((post.author, text, words))
                effects.published.append(published_at)
        if erasure is not None:
            findings.versions, findings.erased, findings.quotes = [], [post.id for post in page.posts], erasure.quotes
            effects.rows += [ErasureRow(subject, packed) for subject in erasure.subjects]
        undated = decoded.undated
        news = [one[2] for one in fresh if one[2].id not in undated] if undated else [one[2] for one in fresh]
        findings.newest = fetched_at if page.network == "file" else max([post.published_at for post in news], default=0)
        findings.posts = len(fresh)
        findings.stems, findings.people, findings.excerpts = self._sketcher.make(talk)
        effects.findings.append(findings)
        if accepted:
            self.parking.note(page.source, False, accepted)

    def _dead(self, decoded: Decoded, number: int, dead: Dead, page: Page | None, effects: TriageEffects) -> None:
        sealed = self._seal(dead.payload, rows.place_of(decoded.position, number).encode())
        effects.dead[(dead.scope, dead.reason)] += 1
        effects.outcomes["dead"] += dead.scope == "post"
        self._letter(rows.letter(decoded, number, dead, page, sealed), effects)

    def _letter(self, row: DeadLetterRow, effects: TriageEffects) -> None:
        effects.rows.append(row)
        effects.outgoing.append(write.letter(row))
