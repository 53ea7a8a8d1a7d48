from __future__ import annotations

import io

import numpy as np
import pytest

from detectors.answers import fit, model
from detectors.classifier.reply import Replies
from detectors.taxonomy import taxonomy
from detectors.text import Stems


def judge(*texts: str) -> list[str]:
    return [*Replies(taxonomy(), Stems(), 10).judge(texts)]


def test_the_shipped_model_is_the_corpus_and_the_program_and_nothing_else() -> None:
    made = model.packed(*fit.fit(fit.corpus()))
    shipped = np.load(io.BytesIO((fit.CORPUS.parents[1] / "answers" / "shipped.npy").read_bytes()), allow_pickle=False)
    # Another processor may add in another order: a weight on the edge of two steps falls to either side.
    assert np.abs(made.astype(np.int16) - shipped).max() <= 1
    assert (made != shipped).mean() < 0.001


def test_answers_that_the_model_has_not_seen() -> None:
    mean, each = fit.held_out(fit.corpus())
    assert mean > 0.82
    assert min(each.values()) > 0.77


@pytest.mark.parametrize("text", ["", "👍", "...", "\n", "你好", "я" * 5000])
def test_what_says_nothing_is_formal(text: str) -> None:
    assert judge(text) == ["formal"]


def test_case_look_alikes_and_emoji_change_nothing() -> None:
    plain = "Яма заделана, работы выполнены 12 мая"
    assert judge(plain, plain.upper(), f"✅ {plain}!!!", "<b>Яма</b> заделана, работы выполнены 12 мая") == ["substantive"] * 4
