"""What short texts mean: kind, theme and urgency, one line a promise."""

from __future__ import annotations

import pytest

from monitor.model.verdict import Urgency
from tests.detectors.classifier.world import verdict

APPEALS = """
complaint  | housing.heating            | 2 | Третий день нет отопления в нашем доме, примите меры!
complaint  | housing.heating            | 3 | на Мира хлещет кипяток
complaint  | housing.heating            | 2 | На улице мороз, а батареи ледяные, отопления нет, дети мёрзнут
question   | housing.hot_water          | 0 | Подскажите, когда включат горячую воду?
complaint  | housing.cold_water         | 1 | Из крана течёт ржавая вода, пить невозможно
complaint  | housing.lift               | 1 | Лифт не работает второй месяц, в доме инвалиды
complaint  | housing.roof               | 2 | Огромная сосулька висит на крыше, вот-вот упадёт на голову
complaint  | housing.entrance           | 0 | В подъезде не убирают, грязь и вонь, управляющая компания бездействует
question   | housing.payments           | 0 | Подскажите, куда обратиться по поводу перерасчёта за отопление?
complaint  | roads.potholes             | 0 | Огромная яма на дороге, разбил колесо
complaint  | roads.snow                 | 0 | Дорогу не чистят от снега, машины застревают
suggestion | roads.crossings            | 0 | Предлагаю сделать пешеходный переход возле школы
complaint  | roads.lights               | 2 | Светофор не работает на перекрёстке второй день
complaint  | roads.parking              | 0 | Паркуют машины прямо на тротуаре, пройти невозможно
complaint  | landscaping.lighting       | 1 | Фонари не горят на улице, очень темно и страшно ходить
complaint  | landscaping.manholes       | 3 | Открытый люк у дома, закройте пожалуйста
complaint  | landscaping.manholes       | 3 | Открытый люк во дворе, дети могут упасть
complaint  | landscaping.trees          | 2 | Просим спилить аварийный тополь, ветки падают
complaint  | landscaping.grass          | 0 | Трава выше пояса, никто не косит
suggestion | landscaping.benches        | 0 | Хотелось бы, чтобы в нашем парке поставили скамейки
thanks     | landscaping.sidewalks      | 0 | Спасибо большое за отремонтированный тротуар!
complaint  | waste.collection           | 1 | Не вывозят мусор, контейнеры переполнены
complaint  | waste.dumps                | 0 | Несанкционированная свалка в овраге растёт, прошу убрать
complaint  | transport.schedule         | 0 | Автобус опять не пришёл, ждали час на остановке
complaint  | transport.drivers          | 1 | Водитель маршрутки нахамил и высадил ребёнка
complaint  | transport.fares            | 0 | В автобусе не работает терминал, оплатить проезд картой нельзя
complaint  | energy.outage              | 2 | Отключили свет во всём посёлке, когда дадут?
complaint  | energy.voltage             | 1 | Напряжение 160 вольт, бытовая техника сгорела
complaint  | energy.gas                 | 3 | Пахнет газом в подъезде, аварийная не едет!
complaint  | energy.lines               | 3 | Провод оборвался и искрит, помогите
complaint  | health.appointment         | 1 | Невозможно записаться к педиатру, талонов нет
complaint  | health.ambulance           | 3 | Скорая ехала три часа, бабушка чуть не умерла
complaint  | health.medicines           | 2 | Инсулин не выдают второй месяц, в аптеке говорят нет
complaint  | transport.vehicles         | 0 | В автобусе грязный салон и холодно, печка не работает
suggestion | waste.sorting              | 0 | Поставьте раздельные контейнеры, пластик девать некуда
thanks     | health.ambulance           | 0 | Бригада скорой приехала за семь минут, низкий поклон, спасибо
question   | housing.unfit              | 0 | Когда расселят наш барак?
question   | health.vaccination         | 0 | Скажите, где можно поставить прививку от гриппа?
complaint  | education.kindergarten_places | 1 | Очередь в детский сад не двигается, мест нет
complaint  | education.meals            | 1 | В школьной столовой ужасное питание, дети голодные
complaint  | social.child_benefits      | 1 | Не выплатили пособие на ребёнка за ноябрь, почему задержка?
complaint  | social.pensions            | 1 | Не пришла пенсия, в пенсионном фонде не отвечают
"""

CHATTER = """
Вчера смотрели новый фильм, сюжет скучный, актёры так себе
Опять эти депутаты воруют, всё как всегда
Сервер лагает, патч сломал половину квестов, разрабы спят
Кто пойдёт завтра на дискотеку?
Продам гараж, недорого
Дорогие друзья, поздравляем всех с праздником!
Хватит ныть, езжайте на своих машинах
Сварила борщ по рецепту тёщи, очень вкусно
Ты идиот, иди отсюда
Зачем тебе эта видеокарта, возьми процессор получше
Купил дрова для печки на даче, хорошие, сухие
Мой кот опять уронил ёлку, смешной такой
Читал эту книгу в детстве, автор гений
Ну и погода, дождь второй день
Бурим скважины на воду, недорого, звоните
Приглашаем всех на ярмарку в субботу
Вывоз строительного мусора, грузчики, недорого
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("kind", "theme", "urgency", "text"), rows(APPEALS))
def test_appeals(kind: str, theme: str, urgency: str, text: str) -> None:
    found = verdict(text)
    assert (found.kind, found.theme, found.urgency) == (kind, theme, Urgency(int(urgency)))
    assert found.group == theme.split(".")[0]
    assert found.themes[0][0] == theme
    assert found.reasons
    assert 200 <= found.score <= 1000


@pytest.mark.parametrize("text", CHATTER.strip().splitlines())
def test_chatter(text: str) -> None:
    found = verdict(text)
    assert not found.appeal
    assert found.group == ""


def test_markup_and_look_alike_letters_change_nothing() -> None:
    plain = verdict("Не вывозят мусор уже неделю, контейнеры переполнены")
    assert verdict("<p>Не&nbsp;вывозят <b>мусор</b> уже неделю,</p><br>контейнеры переполнены") == plain
    # Latin letters inside Cyrillic words, soft hyphens, stress marks.
    assert verdict("Не вывoзят муcоp уже неделю, кон\u00adтейнеры перепо\u0301лнены") == plain


def test_reasons_are_the_words_that_decided() -> None:
    assert verdict("Добрый вечер! На нашей улице запах газа").reasons == ["запах", "газа"]
