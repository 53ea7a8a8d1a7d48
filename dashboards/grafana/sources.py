"""The dashboard of crawling: tokens, what the networks answer, limits, and whether the promised times hold. Source: Prometheus."""

from __future__ import annotations

from dashboards.grafana.board import PROMETHEUS, Board, Panel, Query, Row, Variable
from dashboards.grafana.prometheus import by, most, of, oldest_source, rate, rates, sources_by_state, total, worst

_NOW = Row(
    100,
    "Сейчас",
    (
        Panel(
            1,
            "stat",
            "Отставлено токенов",
            "Отозваны, просрочены, заблокированы, без суточной нормы или ждут капчу: nabat sources tokens.",
            total("nabat_tokens", 'state="parked"'),
            width=6,
            height=4,
            alarms=(1, 2),
        ),
        Panel(
            2,
            "stat",
            "Норм не хватает",
            "Сколько норм сетей не покрывает сроков, обещанных для источников под ними.",
            most("nabat_short_limits"),
            width=6,
            height=4,
            alarms=(1,),
        ),
        Panel(
            3,
            "stat",
            "Опоздание чтения",
            "На сколько превышен срок класса у источника, который опаздывает сильнее всех. Ноль: все сроки выдержаны.",
            most("nabat_crawl_late_seconds"),
            unit="s",
            width=6,
            height=4,
            alarms=(1, 120),
        ),
        Panel(
            4,
            "stat",
            "Не видно источников",
            "Молчат, недоступны, закрыты, исчезли или не разбираются: тишина там не значит, что всё спокойно.",
            total("nabat_sources", 'state=~"silent|unavailable|broken|forbidden|gone|parked"'),
            width=6,
            height=4,
            alarms=(1, 5),
        ),
    ),
)

_NETWORKS = Row(
    200,
    "Сети",
    (
        Panel(
            11,
            "timeseries",
            "Токены",
            "По тому, что с ними. Отставленный не спрашивают, пока его не заменят или не пройдёт срок.",
            by("state", "nabat_tokens"),
            words=(("ready", "готовы"), ("resting", "отдыхают"), ("parked", "отставлены"), ("elsewhere", "у другого сборщика")),
        ),
        Panel(
            12,
            "timeseries",
            "Запросы к сетям",
            "В секунду, по тому, чем кончились для токена. Капча и отказ требуют человека.",
            rates("outcome", "nabat_requests_total"),
            unit="ops",
            words=(
                ("ok", "отвечены"),
                ("rate", "слишком часто"),
                ("flood", "повтор слишком част"),
                ("quota", "норма исчерпана"),
                ("dead", "токен не признан"),
                ("captcha", "нужна капча"),
                ("failed", "не удались"),
            ),
        ),
        Panel(
            13,
            "timeseries",
            "Присланное сетями",
            "Запросы сетей к приёмнику в секунду, по тому, что с ними стало. Отказ: неверный ключ или подпись.",
            rates("outcome", "nabat_pushes_total"),
            unit="ops",
            words=(
                ("taken", "приняты"),
                ("repeated", "повторы"),
                ("refused", "отказано"),
                ("delayed", "отложены"),
                ("failed", "не удались"),
            ),
        ),
        Panel(
            14,
            "timeseries",
            "Прочитано страниц",
            "В секунду. Пустая страница тоже страница: на нуле источники не читаются.",
            (Query(rate("stage", "nabat_pages_total", 'stage="crawl"'), "страниц"),),
            unit="ops",
        ),
    ),
)

_SCHEDULE = Row(
    300,
    "Сроки",
    (
        Panel(
            21,
            "timeseries",
            "Опоздание чтения",
            "На сколько превышен срок класса у источника, который опаздывает сильнее всех.",
            worst("nabat_crawl_late_seconds"),
            unit="s",
            alarms=(1, 120),
        ),
        Panel(
            22,
            "timeseries",
            "Норм не хватает",
            "Сколько норм сетей не покрывает обещанных сроков. Помогают токены или другой класс части источников.",
            worst("nabat_short_limits"),
            alarms=(1,),
        ),
        sources_by_state(23),
        oldest_source(24),
        Panel(
            25,
            "timeseries",
            "Прочитано истории",
            "Доля времени, за которое история нужна по настройкам; единица, если она не нужна. Текущему чтению она не мешает.",
            (Query(f"min by (job) ({of('nabat_backfill_ratio')})", "{{job}}"),),
            unit="percentunit",
        ),
    ),
)

BOARD = Board(
    "nabat-sources",
    "Набат: источники",
    "Чем спрашиваются сети, что они отвечают и выдержаны ли сроки чтения.",
    PROMETHEUS,
    (_NOW, _NETWORKS, _SCHEDULE),
    (Variable("job", "Установка", "label_values(nabat_build_info, job)"),),
)
