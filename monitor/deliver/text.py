"""What a message says, in Russian: a short form for a phone, a complete one for a card. Plain text; channels escape it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct

from monitor.deliver.channels.base import Letter, Line, cut
from monitor.deliver.message import Message
from monitor.deliver.outside import outside
from monitor.deliver.planner import Routes
from monitor.log.base import ALERTS
from monitor.model.codec import decode
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData
from monitor.profile.model import Profile
from monitor.watch.wording import amount, clock_time, plural, territory_name

LEVELS = {"notice": "Внимание", "urgent": "Срочно", "flash": "ОПАСНОСТЬ"}
EVENTS = {"reminded": "Напоминание. ", "louder": "Уровень вырос. ", "reopened": "Снова. ", "resolved": "Снято. "}
WIDER = {"territory": "Новая территория. ", "facility": "Дети или больные. ", "works": "Не только плановые работы. "}
SHORT = 300


class Summary(Struct):
    """The payload of a summary: how many alerts of each level, and the titles of the most serious ones, those first."""

    since: int
    counts: dict[str, int]
    titles: list[str]


class Texts:
    """Makes letters. ``console``: the address of the console as people reach it, empty for none; ``routes`` as of the planner."""

    def __init__(self, profiles: Mapping[str, Profile], console: str = "", routes: Mapping[str, Routes] | None = None) -> None:
        self._profiles = profiles
        self._routes = routes or {}
        self._console = console.rstrip("/")

    def letter(self, message: Message, at: int) -> Letter:
        """The letter of an attempt at ``at`` (ms). KeyError for a region that has no profile here."""
        profile = self._profiles[message.region]
        if message.kind == "summary":
            return self._summary(message, profile, decode(message.payload.encode(), Summary), at)
        if message.kind == "test":
            title = f"Проверка связи: {profile.name}"
            text = "Это проверка канала оповещения. Отвечать не нужно."
            card = (Line("title", title), Line("text", text))
            return self._made(message, at, title, f"{title}. {text}", card, quiet=False)
        told = read(ALERTS, message.payload.encode()).data
        assert isinstance(told, AlertData)
        return self._alert(message, profile, told, at)

    def _alert(self, message: Message, profile: Profile, alert: AlertData, at: int) -> Letter:
        title = f"{_prefix(message, profile, alert)}{LEVELS.get(alert.level, alert.level)}: {alert.title}"
        card = [Line("title", title), Line("text", alert.text), *_facts(profile, alert)]
        if alert.note:
            card.insert(2, Line("fact", alert.note))
        card += [Line("quote", text) for text in alert.examples]
        quiet = message.event == "resolved" or alert.level == "notice"
        if not quiet and message.kind == "alert" and message.region in self._routes:
            quiet = self._routes[message.region].quiet(message.destination, alert, at)
        link = f"{self._console}/#alert={quote(alert.id, safe='')}" if self._console else ""
        if link:
            card.append(Line("link", link))
        return self._made(message, at, title, f"{title}. {alert.text}", tuple(card), quiet=quiet)

    def _summary(self, message: Message, profile: Profile, summary: Summary, at: int) -> Letter:
        total = sum(summary.counts.values())
        since = clock_time(summary.since, profile.calendar.timezone)
        title = f"{plural(total, 'сообщение', 'сообщения', 'сообщений')} о тревогах с {since}: {profile.name}"
        levels = [f"{LEVELS[level].lower()}: {summary.counts[level]}" for level in reversed(LEVELS) if summary.counts.get(level)]
        hint = "Их слишком много для отдельных сообщений; все — на пульте."
        facts = [Line("fact", text) for text in summary.titles]
        rest = total - len(summary.titles)
        if rest > 0:
            facts.append(Line("fact", f"… и ещё {rest}"))
        card = [Line("title", title), Line("text", f"{', '.join(levels)}. {hint}"), *facts]
        if self._console:
            card.append(Line("link", f"{self._console}/"))
        return self._made(message, at, title, f"{title}. {', '.join(levels)}.", tuple(card), quiet=False)

    @staticmethod
    def _made(message: Message, at: int, title: str, short: str, card: tuple[Line, ...], *, quiet: bool) -> Letter:
        title, short = " ".join(title.split()), " ".join(short.split())
        if message.repeat:
            title, short = f"Повтор. {title}", f"Повтор. {short}"
        card = (Line("title", title), *card[1:])
        event = outside(message.payload)
        return Letter(message.id, at, title, cut(short, SHORT), card, event, quiet=quiet, repeat=message.repeat)


def _prefix(message: Message, profile: Profile, alert: AlertData) -> str:
    """What is said before the level: why this comes now, and to whom."""
    zone = profile.calendar.timezone
    if message.event == "untaken":
        return f"Исполнитель молчит с {clock_time(alert.tasked_at, zone)}. Задание. "
    if message.kind == "escalation":
        return f"Без ответа с {clock_time(alert.at, zone)}. "
    if message.kind == "task":
        return "Задание. " if message.event == "task" else ""
    return WIDER.get(alert.why, "") if message.event == "wider" else EVENTS.get(message.event, "")


def _facts(profile: Profile, alert: AlertData) -> list[Line]:
    zone = profile.calendar.timezone
    facts = [f"Где: {territory_name(profile, alert.territory)}"]
    if alert.since:
        facts.append(f"Началось: {clock_time(alert.since, zone)}")
    if alert.observed:
        usual = f", обычно {amount(alert.expected)}" if alert.kind == "spike" else ""
        facts.append(f"Сообщений: {alert.observed}{usual}")
    if alert.authors:
        facts.append(f"Авторов: {alert.authors}")
    if alert.body in profile.bodies:
        facts.append(f"Исполнитель: {profile.bodies[alert.body].name}")
    if alert.words:
        facts.append(f"Частые слова: {', '.join(alert.words)}")
    if not alert.complete:
        facts.append("Данные неполны: прочитаны не все источники.")
    return [Line("fact", text) for text in facts]
