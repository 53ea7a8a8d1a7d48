"""The classifier, kept from doing harm: a text that it fails on harms no other, many in a row stop the stage."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.base import Classifier
from monitor.model.post import Post
from monitor.model.verdict import Quality, Verdict

MANY_FAILURES = 100
"""So many texts in a row on which the classifier fails are no bad texts but bad code: the stage stops instead of refusing all."""


class Judging:
    """Asks the classifier; None stands for a text that it failed on."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._failures = 0

    def classify(self, posts: list[Post], territory: str) -> Sequence[Verdict | None]:
        """A verdict a post; None for a text that the classifier fails on, which harms no other. Many in a row mean bad code."""
        if not posts:
            return ()
        try:
            verdicts: list[Verdict | None] = [*self._classifier.classify(posts, territory)]
        except Exception:
            if len(posts) > 1:
                return [verdict for post in posts for verdict in self.classify([post], territory)]
            if self._hopeless():
                raise
            return [None]
        self._failures = 0
        return verdicts

    def judge(self, post: Post) -> Quality | None:
        try:
            return self._classifier.judge([post])[0]
        except Exception:
            if self._hopeless():
                raise
            return None

    def _hopeless(self) -> bool:
        """Counts a failure of the classifier; whether it is one of many."""
        self._failures += 1
        return self._failures >= MANY_FAILURES
