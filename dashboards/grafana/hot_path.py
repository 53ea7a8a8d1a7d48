"""The dashboard of the hot path: what comes in, where the time goes, what is late, what does not work. Source: Prometheus."""

from __future__ import annotations

from dashboards.grafana.board import PROMETHEUS, Board, Panel, Query, Row, Variable
from dashboards.grafana.prometheus import OLDEST_SOURCE, most, of, oldest_source, rate, rates, sources_by_state, total

QUANTILES = (("0.5", "половина"), ("0.95", "95 %"), ("0.99", "99 %"))


def _shares(stage: str) -> tuple[Query, ...]:
    """The buckets of a stage's loop as parts of its time."""
    metric, matcher = "nabat_loop_seconds_total", f'stage="{stage}"'
    return (Query(f"{rate('bucket', metric, matcher)} / scalar(sum(rate({of(metric, matcher)}[$__rate_interval])))", "{{bucket}}"),)


def _quantiles(metric: str) -> tuple[Query, ...]:
    return (Query(f"max by (quantile) ({of(metric)})", "{{quantile}}"),)


_NOW = Row(
    100,
    "Сейчас",
    (
        Panel(
            1,
            "stat",
            "Сообщений в секунду",
            "Сколько сообщений прошло первый этап за последние пять минут, вместе с уже известными.",
            total("job_outcome:nabat_posts:rate5m"),
            unit="ops",
            width=4,
            height=4,
        ),
        Panel(
            2,
            "stat",
            "Открытых инцидентов",
            "Сколько инцидентов ждёт решения.",
            total("nabat_incidents_open"),
            width=4,
            height=4,
        ),
        Panel(
            3,
            "stat",
            "Ждут разбора",
            "Записей журнала, до которых этапы ещё не дошли. Сотня записей — секунды работы.",
            total("job_topic:nabat_lag_records:sum"),
            width=4,
            height=4,
            alarms=(100, 1000),
        ),
        Panel(
            4,
            "stat",
            "Самый старый источник",
            "До какого времени точно прочитан источник, отставший сильнее всех. Нет данных — не значит, что всё спокойно.",
            most("nabat_oldest_source_seconds"),
            unit="s",
            width=4,
            height=4,
            alarms=OLDEST_SOURCE,
        ),
        Panel(
            5,
            "stat",
            "Отставлено источников",
            "У них не принимается слишком много сообщений, и всё откладывается целиком: nabat deadletters list.",
            total("nabat_parked_sources"),
            width=4,
            height=4,
            alarms=(1, 5),
        ),
        Panel(
            6,
            "stat",
            "Приём приостановлен",
            "Этапов, которые не читают, потому что хранилище не принимает данные. Ничего не теряется, журнал копит.",
            total("nabat_backpressure_active"),
            width=4,
            height=4,
            alarms=(1,),
        ),
    ),
)

_FLOW = Row(
    200,
    "Поток",
    (
        Panel(
            11,
            "timeseries",
            "Сообщения",
            "По тому, что с ними стало: новые, изменённые, удалённые, уже известные, не принятые. Сообщений в секунду.",
            (Query(f"sum by (outcome) ({of('job_outcome:nabat_posts:rate5m')})", "{{outcome}}"),),
            unit="ops",
            words=(
                ("new", "новые"),
                ("changed", "изменённые"),
                ("deleted", "удалённые"),
                ("known", "известные"),
                ("dead", "не приняты"),
            ),
        ),
        Panel(
            12,
            "timeseries",
            "Обращения",
            "Найдено среди новых и изменённых сообщений, в секунду.",
            rates("kind", "nabat_appeals_total"),
            unit="ops",
            words=(("complaint", "жалобы"), ("question", "вопросы"), ("suggestion", "предложения"), ("thanks", "благодарности")),
        ),
        Panel(
            13,
            "timeseries",
            "Повторы",
            "Сообщения, которые повторяют прежний текст (дословно или почти), и отсеянные: реклама, один автор с одним текстом во "
            "многих местах. В секунду.",
            (
                Query(rate("how", "nabat_duplicates_total"), "{{how}}"),
                Query(rate("reason", "nabat_filtered_total"), "{{reason}}"),
            ),
            unit="ops",
            words=(
                ("exact", "дословные"),
                ("near", "почти дословные"),
                ("advert", "реклама"),
                ("repetition", "размноженное одним автором"),
            ),
        ),
        Panel(
            14,
            "timeseries",
            "Не принято",
            "Страницы и сообщения, отложенные с причиной: nabat deadletters list. За минуту.",
            (Query(f"60 * {rate('scope, reason', 'nabat_dead_letters_total')} > 0", "{{scope}}: {{reason}}"),),
            unit="short",
        ),
        Panel(
            15,
            "timeseries",
            "Страницы по этапам",
            "Страниц в секунду. Пустая страница тоже страница: если сбор на нуле, источники не читаются.",
            rates("stage", "nabat_pages_total"),
            unit="ops",
        ),
        Panel(
            16,
            "timeseries",
            "Тревоги",
            "Поднято тревог за час, по виду.",
            (Query(f"sum by (kind) (increase({of('nabat_alerts_total')}[1h]))", "{{kind}}"),),
            words=(
                ("spike", "всплеск"),
                ("urgent", "опасное"),
                ("overdue", "просрочено"),
                ("silent", "источник молчит"),
                ("topic", "новая тема"),
            ),
        ),
    ),
)

