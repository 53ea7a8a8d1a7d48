"""A busy night with everything on the page at once; made for tests of the whole page."""

from __future__ import annotations

from monitor.model.rows import Row
from tests.dashboards.world import HOUR, MINUTE, alert, appeal, event, health, incident, profile, reply

_BURST = (
    ("На Мира хлещет кипяток, вся дорога в пару, к подъезду не подойти!", 21, "a1", ""),
    ("Мира 14, батареи холодные с трёх ночи, в квартире 15 градусов, двое детей", 19, "a2", "14"),
    ("У нас на Мира 16 тоже ни отопления, ни горячей воды. В аварийной занято.", 18, "a3", "16"),
    ("Прорвало напротив дома 18, вода идёт во двор, машины уже стоят в ней", 15, "a4", "18"),
    ("Кто-нибудь дозвонился до диспетчера? Мира 20, трубы ледяные, на улице минус 24.", 12, "a5", "20"),
    ("Мира 22 — холодные батареи. Пожилая мама одна, что ей делать?", 9, "a6", "22"),
    ("Батареи холодные с трёх ночи, Мира 14, двое детей в квартире", 8, "a7", "14"),
    ("Пар стоит столбом, видно с Приморского. Бригады до сих пор нет!", 5, "a8", ""),
    ("Мира 24, 26 — отопления нет, стояки остывают. Сделайте что-нибудь!", 3, "a9", "24"),
)
_QUEUE = (
    ("i2", "energy", "light", "syzran", "советская", "41", "uk", 2, 55, HOUR, 9, 8, 6),
    ("i3", "roads", "snow", "city", "ново-садовая", "", "city-roads", 1, 300, -40 * MINUTE, 41, 33, 5),
    ("i4", "housing", "lift", "avto", "юбилейная", "31", "uk", 1, 130, 3 * HOUR, 2, 2, 1),
    ("i5", "housing", "no-water", "syzran", "лазо", "7", "water", 1, 95, 2 * HOUR, 12, 11, 0),
    ("i6", "roads", "snow", "central", "карла маркса", "", "city-roads", 0, 900, -3 * HOUR, 58, 49, 4),
    ("i7", "transport", "bus", "city", "", "", "city-roads", 0, 420, 5 * HOUR, 17, 15, 2),
    ("i8", "waste", "rubbish", "zhigulevsk", "приволжская", "12", "waste", 0, 1500, 6 * HOUR, 9, 7, 1),
    ("i9", "roads", "pothole", "sergievsky", "", "", "city-roads", 0, 2000, 20 * HOUR, 23, 20, 0),
    ("i10", "health", "queue", "novy", "", "", "uk", 0, 2600, -9 * HOUR, 6, 6, 0),
    ("i11", "landscaping", "snow", "avto", "степана разина", "62", "uk", 0, 610, 7 * HOUR, 5, 5, 0),
    ("i12", "housing", "heating", "zhigulevsk", "ткачёва", "3", "heat", 0, 190, 4 * HOUR, 3, 3, 1),
)


def rows() -> list[Row]:
    found: list[Row] = []
    for number, watched in enumerate(profile().sources.values()):
        state = {7: "silent", 9: "limited"}.get(number, "ok")
        found.append(health(watched.id, state, 25_000 + 16_000 * number, watched.name, "captcha" if state == "limited" else ""))
    for number, (text, age, author, house) in enumerate(_BURST, 1):
        twin = "i1/2" if number == 7 else ""
        source = "vk:-103" if number % 3 == 0 else "vk:-100"
        urgency = 3 if number == 1 else 2
        found += appeal(
            f"i1/{number}", "i1", text, age=age * MINUTE, author=author, street="мира", house=house, duplicate_of=twin, source=source,
            urgency=urgency,
        )  # fmt: skip
    joke = "Ахаха, зато погреемся у трубы"
    found += appeal("i1/10", "i1", joke, age=7 * MINUTE, author="b", status="rejected", decided_by="operator")
    formal = "Здравствуйте! По данному вопросу обратитесь в вашу управляющую компанию."
    found += reply("r1", "i1/2", "i1", formal, "redirect", 6 * MINUTE)
    found += reply("r2", "i1/4", "i1", "Бригада на месте, ремонт до 09:00. Подвоз воды — к дому 18.", "interim", 2 * MINUTE)
    found += [
        event("e1", "i1", "opened", 21 * MINUTE, '{"post":"i1/1"}'),
        event("e2", "i1", "reply", 6 * MINUTE, '{"reply":"r1","quality":"redirect"}'),
        event("e3", "i1", "rejected", 6 * MINUTE, '{"post":"i1/10"}', "operator"),
        event("e4", "i1", "reply", 2 * MINUTE, '{"reply":"r2","quality":"interim"}'),
    ]
    found.append(
        incident("i1", street="мира", urgency=3, age=21 * MINUTE, due=2 * HOUR, members=9, authors=9, duplicates=1, replies=2,
                 last_reply="interim", version=12)
    )  # fmt: skip
    for ident, group, theme, territory, street, house, body, urgency, age, due, members, authors, recent in _QUEUE:
        for number in range(members):
            ago = (7 + number * 9) * MINUTE if number < recent else 70 * MINUTE + number * 11 * MINUTE
            found += appeal(
                f"{ident}/{number + 1}", ident, "Сколько можно ждать? Сделайте уже что-нибудь!", age=ago, group=group, theme=theme,
                territory=territory, street=street, house=house, author=f"{ident}-{number % authors}", urgency=urgency,
            )  # fmt: skip
        found.append(
            incident(ident, group=group, theme=theme, territory=territory, street=street, house=house, body=body, urgency=urgency,
                     age=age * MINUTE, due=due, members=members, authors=authors)
        )  # fmt: skip
    return found + alerts()


def alerts() -> list[Row]:
    return [
        alert("A1", "Опасно: Прорыв теплотрассы, ул. Мира, Автозаводский район", level="flash", age=13 * MINUTE, incident="i1",
              observed=9, authors=9, text="На Мира хлещет кипяток, вся дорога в пару!", version=12),
        alert("A2", "Всплеск: Энергетика, Сызрань", kind="spike", age=31 * MINUTE, territory="syzran", group="energy", theme="",
              observed=9, expected=600, authors=8, complete=False, words=("света", "подъезд", "Советская"),
              text="9 жалоб на тему «Энергетика» с 02:46, обычно за это время 0,6. Пишут 8 авторов.",
              examples=("Советская 41, света нет во всём подъезде, темно и лифт стоит",)),
        alert("A3", "Просрочено: Не убран снег, ул. Ново-Садовая, Самара", kind="overdue", level="notice", age=40 * MINUTE,
              territory="city", group="roads", theme="snow", incident="i3", observed=41, authors=33),
        alert("A4", "Всплеск: Мусор, Жигулёвск", kind="spike", level="notice", status="resolved", age=190 * MINUTE,
              territory="zhigulevsk", group="waste", theme="", observed=9, expected=1400, authors=7),
    ]  # fmt: skip
