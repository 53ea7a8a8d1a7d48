from __future__ import annotations

from detectors.duplicates.normal import normal_form
from detectors.duplicates.sketch import BANDS, REACH, sketches

POST = normal_form(
    "Во дворе на Садовой третью неделю стоит вода по колено, к подъезду не подойти, детей носим на руках. "
    "Управляющая компания обещает откачать, но никто не едет."
)


def sketch(form: bytes, details: bytes) -> list[int]:
    return sketches([(form, details)])[0]


def shared(one: list[int], other: list[int]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


def test_keys_are_golden() -> None:
    """They live in snapshots: another value here is another version of the snapshots."""
    keys = sketch(POST, b"7")
    assert len(keys) == BANDS
    assert keys[:4] == [3490877191, 3705237965, 3410098935, 2879244621]


def test_a_misspelt_copy_shares_bands_and_another_text_does_not() -> None:
    copy = POST.replace(normal_form("неделю"), normal_form("нделю")).replace(normal_form("носим"), normal_form("носмим"))
    other = normal_form(
        "Автобус опять не пришел по расписанию, ждали на остановке сорок минут под дождем, водитель нагрубил пассажирам"
    )
    assert shared(sketch(POST, b""), sketch(copy, b"")) >= BANDS // 3
    assert shared(sketch(POST, b""), sketch(other, b"")) == 0


def test_details_change_every_second_band() -> None:
    assert shared(sketch(POST, b"14"), sketch(POST, b"16")) == BANDS // 2


def test_the_shortest_texts_have_keys_too() -> None:
    assert len(sketch(b"a", b"")) == BANDS
    assert sketch(b"a b c", b"") == sketch(b"a b c", b"") != sketch(b"a b d", b"")


def test_only_the_beginning_counts() -> None:
    long = (POST + b" ") * 8
    assert sketch(long[: REACH + 50], b"") == sketch(long, b"")


def test_many_texts_at_once_have_the_keys_that_each_has_alone() -> None:
    texts = [(POST, b"7"), (b"a", b""), (POST[:9], b"14"), (POST * 4, b""), (b"a b c d", b"1 2")]
    assert sketches(texts) == [sketch(*text) for text in texts]
