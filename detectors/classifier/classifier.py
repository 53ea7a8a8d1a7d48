"""The classifier by rules: lexicons of cues and themes, a gazetteer, routes. Fast, deterministic, and able to say why."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from detectors.base import Classifier
from detectors.classifier.body import Router
from detectors.classifier.kind import LEAST, NAMED, Cues, certainty, kind, weigh, within_reach
from detectors.classifier.lexicon import Lexicon
from detectors.classifier.place import Places
from detectors.classifier.reply import Replies
from detectors.classifier.theme import Themes
from detectors.classifier.urgency import Alarms, urgency
from detectors.taxonomy import taxonomy
from detectors.text import Stems, clean
from monitor.model.post import Post
from monitor.model.verdict import CHATTER, Quality, Verdict
from monitor.profile.model import Profile

RULES = "1"
"""Changes with every change of the rules in this package; the lexicons have their own hash."""
LONGEST = 20_000
"""Characters that are read of a text. An appeal says what it is about in its first pages, and a novel must not hold up a page."""


class RuleClassifier(Classifier):
    """Classifies posts of one region. Not shared between threads: its caches and stemmer are its own."""

    def __init__(self, profile: Profile | None) -> None:
        known = taxonomy()
        self.version = hashlib.sha256(f"{RULES} {known.digest}".encode()).hexdigest()[:16]
        classes = {group.id: group.terms for group in known.groups.values()}
        classes |= {theme.id: theme.terms for theme in known.themes.values()}
        self._cues = range(len(classes), len(classes) + len(Cues._fields))
        classes |= {f"cue {name}": known.sheets["cues"][name] for name in Cues._fields}
        self._alarms = range(len(classes), len(classes) + len(Alarms._fields))
        classes |= {f"alarm {name}": known.sheets["urgency"][name] for name in Alarms._fields}
        stems = Stems()
        self._lexicon = Lexicon(classes, stems)
        self._themes = Themes(known)
        self._places = Places(profile)
        self._router = Router(profile)
        self._replies = Replies(known, stems)

    def classify(self, posts: Sequence[Post], territory: str) -> list[Verdict]:
        return [self._verdict(post, territory) for post in posts]

    def judge(self, post: Post) -> Quality:
        return self._replies.judge(post.text)

    def _verdict(self, post: Post, territory: str) -> Verdict:
        text = post.text[:LONGEST]
        if "<" in text:
            # Markup goes first, since a tag may hold spaces; all else is cleaned token by token, once for each.
            text = clean(text)
        tokens = text.split()
        hits = self._lexicon.hits(tokens)
        if not hits:
            return CHATTER
        fired = self._lexicon.fired(hits)
        points = self._lexicon.scores(fired)
        if not within_reach(points.values(), len(tokens)):
            return CHATTER
        subject = self._themes.find(points)
        cues = Cues(*[points.get(number, 0) for number in self._cues])
        alarms = Alarms(*[points.get(number, 0) for number in self._alarms])
        weight = weigh(cues, subject.strength, len(tokens), alarms.danger > 0)
        if weight < LEAST - NAMED:
            return CHATTER
        place = self._places.find(text, post.place, territory)
        if place.exact or place.settlement:
            weight += NAMED
        what = kind(cues, weight, tokens)
        if what == "chatter":
            return CHATTER
        bodies = self._router.rank(subject.themes, place.territory)
        return Verdict(
            kind=what,
            score=certainty(weight),
            group=subject.group,
            theme=subject.theme,
            themes=[*subject.themes],
            place=place,
            body=bodies[0][0] if bodies else "",
            bodies=bodies,
            urgency=urgency(alarms, what),
            reasons=self._lexicon.explain(
                tokens, hits, fired, (*subject.classes, *[number for number in self._alarms if number in points])
            ),
        )
