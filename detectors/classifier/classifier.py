"""The classifier by rules: lexicons of cues and themes, a gazetteer, routes. Fast, deterministic, and able to say why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.base import Classifier
from detectors.classifier.advert import TERMS, adverts
from detectors.classifier.body import Router
from detectors.classifier.echo import Echoes
from detectors.classifier.kind import HOUSED, LEAST, NAMED, Cues, certainty, tone, weigh
from detectors.classifier.learned import Answers, ByForm, Learned
from detectors.classifier.lexicon import Ints, Lexicon
from detectors.classifier.place import Places
from detectors.classifier.reply import Replies
from detectors.classifier.scan import TEXTS, Scan, Scans
from detectors.classifier.theme import Subject, Themes
from detectors.classifier.tuned import Tuned
from detectors.classifier.urgency import CALLING, LACKS, heard, urgency
from detectors.model.model import Model
from detectors.model.shipped import KINDS
from detectors.model.vocabulary import Floats
from detectors.taxonomy import taxonomy
from detectors.text import CACHE_WORDS, Stems
from detectors.urgency.model import LEVELS, SHOWN, Levels, alarming, levels
from detectors.words import cut
from monitor.model.post import Post
from monitor.model.verdict import ADVERT, CHATTER, Kind, Place, Quality, Urgency, Verdict
from monitor.profile.model import Profile

RULES = "12"
"""Changes with every change of the rules in this package; the lexicons have their own hash."""
CALLED = -LEAST
"""Points from which a text that calls for help is looked at: also where it is brief and names no theme («зажало дверями, кричит»)."""
MANY = 1024
"""Texts that are judged in one go: few operations on many, and no more memory than that takes."""
_SUGGESTION, _COMPLAINT = KINDS.index("suggestion"), KINDS.index("complaint")
_TROUBLE = [Cues._fields.index(name) for name in ("request", "problem")]
LONGEST = 3000
"""Words that are read of a text. An appeal says what it is about in its first pages, and a novel must not hold up a page."""


class RuleClassifier(Classifier):
    """Classifies posts of one region. Not shared between threads: its caches and stemmer are its own.

    ``remember_words`` bounds what is remembered of words, about 1 kB each. ``model`` was fitted to the region's own labels (nabat
    train): themes and bodies are then those labels, word for word.
    """

    def __init__(self, profile: Profile | None, remember_words: int = CACHE_WORDS, model: Model | None = None) -> None:
        known = taxonomy()
        classes = {group.id: group.terms for group in known.groups.values()}
        classes |= {theme.id: theme.terms for theme in known.themes.values()}
        self._cues = slice(len(classes), len(classes) + len(Cues._fields))
        classes |= {f"cue {name}": known.sheets["cues"][name] for name in Cues._fields}
        signs = known.sheets["urgency"]
        self._signs = slice(len(classes), len(classes) + len(signs))
        classes |= {f"sign {name}": terms for name, terms in signs.items()}
        self._danger = self._signs.start + [*signs].index("danger")
        self._urging = frozenset(self._signs.start + [*signs].index(name) for name in CALLING)
        self._calling = np.array(sorted(self._urging))
        self._harming = np.array([self._signs.start + [*signs].index(name) for name in CALLING if name not in LACKS])
        self._places = Places(profile, remember_words)
        self._telling = len(classes)
        classes["place"] = ((self._places.telling, 1),)
        self._trade = len(classes)
        classes["advert"] = TERMS
        stems = Stems()
        self._lexicon = Lexicon(classes, stems, remember_words)
        self._themes = Themes(known)
        self._tuned = Tuned(self._themes, self._lexicon.book)
        self._levels = Levels(self._lexicon.book)
        digests = f"{RULES} {known.digest} {self._tuned.digest} {self._levels.digest}"
        self.version = hashlib.sha256(digests.encode()).hexdigest()[:16]
        self._router = Router(profile)
        self._replies = Replies(known, stems, remember_words)
        self._echoes = Echoes(self._places)
        self.subjects = self._lexicon.names[: self._cues.start]
        self._learned = Learned(model, self.subjects) if model else None
        if model:
            self.version = hashlib.sha256(f"{self.version} {model.digest}".encode()).hexdigest()[:16]

    def classify(
        self, posts: Sequence[Post], territory: str | Sequence[str], words: Sequence[Sequence[bytes]] | None = None
    ) -> list[Verdict]:
        if words is None:
            words = [cut(post.text) for post in posts]
        territories = [territory] * len(posts) if isinstance(territory, str) else territory
        found = [
            verdict
            for start in range(0, len(posts), MANY)
            for verdict in self._verdicts(posts[start : start + MANY], words[start : start + MANY], territories[start : start + MANY])
        ]
        self._echoes.hear(posts, words, territories, found)
        return found

    def judge(self, posts: Sequence[Post]) -> list[Quality]:
        return [
            quality
            for start in range(0, len(posts), TEXTS)
            for quality in self._replies.judge([post.text for post in posts[start : start + TEXTS]])
        ]

    def _verdicts(self, posts: Sequence[Post], words: Sequence[Sequence[bytes]], territories: Sequence[str]) -> list[Verdict]:
        scan = Scans(self._lexicon, [found if len(found) <= LONGEST else found[:LONGEST] for found in words])
        cues = scan.points[:, self._cues]
        danger = scan.points[:, self._danger] > 0
        call: NDArray[np.bool_] = scan.points.take(self._calling, axis=1).max(axis=1) > 0
        appeals: list[tuple[int, int, Place]] = []
        chosen: list[int] = []
        # Most posts need no closer look: they can't be appeals, whatever their theme and place are.
        told = scan.points[:, self._telling] > 0
        troubled = told & (cues[:, _TROUBLE].max(axis=1) > 0)
        most = np.where(troubled, HOUSED, NAMED)
        floor = np.where(call, CALLED, LEAST - most)
        near = (weigh(cues, self._themes.bound(scan.points), scan.lengths, danger) >= floor).nonzero()[0]
        strengths = self._themes.strength(scan.points.take(near, axis=0))
        weights = weigh(cues.take(near, axis=0), strengths, scan.lengths[near], danger[near])
        # The words are asked only where the rules leave it open.
        kept = weights >= floor[near]
        near, weights = near[kept], weights[kept]
        read = [scan.texts[at] for at in near.tolist()]
        learned = self._tuned.rows(scan.read.some(near))
        said = tone(cues.take(near, axis=0), scan.lengths[near].tolist(), [posts[at].text for at in near.tolist()], read)
        kinds = self._tuned.kinds(learned, said)
        weights += self._tuned.points(learned, kinds)
        called = call[near]
        soon = self._soon(posts, scan, near, called)
        alarmed = alarming(soon, scan.lengths[near], weights < 0)
        # Nobody proposes anything while it burns («остановите эскалатор, девочку затянуло»).
        kinds = np.where((kinds == _SUGGESTION) & alarming(soon, scan.lengths[near], np.ones_like(called)), _COMPLAINT, kinds)
        weights = np.where(alarmed, np.maximum(weights, LEAST), weights)
        seen = zip(near.tolist(), weights.tolist(), told[near].tolist(), most[near].tolist(), strict=True)
        for row, (at, weight, tells, housed) in enumerate(seen):
            post = posts[at]
            if weight < LEAST - housed or (weight < LEAST and not (tells or self._places.may(post))):
                continue
            place = self._places.find(post.text, post.place, territories[at], tells)
            named = place.exact or bool(place.settlement)
            points = weight + (housed if place.house else NAMED * named)
            if points >= LEAST:
                appeals.append((at, points, place))
                chosen.append(row)
        taken = [at for at, *_ in appeals]
        meant = np.zeros(len(posts), np.bool_)
        meant[taken] = True
        offers = adverts(scan.points[:, self._trade], scan.lengths, meant)
        verdicts = [ADVERT if offer else CHATTER for offer in offers.tolist()]
        if not appeals:
            return verdicts
        rows, learned = scan.points.take(taken, axis=0), learned.only(chosen)
        kinds, subjects = kinds[chosen], self._themes.find(rows, self._tuned.groups(learned, rows))
        # Who does not call for help is asked only if it is an appeal.
        soon = soon[chosen] + self._soon(posts, scan, near[chosen], ~called[chosen])
        harm = rows.take(self._harming, axis=1).max(axis=1)
        calls = heard(call[taken], soon, harm, [subject.theme for subject in subjects])
        asked: list[tuple[int, Collection[int]]] = []
        for (at, points, place), number, subject, level, calling in zip(
            appeals, kinds.tolist(), subjects, levels(soon), calls.tolist(), strict=True
        ):
            what = KINDS[number]
            if not offers[at]:
                soonest = urgency(level, what, int(scan.points[at, self._danger]), calling)
                verdicts[at] = self._verdict(subject, what, points, place, soonest)
                asked.append((at, self._urging.union(subject.classes) if soonest > Urgency.NORMAL else subject.classes))
        for (at, _), reasons in zip(asked, scan.explain(asked), strict=True):
            verdicts[at].reasons = reasons
        if self._learned:
            territories = [place.territory for *_, place in appeals]
            own = [posts[at].text for at in taken]
            answers = self._learned.ask(own, [scan.texts[at] for at in taken], rows[:, : self._cues.start], territories)
            for (at, points, _), answer in zip(appeals, answers, strict=True):
                if not offers[at]:
                    _own(verdicts[at], answer, points)
        return verdicts

    def _soon(self, posts: Sequence[Post], scan: Scans, places: Ints, asked: NDArray[np.bool_]) -> Floats:
        """What speaks for each level of the texts at ``places``, a row each; nothing where it is not ``asked``."""
        found = np.zeros((len(places), len(LEVELS)))
        rows = places[asked]
        own = rows.tolist()
        points = scan.points.take(rows, axis=0)[:, self._signs]
        found[asked] = self._levels.scores(
            [posts[at].text for at in own], [scan.texts[at] for at in own], scan.read.some(rows), points
        )
        return found

    def why(self, text: str, urgency: Urgency) -> list[str]:
        """The words of an appeal that made its urgency; none if it is the usual one."""
        scan = Scan(self._lexicon, [cut(text)[:LONGEST]])
        telling = self._levels.telling(scan.points[0, self._signs], urgency)
        return scan.explain([(0, [self._signs.start + sign for sign in telling])])[0][:SHOWN]

    def by_form(self, text: str, territory: str) -> ByForm:
        """What the form of an appeal that names this territory did for its body, if the region has a model of its own."""
        if self._learned is None:
            return ByForm()
        scan = Scan(self._lexicon, [cut(text)[:LONGEST]])
        return self._learned.by_form(text, scan.texts[0], scan.points[:, : self._cues.start], territory)

    def evidence(self, texts: Sequence[str]) -> tuple[list[list[bytes]], Ints, list[str]]:
        """What is learned from: the words of texts, the points of the classes ``subjects``, and the territories they name."""
        words = [cut(text)[:LONGEST] for text in texts]
        parts = [Scan(self._lexicon, words[start : start + TEXTS]).points for start in range(0, len(words), TEXTS)]
        points = np.concatenate([part[:, : self._cues.start] for part in parts])
        return words, points, [self.territory(text) for text in texts]

    def territory(self, text: str) -> str:
        """The territory that a text names, whatever it is about; empty if it names none."""
        return self._places.find(text, "", "", True).territory

    def _verdict(self, subject: Subject, what: Kind, points: int, place: Place, soon: Urgency) -> Verdict:
        bodies = self._router.rank(subject.themes, place.territory)
        return Verdict(
            kind=what,
            score=certainty(points) * subject.chance // 1000,
            group=subject.group,
            theme=subject.theme,
            themes=[*subject.themes],
            place=place,
            body=bodies[0][0] if bodies else "",
            bodies=bodies,
            urgency=soon,
        )


def _own(verdict: Verdict, answer: Answers, points: int) -> None:
    """Puts a region's own labels in place of the shipped ones, for the questions that its model has learned. ``points`` speak for an
    appeal: the score of a learned group says how sure that group is, not the one that it replaces.
    """
    if answer.theme:
        verdict.theme, verdict.themes = answer.theme[0][0], answer.theme
    if answer.body:
        verdict.body, verdict.bodies = answer.body[0][0], answer.body
    if answer.group:
        verdict.group, likely = answer.group[0]
        verdict.score = certainty(points) * likely // 1000
