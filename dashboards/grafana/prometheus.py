"""What dashboards over Prometheus share: queries of the chosen installations, and the panels that stand on more than one."""

from __future__ import annotations

from dashboards.grafana.board import Panel, Query

STATES = (
    ("new", "ещё не читан"),
    ("ok", "в порядке"),
    ("empty", "ничего нового"),
    ("catching_up", "навёрстывает"),
    ("limited", "ограничен сетью"),
    ("silent", "молчит"),
    ("unavailable", "недоступен"),
    ("broken", "не разбирается"),
    ("forbidden", "закрыт"),
    ("gone", "исчез"),
    ("parked", "отставлен"),
)
JOB = 'job=~"$job"'


def of(metric: str, *matchers: str) -> str:
    """A metric of the chosen installations."""
    return metric + "{" + ", ".join((JOB, *matchers)) + "}"


def rate(by: str, metric: str, *matchers: str) -> str:
    return f"sum by ({by}) (rate({of(metric, *matchers)}[$__rate_interval]))"


def total(metric: str, *matchers: str) -> tuple[Query, ...]:
    """One value: the sum as it is now."""
    return (Query(f"sum({of(metric, *matchers)})", latest=True),)


def most(metric: str) -> tuple[Query, ...]:
    """One value: the greatest as it is now."""
    return (Query(f"max({of(metric)})", latest=True),)


def by(label: str, metric: str) -> tuple[Query, ...]:
    """A curve for each value of a label."""
    return (Query(f"sum by ({label}) ({of(metric)})", f"{{{{{label}}}}}"),)


def rates(label: str, metric: str) -> tuple[Query, ...]:
    """The same of a counter, a second."""
    return (Query(rate(label, metric), f"{{{{{label}}}}}"),)


def worst(metric: str) -> tuple[Query, ...]:
    """A curve for each installation: the greatest of its processes."""
    return (Query(f"max by (job) ({of(metric)})", "{{job}}"),)


def sources_by_state(number: int) -> Panel:
    return Panel(
        number,
        "timeseries",
        "Источники по состоянию",
        "Все состояния, в которых кто-то есть. Молчащий или закрытый источник — слепое пятно.",
        (Query(f"sum by (state) ({of('nabat_sources')}) > 0", "{{state}}"),),
        words=STATES,
    )


OLDEST_SOURCE = (43_200, 50_400)
"""Seconds: a rare source is read twice a day by plan, and the alert NabatSourceOld fires two hours later."""


def oldest_source(number: int) -> Panel:
    return Panel(
        number,
        "timeseries",
        "Возраст самого старого источника",
        "До какого времени точно прочитан источник, отставший сильнее всех.",
        worst("nabat_oldest_source_seconds"),
        unit="s",
        alarms=OLDEST_SOURCE,
    )
