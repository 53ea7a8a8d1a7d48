"""What the endings of words say."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.classifier import RuleClassifier
from detectors.classifier.endings import COLUMNS, SHARE, Endings, rows
from detectors.model.bayes import product
from detectors.model.model import Head, packed
from detectors.table import Book
from detectors.words import cut
from monitor.model.post import Post

TEXTS = [[*cut(text)] for text in ("Вот бы поставить лавочки", "", "Да", "Убирали, убирали и не убрали: снег как был, так и лежит")]


def test_what_is_remembered_of_words_is_what_was_learned() -> None:
    weights = np.random.default_rng(5).normal(size=(COLUMNS, 3)).astype(np.float32)
    head = Head(("a", "b", "c"), *packed(weights), np.ones(1))
    book = Book(100)
    heard = Endings(head, book)
    assert np.allclose(heard.scores(book.read(TEXTS)), product(rows(TEXTS), head.weights) * head.scale)
    # Those beside a text change nothing in what is said of it.
    assert np.array_equal(heard.scores(book.read(TEXTS))[3], heard.scores(book.read(TEXTS[3:]))[0])


def test_a_text_whose_endings_all_differ_has_one_length() -> None:
    row, _, value, _ = rows(TEXTS[:1])
    assert np.isclose(np.bincount(row, value**2)[0], SHARE)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("suggestion", "Вот бы поставить у пруда скамейки"),
        ("suggestion", "Почему бы не пустить вечерний автобус до садов?"),
        ("suggestion", "Неплохо бы сделать переход напротив рынка"),
        ("complaint", "Лавочки у пруда сломали ещё весной, никто не чинит"),
        ("question", "До какого числа передавать показания счётчика воды?"),
        ("thanks", "Ура, яму на Садовой заделали за один день, молодцы"),
    ],
)
def test_kinds_that_differ_in_their_endings(kind: str, text: str) -> None:
    assert RuleClassifier(None).classify([Post("1", text)], "")[0].kind == kind
