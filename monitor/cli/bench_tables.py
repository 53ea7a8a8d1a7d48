"""The figures of ``nabat bench`` for people."""

from __future__ import annotations

from typing import Any

NONE = "—"


def line(row: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in row.items())


def hot_path(result: dict[str, Any]) -> str:
    lines = [
        f"{result['posts']} сообщений, {result['bytes'] / result['posts']:.0f} байт на сообщение, одно ядро",
        f"{'только orjson.loads':34} {result['floor']:>9} сообщений/с",
    ]
    for name, label in (("new", "Набат, все новые"), ("recrawled", "Набат, на новое три перечитанных")):
        one = result[name]
        spent = ", ".join(f"{bucket} {value}" for bucket, value in one["microseconds"].items())
        lines.append(f"{label:34} {one['posts_per_second']:>9} сообщений/с   обращений {one['appeals_share']:.1%}, мкс: {spent}")
    if "rival" in result:
        rival = result["rival"]
        for name, label in (("lsh_on_all", "скрипт, LSH на всех"), ("lsh_on_appeals", "скрипт, LSH на обращениях")):
            lines.append(f"{label:34} {rival[name]:>9} сообщений/с   Набат быстрее в {rival['times_' + name]} раза")
    return "\n".join(lines)


def end_to_end(result: dict[str, Any]) -> str:
    backlog = result["backlog"]
    lines = [
        result["system"],
        _machine(result),
        f"сообщения новые, обращений {backlog['appeals_share']:.0%}; до {result['batch_pages']} страниц в пачке; снимки каждые "
        f"{result['snapshot_seconds']:.0f} с, шаг рядов {result['bucket_seconds']} с; каждая нагрузка {result['seconds']:.0f} с",
        "",
        f"накопленное: {backlog['posts_per_second'] or NONE} сообщений/с ({backlog['sent']}, на странице {backlog['page']}), "
        f"процессор на сообщение: {_processor(backlog)}",
        "",
        "задержки, с: 50 % / 95 % / 99 % / наибольшая",
        _row("нагрузка", "сделано", "сбор → сообщение", "сбор → инцидент", "сбор → тревога", "шаг закрыт → всплеск", "процессор"),
    ]
    lines += [
        _row(
            f"{one['asked']}/с",
            f"{one['posts_per_second']}/с",
            *(_delays(one[name]) for name in ("to_post", "to_incident", "to_alert", "close_to_spike")),
            _processor(one),
        )
        for one in result["loads"]
    ]
    lines += ["", "всплеск считается от закрытия его шага: когда прочитан последний источник"]
    lines.append(_arrived(result))
    return "\n".join(lines)


def scale(result: dict[str, Any]) -> str:
    lines = [
        f"кластер: накопленное {result['regions']} регионов, на странице {result['page']} сообщений",
        _machine(result),
        "",
        f"{'разделов и рабочих процессов':30} {'сообщений/с':>12}   процессор на сообщение",
    ]
    lines += [f"{one['workers']:>30} {one['posts_per_second'] or NONE:>12}   {_processor(one)}" for one in result["sizes"]]
    lines += ["", *(_arrived(one) for one in result["sizes"])]
    return "\n".join(lines)


def _machine(result: dict[str, Any]) -> str:
    return f"ядер: {result['cores']}; CPython {result['python']}; нагрузка машины перед началом: {result['load_before']}"


def _arrived(one: dict[str, Any]) -> str:
    missing = one["sent"] - one["stored"]
    return f"в базе {one['stored']} сообщений из {one['sent']}" + (f", НЕ ХВАТАЕТ {missing}" if missing else "")


def _processor(one: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value} мкс" for name, value in one["processor_microseconds_per_post"].items())


def _delays(found: list[float] | None) -> str:
    return " / ".join(f"{value:.2f}" for value in found) if found else NONE


def _row(*cells: str) -> str:
    widths = (9, 9, 26, 26, 26, 26, 0)
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
