"""How urgent texts are: what decides is what happens, here and now, and not a word."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest

from detectors.classifier import RuleClassifier
from detectors.urgency import fit
from detectors.urgency.model import LEVELS, alarming, levels
from monitor.model.post import Post
from monitor.model.verdict import GROUPS, Urgency, Verdict

CLASSIFIER = RuleClassifier(None)


def judge(*texts: str) -> list[Verdict]:
    return CLASSIFIER.classify([Post(str(at), text) for at, text in enumerate(texts)], "")


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("Пахнет газом на лестнице, голова кружится", Urgency.DANGER),
        ("Горит квартира на третьем этаже, люди в окнах!", Urgency.DANGER),
        ("Оборванный провод искрит у калитки", Urgency.DANGER),
        ("Колодец без крышки посреди двора", Urgency.DANGER),
        ("Скорая не едет третий час, дедушка без сознания", Urgency.DANGER),
        ("Отопления нет, на улице минус 25, батареи ледяные", Urgency.URGENT),
        ("Прорвало трубу, затапливает подвал", Urgency.URGENT),
        ("Света нет во всём посёлке с ночи", Urgency.URGENT),
    ],
)
def test_what_is_going_on_is_an_appeal_and_urgent(text: str, least: Urgency) -> None:
    (found,) = judge(text)
    assert found.appeal
    assert found.urgency >= least


@pytest.mark.parametrize(
    "text",
    [
        "Газом не пахнет, но плиту пора менять. Кто этим занимается?",
        "Пожара нет, прошу заменить огнетушители в подъезде",
        "В прошлом году был пожар, стену на первом этаже так и не покрасили",
        "Подскажите, куда звонить при запахе газа и где взять памятку?",
        "Какая температура в квартире положена по нормам?",
        "Спасибо пожарным, дом потушили быстро",
    ],
)
def test_negation_the_past_rules_and_thanks_are_no_danger(text: str) -> None:
    assert judge(text)[0].urgency < Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "Вчера смотрели фильм, там мост рухнул, а герой всех спас",
        "В Индонезии извержение вулкана, есть погибшие",
        "Помню, в детстве провалился под лёд, дед вытащил",
        "В среду учебная тревога, будет звучать сирена, сохраняйте спокойствие",
        "Умираю от смеха, горим на работе",
    ],
)
def test_news_films_memories_drills_and_jokes_are_no_appeals(text: str) -> None:
    assert not judge(text)[0].appeal


def test_the_words_of_the_urgency_are_named() -> None:
    text = "Добрый день! Пахнет газом на лестнице, голова кружится"
    (found,) = judge(text)
    assert "газом" in CLASSIFIER.why(text, found.urgency)
    assert CLASSIFIER.why(text, Urgency.NORMAL) == []


def test_texts_are_judged_alike_alone_and_together() -> None:
    texts = [text for _, text, _ in fit.texts()[:200:5]]
    assert [found.urgency for found in judge(*texts)] == [judge(text)[0].urgency for text in texts]


def test_case_and_look_alike_letters_change_nothing() -> None:
    plain = "Оборванный провод искрит у калитки, минус 20"
    assert len({found.urgency for found in judge(plain, plain.upper(), plain.replace("о", "o"), f"⚡ <b>{plain}</b>")}) == 1


def test_the_corpus_is_of_all_groups_and_levels() -> None:
    lines = [line.split("\t") for line in (fit.CORPUS / "urgency.tsv").read_text("utf-8").splitlines()]
    appeals = [line for line in lines if line[0] != "none"]
    assert len(appeals) >= 800
    assert {group for _, group, _ in appeals} == set(GROUPS)
    assert {level for level, *_ in lines} == set(LEVELS)
    assert len({text for *_, text in lines}) == len(lines)


def test_the_shipped_model_is_the_corpus_and_the_program_and_knows_unseen_texts() -> None:
    read = fit.corpus()
    mean, each = fit.held_out(read)
    assert mean > 0.76
    assert min(each.values()) > 0.67
    weights, scale = fit.fit(read)
    with np.load(io.BytesIO((fit.CORPUS.parent / "urgency" / "shipped.npz").read_bytes()), allow_pickle=False) as shipped:
        # Another processor may add in another order: a weight on the edge of two steps falls to either side.
        assert np.abs(weights.astype(np.int16) - shipped["weights"]).max() <= 1
        assert (weights != shipped["weights"]).mean() < 0.001
        assert np.allclose(scale, shipped["scale"], rtol=1e-3)
        assert (read.rarity == shipped["rarity"]).all()


def test_the_model_is_imported_before_the_classifier() -> None:
    subprocess.run([sys.executable, "-c", "import detectors.urgency.model"], check=True)


@pytest.mark.parametrize(
    "text",
    [
        "Газ еле горит, чайник закипает час",
        "Свет в нашем подъезде не горит, идём на ощупь",
        "Асфальт сошёл вместе со снегом, остались одни дыры",
        "Грейдер прошёл и завалил снегом все выезды из двора",
        "Знак у школы сбили, так и лежит",
    ],
)
def test_what_only_sounds_like_danger_is_none(text: str) -> None:
    assert judge(text)[0].urgency < Urgency.DANGER


@pytest.mark.parametrize(
    "text",
    [
        "Рабочего присыпало в траншее на Лесной, откапываем руками",
        "Ребёнка зажало дверями автобуса, водитель поехал",
        "У маршрутки тормоза отказали, летит с горы на светофор",
        "Сидим на чердаке вдвоём с матерью, вода по окна, лодки нет",
        "Деревом придавило машину, внутри женщина",
        "лодка перевернулась на середине, двое держатся за неё",
        "Трактор под лёд ушёл вместе с мужиком",
        "Ветром сорвало батут с детьми в парке",
        "алабай вцепился в женщину у пятёрочки, не оторвать",
        "В погребе угорели двое, лезть боимся",
        "Дом просел на угол, двери не закрываются, трещины за ночь прибавились",
        "утонет сейчас, круг киньте кто нибудь, у пирса",
        "Мужчина на лавке обмяк, губы синие, не дышит",
        "Девочку затянуло рукавом в эскалатор, остановить не могут",
        "Месяц назад газ отключали, а сейчас запах газа на всех этажах, ждём аварийку",
        "Утечка газа, Мира 12",
        "Автобус перевернулся в кювет, люди внутри, расписание не соблюдает, гнал",
    ],
)
def test_emergencies_in_few_words_are_heard(text: str) -> None:
    (found,) = judge(text)
    assert found.appeal
    assert found.urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "Зажало на парковке у торгового центра, перегородили выезд, накажите",
        "Крышу снесло от новых цен на проезд, верните старые",
        "Качество обедов в школе просело, раньше вкуснее было",
        "На почте одно окно работает, стоит человек тридцать",
        "На почте одно окно и сорок человек",
        "В автобусе с потолка капает в дождь, старый совсем",
        "После смены маршрутку не дождёшься, люди идут до посёлка пешком",
        "Люди на взводе, второй месяц нет ответа про парковку",
        "Тридцать второй опять опоздал на двадцать минут, интервалы ужас",
        "Автобус не приходит по сорок минут, на остановке толпа. Люди на взводе, скоро пойдём к губернатору",
        "Тормоза скрипят у пятого трамвая, слышно за квартал",
        "Убило расписание: 14 и 15 уходят в одну минуту",
        "SOS! Маршрутка после девяти не ходит вообще, помогите, стоим на остановке с пятницы",
        "Караул! На почте одно окно и сорок человек, спасите",
        "Прошу помощи, крик души: последний автобус уходит в шесть, люди со смены идут пешком",
        "В автобусе крыша течёт, сиденья мокрые",
        "Из крана идёт еле тёплая вода, платим как за кипяток, улица Мира, 5",
    ],
)
def test_mild_complaints_wake_nobody(text: str) -> None:
    assert judge(text)[0].urgency < Urgency.URGENT


@pytest.mark.parametrize("text", ["зажало нерв, лежу пластом, посоветуйте мазь", "Отказали тормоза у моей диеты, съела торт"])
def test_words_of_danger_in_talk_are_no_appeals(text: str) -> None:
    assert not judge(text)[0].appeal


def test_news_that_sounds_like_an_appeal_is_no_emergency() -> None:
    scores = np.array([[0.45, 0.1, 0.0, 0.0, 0.2], [0.2, 0.1, 0.0, 0.0, 0.15]])
    assert levels(scores) == [Urgency.NORMAL, Urgency.DANGER]


def test_who_says_nothing_else_must_be_surer_of_the_emergency() -> None:
    scores = np.array([[0.0, 0.0, 0.0, 0.0, 0.3]] * 2)
    assert alarming(scores, np.array([5, 5]), np.array([False, True])).tolist() == [True, False]
