"""VK's errors, each understood."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import get_args

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.vk.errors import ERRORS, error_of, meaning_of
from sources.wire import Outcome


@pytest.mark.parametrize(
    ("code", "outcome", "state"),
    [
        (1, "failed", "unavailable"),
        (5, "dead", "limited"),
        (6, "rate", "limited"),
        (9, "flood", "limited"),
        (10, "failed", "unavailable"),
        (14, "captcha", "limited"),
        (15, "failed", "forbidden"),
        (17, "captcha", "limited"),
        (18, "failed", "gone"),
        (19, "failed", "gone"),
        (27, "dead", "limited"),
        (28, "dead", "limited"),
        (29, "quota", "limited"),
        (30, "failed", "forbidden"),
        (37, "failed", "gone"),
        (100, "failed", "gone"),
        (203, "failed", "forbidden"),
        (212, "failed", "forbidden"),
        (3300, "captcha", "limited"),
        (77777, "failed", "unavailable"),
    ],
)
def test_what_errors_mean(code: int, outcome: Outcome, state: str) -> None:
    assert meaning_of(code).outcome == outcome
    error = error_of(code, "токен-1")
    assert error.state == state
    assert isinstance(error, SourceRefused if state in ("forbidden", "gone") else SourceUnavailable)
    assert ("токен-1" in str(error)) == (outcome in ("dead", "rate", "flood", "captcha", "quota"))
    assert str(code) in str(error)


def test_every_message_says_something_in_russian() -> None:
    for code, meaning in ERRORS.items():
        assert meaning.outcome in get_args(Outcome), code
        assert any("а" <= letter <= "я" for letter in meaning.message), code
        assert (meaning.effect == "again") == (meaning.wait > 0), code


if FOLDER := os.environ.get("NABAT_VK_SCHEMA"):

    def test_all_errors_that_any_method_may_answer_are_in_the_table() -> None:
        errors = json.loads(Path(f"{FOLDER}/errors.json").read_bytes())["errors"]
        assert {error["code"] for error in errors.values() if error.get("global") and error["code"] < 100} <= set(ERRORS)
