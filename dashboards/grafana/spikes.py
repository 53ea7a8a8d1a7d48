"""The dashboard of spikes: series against what was expected of them, and how surprising they were. Source: ClickHouse, by its views.

A series has no row for a bucket without posts: such buckets are those in which the region has any row, and what was expected of them
is what was expected before.
"""

from __future__ import annotations

from dashboards.grafana.appeals import LEVELS
from dashboards.grafana.board import CLICKHOUSE, Board, Panel, Query, Row, Variable

SPIKES = "kind IN ('spike', 'topic')"
STATUSES = (("firing", "в силе"), ("resolved", "снято"))

_REGION = "region = '${region}'"
_TIME = "{0} >= $__fromTime AND {0} <= $__toTime"
_BUCKETS = f"{_REGION} AND {_TIME.format('bucket')}"
_AT = f"{_REGION} AND {_TIME.format('at')}"
_CHOSEN = "territory = '${territory}' AND dimension = 'group' AND value = '${group}'"
_SPIKED = "surprise > 0 AND dimension = 'group'"

_AGAINST = f"""SELECT $__timeInterval(bucket) AS time, sum(posts) AS `жалобы`, sum(usual) / 1000 AS `ожидалось` FROM
(SELECT g.bucket AS bucket, s.posts AS posts,
    last_value(nullIf(s.expected, 0)) IGNORE NULLS OVER (ORDER BY g.bucket ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS usual
FROM (SELECT DISTINCT bucket FROM current_series WHERE {_BUCKETS}) AS g
LEFT JOIN (SELECT bucket, posts, expected FROM current_series WHERE {_BUCKETS} AND {_CHOSEN}) AS s ON s.bucket = g.bucket)
GROUP BY time ORDER BY time"""

_NOW = Row(
    100,
    "Сейчас",
    (
        Panel(
            1,
            "stat",
            "Всплески в силе",
            "Всплески и неизвестные темы, которые ещё не кончились.",
            (Query(f"SELECT count() AS `В силе` FROM current_alerts WHERE {_REGION} AND {SPIKES} AND status = 'firing'"),),
            width=6,
            height=4,
            alarms=(1, 5),
        ),
        Panel(
            2,
            "stat",
            "Тревог за неделю",
            "Сколько всплесков и тем в среднем за неделю выбранного промежутка: это сравнивают с настройкой tension.per_week.",
            (
                Query(
                    "SELECT round(count() * 604800 / greatest(1, toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime)), 1) "
                    f"AS `За неделю` FROM current_alerts WHERE {_AT} AND {SPIKES}"
                ),
            ),
            width=6,
            height=4,
        ),
        Panel(
            3,
            "stat",
            "Неполные отрезки",
            "Доля отрезков времени, закрытых раньше, чем все источники были прочитаны: в них тишина — не спокойствие.",
            (
                Query(
                    "SELECT if(count() = 0, 0, countIf(NOT whole) / count()) AS `Неполные` FROM "
                    f"(SELECT bucket, min(complete) AS whole FROM current_series WHERE {_BUCKETS} AND closed GROUP BY bucket)"
                ),
            ),
            unit="percentunit",
            width=6,
            height=4,
            alarms=(0.05, 0.2),
        ),
        Panel(
            4,
            "stat",
            "Жалоб в выбранном ряду",
            "За выбранный промежуток, по выбранной территории и теме; без повторов.",
            (Query(f"SELECT sum(posts) AS `Жалобы` FROM current_series WHERE {_BUCKETS} AND {_CHOSEN}"),),
            width=6,
            height=4,
        ),
    ),
)

_SERIES = Row(
    200,
    "Ряд и ожидание",
    (
        Panel(
            11,
            "timeseries",
            "Жалобы и сколько ожидалось",
            "Выбранная территория и тема. Ожидание выучено по прошлому: уровень, час суток, день недели.",
            (Query(_AGAINST),),
            width=24,
        ),
        Panel(
            12,
            "timeseries",
            "Неожиданность",
            "Выбранный ряд, в децибелах: 40 — раз в десять тысяч отрезков, 70 — раз в десять миллионов.",
            (
                Query(
                    "SELECT $__timeInterval(bucket) AS time, max(surprise) AS `неожиданность` FROM current_series "
                    f"WHERE {_BUCKETS} AND {_CHOSEN} GROUP BY time ORDER BY time"
                ),
            ),
            width=24,
            height=6,
            alarms=(40, 110),
        ),
    ),
)

_WHERE = Row(
    300,
    "Где и что",
    (
        Panel(
            21,
            "heatmap",
            "Неожиданность по территориям",
            "Наибольшая по темам территории. Пусто — всё как обычно.",
            (
                Query(
                    "SELECT $__timeInterval(bucket) AS time, territory, max(surprise) AS highest FROM current_series "
                    f"WHERE {_BUCKETS} AND {_SPIKED} GROUP BY time, territory ORDER BY time, territory"
                ),
            ),
            height=10,
        ),
        Panel(
            22,
            "heatmap",
            "Неожиданность по темам",
            "Наибольшая по территориям. Пусто — всё как обычно.",
            (
                Query(
                    "SELECT $__timeInterval(bucket) AS time, value AS `group`, max(surprise) AS highest FROM current_series "
                    f"WHERE {_BUCKETS} AND {_SPIKED} GROUP BY time, `group` ORDER BY time, `group`"
                ),
            ),
            height=10,
        ),
        Panel(
            31,
            "table",
            "Всплески и темы",
            "Последние двести за выбранный промежуток: сколько жалоб, сколько обычно, сколько авторов.",
            (
                Query(
                    "SELECT at AS `Время`, since AS `Началось`, level AS `Уровень`, status AS `Состояние`, title AS `Тревога`, "
                    "observed AS `Сообщений`, round(expected / 1000, 1) AS `Обычно`, authors AS `Авторов`, "
                    "surprise AS `Неожиданность`, arrayStringConcat(JSONExtract(words, 'Array(String)'), ', ') AS `Слова` "
                    f"FROM current_alerts WHERE {_AT} AND {SPIKES} ORDER BY at DESC, id LIMIT 200"
                ),
            ),
            width=24,
            height=10,
            words=(*LEVELS, *STATUSES),
        ),
    ),
)

BOARD = Board(
    "nabat-spikes",
    "Набат: всплески",
    "Где и о чём стали писать больше обычного, и как это соотносится с ожиданием.",
    CLICKHOUSE,
    (_NOW, _SERIES, _WHERE),
    (
        Variable("region", "Регион", "SELECT DISTINCT region FROM current_source_health ORDER BY region", many=False),
        Variable(
            "territory",
            "Территория",
            f"SELECT DISTINCT territory FROM current_series WHERE {_REGION} AND dimension = 'group' ORDER BY territory",
            many=False,
        ),
        Variable(
            "group",
            "Тема",
            f"SELECT DISTINCT value FROM current_series WHERE {_REGION} AND {_CHOSEN.split(' AND ')[0]} AND dimension = 'group' "
            "ORDER BY value",
            many=False,
        ),
    ),
    since="now-24h",
    refresh="1m",
)
