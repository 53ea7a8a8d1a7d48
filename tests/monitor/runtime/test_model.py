"""``[triage] model``: the region's own model is in force, by its hash, and a file that is none stops the start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.config.sections import Triage
from monitor.model.errors import ConfigError
from monitor.model.post import Post
from monitor.profile.load import load_profile
from monitor.runtime import compose
from tests.detectors.model.test_history import train


def test_a_trained_model_is_used_and_named(tmp_path: Path) -> None:
    assert train(tmp_path) == 0
    profile, config = load_profile("samara"), replace(Config(), triage=Triage(model=tmp_path / "model"))
    classifier = compose.classifier(config, profile)
    (found,) = classifier.classify([Post("1", "Добрый день. Прошу принять меры: фонари не горят, темно")], "")
    assert found.theme == "Свет"
    shipped = compose.use_of(Config(), profile, compose.classifier(Config(), profile), (), 1)
    own = compose.use_of(config, profile, classifier, (), 1)
    assert own.classifier != shipped.classifier
    assert (own.settings, own.profile) == (shipped.settings, shipped.profile)


@pytest.mark.parametrize("content", [None, b"no model", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_model_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "model"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"triage\.model"):
        compose.triage_stage(replace(Config(), triage=Triage(model=path)), [load_profile("kursk")], (), 1, lambda data, _: data)
