"""Whether the sources of a profile can be read as the configuration stands: addresses, tokens, secrets of pushes. Told in Russian.

Nothing is asked of any network: what they say of an address or a token is told by ``nabat sources``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.config.hooks import PushSecret, load_hooks
from monitor.config.tokens import load_tokens
from monitor.model.errors import ConfigError, SourceRefused
from monitor.model.source import Source
from monitor.problems import Problems, advice, quoted
from monitor.profile.load import COLUMNS, profile_folder
from monitor.profile.model import Profile
from monitor.profile.table import read_table
from monitor.runtime.networks import KNOWN
from sources.appeals.adapter import read_mappings
from sources.budgets.token import Token
from sources.max.chat import address_of as max_address
from sources.odnoklassniki.adapter import group_of
from sources.telegram.bot import PREFIX as BOT
from sources.telegram.mtproto import PREFIX as COMMENTS
from sources.telegram.names import channel_name
from sources.vk.address import recognise

SOURCES: Final = "sources.csv"
_PUSHED: Final = ("vk", "tg", "max")


def read_secrets(config: Config) -> tuple[list[Token], list[PushSecret]]:
    """What the file of tokens says. Raises ConfigError with all that is wrong in it."""
    path = config.networks.tokens_file
    problems: list[str] = []
    tokens: list[Token] = []
    hooks: list[PushSecret] = []
    try:
        tokens = load_tokens(path)
    except ConfigError as error:
        problems += error.problems
    try:
        hooks = load_hooks(path)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    return tokens, hooks


def check_watched(config: Config, profile: Profile, region: str, tokens: Sequence[Token], hooks: Sequence[PushSecret]) -> None:
    """``region`` names the profile. Raises ConfigError with every source that can't be read, its line and what to do."""
    problems = Problems()
    path = profile_folder(region) / SOURCES
    lines = _lines(path)
    for source in profile.sources.values():
        if fault := _fault(source) or _lacks(source, tokens):
            problems.add(str(path), lines.get(source.id, 0), f"источник {quoted(source.id)}: {fault}")
    _check_hooks(config, profile, hooks, problems)
    told: list[str] = []
    for check in (problems.raise_any, lambda: _check_mappings(config, profile, tokens)):
        try:
            check()
        except ConfigError as error:
            told += error.problems
    if told:
        raise ConfigError(told)


def _lines(path: Path) -> dict[str, int]:
    """The line of each source in its file."""
    try:
        rows = read_table(path.read_bytes(), str(path), COLUMNS[SOURCES], Problems()).rows
    except OSError:
        return {}
    return {row.text("id"): row.line for row in rows}


def _fault(source: Source) -> str:
    """What is wrong with network and address; empty: nothing."""
    address = source.address
    if source.network not in KNOWN:
        return f"сеть {quoted(source.network)} не читается; {advice(source.network, KNOWN)}"
    if source.network == "vk" and recognise(address) is None:
        return f"адрес {quoted(address)} не распознан; укажите короткое имя, -номер сообщества или search:текст"
    if source.network == "tg" and not address.startswith(BOT) and not channel_name(address.removeprefix(COMMENTS)):
        return f"в адресе {quoted(address)} нет имени канала; укажите имя, bot:имя_токена или comments:имя"
    if source.network == "rss" and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        return f"адрес {quoted(address)} — не адрес ленты; он начинается с http:// или https://"
    try:
        if source.network == "ok":
            group_of(address)
        elif source.network == "max":
            max_address(address)
    except SourceRefused as error:
        return str(error)
    return ""


def _lacks(source: Source, tokens: Sequence[Token]) -> str:
    """Which token is missing; empty: none."""
    own = [token for token in tokens if token.network == source.network]
    where = "добавьте [[token]] в файл networks.tokens_file"
    if source.network == "vk" and not any(token.kind in ("user", "service") for token in own):
        return f"нет токена VK вида service или user (токены сообществ стен не читают); {where}"
    if source.network == "ok" and not own:
        return f"нет токена Одноклассников вида application или session; {where}"
    if source.network == "tg" and source.address.startswith(COMMENTS) and not any(token.kind == "mtproto" for token in own):
        return f"нет токена Telegram вида mtproto; {where}"
    name = ""
    if source.network == "tg" and source.address.startswith(BOT):
        name = source.address.removeprefix(BOT)
    elif source.network == "max":
        name = max_address(source.address)[0]
    if name and not any(token.kind == "bot" and token.name == name for token in own):
        return f"нет токена бота с именем {quoted(name)}; {where}"
    return ""


def _check_hooks(config: Config, profile: Profile, hooks: Sequence[PushSecret], problems: Problems) -> None:
    shown = str(config.networks.tokens_file)
    for hook in hooks:
        source = profile.sources.get(hook.source)
        if source is None:
            # It may be of another region of the cluster.
            if not config.cluster.regions:
                problems.add(shown, hook.line, f"[[push]]: источника {quoted(hook.source)} нет в sources.csv; исправьте source")
            continue
        if source.network not in _PUSHED:
            problems.add(shown, hook.line, f"[[push]]: сеть {source.network} так не присылает; уберите")
            continue
        if source.network == "vk":
            address = recognise(source.address)
            if address is None or address.owner >= 0:
                problems.add(shown, hook.line, "[[push]]: у источника VK нужен адрес -номер сообщества, а не короткое имя")
            if not hook.confirmation:
                problems.add(shown, hook.line, "[[push]]: для VK нужна строка confirmation из настроек Callback API")
        if not config.push.port:
            problems.add(shown, hook.line, "[[push]]: ничего не слушает; задайте push.port")


def _check_mappings(config: Config, profile: Profile, tokens: Sequence[Token]) -> None:
    folder = config.appeals.mappings or Path()
    found = read_mappings(profile.sources.values(), folder, profile.calendar.timezone)
    kinds = {token.kind for token in tokens if token.network == "appeal"}
    problems = Problems()
    for source, intake in found.items():
        if intake.endpoint is not None and intake.endpoint.token and intake.endpoint.token not in kinds:
            shown = str(folder / profile.sources[source].address)
            problems.add(shown, 0, f"нет токена сети appeal вида {quoted(intake.endpoint.token)}; добавьте [[token]]")
    problems.raise_any()
