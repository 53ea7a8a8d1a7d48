"""The model that comes with the package."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from detectors.classifier import RuleClassifier
from detectors.model.build import corpus
from detectors.model.model import load
from detectors.model.shipped import FILE, KINDS, shipped
from detectors.words import cut
from monitor.model.post import Post
from monitor.model.verdict import GROUPS


def test_the_file_is_small_and_is_what_it_was_written_as() -> None:
    data = (files("detectors.model") / FILE).read_bytes()
    assert len(data) < 1_000_000
    assert load(data).save() == data


def test_it_knows_every_group_and_was_made_of_the_corpus_as_it_is() -> None:
    model = shipped()
    assert model.heads["group"].labels == GROUPS
    assert model.about["texts"] == len(corpus())


def test_words_that_the_rules_lack_name_a_group() -> None:
    model = shipped()
    rows = model.rows([cut("на маршруте не хватает автобусов, кондуктор грубит")], np.zeros((1, 0), np.int64))
    scores = model.heads["group"].scores(rows)[0]
    assert GROUPS[int(scores.argmax())] == "transport"


def test_what_is_less_certain_has_a_lower_score() -> None:
    classifier = RuleClassifier(None)
    sure, unsure = classifier.classify(
        [
            Post("1", "Прошу вывезти мусор: контейнеры переполнены, вывоз мусора не производится вторую неделю"),
            Post("2", "Прошу принять меры: у дома опять то же самое, никто не реагирует, а обещали ещё летом"),
        ],
        "",
    )
    assert sure.appeal
    assert unsure.appeal
    assert sure.score > 800
    assert unsure.score < 500


def test_kinds_of_texts_that_were_left_out() -> None:
    figures = shipped().about["figures"]["kind"]
    assert set(figures) == set(KINDS)
    assert sum(figures.values()) / len(figures) > 0.8


def test_who_tells_of_a_problem_first_and_then_asks_complains() -> None:
    texts = (
        "Отключили воду на Садовой, когда включат?",
        "Когда включат воду на Садовой?",
        "Поставьте лавочки у нашего подъезда, пожалуйста",
    )
    found = RuleClassifier(None).classify([Post(str(number), text) for number, text in enumerate(texts)], "")
    assert [verdict.kind for verdict in found] == ["complaint", "question", "suggestion"]
