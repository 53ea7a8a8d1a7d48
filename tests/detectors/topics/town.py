"""A modelled region that chats: words by Zipf's law, the rhythm of the day, evening talk, threads, sources in several towns."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from random import Random
from typing import NamedTuple

from detectors.topics import Sketcher
from detectors.words import cut

HOUR = 3_600_000
DAY = 24 * HOUR
START = 20_000 * DAY
TOWNS = ("north", "south", "east", "west", "")
SOURCES = 40
"""Of which each town has eight; those of the empty one are of all the region."""
_CONSONANTS, _VOWELS = "бвгджзклмнпрст", "аеиоу"


class Post(NamedTuple):
    at: int
    source: int
    author: str
    text: str


def vocabulary(random: Random, size: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < size:
        found["".join(random.choice(_CONSONANTS) + random.choice(_VOWELS) for _ in range(random.randint(3, 4)))] = None
    return list(found)


def chatter(seed: int, days: int, posts_a_day: int) -> list[Post]:
    """Quiet days, oldest first: half of the evening's posts have its words, and one in ten begins a thread of one community."""
    random = Random(seed)
    words = vocabulary(random, 4000)
    evening = words[3900:3903]
    weights = list(accumulate(1 / (rank + 5) for rank in range(3900)))
    rhythm = list(accumulate(1 if hour < 7 else 4 if hour < 18 else 7 for hour in range(24)))
    posts = []
    for number in range(days * posts_a_day):
        at = START + number // posts_a_day * DAY + bisect(rhythm, random.random() * rhythm[-1]) * HOUR + random.randrange(HOUR)
        source = random.randrange(SOURCES)
        chosen = [words[bisect(weights, random.random() * weights[-1])] for _ in range(random.randint(5, 18))]
        if at % DAY >= 18 * HOUR and random.random() < 0.5:
            chosen.append(random.choice(evening))
        posts.append(Post(at, source, f"a{random.randrange(20_000)}", " ".join(chosen)))
        if random.random() < 0.1:
            talk = random.sample(words, 3)
            for later in range(random.randint(1, 8)):
                more = [words[bisect(weights, random.random() * weights[-1])] for _ in range(6)]
                posts.append(
                    Post(at + later * 60_000, source, f"a{random.randrange(20_000)}", " ".join(random.sample(talk, 2) + more))
                )
    return sorted(posts)


def pages(posts: list[Post], minutes: int = 10) -> Iterator[tuple[str, str, int, list[Post]]]:
    """Place, source, time of the fetch, and the posts since the fetch before: each source is read in turn."""
    waiting: dict[int, list[Post]] = {}
    step = minutes * 60_000
    now = START
    for post in posts:
        while post.at >= now + step:
            now += step
            for source in sorted(waiting):
                yield TOWNS[source % len(TOWNS)], f"s{source}", now, waiting[source]
            waiting = {}
        waiting.setdefault(post.source, []).append(post)
    for source in sorted(waiting):
        yield TOWNS[source % len(TOWNS)], f"s{source}", now + step, waiting[source]


def sketches(posts: list[Post]) -> list[tuple[str, str, int, object]]:
    sketcher = Sketcher()
    return [
        (place, source, at, sketcher.make((post.author, post.text, cut(post.text)) for post in some))
        for place, source, at, some in pages(posts)
    ]
