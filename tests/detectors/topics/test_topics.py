"""Unknown topics: a rumour is found and named, a quiet week, a campaign and an evening's talk are not."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest

from detectors.topics import Topic, Topics, TopicSettings
from detectors.topics.habits import Habits
from monitor.model.plain import pack, unpack
from tests.detectors.topics.town import DAY, HOUR, START, TOWNS, Post, chatter, sketches

NOON = START + 6 * DAY + 12 * HOUR
RUMOUR = (
    "Говорят, у плотины трещина, соседи видели",
    "Правда, что плотина треснула? Подруга паникует",
    "Слышали про трещину? Плотина вот-вот рухнет, пишут в чатах",
    "На работе все обсуждают: плотина дала трещину",
    "Кто живет внизу, знайте: трещина плотины огромная",
    "Мне звонила тетя, собирает вещи, плотина еле держится, трещина растет",
    "Не верю: плотина стоит сто лет, какая трещина",
    "Объясните нормально, плотина цела или трещина настоящая?",
    "Муж проезжал, трещина видна с моста, плотина мокрая",
    "Дети напуганы разговорами, будто плотина лопнет, трещина якобы метровая",
    "Фотография трещины у плотины похожа на монтаж",
    "Плотина, трещина, эвакуация: что из этого выдумка?",
)


@cache
def week() -> tuple[Post, ...]:
    return tuple(chatter(seed=11, days=7, posts_a_day=1500))


def told(posts: list[Post], settings: TopicSettings | None = None) -> list[Topic]:
    return run(Topics(settings), sketches(sorted(posts)))


def run(topics: Topics, pages: list[Any]) -> list[Topic]:
    found = []
    for place, source, at, sketch in pages:
        topics.add(place, source, at, sketch)
        found += topics.judge(at)
    return found


def rumour(people: int, *, town: int | None = 1, minutes: int = 80, at: int = NOON) -> list[Post]:
    """``people`` write of it, each in other words, in the communities of one town, or of all."""
    random = Random(5)
    posts = []
    for number in range(people):
        source = random.randrange(40) if town is None else town + len(TOWNS) * random.randrange(8)
        text = f"{RUMOUR[number % len(RUMOUR)]} {random.choice(week()).text}"
        posts.append(Post(at + number * minutes * 60_000 // people, source, f"r{number}", text))
    return posts


@pytest.mark.parametrize("seed", [11, 12])
def test_a_quiet_week_has_no_topics(seed: int) -> None:
    posts = week() if seed == 11 else chatter(seed, 7, 2500)
    assert told(list(posts)) == []


def test_a_rumour_is_found_and_named() -> None:
    begun, over = told([*week(), *rumour(14)])
    assert (begun.place, begun.over) == ("south", False)
    assert {word for words in begun.words for word in words.split()} == {"плотина", "трещина"}
    assert begun.people >= 8
    assert begun.sources >= 3
    assert begun.expected < 2000
    assert all("плотин" in text.lower() or "трещин" in text.lower() for text in begun.examples)
    assert NOON <= begun.since <= NOON + 20 * 60_000
    assert (over.key, over.over) == (begun.key, True)


def test_a_rumour_of_the_whole_region_is_one_topic_of_no_place() -> None:
    begun = [topic for topic in told([*week(), *rumour(40, town=None)]) if not topic.over]
    assert [topic.place for topic in begun] == [""]


def test_few_people_or_one_community_are_no_topic() -> None:
    assert told([*week(), *rumour(6)]) == []
    alone = [post._replace(source=1) for post in rumour(20)]
    assert told([*week(), *alone]) == []


def test_one_person_in_many_communities_is_no_topic() -> None:
    # Within a page a person counts once; over pages a limit of wordings does.
    assert told([*week(), *(post._replace(author="one", text=RUMOUR[0]) for post in rumour(20))]) == []


def test_a_text_that_is_passed_on_is_no_topic() -> None:
    random = Random(3)
    campaign = []
    for number, post in enumerate(rumour(60, town=None)):
        words = RUMOUR[5].split()
        words[random.randrange(len(words))] = "!!!" if number % 2 else "перешлите"
        campaign.append(post._replace(text=" ".join(words)))
    assert told([*week(), *campaign]) == []


def test_what_a_theme_names_is_no_unknown_topic() -> None:
    topics = Topics()
    found = []
    for number, (place, source, at, sketch) in enumerate(sketches(sorted([*week(), *rumour(14)]))):
        if NOON <= at <= NOON + 2 * HOUR and number % 20 == 0:
            topics.named(at, "Плотина протекает, трещина у водозабора")
        topics.add(place, source, at, sketch)  # type: ignore[arg-type]
        found += topics.judge(at)
    assert found == []


def test_before_a_day_was_seen_nothing_is_new() -> None:
    assert told([*week()[:2500], *rumour(30, at=START + 20 * HOUR)]) == []


def test_catching_up_is_no_topic() -> None:
    """After an outage of five hours all that was written comes within one."""
    gap = [post._replace(at=NOON + (post.at - NOON) // 10) if NOON - 5 * HOUR <= post.at < NOON else post for post in week()]
    assert told(gap) == []


def test_after_a_restart_everything_goes_on_the_same() -> None:
    pages = sketches(sorted([*week(), *rumour(14)]))
    whole = run(Topics(), pages)
    assert whole
    for cut in (len(pages) // 3, len(pages) * 13 // 14 - 40, len(pages) - 5):
        first, second = Topics(), Topics()
        begun = run(first, pages[:cut])
        state = pack(first.dump())
        second.load(unpack(state))
        assert pack(second.dump()) == state
        assert begun + run(second, pages[cut:]) == whole
        run(first, pages[cut:])
        assert pack(first.dump()) == pack(second.dump())


def test_memory_of_words_is_bounded_and_the_faintest_go() -> None:
    habits = Habits(100, 168.0, 336.0)
    for hour in range(50):
        habits.learn(hour, 1000, [("часто", 50), *((f"слово{hour}x{number}", 2) for number in range(40))])
    assert len(habits.dump()[0]) <= 100
    assert habits.expected("часто") == pytest.approx(50.5)
    assert habits.expected("слово0x0") == 0.5
    assert habits.usual() == pytest.approx(1000)


def test_a_habit_fades() -> None:
    habits = Habits(100, 2.0, 2.0)
    habits.learn(1, 10, [("слово", 8)])
    for hour in range(2, 8):
        habits.learn(hour, 10, [])
    assert habits.expected("слово") == pytest.approx(1.0)
