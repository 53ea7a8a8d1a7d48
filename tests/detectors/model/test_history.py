"""Learning from a region's own labels: figures, the file, and what the classifier then says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detectors.classifier import RuleClassifier
from detectors.model import fit as heads
from detectors.model.bayes import product, weights
from detectors.model.blend import fit, probabilities
from detectors.model.form import NAMES
from detectors.model.history import History, Named, folds, ground_of, learned, tasks_of
from detectors.model.model import load, load_file
from detectors.model.ridge import solve
from detectors.model.vocabulary import Rows, learn
from detectors.words import cut
from monitor.cli.main import main
from monitor.model.post import Post

PROBLEMS = {
    "Дороги": ("яма на дороге", "разбит асфальт", "дорога вся в ямах", "колея глубокая", "асфальт провалился"),
    "Свет": ("не горит фонарь", "темно на улице", "фонари не работают", "нет освещения", "света нет на столбах"),
    "Мусор": ("не вывозят мусор", "контейнеры переполнены", "свалка у дома", "мусор лежит неделю", "баки полные"),
}
PLACES = ("у школы", "возле рынка", "на Садовой", "около больницы", "за гаражами", "у вокзала", "в переулке", "на Мира", "у парка")
OPENINGS = ("Здравствуйте!", "Прошу принять меры:", "Добрый день.", "Уважаемая администрация,")


def history(path: Path, *, shuffled: bool = False) -> Path:
    rows = [
        {"text": f"{opening} {problem} {place}, номер {number}", "theme": theme, "body": f"Отдел {theme}"}
        for number, (theme, opening, problem, place) in enumerate(
            (theme, opening, problem, place)
            for theme, problems in PROBLEMS.items()
            for problem in problems
            for place in PLACES
            for opening in OPENINGS
        )
    ]
    if shuffled:
        drawn = np.random.default_rng(3).permutation(len(rows))
        for row, other in zip(rows, [rows[at]["theme"] for at in drawn], strict=True):
            row["theme"] = other
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def train(tmp_path: Path, *more: str, name: str = "model", **how: bool) -> int:
    return main(["train", str(history(tmp_path / "history.jsonl", **how)), "--out", str(tmp_path / name), *more])


def test_a_history_is_learned_and_its_labels_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path) == 0
    assert "исполнитель" in capsys.readouterr().out
    model = load_file(tmp_path / "model")
    assert model.about["figures"]["theme"]["first"] > 0.9
    classifier = RuleClassifier(None, model=model)
    (found,) = classifier.classify([Post("1", "Добрый день. Прошу принять меры: фонари не горят, темно")], "")
    assert (found.theme, found.body) == ("Свет", "Отдел Свет")
    assert found.themes[0][1] > found.themes[1][1]
    assert classifier.version != RuleClassifier(None).version


def test_the_score_is_that_of_the_learned_group(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in history(tmp_path / "history.jsonl").read_text().splitlines()]
    groups = [{"text": row["text"], "group": row["theme"]} for row in rows]
    (tmp_path / "groups.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in groups))
    assert main(["train", str(tmp_path / "groups.jsonl"), "--out", str(tmp_path / "model"), "--force"]) == 0
    classifier = RuleClassifier(None, model=load_file(tmp_path / "model"))
    texts = ["Прошу принять меры: фонари не горят, темно", "Прошу принять меры: фонари не горят, мусор не вывозят, асфальт в ямах"]
    plain, mixed = classifier.classify([Post(text, text) for text in texts], "")
    assert plain.group == "Свет"
    # The rules are as sure of both: what is less sure is the learned group.
    shipped = [verdict.score for verdict in RuleClassifier(None).classify([Post(text, text) for text in texts], "")]
    assert mixed.score < plain.score
    assert [plain.score, mixed.score] != shipped


def test_equal_histories_give_equal_bytes(tmp_path: Path) -> None:
    assert train(tmp_path, name="one") == train(tmp_path, name="other") == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    data = (tmp_path / "one").read_bytes()
    assert load(data).save() == data


def test_a_worse_model_is_not_written_silently(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path) == 0
    before = (tmp_path / "model").read_bytes()
    assert train(tmp_path, shuffled=True) == 1
    assert "хуже" in capsys.readouterr().err
    assert (tmp_path / "model").read_bytes() == before
    assert train(tmp_path, "--force", shuffled=True) == 0
    assert (tmp_path / "model").read_bytes() != before


@pytest.mark.parametrize("content", ["", "{", '{"id": 1}', '{"text": 5}', '{"text": "яма", "theme": "Дороги"}'])
def test_a_history_that_teaches_nothing_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "history").write_text(content)
    assert main(["train", str(tmp_path / "history"), "--out", str(tmp_path / "model")]) == 2
    assert not (tmp_path / "model").exists()


def test_a_file_that_is_no_model_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model").write_bytes(b"nothing")
    (tmp_path / "texts").write_text("")
    assert main(["classify", str(tmp_path / "texts"), "--model", str(tmp_path / "model")]) == 2
    assert "модел" in capsys.readouterr().err


def test_near_duplicates_are_in_one_fold() -> None:
    text = "На Садовой улице у дома тринадцать третий день лежит гора строительного мусора, просим срочно вывезти"
    texts = [f"Совсем другое обращение под номером {number} про {number * 7} и {number * 13}" for number in range(30)]
    found = folds([text, *texts, text + "!", text.upper()], 5, 1)
    assert found[0] == found[-1] == found[-2]
    assert set(found.tolist()) == set(range(5))


def test_left_out_predictions_are_those_of_a_fit_without_the_text() -> None:
    rng = np.random.default_rng(1)
    features, labels = rng.normal(size=(12, 4)), np.arange(12) % 3
    alike, strength = features @ features.T, np.linspace(0.5, 1.5, 12)
    _, left = solve(alike, labels, 3, strength)
    others = np.arange(1, 12)
    alpha, _ = solve(alike[np.ix_(others, others)], labels[others], 3, strength[others])
    np.testing.assert_allclose(left[0], alike[0, others] @ alpha, atol=1e-9)


def test_a_text_left_out_of_naive_bayes_is_not_known_by_heart() -> None:
    rows = Rows(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2]), np.ones(4), 3)
    labels = np.array([0, 0, 1])
    _, left = weights(rows, 3, labels, 2)
    logs, _ = weights(Rows(np.array([0, 0, 1]), np.array([0, 1, 2]), np.ones(3), 2), 3, labels[1:], 2)
    assert left[0, 0] == pytest.approx(logs[0, 0])


def test_a_blend_finds_the_evidence_that_tells() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 4, 400)
    telling = 2.0 * np.eye(4)[labels] + rng.normal(size=(400, 4))
    evidence = np.stack((telling, rng.normal(size=(400, 4))), axis=-1)
    shared = fit(evidence, labels)
    assert shared[0] > 1.5
    assert abs(shared[1]) < 0.3
    np.testing.assert_allclose(probabilities(evidence, shared).sum(axis=1), 1.0)


def test_words_and_pairs_that_two_texts_have_are_learned() -> None:
    known = learn([cut("яма на дороге"), cut("ямы на дороге 12"), cut("дом 34")])
    assert "дорог" in known.stems
    assert "дом" not in known.stems
    assert len(known.pairs) == 2
    rows = known.rows([cut("на дороге"), [], cut("чужое слово")])
    assert set(rows.row.tolist()) == {0}
    assert float((rows.value**2).sum()) == pytest.approx(1.0)


TOWNS = ("Луговск", "Заречинск")
PATHS = {"oblast": ["oblast"], "lug": ["lug", "oblast"], "zar": ["zar", "oblast"], "pole": ["pole", "zar", "oblast"]}


def towns() -> History:
    """Complaints of two towns, each answered by its own office."""
    rows = [
        (f"{problem} {place}", theme, f"Администрация {town}а", territory)
        for town, territory in zip(TOWNS, ("lug", "zar"), strict=True)
        for theme, problems in PROBLEMS.items()
        for problem in problems
        for place in PLACES
    ]
    texts, themes, bodies, territories = map(list, zip(*rows, strict=True))
    labels = {"theme": themes, "body": bodies}
    named = {
        "theme": Named([cut(name) for name in sorted(PROBLEMS)], [""] * len(PROBLEMS)),
        "body": Named([cut(name) for name in sorted(set(bodies))], ["zar", "lug"]),
    }
    points = np.zeros((len(texts), 0), np.int64)
    return History(texts, [cut(text) for text in texts], points, (), territories, labels, named, PATHS)


def test_an_office_that_names_a_town_is_known_by_the_town_and_by_what_lies_in_it() -> None:
    ground, bare = ground_of(towns())
    tasks = tasks_of(towns(), bare)
    assert len(tasks["theme"].told) == 1
    assert len(tasks["body"].told) == 3
    model = learned(ground, bare, tasks, {})
    words = [cut("яма на дороге у школы")] * 3
    rows = model.rows(words, np.zeros((3, 0), np.int64), ("lug", "zar", "pole"))
    head = model.heads["body"]
    assert [head.labels[best] for best in head.scores(rows).argmax(axis=1)] == [
        "Администрация Луговска",
        "Администрация Заречинска",
        "Администрация Заречинска",
    ]


def test_a_label_speaks_for_texts_that_have_the_words_of_its_name() -> None:
    _, bare = ground_of(towns())
    asked = tasks_of(towns(), bare)["theme"]
    rows = bare.rows([cut("когда уже отремонтируют дорогу"), cut("опять мусор у школы")], np.zeros((2, 0), np.int64))
    assert [asked.labels[best] for best in product(rows, asked.told[0]).argmax(axis=1)] == ["Дороги", "Мусор"]


@pytest.mark.parametrize("question", ["theme", "body"])
def test_what_is_kept_of_a_question_says_what_was_fitted(question: str) -> None:
    rng = np.random.default_rng(5)
    texts = len(towns().texts)
    told = np.array([["Дороги", "Свет", "Мусор"].index(theme) for theme in towns().labels["theme"]])
    # The words tell nothing, the rules know some of the themes.
    points = 9 * np.eye(3, dtype=np.int64)[told] * rng.integers(0, 2, (texts, 3))
    read = replace(towns(), words=[cut("нет")] * texts, points=points, classes=("road", "light", "waste"))
    ground, bare = ground_of(read)
    written = rng.random((texts, len(NAMES))) < 0.3
    manner = written - written.mean(axis=0)
    ground = replace(ground, form=manner)
    asked = tasks_of(read, bare)[question]
    everything = np.arange(texts)
    fitted = heads.fit(ground, asked, everything)
    head = heads.head(ground, asked, fitted)
    # A model's rows have the territory that is named, those here the ones around it, too.
    plain = bare.rows(read.words, read.points, read.territories)
    scores = head.scores(plain) + head.by_form(manner)
    np.testing.assert_allclose(head.judge(scores), heads.say(ground, asked, fitted, everything), atol=0.02)


def test_a_text_does_not_tell_itself_what_follows_from_its_theme() -> None:
    both, prior = np.array([[1.0, 3.0], [2.0, 0.0]]), np.array([0.5, 0.5])
    given = (both + prior) / (both + prior).sum(axis=1, keepdims=True)
    said = np.array([[1.0, 0.0], [0.5, 0.5]])
    left = heads._follows_left(said, np.array([0, -1]), np.array([0, 1]), both + prior, given)
    np.testing.assert_allclose(np.exp(left[0]), np.array([0.5, 3.5]) / 4.0, atol=1e-3)
    np.testing.assert_allclose(np.exp(left[1]), said[1] @ given, atol=1e-3)
