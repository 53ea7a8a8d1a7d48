"""The scorer counts as it says, and the shipped classifier knows every class of the held-out texts."""

from __future__ import annotations

import pytest

from tests.held_out.measures import Share, by_class, filled, macro_f1
from tests.held_out.score import NOT_ASKED, SCORES, main, places, rows


def test_shares_by_hand() -> None:
    shares = by_class(("a", "b", "c"), ["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert shares == {"a": Share(2, 2, 3), "b": Share(1, 2, 1), "c": Share(0, 0, 0)}
    assert [shares["a"].precision, shares["a"].recall, shares["a"].f1] == pytest.approx([1, 2 / 3, 0.8])
    assert shares["c"].f1 == 0.0
    assert macro_f1(shares) == pytest.approx((0.8 + 2 / 3) / 3)


def test_an_empty_field_is_neither_said_nor_true() -> None:
    assert filled(["x", "x", "", ""], ["x", "", "y", ""]) == Share(1, 2, 2)


def test_a_field_that_is_not_asked_for_is_not_scored() -> None:
    asked, *_ = (row for row in rows("places") if row["street"] not in ("", NOT_ASKED))
    wrong = asked | {"street": "не та улица"}
    assert places([asked, wrong]).shares["street"].true == 2
    assert places([asked, wrong | {"street": NOT_ASKED}]).shares["street"].true == 1


@pytest.mark.parametrize("name", SCORES)
def test_the_shipped_classifier_knows_every_class(name: str) -> None:
    """On a third of the texts: that no class is lost, not how good it is (make figures)."""
    shares = SCORES[name](rows(name)[::3]).shares
    assert {one for one, share in shares.items() if share.recall == 0} == set()


def test_no_text_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--only", "answers", "--confusion"])
    printed = capsys.readouterr().out
    assert printed.startswith("answers: macro F1 0.")
    assert not any(row["text"] in printed for row in rows("answers"))
