"""What Nabat is compared with: the script that one would write in an afternoon from well-known parts, each used as its docs advise.

scikit-learn's HashingVectorizer (2**18 features) with a linear model trained by SGD, over batches of 1,000 posts. Its features are
three to five letters within words, which the library's guide advises where words are inflected and misspelt, as in Russian; or,
beside it, words and pairs of words: three times as fast, and blind to every form that it was not taught
(tests/benchmarks/rival_quality.py says what each finds). datasketch's MinHash (128 permutations, three-word shingles) in its LSH
index at threshold 0.5. One core. It keeps every sketch for ever, forgets nothing, survives no crash, and knows no address: it does
less than Nabat, and is given the same bytes.

Needs the ``bench`` extra.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import orjson
from datasketch import MinHash, MinHashLSH
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from threadpoolctl import threadpool_limits

BATCH = 1000
PERMUTATIONS = 128
SHINGLE = 3
THRESHOLD = 0.5
CHATTER = "chatter"
"""The label of posts that are no appeals."""

Grams = Literal["words", "letters"]
GRAMS: dict[Grams, dict[str, Any]] = {
    "words": {"ngram_range": (1, 2)},
    "letters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}

Row = dict[str, Any]

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class RivalFigures:
    """``seconds`` is wall time and ``cpu`` processor time of the whole run; ``spent`` splits the wall time by step."""

    posts: int = 0
    appeals: int = 0
    duplicates: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    spent: dict[str, float] = field(default_factory=lambda: {"decode": 0.0, "classify": 0.0, "duplicates": 0.0})
    rows: list[Row] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Posts a second."""
        return self.posts / self.seconds if self.seconds else 0.0


class Rival:
    """A trained classifier, for runs that each have their own index of duplicates."""

    def __init__(self, training: Iterable[tuple[str, str]], grams: Grams = "letters") -> None:
        """Trains on (text, label); the label ``chatter`` stands for posts that are no appeals. Not part of what is timed."""
        texts, labels = zip(*training, strict=True)
        self._vectorizer = HashingVectorizer(n_features=2**18, alternate_sign=False, **GRAMS[grams])
        self._model = SGDClassifier(loss="log_loss", random_state=0, n_jobs=1)
        with threadpool_limits(limits=1):
            self._model.fit(self._vectorizer.transform(texts), labels)

    def begin(self, lsh_on: Literal["all", "appeals"]) -> Run:
        """``lsh_on`` says which posts are looked up and kept in the index of duplicates."""
        return Run(self._vectorizer, self._model, lsh_on)


class Run:
    """Reads pages (JSON of monitor.model.post.Page) and makes a row of every post, with an index that begins empty."""

    def __init__(self, vectorizer: HashingVectorizer, model: SGDClassifier, lsh_on: Literal["all", "appeals"]) -> None:
        self.figures = RivalFigures()
        self._vectorizer = vectorizer
        self._model = model
        self._lsh_on = lsh_on
        self._index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)

    def take(self, pages: Sequence[bytes]) -> None:
        """The next pages of the stream; the last batch of each call may be a short one."""
        figures, timed = self.figures, self._timed
        start, cpu = time.perf_counter(), time.process_time()
        with threadpool_limits(limits=1):
            posts = _posts(pages)
            while batch := timed("decode", lambda: list(islice(posts, BATCH))):
                timed("classify", lambda rows=batch: self._classify(rows))
                chosen = [row for row in batch if self._lsh_on == "all" or row["appeal"]]
                timed("duplicates", lambda rows=chosen: _duplicates(self._index, rows))
                figures.rows += batch
                figures.posts += len(batch)
                figures.appeals += sum(row["appeal"] for row in batch)
                figures.duplicates += sum(bool(row["duplicate_of"]) for row in batch)
        figures.seconds += time.perf_counter() - start
        figures.cpu += time.process_time() - cpu

    def _classify(self, rows: list[Row]) -> None:
        features = self._vectorizer.transform([row["text"] for row in rows])
        chances = self._model.predict_proba(features)
        for row, best, chance in zip(rows, chances.argmax(axis=1).tolist(), chances.max(axis=1).tolist(), strict=True):
            row["label"] = str(self._model.classes_[best])
            row["score"] = round(1000 * chance)
            row["appeal"] = row["label"] != CHATTER

    def _timed(self, step: str, work: Any) -> Any:
        start = time.perf_counter()
        result = work()
        self.figures.spent[step] += time.perf_counter() - start
        return result


def _posts(pages: Iterable[bytes]) -> Iterator[Row]:
    for data in pages:
        page = orjson.loads(data)
        for post in page["posts"]:
            yield {
                "id": post["id"],
                "region": page["region"],
                "source": page["source"],
                "published_at": post["published_at"],
                "fetched_at": page["fetched_at"],
                "text": post["text"],
                "duplicate_of": "",
            }


def _duplicates(index: MinHashLSH, rows: list[Row]) -> None:
    shingled = [(row, shingles) for row in rows if (shingles := _shingles(row["text"]))]
    # The bulk generator shares the permutations among all sketches: the fastest way that datasketch offers.
    sketches = MinHash.generator((shingles for _, shingles in shingled), num_perm=PERMUTATIONS)
    for (row, _), sketch in zip(shingled, sketches, strict=True):
        found = index.query(sketch)
        if found:
            row["duplicate_of"] = min(found)
        index.insert(row["id"], sketch, check_duplication=False)


def _shingles(text: str) -> list[bytes]:
    words = _WORD.findall(text.lower())
    return [" ".join(words[i : i + SHINGLE]).encode() for i in range(max(1, len(words) - SHINGLE + 1))] if words else []
