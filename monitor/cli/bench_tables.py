"""The figures of ``nabat bench`` for people."""

from __future__ import annotations

from typing import Any

NONE = "—"
RIVALS = {
    "lsh_on_all": "скрипт по буквам, LSH на всех",
    "lsh_on_appeals": "скрипт по буквам, LSH на обращениях",
    "words_lsh_on_all": "скрипт по словам, LSH на всех",
    "words_lsh_on_appeals": "скрипт по словам, LSH на обращениях",
}


def line(row: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in row.items())


def hot_path(result: dict[str, Any]) -> str:
    lines = [
        f"{result['posts']} сообщений, {result['bytes'] / result['posts']:.0f} байт на сообщение, одно ядро",
        f"{'только orjson.loads':36} {result['floor']:>9} сообщений/с",
    ]
    for name, label in (("new", "Набат, все новые"), ("recrawled", "Набат, на новое три перечитанных")):
        one = result[name]
        spent = ", ".join(f"{bucket} {value}" for bucket, value in one["microseconds"].items())
        lines.append(f"{label:36} {one['posts_per_second']:>9} сообщений/с   обращений {one['appeals_share']:.1%}, мкс: {spent}")
    if "rival" in result:
        rival = result["rival"]
        for name, label in RIVALS.items():
            lines.append(f"{label:36} {rival[name]:>9} сообщений/с   у Набата {rival['times_' + name]} от этого")
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


def spikes(result: dict[str, Any]) -> str:
    each = result["events"] / result["ticks"]
    return "\n".join(
        [
            f"{result['series']} рядов закрыты {result['ticks']} раз, событий за такт {each:.0f}, одно ядро",
            f"учтено событий в секунду: {result['counted_per_s']}",
            f"такт, с процессора: наименьший {result['least_s']}, медиана {result['median_s']}, наибольший {result['greatest_s']}",
            f"память ряда: {result['bytes_a_series']} байт",
        ]
    )


def crawl(result: dict[str, Any]) -> str:
    """Ages and pauses in minutes."""
    lines = [
        f"модель: {result['communities']} сообществ, {result['days']} сут, {result['tokens']} токенов VK, "
        f"сообщений {result['posts']}, начальное число {result['seed']}",
        f"запросов {result['requests']} из {result['quota']} возможных; сверх лимитов: {result['exceeded']}; "
        f"наибольшее у одного токена: {result['most_a_second']} в секунду, {result['most_a_day']} за 24 часа",
        "",
        f"{'возраст сообщения, когда оно прочитано, мин':44} {'медиана':>9} {'95 %':>9} {'среднее':>9}",
    ]
    labels = {
        "nabat": "Набат",
        "uniform": "равномерный опрос, столько же запросов",
        "optimum": "наилучшее при известных частотах",
    }
    for name, label in labels.items():
        one = result["ages"][name]
        lines.append(f"{label:44} {one['median'] / 60:>9.1f} {one['p95'] / 60:>9.1f} {one['mean'] / 60:>9.1f}")
    ratio = result["to_uniform"]
    lines.append(f"{'Набат к равномерному':44} {ratio['median']:>9.2f} {ratio['p95']:>9.2f} {ratio['mean']:>9.2f}")
    lines.append(f"{'Набат к наилучшему':44} {NONE:>9} {NONE:>9} {result['to_optimum']:>9.2f}")
    lines += ["", f"{'источники':16} {'число':>7} {'чтений':>9} {'предел, мин':>12} {'наибольшая пауза, мин':>22} {'нарушений':>10}"]
    for name, label in (("critical", "важнейшие"), ("ordinary", "обычные"), ("rare", "редкие")):
        one = result["classes"][name]
        lines.append(
            f"{label:16} {one['sources']:>7} {one['readings']:>9} {one['ceiling'] / 60:>12.0f} {one['longest'] / 60:>22.1f} "
            f"{one['exceeded']:>10}"
        )
    lines.append(f"ни разу не прочитано: {result['starved']}")
    lines.append(f"время расчёта: {result['seconds']} с")
    return "\n".join(lines)


def parse(result: dict[str, Any]) -> str:
    return "\n".join(f"{name:14} {speed:>8} сообщений/с" for name, speed in result["posts_per_second"].items())


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
