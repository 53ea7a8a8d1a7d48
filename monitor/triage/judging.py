"""The classifier, kept from doing harm: a text that it fails on harms no other, many in a row stop the stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from detectors.base import Classifier
from monitor.model.post import Post
from monitor.model.verdict import Quality, Verdict

T = TypeVar("T")

MANY_FAILURES = 100
"""So many texts in a row on which the classifier fails are no bad texts but bad code: the stage stops instead of refusing all."""


class Judging:
    """Asks the classifier; None stands for a text that it failed on."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._failures = 0

    def classify(self, posts: Sequence[Post], territories: Sequence[str], words: Sequence[list[bytes]]) -> Sequence[Verdict | None]:
        """A verdict a post, given with the territories of their sources and with their words."""
        return self._ask(self._classifier.classify, posts, territories, words)

    def judge(self, posts: Sequence[Post]) -> Sequence[Quality | None]:
        """The quality of each official reply."""
        return self._ask(self._classifier.judge, posts)

    def _ask(self, classifier: Callable[..., Iterable[T]], *posts: Sequence[Any]) -> Sequence[T | None]:
        """An answer a post, None for a text that the classifier fails on, which harms no other. Many in a row mean bad code.

        ``posts`` are columns: what the classifier is given of all of them.
        """
        if not posts[0]:
            return ()
        try:
            answers: list[T | None] = [*classifier(*posts)]
        except Exception:
            if len(posts[0]) > 1:
                return [answer for one in zip(*posts, strict=True) for answer in self._ask(classifier, *([part] for part in one))]
            if self._hopeless():
                raise
            return [None]
        self._failures = 0
        return answers

    def _hopeless(self) -> bool:
        """Counts a failure of the classifier; whether it is one of many."""
        self._failures += 1
        return self._failures >= MANY_FAILURES
