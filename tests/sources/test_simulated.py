"""The simulated region: the same everywhere, plausible in its counts, and with a truth that fits its texts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from hashlib import blake2b
from pathlib import Path

import orjson
import pytest

from monitor.model.codec import encode
from monitor.model.errors import ConfigError
from monitor.model.verdict import GROUPS
from sources.simulated.events import Burst, Scene, Surge
from sources.simulated.mixture import themes_of
from sources.simulated.phrases import phrases
from sources.simulated.truth import Happening
from sources.simulated.world import Options, World
from tests.sources.region import DAY, HOUR, MINUTE, MONDAY, profile, world

NOON = MONDAY + 12 * HOUR
_QUIET = Options(posts_per_second=0.02, communities=20, bursts_per_day=0.0)


@pytest.fixture(scope="module")
def day() -> list[Happening]:
    return list(world(0.12).happenings(MONDAY, MONDAY + DAY))


def digest() -> str:
    total = blake2b(digest_size=8)
    made = world(2.0, bursts_per_day=6.0)
    for happening in made.happenings(NOON, NOON + 20 * MINUTE):
        total.update(encode([happening.post, happening.truth._asdict()]))
    total.update(encode([burst.id + burst.street for burst in made.bursts(NOON, NOON + DAY)]))
    total.update(encode(made.history(MONDAY, 1)))
    return total.hexdigest()


def test_another_process_makes_the_same_world() -> None:
    code = "from tests.sources.test_simulated import digest; print(digest())"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(Path(__file__).parents[2])}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == digest()


def test_a_slot_is_the_same_however_it_is_come_by() -> None:
    site = max(world(2.0).sites, key=lambda item: item.share).source.id
    fresh = list(world(2.0).read(site, NOON + 7 * MINUTE, NOON + 8 * MINUTE))
    walked = [item for item in world(2.0).read(site, NOON, NOON + HOUR) if NOON + 7 * MINUTE < item.at <= NOON + 8 * MINUTE]
    assert fresh == walked
    assert fresh


def test_another_seed_makes_another_world() -> None:
    first, second = (World(profile(), seed, _QUIET) for seed in (1, 2))
    assert next(first.happenings(NOON, NOON + DAY)).post.text != next(second.happenings(NOON, NOON + DAY)).post.text


def test_pages_hold_what_happens_masked_and_bounded() -> None:
    made = world(3.0)
    pages = list(made.pages(NOON - 90_000, NOON + 10 * MINUTE, page_posts=20))
    happened = list(made.happenings(NOON - 90_000, NOON + 10 * MINUTE))
    assert Counter(post.id for page in pages for post in page.posts) == Counter(item.post.id for item in happened)
    assert max(len(page.posts) for page in pages) == 20
    assert not any("(900)" in post.text for page in pages for post in page.posts)
    assert all(page.fetched_at % MINUTE == 0 for page in pages)
    every = list(made.pages(NOON, NOON + MINUTE, empty=True))
    assert {page.source for page in every} == {source.id for source in made.sources}


def test_there_is_enough_to_say() -> None:
    stock = phrases()
    assert sum(len(theme.lines["complaint"]) for theme in stock.themes) >= 150
    assert sum(len(lines) for topic, lines in stock.chatter.items() if topic != "official") >= 150
    for month in range(1, 13):
        assert {theme.group for theme in themes_of(month)} == set(GROUPS)
    leftovers = re.compile(r"[{}\x01]")
    for item in world(2.0).happenings(NOON, NOON + 15 * MINUTE):
        assert not leftovers.search(item.post.text)


def test_sources_are_the_profiles(day: list[Happening]) -> None:
    made = world(0.12)
    assert sum(source.kind == "community" for source in made.sources) == 30
    assert {source.territory for source in made.sources} <= {"", *profile().territories}
    shares = sorted(site.share for site in made.sites)
    assert abs(sum(shares) - 1) < 1e-9
    assert shares[-1] > 20 * shares[len(shares) // 4]
    assert {item.truth.source for item in day} <= {source.id for source in made.sources}


def test_shares_lengths_and_variety(day: list[Happening]) -> None:
    new = [item for item in day if item.truth.change == "new"]
    kinds = Counter(item.truth.kind for item in new)
    appeals = sum(kinds[kind] for kind in ("complaint", "question", "suggestion", "thanks"))
    assert 0.07 < appeals / len(new) < 0.14
    assert kinds["complaint"] > 3 * kinds["question"] > 0
    own = [item for item in new if item.truth.kind != "reply" and not item.truth.duplicate_of]
    words = [len(item.post.text.split()) for item in own]
    assert 32 < sum(words) / len(words) < 38
    assert sum(9 <= count <= 70 for count in words) > 0.99 * len(words)
    texts = Counter(item.post.text for item in own)
    assert len(texts) > 0.99 * len(own)
    assert {item.truth.group for item in day} == {"", *GROUPS}


def test_the_day_has_its_rhythm() -> None:
    made = world(0.12)
    counts = Counter((item.at - MONDAY) // HOUR for item in made.happenings(MONDAY, MONDAY + DAY))
    night = sum(counts[hour] for hour in range(1, 5))
    evening = sum(counts[hour] for hour in range(18, 22))
    assert evening > 10 * night
    assert 0.85 < sum(counts.values()) / (0.12 * 86_400) < 1.15


def test_references_point_to_earlier_posts() -> None:
    made = world(0.3)
    seen: dict[str, Happening] = {}
    changed: dict[str, set[str]] = {}
    checked: Counter[str] = Counter()
    for item in made.happenings(NOON - 8 * HOUR, NOON + 8 * HOUR):
        post, truth = item.post, item.truth
        if truth.change == "new":
            assert post.id not in seen
            seen[post.id] = item
        elif post.id in seen:
            first = seen[post.id]
            assert first.at < item.at == post.edited_at
            assert post.published_at == first.at
            assert post.deleted is (truth.change == "deleted")
            assert post.text != first.post.text
            checked[truth.change] += 1
            changed.setdefault(post.id, set()).add(truth.change)
        if post.thread in seen:
            assert seen[post.thread].truth.source == truth.source
            assert post.kind == "comment"
            checked["comment"] += 1
        if truth.kind == "reply" and truth.thread in seen:
            appeal = seen[truth.thread]
            assert appeal.truth.kind in ("complaint", "question", "suggestion", "thanks")
            assert (appeal.truth.group, post.reply_to, post.official) == (truth.group, truth.thread, True)
            checked["reply " + truth.quality] += 1
        if truth.duplicate_of in seen and truth.change == "new":
            original = seen[truth.duplicate_of]
            assert (original.truth.kind, original.truth.theme) == (truth.kind, truth.theme)
            checked["copy" if post.text == original.post.text else "near copy"] += 1
    kinds = {"edited", "deleted", "comment", "copy", "near copy"} | {
        f"reply {quality}" for quality in ("substantive", "interim", "formal", "redirect")
    }
    assert set(checked) == kinds
    assert all(len(changes) == 1 for changes in changed.values()), "what is deleted is never edited"
    assert min(checked.values()) > 5


def test_truth_fits_the_text(day: list[Happening]) -> None:
    named = [item for item in day if item.truth.house and item.truth.change == "new" and not item.truth.duplicate_of]
    assert len(named) > 100
    for item in named:
        assert item.truth.house in item.post.text
        # «по Садовой»: an adjective loses its ending.
        assert item.truth.street[:-2] in item.post.text
    for item in day:
        assert (item.truth.kind == "chatter") == (item.truth.group == "")
        assert item.truth.territory in profile().territories
    # Two districts have a street of this name: who writes in the town's community says which.
    homes = {source.id: source.territory for source in world(0.12).sources}
    vague = [item for item in named if item.truth.street == "Мира" and homes[item.truth.source] in ("avto", "")]
    assert vague
    assert all("район" in item.post.text for item in vague)


def test_history_agrees_with_the_posts() -> None:
    made = world(0.5)
    step = HOUR
    history = made.history(MONDAY, 1, step)
    hours = range(18, 22)
    expected = sum(counts[hour + 24 * shift] for counts in history.values() for hour in hours for shift in range(5)) / 5
    found = Counter[str]()
    for truth in made.truth(MONDAY + 18 * HOUR, MONDAY + 22 * HOUR):
        if truth.kind == "complaint" and truth.change == "new" and not truth.duplicate_of:
            found[f"{truth.territory}|group|{truth.group}"] += 1
    assert set(found) <= set(history)
    assert all(len(counts) == 168 for counts in history.values())
    assert 0.8 < found.total() / expected < 1.25
    week = Counter({key: sum(counts) for key, counts in history.items()})
    top = [key for key, _ in week.most_common(12)]
    assert 0.7 < sum(found[key] for key in top) / found.total() / (sum(week[key] for key in top) / week.total()) < 1.4


def test_history_has_seasons_and_bursts() -> None:
    burst = Burst(MONDAY + 30 * HOUR, "ecology", size=60, territory="luga", minutes=120)
    options = Options(posts_per_second=0.05, communities=20, bursts_per_day=0.0)
    counts = World(profile(), 1, options, bursts=[burst]).history(MONDAY, 1)["luga|group|ecology"]
    assert max(counts) in counts[30:32]
    assert sum(counts[30:32]) > 30
    plain = World(profile(), 1, options).history(MONDAY, 1)["luga|group|ecology"]
    assert [now - then for now, then in zip(counts, plain, strict=True) if now != then] == [
        counts[30] - plain[30],
        counts[31] - plain[31],
    ]


def test_villages_with_less_than_one_complaint_a_day_count_as_what_is_around_them() -> None:
    burst = Burst(MONDAY + 30 * HOUR, "ecology", size=40, territory="avto-2", minutes=120)
    few = World(profile(), 1, Options(posts_per_second=0.01, communities=20, bursts_per_day=0.0), bursts=[burst]).history(MONDAY, 1)
    many = World(profile(), 1, Options(posts_per_second=5.0, communities=20, bursts_per_day=0.0)).history(MONDAY, 1)
    assert {key.split("|")[0] for key in many} == {"test", "avto", "avto-1", "avto-2", "luga", "zarechye"}
    assert len(few) < len(many) / 2
    ecology = sum(sum(counts) for key, counts in few.items() if key.endswith("ecology"))
    assert "avto-2|group|ecology" not in few
    assert ecology >= 30
    assert 350 < sum(map(sum, many.values())) / max(1, sum(map(sum, few.values())) - 34) < 700


def test_a_burst_is_of_many_people_houses_and_near_copies() -> None:
    burst = Burst(NOON, "housing", size=80, minutes=180, theme="heating", territory="avto-1", street="Революционная")
    made = World(profile(), 3, _QUIET, bursts=[burst])
    (complete,) = made.bursts(NOON, NOON + HOUR)
    assert len(complete.houses) == 11
    items = [item for item in made.happenings(NOON - HOUR, NOON + 6 * HOUR) if item.truth.burst == complete.id]
    posts = [item for item in items if item.truth.kind == "complaint"]
    assert len(posts) == 80
    assert [item.truth.quality for item in items if item.truth.kind == "reply"] == ["interim"]
    assert 0 <= posts[0].at - NOON < 20 * MINUTE
    assert len({item.post.author for item in posts}) > 40
    assert len({item.truth.house for item in posts}) > 7
    assert len({item.truth.source for item in posts}) > 4
    assert 3 < sum(bool(item.truth.duplicate_of) for item in posts) < 25
    quarters = Counter((item.at - NOON) // (45 * MINUTE) for item in posts)
    assert quarters[0] > quarters[1] > quarters[2] >= quarters[3]
    tenths = Counter((item.at - NOON) // (9 * MINUTE) for item in posts)
    assert max(tenths[1], tenths[2]) > tenths[0] / 2
    for item in posts:
        assert "Революционн" in item.post.text or item.truth.duplicate_of
    assert any(item.post.kind == "comment" and item.post.thread for item in posts)


def test_random_bursts_come_with_the_seed() -> None:
    made = world(0.01, bursts_per_day=3.0)
    bursts = made.bursts(MONDAY, MONDAY + 20 * DAY)
    assert 35 < len(bursts) < 85
    assert bursts == world(0.01, bursts_per_day=3.0).bursts(MONDAY, MONDAY + 20 * DAY)
    assert len({burst.id for burst in bursts}) == len(bursts)
    assert all(burst.street and burst.houses and burst.territory for burst in bursts)
    first = bursts[5]
    told = {truth.burst for truth in made.truth(first.onset, first.onset + first.minutes * MINUTE)}
    assert first.id in told


def test_a_surge_lifts_one_group_in_one_place() -> None:
    options = Options(posts_per_second=1.0, communities=20, bursts_per_day=0.0)
    surge = Surge(NOON, NOON + 2 * HOUR, "roads", 5.0, "avto")
    counts = []
    for surges in ([], [surge]):
        made = World(profile(), 5, options, surges=surges)
        found = Counter[str]()
        for truth in made.truth(NOON + HOUR, NOON + 2 * HOUR):
            if truth.kind == "complaint" and not truth.duplicate_of:
                found[f"{truth.territory[:4]} {truth.group}"] += 1
        counts.append(found)
    assert counts[1]["avto roads"] > 2.5 * counts[0]["avto roads"]
    assert counts[1]["avto housing"] < 1.3 * counts[0]["avto housing"]
    assert counts[1]["luga roads"] < 1.6 * counts[0]["luga roads"] + 5


def test_scenes_are_played_as_written() -> None:
    scenes = [
        Scene(NOON, "sim:c1", "main", "на Мира хлещет кипяток", author="a", group="housing", theme="heating", territory="avto-1"),
        Scene(NOON + 60_000, "sim:c1", "too", "и у нас", post="comment", thread="main", author="b", duplicate_of="main"),
        Scene(NOON + 120_000, "sim:c1", "main", "на Мира 5 хлещет кипяток", change="edited", group="housing"),
        Scene(NOON + 180_000, "sim:c1", "too", change="deleted"),
        Scene(
            NOON + 240_000,
            "sim:c1",
            "answer",
            "Бригада на месте",
            "comment",
            official=True,
            reply_to="main",
            thread="main",
            kind="reply",
            quality="interim",
        ),
    ]
    made = World(profile(), 1, _QUIET, scenes=scenes)
    keys = {"sim:c1:main", "sim:c1:too", "sim:c1:answer"}
    found = [item for item in made.read("sim:c1", NOON - 1, NOON + HOUR) if item.post.id in keys]
    assert [(item.post.id[7:], item.truth.change) for item in found] == [
        ("main", "new"),
        ("too", "new"),
        ("main", "edited"),
        ("too", "deleted"),
        ("answer", "new"),
    ]
    assert found[1].post.thread == found[1].truth.duplicate_of == "sim:c1:main"
    assert found[2].post.author == found[0].post.author != found[1].post.author
    assert (found[2].post.published_at, found[2].post.edited_at) == (NOON, NOON + 120_000)
    assert found[3].post.deleted
    assert found[4].truth.thread == "sim:c1:main"
    # A reader who masks or cuts what it got must not change what the next one gets.
    found[0].post.text = "другое"
    assert next(item for item in made.read("sim:c1", NOON - 1, NOON) if item.post.id == "sim:c1:main").post.text == scenes[0].text


@pytest.mark.parametrize(
    "scenes",
    [
        [Scene(5, "sim:c1", "a", change="edited")],
        [Scene(5, "sim:c1", "a"), Scene(6, "sim:c1", "a")],
        [Scene(5, "sim:c1", "a", thread="nowhere")],
        [Scene(5, "sim:c1", "a"), Scene(4, "sim:c1", "a", change="deleted")],
    ],
)
def test_scenes_that_refer_to_nothing_are_refused(scenes: list[Scene]) -> None:
    with pytest.raises(ConfigError):
        World(profile(), 1, _QUIET, scenes=scenes)


@pytest.mark.parametrize("burst", [Burst(5, "housing", theme="nothing"), Burst(5, "nothing"), Burst(5, "roads", territory="nowhere")])
def test_bursts_of_nothing_are_refused(burst: Burst) -> None:
    with pytest.raises(ConfigError):
        World(profile(), 1, _QUIET, bursts=[burst])


def test_the_truth_is_written_a_line_an_event(tmp_path: Path) -> None:
    made = world(0.5)
    count = made.write_truth(tmp_path / "truth.jsonl", NOON, NOON + 10 * MINUTE)
    rows = [orjson.loads(line) for line in (tmp_path / "truth.jsonl").read_bytes().splitlines()]
    assert len(rows) == count > 0
    truths = list(made.truth(NOON, NOON + 10 * MINUTE))
    assert rows == [{**truth._asdict(), "incident": truth.incident, "parent": truth.parent} for truth in truths]
