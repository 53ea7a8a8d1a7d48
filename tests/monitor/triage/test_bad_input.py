"""Bad input: what becomes of every fault in the table of CONTRIBUTING.md, and of faults that nobody thought of."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from detectors.classifier import RuleClassifier
from monitor.model.position import Position
from monitor.model.rows import DeadLetterRow, PostRow, RevisionRow
from monitor.model.watch import Findings, WatchRecord
from monitor.profile.load import load_profile
from monitor.triage.decode import REASONS
from monitor.triage.judging import MANY_FAILURES
from monitor.triage.salvage import MOST_READ
from monitor.watch.stage import Watch
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import ClickHouseReader
from sinks.clickhouse.writer import ClickHouseWriter
from sources.simulated.world import World
from tests.crash.region import use, watch
from tests.crash.stages import run_watch, watch_record
from tests.monitor.triage.bad_input_form import FORM
from tests.monitor.triage.bad_input_pages import SOURCE, page, post, with_fields, with_head, with_raw, written
from tests.monitor.triage.bad_input_run import Case, Run, fit, placeless, unsealed
from tests.monitor.triage.bad_input_values import LARGE_TEXT, MANY_ATTACHMENTS, MANY_POSTS, POISON, VALUES

CASES = (*FORM, *VALUES)
LARGE = (LARGE_TEXT, MANY_ATTACHMENTS, MANY_POSTS)
SMALL = [case for case in CASES if case.fault not in LARGE]
CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"
SPOILT = f"{SOURCE}_2"


def table() -> str:
    return "\n".join(["| fault | what becomes of it |", "|---|---|", *(case.line() for case in CASES)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault[:50])
def test_case(case: Case) -> None:
    sound = Run(with_head())
    for pages in case.variants():
        run = Run(*pages)
        assert Counter((letter.scope, letter.reason) for letter in run.letters) == Counter(case.dead)
        for letter in run.letters:
            came = pages[Position.unpack(letter.version).offset]
            kept = unsealed(letter)
            if letter.scope == "page":
                assert came.endswith(kept) if run.posts else kept == came
            elif len(case.dead) == 1 and letter.reason != "parser":
                assert with_raw(kept) == came
            else:
                assert kept in came
            assert len(letter.detail) < 600
        spoilt = [row for row in run.posts if row.id == SPOILT]
        assert bool(spoilt) == (case.row is not None)
        for name, wanted in (case.row or {}).items():
            found = getattr(spoilt[-1], name)
            assert wanted(found) if callable(wanted) else found == wanted, name
        if case.others:
            for found, all_sound in ((run.posts, sound.posts), (run.revisions, sound.revisions)):
                wanted = placeless([row for row in all_sound if row.id != SPOILT])
                kept_ids = {row.id for row in wanted}
                assert placeless([row for row in found if row.id in kept_ids]) == wanted
        taken = {"new": len({row.id for row in run.posts})}
        assert run.outcomes == (case.outcomes if case.outcomes is not None else {k: n for k, n in taken.items() if n})
        assert fit(run.effects.rows) == len(run.effects.rows)


def test_the_table_is_that_of_the_cases() -> None:
    text = CONTRIBUTING.read_text(encoding="utf-8")
    assert table() in text, f"write this table into {CONTRIBUTING.name}:\n\n{table()}\n"
    assert {reason for case in CASES for _, reason in case.dead} == set(REASONS)


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.fault[:50])
def test_watch_takes_what_comes_of_it(case: Case, region: World) -> None:
    for number, pages in enumerate(case.variants()):
        if number < 3:
            assert_watched(watch(region), Run(*pages).effects.findings)


def assert_watched(stage: Watch, findings: Sequence[Findings]) -> None:
    entries: list[WatchRecord] = [use(), *findings]
    rows = run_watch(stage, [watch_record(offset, one) for offset, one in enumerate(entries)], 1).rows
    assert fit(rows) == len(rows)


def test_no_more_is_covered_than_was_fetched() -> None:
    for until, covered in ((2**63, page([])["fetched_at"]), (5, 5), (-1, 0)):
        assert [one.covered_until for one in Run(with_head(covered_until=until)).effects.findings] == [covered]


def test_no_detail_quotes_what_somebody_wrote() -> None:
    for fields in (
        {"kind": "Пётр, +7 900"},
        {"kind": "it's 'Пётр'\n"},
        {"likes": "Пётр"},
        {"attachments": ["Пётр"]},
        {"id": "Пётр" * 99},
    ):
        (letter,) = Run(with_fields(**fields)).letters
        assert "Пётр" not in letter.detail
        assert "900" not in letter.detail


def test_a_nested_unknown_field_beside_a_wrong_type() -> None:
    """Nothing walks through what nobody reads."""
    deep = json.loads("[" * 500 + "]" * 500)
    run = Run(written(page([post(1), {"id": 5, "x": deep}, post(3)], x=deep)))
    assert (len(run.posts), [letter.reason for letter in run.letters]) == (2, ["wrong_type"])


def test_a_page_is_not_read_in_vain_again_and_again() -> None:
    """Each of these beginnings would be read up to the end of the page, and is a letter once it was."""
    head, _, _ = written(page([])).partition(b"]")
    run = Run(head + b'{"id":"a","x":[' * 90 + b"1," * 10_000)
    assert 1 < len(run.letters) <= MOST_READ + 1


def test_a_classifier_that_fails_on_everything_stops_the_stage() -> None:
    posts = [post(number, text=f"{POISON} {number}") for number in range(MANY_FAILURES)]
    assert len(Run(written(page(posts[1:]))).letters) == MANY_FAILURES - 1
    with pytest.raises(ValueError, match="nobody expected"):
        Run(written(page(posts)))


@pytest.mark.parametrize("fault", [LARGE_TEXT, MANY_ATTACHMENTS])
def test_memory_is_a_few_times_the_input(fault: str) -> None:
    """The reader of JSON alone reserves twelve times its input, most of which it never touches."""
    (case,) = [case for case in CASES if case.fault == fault]
    pages = next(case.variants())
    tracemalloc.start()
    Run(*pages)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 * len(pages[0])


def test_a_text_of_10_mb_takes_no_second() -> None:
    """Processor time, with the real classifier; it is a fifth of that on a slow machine."""
    classifier = RuleClassifier(load_profile("samara"))
    (case,) = [case for case in CASES if case.fault == LARGE_TEXT]
    for (data,) in case.variants():
        began = time.process_time()
        Run(data, classifier=classifier)
        assert time.process_time() - began < 1


async def test_rows_of_bad_input_are_stored(clickhouse: Target) -> None:
    rows: list[PostRow | RevisionRow | DeadLetterRow] = []
    for number, case in enumerate(SMALL):
        run = Run(*next(case.variants()))
        rows += [row._replace(id=f"{number}:{row.id}") for row in run.posts]
        rows += [row._replace(id=f"{number}:{row.id}") for row in run.revisions]
        rows += [row._replace(id=f"{number}:{row.id}") for row in run.letters]
    writer, reader = ClickHouseWriter(clickhouse), ClickHouseReader(clickhouse)
    try:
        await writer.write(rows)
        for table, kind in (("posts", PostRow), ("post_revisions", RevisionRow), ("dead_letters", DeadLetterRow)):
            found = await reader.query(f"SELECT DISTINCT id FROM current_{table}")
            assert {row["id"] for row in found} == {row.id for row in rows if isinstance(row, kind)}
    finally:
        await writer.close()
        await reader.close()