_TIME = Row(
    300,
    "Время",
    (
        Panel(
            21,
            "timeseries",
            "Куда уходит время: разбор",
            "Доли времени первого этапа; вместе они дают единицу на процесс. Если wait мал, этап не успевает.",
            _shares("triage"),
            unit="percentunit",
            shares=True,
        ),
        Panel(
            22,
            "timeseries",
            "Куда уходит время: наблюдение",
            "Доли времени второго этапа; вместе они дают единицу на процесс. Если wait мал, этап не успевает.",
            _shares("watch"),
            unit="percentunit",
            shares=True,
        ),
        Panel(
            23,
            "timeseries",
            "Порция этапа",
            "Сколько занимает одна порция, от чтения до подтверждения: доли порций, которые быстрее (0.5 — половина).",
            (Query(f"max by (stage, quantile) ({of('job_stage:nabat_stage_seconds:quantile5m')})", "{{stage}}: {{quantile}}"),),
            unit="s",
        ),
        Panel(
            24,
            "timeseries",
            "От публикации до базы",
            "Половина, 95 % и 99 % сообщений быстрее. Здесь и промежуток между чтениями источника.",
            _quantiles("job:nabat_end_to_end_seconds:quantile5m"),
            unit="s",
            alarms=(600,),
            words=QUANTILES,
        ),
        Panel(
            25,
            "timeseries",
            "От чтения до тревоги",
            "Половина и 95 % тревог за полчаса быстрее. Всплеск ждёт конца своего промежутка (пять минут) и опоздавших.",
            _quantiles("job:nabat_detection_seconds:quantile30m"),
            unit="s",
            alarms=(600,),
            words=QUANTILES,
        ),
        Panel(
            26,
            "timeseries",
            "Отставание",
            "Записей, до которых этап ещё не дошёл: pages — разбор, watch — наблюдение.",
            (Query(f"sum by (topic) ({of('job_topic:nabat_lag_records:sum')})", "{{topic}}"),),
            alarms=(1000,),
        ),
    ),
)

_HEALTH = Row(
    400,
    "Источники и хранилище",
    (
        sources_by_state(31),
        oldest_source(32),
        Panel(
            33,
            "timeseries",
            "Неудачные записи в ClickHouse",
            "За минуту, по причине. Все повторяются, кроме setup и rejected: те требуют человека.",
            (Query(f"60 * {rate('reason', 'nabat_sink_failures_total')}", "{{reason}}"),),
        ),
        Panel(
            34,
            "timeseries",
            "Остановки приёма",
            "Доля времени, в которую этап не читает, потому что хранилище не принимает данные.",
            (Query(f"max by (stage) (avg_over_time({of('nabat_backpressure_active')}[$__rate_interval]))", "{{stage}}"),),
            unit="percentunit",
        ),
        Panel(
            35,
            "timeseries",
            "Записано строк",
            "В секунду, по таблице.",
            (Query(f"{rate('table', 'nabat_sink_rows_total')} > 0", "{{table}}"),),
            unit="ops",
        ),
        Panel(
            36,
            "timeseries",
            "Одна запись в ClickHouse",
            "Сколько занимает: половина и 99 % записей быстрее.",
            (
                Query(f"histogram_quantile(0.5, {rate('le', 'nabat_sink_seconds_bucket')})", "половина"),
                Query(f"histogram_quantile(0.99, {rate('le', 'nabat_sink_seconds_bucket')})", "99 %"),
            ),
            unit="s",
        ),
    ),
)

_PROCESS = Row(
    500,
    "Процессы",
    (
        Panel(
            41,
            "timeseries",
            "Память",
            "Занято процессом. Границы памяти этапов заданы настройками, линия должна стать ровной.",
            (Query(of("process_resident_memory_bytes"), "{{instance}}"),),
            unit="bytes",
            width=8,
        ),
        Panel(
            42,
            "timeseries",
            "Процессор",
            "Занято ядер.",
            (Query(f"rate({of('process_cpu_seconds_total')}[$__rate_interval])", "{{instance}}"),),
            width=8,
        ),
        Panel(
            43,
            "timeseries",
            "Снимки и журнал",
            "Размер последнего снимка состояния и встроенного журнала на диске.",
            (
                Query(f"max({of('nabat_snapshot_bytes')})", "снимок"),
                Query(f"max({of('nabat_log_bytes')})", "журнал"),
            ),
            unit="bytes",
            width=8,
        ),
    ),
)

BOARD = Board(
    "nabat-hot-path",
    "Набат: поток",
    "Что приходит, куда уходит время, что опаздывает и что не работает.",
    PROMETHEUS,
    (_NOW, _FLOW, _TIME, _HEALTH, _PROCESS),
    (Variable("job", "Установка", "label_values(nabat_build_info, job)"),),
)
