"""How a text is written: what is read of it, what a region's model makes of it, and how it is told."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.classifier import RuleClassifier
from detectors.classifier.learned import ByForm
from detectors.model.form import ASPECTS, NAMES, READ, columns
from detectors.model.model import FORMAT, FORMED, load, load_file
from detectors.words import cut
from monitor.cli.main import main
from monitor.model.post import Post
from monitor.model.verdict import Verdict
from tests.detectors.model.test_history import OPENINGS, PLACES, PROBLEMS

LETTER, MESSAGE = "Отдел писем", "Отдел сообщений"


def has(text: str) -> set[str]:
    (row,) = columns([text], [cut(text)])
    return {name for name, found in zip(NAMES, row.tolist(), strict=True) if found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"length 2"}),
        ("<p>яма</p>", {"paragraph", "length 2"}),
        ('<p class="a">яма на дороге у дома.</p>&nbsp;', {"paragraph", "nbsp", "stop", "length 2"}),
        ("<strong>нет воды</strong><br/>третий  день\n!", {"break", "spaces", "line", "exclaims", "stop", "length 2"}),
        (
            "дом №5 ,улица «Мира» – когда?",
            {"number", "before comma", "after comma", "guillemets", "dash", "asks", "stop", "length 2"},
        ),
        ('<span>см. <a href="x">здесь</a>', {"span", "link", "length 2"}),
        ("слово " * 15, {"length 4"}),
        ("слово " * 5000, {"length 8"}),
    ],
)
def test_what_is_read_of_a_form(text: str, found: set[str]) -> None:
    assert has(text) == found
    assert len(ASPECTS) == len(NAMES) == len(set(NAMES))


PIECES = ("яма", "Дорога", "<p>", "</p>", "&nbsp;", "<br>", " ,", ",", ".", "!", "№ 5", "«Мир»", "ё", "й", "\n", "сор")
LOOK_ALIKE = str.maketrans("аосер", "aocep")


@given(st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join))
def test_letters_have_no_part_in_a_form(text: str) -> None:
    for other in (text.upper(), text.translate(LOOK_ALIKE), text.replace("ё", "е"), text.replace("о", "о\u0301")):
        assert has(other) == has(text)
    assert has("\u200b".join(text.split(" "))) == has("".join(text.split(" ")))


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    assert has("<" * 1_000_000) == {"length 2"}
    assert has("я" * READ + "!") == has("я" * READ)
    assert "stop" not in has("." * 200 + "&" * READ)


def history(path: Path) -> Path:
    """Complaints of which letters (with markup) go to one office and messages (without) to another, whatever they are about."""
    rows = [
        {"text": f"<p>{said}</p>" if number % 2 else said, "theme": theme, "body": LETTER if number % 2 else MESSAGE}
        for theme, problems in PROBLEMS.items()
        for number, said in enumerate(
            f"{opening} {problem} {place}" for opening in OPENINGS for problem in problems for place in PLACES
        )
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("form")
    assert main(["train", str(history(folder / "history.jsonl")), "--out", str(folder / "model")]) == 0
    return folder / "model"


WORDS = "Добрый день. Прошу принять меры: фонари не горят, темно"


def said(classifier: RuleClassifier, *texts: str) -> list[Verdict]:
    return classifier.classify([Post(str(number), text) for number, text in enumerate(texts)], "")


def test_an_office_is_known_by_the_form_of_what_it_gets(trained: Path) -> None:
    model = load_file(trained)
    assert model.about["figures"]["body"]["first"] > 0.9
    letter, message = said(RuleClassifier(None, model=model), f"<p>{WORDS}</p>", WORDS)
    assert (letter.body, message.body) == (LETTER, MESSAGE)
    # A theme does not depend on it.
    assert letter.themes == message.themes
    assert letter.theme == "Свет"


def test_how_letters_are_typed_changes_no_answer(trained: Path) -> None:
    classifier = RuleClassifier(None, model=load_file(trained))
    for text in (WORDS, f"<p>{WORDS}</p>"):
        plain, *others = said(
            classifier, text, text.upper(), text.replace("о", "o"), text.replace("е", "е\u0301"), text.replace("ст", "с\u200bт")
        )
        for other in others:
            assert (other.themes, other.bodies) == (plain.themes, plain.bodies)


def test_what_the_form_did_is_told(trained: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    classifier = RuleClassifier(None, model=load_file(trained))
    forms = [classifier.by_form(text, "") for text in (WORDS, f"<p>{WORDS}</p>")]
    assert all("разметка" in form.speaking for form in forms)
    # By its words alone it would be for one office, so for the other it is by its form.
    assert sorted(form.instead for form in forms)[0] == ""
    assert sorted(form.instead for form in forms)[1] in (LETTER, MESSAGE)
    assert RuleClassifier(None).by_form(WORDS, "") == ByForm()
    (tmp_path / "texts").write_text(json.dumps({"id": 1, "text": f"<p>{WORDS}</p>"}))
    for more, told in (["--model", str(trained)], True), ([], False):
        assert main(["classify", str(tmp_path / "texts"), "--explain", *more]) == 0
        assert ("форма письма: за этого исполнителя разметка" in capfdbinary.readouterr().out.decode()) is told


def changed(data: Path, out: Path, **text: object) -> bytes:
    """The file of a model with other values in its text."""
    with zipfile.ZipFile(data) as archive, zipfile.ZipFile(out, "w") as other:
        for name in archive.namelist():
            part = archive.read(name)
            other.writestr(name, orjson.dumps(orjson.loads(part) | text) if name == "model.json" else part)
    return out.read_bytes()


def test_a_file_says_that_it_reads_forms_and_which(trained: Path, tmp_path: Path) -> None:
    data = trained.read_bytes()
    assert load(data).save() == data
    assert orjson.loads(zipfile.ZipFile(trained).read("model.json"))["format"] == FORMED
    with pytest.raises(ValueError, match="признаки формы"):
        load(changed(trained, tmp_path / "other", form=[*NAMES[1:], "colour"]))
    with pytest.raises(ValueError, match="формат 9"):
        load(changed(trained, tmp_path / "newer", format=9))


def test_a_model_of_before_reads_no_form(trained: Path) -> None:
    themes = [json.loads(line) for line in (trained.parent / "history.jsonl").read_text().splitlines()]
    (trained.parent / "themes").write_text("\n".join(json.dumps(row | {"body": None}, ensure_ascii=False) for row in themes))
    out = trained.parent / "plain"
    assert main(["train", str(trained.parent / "themes"), "--out", str(out)]) == 0
    assert orjson.loads(zipfile.ZipFile(out).read("model.json"))["format"] == FORMAT
    model = load_file(out)
    assert not np.any(model.form([f"<p>{WORDS}</p>"], [cut(WORDS)]))
    letter, message = said(RuleClassifier(None, model=model), f"<p>{WORDS}</p>", WORDS)
    assert letter.themes == message.themes
