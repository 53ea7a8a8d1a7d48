"""Comments that say nothing without what they answer, and adverts."""

from __future__ import annotations

import pytest

from detectors.classifier import RuleClassifier
from monitor.model.post import Post
from monitor.model.verdict import ADVERT, CHATTER, Verdict
from monitor.profile.load import load_profile


@pytest.fixture(scope="module")
def classifier() -> RuleClassifier:
    return RuleClassifier(load_profile("samara"))


def said(classifier: RuleClassifier, text: str, thread: str = "vk:-1_1", answered: str = "") -> Verdict:
    return classifier.classify([Post("vk:-1_1:c7", text, kind="comment", thread=thread, reply_to=answered)], "go-samara")[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("у нас тоже", "complaint"),
        ("И у нас то же самое!", "complaint"),
        ("+1", "complaint"),
        ("Поддерживаю", "complaint"),
        ("когда сделают?", "question"),
        ("Куда звонить???", "question"),
        ("Спасибо, починили!", "thanks"),
    ],
)
def test_what_a_comment_says_of_what_it_answers(classifier: RuleClassifier, text: str, kind: str) -> None:
    found = said(classifier, text)
    assert (found.echo, found.theme) == (kind, "")
    assert said(classifier, text, "", "vk:-1_1:c3").echo == kind


def test_its_own_place_stays(classifier: RuleClassifier) -> None:
    found = said(classifier, "на Ленинградской 5 та же история")
    assert (found.echo, found.place.street, found.place.house) == ("complaint", "ленинградская", "5")
    assert said(classifier, "у нас тоже").place.territory == "go-samara"


@pytest.mark.parametrize(
    "text", ["тоже мне новость", "красота какая", "когда я был маленьким, зимы были теплее", "я тоже хочу", "ага", ""]
)
def test_talk_is_no_echo(classifier: RuleClassifier, text: str) -> None:
    assert said(classifier, text) == CHATTER


def test_a_post_that_answers_nothing_is_none(classifier: RuleClassifier) -> None:
    assert said(classifier, "у нас тоже", "") == CHATTER
    assert said(classifier, "у нас тоже", "vk:-1_1:c7") == CHATTER


def test_who_names_the_problem_needs_nobody_else(classifier: RuleClassifier) -> None:
    found = said(classifier, "У нас тоже нет отопления на Ленинградской 5, прошу помочь")
    assert (found.kind, found.echo, found.group) == ("complaint", "", "housing")


@pytest.mark.parametrize(
    "text",
    [
        "Продам гараж, торг уместен",
        "Скидки на окна до конца месяца! Замер бесплатно, звоните",
        "Заработок на дому, пишите в лс",
        "Недорого! Вывоз мусора, ремонт труб и батарей. Выезд мастера бесплатно, пенсионерам скидка",
    ],
)
def test_adverts_are_told_and_are_no_appeals(classifier: RuleClassifier, text: str) -> None:
    assert said(classifier, text) is ADVERT


@pytest.mark.parametrize(
    "text",
    [
        "Прошу убрать рекламу «куплю волосы» с остановки на улице Мира",
        "Цены в аптеках выросли вдвое, лекарства для пенсионеров недоступны, примите меры!",
        "Не работает лифт третий день, Ленинградская 5",
        "Требуется ремонт дороги на улице Победы, сплошные ямы",
        "всем доброе утро",
    ],
)
def test_complaints_about_trade_and_talk_are_no_adverts(classifier: RuleClassifier, text: str) -> None:
    assert said(classifier, text).filtered == ""


def test_neither_depends_on_what_is_judged_beside(classifier: RuleClassifier) -> None:
    texts = ["у нас тоже", "Продам гараж, торг уместен", "Ямы на улице Победы", "ага"]
    posts = [Post(f"vk:-1_1:c{at}", text, thread="vk:-1_1") for at, text in enumerate(texts)]
    together = classifier.classify(posts, "go-samara")
    assert together == [classifier.classify([post], "go-samara")[0] for post in posts]
