"""Dead letters on their way back: those that triage would take now, and only those."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.model.errors import NabatError
from monitor.model.rows import DeadLetterRow
from monitor.triage.retry import again
from tests.crash.region import REGION, SteadyClassifier
from tests.monitor.triage.bad_input_form import FORM
from tests.monitor.triage.bad_input_pages import SOURCE, page, post, with_fields, with_head, with_raw, written
from tests.monitor.triage.bad_input_run import PARK_MINIMUM, Case, Run, placeless, unsealed
from tests.monitor.triage.bad_input_values import POISON, VALUES

REGIONS = frozenset({REGION})
FAULTS = [case for case in (*FORM, *VALUES) if case.dead]


class Mended(SteadyClassifier):
    """Takes every text."""

    poison = "nothing has this"


def back(letter: DeadLetterRow, regions: frozenset[str] = REGIONS) -> bytes:
    return again(letter._asdict(), unsealed(letter), regions)


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.fault[:50])
def test_a_fault_that_is_there_still_is_refused(case: Case) -> None:
    """What the letter's bytes decide is refused before anything is appended: nothing comes back to be a letter again."""
    for pages in case.variants():
        for letter in Run(*pages).letters:
            if letter.reason in ("stage_error", "parked"):
                continue
            try:
                data = back(letter)
            except NabatError:
                continue
            # A wrong cursor or origin: a page that comes back has its own.
            assert letter.reason == "not_a_page"
            run = Run(data)
            assert (len(run.posts), [one.status for one in run.letters]) == (3, ["retried"])


def test_a_post_is_taken_when_the_classifier_is_mended() -> None:
    data = with_fields(text=f"{POISON} яма на дороге", likes=7)
    (letter,) = Run(data).letters
    run = Run(back(letter), classifier=Mended())
    sound = Run(data, classifier=Mended())
    assert placeless(run.posts) == placeless([row for row in sound.posts if row.likes == 7])
    (ended,) = run.letters
    assert (ended.id, ended.status, ended.source, ended.reason) == (letter.id, "retried", SOURCE, "stage_error")


def test_a_post_that_fails_again_is_a_new_letter_and_the_old_one_ends() -> None:
    (letter,) = Run(with_fields(text=POISON)).letters
    ended, new = Run(back(letter)).letters
    assert (ended.id, ended.status) == (letter.id, "retried")
    assert (new.status, new.reason) == ("dead", "stage_error")


def test_a_page_of_a_region_is_taken_when_its_profile_is_there() -> None:
    (letter,) = Run(with_head(region="elsewhere")).letters
    data: dict[str, Any] = json.loads(back(letter, frozenset({"elsewhere"})))
    assert (data["source"], data["region"], data["origin"], len(data["posts"])) == (SOURCE, "elsewhere", "retry", 3)


def parked(data: bytes) -> DeadLetterRow:
    run = Run(written(page([{"id": number} for number in range(PARK_MINIMUM)])), data)
    assert run.letters[-1].reason == "parked"
    return run.letters[-1]


def test_a_parked_page_comes_back_with_its_faults() -> None:
    """Numbers beyond 64 bits and lone surrogates too, as they came."""
    spoilt = {"id": "\ud800", "likes": 10**30, "x": "\udfff"}
    letter = parked(written(page([post(1), spoilt, {"id": 5, "text": "\ud800"}], broken=[{"detail": "d", "payload": "p"}])))
    data = back(letter)
    assert json.loads(data)["posts"][1] == spoilt
    run = Run(data)
    assert [row.id for row in run.posts] == [post(1)["id"], "\ufffd"]
    assert [one.reason for one in run.letters] == ["parked", "wrong_type", "parser"]
    assert [one.status for one in run.letters] == ["retried", "dead", "dead"]


def test_of_a_damaged_parked_page_comes_back_what_can_be_read() -> None:
    damaged = b'{"id":"vk:-1_2","text":"\xff'
    run = Run(back(parked(with_raw(damaged))))
    assert placeless(run.posts) == placeless([row for row in Run(with_head()).posts if row.id != "vk:-1_2"])
    assert [(one.status, one.reason) for one in run.letters] == [("retried", "parked"), ("dead", "parser")]
    assert unsealed(run.letters[1]) == damaged.replace(b"\xff", "\ufffd".encode())
