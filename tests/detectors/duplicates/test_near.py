from __future__ import annotations

import pytest

from detectors.duplicates import NearDuplicates, near

DAY = 86_400_000
POST = (
    "Уже вторую неделю на улице Садовой возле дома 14 не горит ни один фонарь, дети возвращаются из школы в полной темноте. "
    "Просим восстановить освещение."
)
MISSPELT = POST.replace("фонарь", "фонрь").replace("темноте", "тмноте")
OTHER_HOUSE = POST.replace("14", "16")
UNLIKE = "Автобус по четвертому маршруту снова не вышел в рейс, на остановке собралась толпа, все опоздали на работу"


def clusters(posts: list[str], memory: NearDuplicates | None = None) -> list[str]:
    """The cluster of each text; ids are p0, p1 …"""
    memory = memory or NearDuplicates(limit=100)
    found = []
    for number, text in enumerate(posts):
        match = memory.add(f"p{number}", text, number)
        found.append(match.cluster if match else f"p{number}")
    return found


def test_copies_join_the_first_and_other_houses_stay_apart() -> None:
    posts = [POST, UNLIKE, "Репост! " + POST.upper(), MISSPELT, OTHER_HOUSE, OTHER_HOUSE + " #свет", POST]
    assert clusters(posts) == ["p0", "p1", "p0", "p0", "p4", "p4", "p0"]


def test_a_match_names_the_post_that_it_was_found_by() -> None:
    memory = NearDuplicates(limit=10)
    assert memory.add("a", POST, 0) is None
    equal = memory.add("b", POST.lower(), 0)
    assert equal is not None
    assert (equal.cluster, equal.post, equal.score) == ("a", "a", 1000)
    alike = memory.add("c", MISSPELT, 0)
    assert alike is not None
    assert (alike.cluster, alike.post) == ("a", "b")
    assert 900 < alike.score < 1000


def test_a_copy_cut_before_the_house_is_no_bridge_between_houses() -> None:
    base = POST.replace(" возле дома 14", "") + " Отремонтируйте наконец столбы, адрес прежний: дом 14"
    cut = base[:-4] + "…"
    assert clusters([base, cut, base[:-2] + "16", base[:-2] + "16."]) == ["p0", "p0", "p2", "p2"]


@pytest.mark.parametrize("text", ["Когда дадут воду?", "Спасибо!", "👍"])
def test_the_shortest_texts_match_only_exactly(text: str) -> None:
    assert clusters([text, text.upper(), text + " тепло"]) == ["p0", "p0", "p2"]


def test_short_texts_with_other_links_are_other_posts() -> None:
    assert clusters(["Подробнее https://example.org/a", "Подробнее https://example.org/b"]) == ["p0", "p1"]


def test_posts_without_text_are_not_alike() -> None:
    assert clusters(["", " \n", ""]) == ["p0", "p1", "p2"]


def test_numbers_beyond_what_is_kept_still_tell_posts_apart() -> None:
    filler = " ".join(f"слово{'а' * (n % 7)} номер{'к' * (n % 5)}" for n in range(160))
    assert len(filler) > near.KEPT
    assert clusters([f"{filler} дом 14 подъезд", f"{filler} дом 16 подъезд", f"{filler} дом 14 подьезд"]) == ["p0", "p1", "p0"]


def test_what_is_older_than_the_horizon_is_gone_but_its_cluster_lives_on() -> None:
    memory = NearDuplicates(limit=10, days=2)
    memory.add("a", POST, 0)
    memory.add("b", MISSPELT, DAY)
    match = memory.add("c", POST, 2 * DAY + 1)
    assert match is not None
    assert (match.cluster, match.post) == ("a", "b")
    assert len(memory) == 2
    assert memory.add("d", POST, 9 * DAY) is None
    assert len(memory) == 1


def test_memory_is_bounded() -> None:
    memory = NearDuplicates(limit=3)
    memory.add("a", POST, 0)
    for number, text in enumerate([UNLIKE, OTHER_HOUSE, "Спасибо за ремонт"]):
        assert memory.add(f"p{number}", text, 0) is None
    assert len(memory) == 3
    assert memory.add("b", POST, 0) is None


def test_a_forgotten_post_is_not_found_and_the_others_keep_their_cluster() -> None:
    memory = NearDuplicates(limit=10)
    memory.add("a", POST, 0)
    memory.add("b", MISSPELT, 0)
    memory.forget("a")
    memory.forget("never seen")
    match = memory.add("c", POST, 0)
    assert match is not None
    assert (match.cluster, match.post) == ("a", "b")
    memory.forget("b")
    memory.forget("c")
    assert len(memory) == 0
    assert memory.add("d", POST, 0) is None


def test_adding_an_id_again_replaces_its_text() -> None:
    memory = NearDuplicates(limit=10)
    memory.add("a", POST, 0)
    assert memory.add("a", POST, 1) is None
    assert memory.add("a", UNLIKE, 2) is None
    assert memory.add("b", POST, 3) is None
    match = memory.add("c", UNLIKE, 4)
    assert match is not None
    assert match.cluster == "a"


def test_a_house_is_found_among_many_copies_for_other_houses() -> None:
    memory = NearDuplicates(limit=500)
    memory.add("first", OTHER_HOUSE, 0)
    for house in range(100, 400):
        memory.add(f"h{house}", POST.replace("14", str(house)), 0)
    match = memory.add("copy", OTHER_HOUSE.replace("фонарь", "фонрь"), 0)
    assert match is not None
    assert match.cluster == "first"
