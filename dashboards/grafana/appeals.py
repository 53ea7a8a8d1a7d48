"""The dashboard of what citizens write: appeals, incidents, answers. Source: ClickHouse, by the views of current rows alone.

What people on duty work with is the console; this is for days and weeks. Times are those of the view's rows, UTC, shown in the
browser's zone.
"""

from __future__ import annotations

from dashboards.grafana.board import CLICKHOUSE, Board, Panel, Query, Row, Variable
from detectors.taxonomy import taxonomy

GROUPS = tuple((group.id, group.name) for group in taxonomy().groups.values())
QUALITIES = (("substantive", "по существу"), ("interim", "промежуточный"), ("formal", "отписка"), ("redirect", "переадресация"))
LEVELS = (("notice", "внимание"), ("urgent", "срочно"), ("flash", "опасность"))

_REGION = "region = '${region}'"
_HOURS = f"{_REGION} AND hour >= $__fromTime AND hour <= $__toTime"

# A deadline of 0 is none.
_DUE = "toUnixTimestamp64Milli(deadline) > 0"

_NOW = Row(
    100,
    "Сейчас",
    (
        Panel(
            1,
            "stat",
            "Открытых инцидентов",
            "Сколько инцидентов ждёт решения.",
            (Query(f"SELECT count() AS `Открыто` FROM current_queue WHERE {_REGION}"),),
            width=6,
            height=4,
        ),
        Panel(
            2,
            "stat",
            "Срок прошёл",
            "Открытые инциденты, срок которых истёк.",
            (Query(f"SELECT countIf({_DUE} AND deadline < now64(3)) AS `Просрочено` FROM current_queue WHERE {_REGION}"),),
            width=6,
            height=4,
            alarms=(1, 10),
        ),
        Panel(
            3,
            "stat",
            "Без ответа",
            "Открытые инциденты, в которых ни одна служба не ответила.",
            (Query(f"SELECT sum(unanswered) AS `Без ответа` FROM figures_by_body WHERE {_REGION}"),),
            width=6,
            height=4,
        ),
        Panel(
            4,
            "stat",
            "Жалоб за промежуток",
            "Без повторов: одна и та же жалоба в нескольких местах считается один раз.",
            (Query(f"SELECT sum(unique_complaints) AS `Жалобы` FROM figures WHERE {_HOURS}"),),
            width=6,
            height=4,
        ),
    ),
)

_APPEALS = Row(
    200,
    "Обращения",
    (
        Panel(
            11,
            "timeseries",
            "Обращения по видам",
            "По времени публикации. Исправления и удаления меняют и прошлое.",
            (
                Query(
                    "SELECT $__timeInterval(hour) AS time, sum(complaints) AS `жалобы`, sum(questions) AS `вопросы`, "
                    f"sum(suggestions) AS `предложения`, sum(thanks) AS `благодарности` FROM figures WHERE {_HOURS} "
                    "GROUP BY time ORDER BY time"
                ),
            ),
        ),
        Panel(
            12,
            "barchart",
            "Обращения по темам",
            "За выбранный промежуток; жалобы без повторов.",
            (
                Query(
                    "SELECT `group` AS `Тема`, sum(appeals) AS `обращения`, sum(unique_complaints) AS `жалобы без повторов` "
                    f"FROM figures WHERE {_HOURS} GROUP BY `group` ORDER BY sum(appeals) DESC"
                ),
            ),
            words=GROUPS,
        ),
        Panel(
            13,
            "table",
            "Обращения по территориям",
            "За выбранный промежуток. Пустая территория — место в тексте не названо.",
            (
                Query(
                    "SELECT territory AS `Территория`, sum(appeals) AS `Обращения`, sum(unique_complaints) AS `Жалобы без повторов`, "
                    f"sum(urgent) AS `Срочные` FROM figures WHERE {_HOURS} GROUP BY territory ORDER BY sum(appeals) DESC"
                ),
            ),
        ),
        Panel(
            14,
            "table",
            "Тревоги",
            "Последние сто за выбранный промежуток.",
            (
                Query(
                    "SELECT at AS `Время`, level AS `Уровень`, title AS `Тревога`, territory AS `Территория` FROM current_alerts "
                    f"WHERE {_REGION} AND at >= $__fromTime AND at <= $__toTime ORDER BY at DESC LIMIT 100"
                ),
            ),
            words=LEVELS,
        ),
    ),
)

_WORK = Row(
    300,
    "Работа с обращениями",
    (
        Panel(
            21,
            "table",
            "Инциденты по исполнителям",
            "Открытые, без ответа, срочные и закрытые за всё время. Пустой исполнитель — не определён.",
            (
                Query(
                    "SELECT body AS `Исполнитель`, sum(open) AS `Открыто`, sum(unanswered) AS `Без ответа`, "
                    "sum(urgent) AS `Срочные`, sum(closed) AS `Закрыто` "
                    f"FROM figures_by_body WHERE {_REGION} GROUP BY body ORDER BY sum(open) DESC"
                ),
            ),
        ),
        Panel(
            22,
            "barchart",
            "Ответы по качеству",
            "Ответы служб за выбранный промежуток: по существу, промежуточные, отписки, переадресации.",
            (
                Query(
                    "SELECT quality AS `Качество`, count() AS `ответы` FROM current_replies "
                    f"WHERE {_REGION} AND NOT deleted AND published_at >= $__fromTime AND published_at <= $__toTime "
                    "GROUP BY quality ORDER BY count() DESC"
                ),
            ),
            words=QUALITIES,
        ),
        Panel(
            23,
            "table",
            "Открытые инциденты",
            "Сначала срочные, потом те, у которых раньше срок; первые двести.",
            (
                Query(
                    "SELECT opened_at AS `Открыт`, `group` AS `Тема`, territory AS `Территория`, "
                    "arrayStringConcat(arrayFilter(part -> part != '', [settlement, street, house]), ' ') AS `Место`, "
                    "body AS `Исполнитель`, members AS `Обращений`, authors AS `Авторов`, "
                    f"if({_DUE}, deadline, NULL) AS `Срок` FROM current_queue WHERE {_REGION} "
                    f"ORDER BY urgency DESC, {_DUE} DESC, deadline LIMIT 200"
                ),
            ),
            width=24,
            height=10,
            words=GROUPS,
        ),
    ),
)

BOARD = Board(
    "nabat-appeals",
    "Набат: обращения",
    "О чём пишут, где, что открыто и как отвечают.",
    CLICKHOUSE,
    (_NOW, _APPEALS, _WORK),
    (Variable("region", "Регион", "SELECT DISTINCT region FROM current_source_health ORDER BY region", many=False),),
    since="now-7d",
    refresh="5m",
)
