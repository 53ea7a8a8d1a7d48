"""The sections of the networks: where they are reached and how far they may be asked. Tokens stand in a file of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from monitor.config.option import Option


@dataclass(slots=True, frozen=True)
class Networks:
    """What all networks share: tokens, and what the crawler may ask."""

    tokens_file: Annotated[Path | None, Option("File with the tokens of the networks.")] = None
    allow_private: Annotated[
        str, Option("Private addresses that may be asked all the same, comma-separated networks such as 10.20.0.0/16.")
    ] = ""
    timeout: Annotated[float, Option("How long an answer of a network may take, seconds.", (1, 600))] = 20.0
    answer_bytes: Annotated[int, Option("Size of an answer at most, bytes, unpacked.", (10_000, 100_000_000))] = 10_000_000
    proxy: Annotated[
        str, Option("Proxy for all requests to networks (http://host:port); empty: none. The environment's proxies are not used.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Vk:
    """VK: walls, comments, searches, Callback API."""

    api: Annotated[str, Option("Address of the API's methods.")] = "https://api.vk.ru/method"
    version: Annotated[str, Option("Version of the API.")] = "5.199"
    first_days: Annotated[int, Option("How far back a wall that is new to Nabat is read with its comments, days.", (0, 365))] = 7
    follow_days: Annotated[
        int, Option("Posts beyond the newest hundred of a wall are looked at again while they are younger, days.", (0, 365))
    ] = 30
    search_hours: Annotated[int, Option("How far back the first reading of a search goes, hours.", (1, 720))] = 24
    officials: Annotated[
        str, Option("Numbers of the accounts that answer for offices beside official sources (communities: -1), comma-separated.")
    ] = ""
    # VK does not say whether walls of an execute count once: so each counts, and a request for many saves rate, no quota. Ten get
    # their whole hundred posts within the 5 MB of an answer; of more each would be seen less deep.
    walls_a_request: Annotated[
        int,
        Option("Walls that are due together and read by one request of a user's token (execute); above 10 less deep.", (1, 25)),
    ] = 10
    user_rate: Annotated[float, Option("Requests a second of a user's token.", (0.01, 100))] = 3.0
    service_rate: Annotated[float, Option("Requests a second of a service token.", (0.01, 100))] = 3.0
    community_rate: Annotated[float, Option("Requests a second of a community's token.", (0.01, 100))] = 20.0
    wall_get_day: Annotated[int, Option("Calls of wall.get of a token in 24 hours.", (1, 10_000_000))] = 5000
    wall_search_day: Annotated[int, Option("Calls of wall.search of a token in 24 hours.", (1, 10_000_000))] = 1000
    newsfeed_search_day: Annotated[int, Option("Calls of newsfeed.search of a token in 24 hours.", (1, 10_000_000))] = 1000


@dataclass(slots=True, frozen=True)
class Telegram:
    """Telegram: public previews, Bot API, and MTProto with the extra nabat[telegram]."""

    preview: Annotated[str, Option("Address of the public previews.")] = "https://t.me"
    api: Annotated[str, Option("Address of the Bot API.")] = "https://api.telegram.org"
    preview_rate: Annotated[float, Option("Requests a second of previews.", (0.01, 100))] = 1.0
    bot_rate: Annotated[float, Option("Requests a second of a bot's token.", (0.01, 100))] = 30.0
    history_hours: Annotated[float, Option("How far back the first reading of a channel goes, hours.", (0, 87_600))] = 24.0
    reread_hours: Annotated[float, Option("Up to which age posts are read again for edits and deletions, hours.", (0, 720))] = 48.0
    poll_seconds: Annotated[int, Option("How long the Bot API may wait for something new, seconds.", (0, 50))] = 25
    officials: Annotated[
        str, Option("Numbers of the users and chats that answer for offices where a bot reads, comma-separated.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Odnoklassniki:
    """Odnoklassniki: topics of groups and their comments."""

    api: Annotated[str, Option("Address of the API.")] = "https://api.ok.ru/fb.do"
    rate: Annotated[float, Option("Requests a second of a token.", (0.01, 100))] = 1.0
    poll_seconds: Annotated[float, Option("Between two readings of a group's list of topics, seconds.", (10, 86_400))] = 300.0
    depth_hours: Annotated[float, Option("How far back the first reading of a group goes, hours.", (1, 8_760))] = 72.0
    edit_hours: Annotated[
        float, Option("Comments younger than this are compared again, for edits and deletions, hours.", (0, 336))
    ] = 6.0
    time_zone: Annotated[str, Option("Zone of the comments' dates: the network gives them without one.")] = "Europe/Moscow"
    topic_fields: Annotated[
        str, Option("Fields to ask for with topics, comma-separated; empty: those that the network gives of itself.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Max:
    """The messenger MAX. Its certificates are issued by the Russian national authority, which the system must trust."""

    api: Annotated[str, Option("Address of the Bot API.")] = "https://platform-api2.max.ru"
    rate: Annotated[float, Option("Requests a second of a token.", (0.01, 100))] = 2.0
    history_hours: Annotated[float, Option("How far back the first reading of a chat goes, hours.", (0, 87_600))] = 24.0
    poll_seconds: Annotated[int, Option("How long the Bot API may wait for something new, seconds.", (0, 30))] = 25
    officials: Annotated[str, Option("Numbers of the users that answer for offices, comma-separated.")] = ""


@dataclass(slots=True, frozen=True)
class Rss:
    """RSS and Atom feeds."""

    host_rate: Annotated[float, Option("Requests a second of one host.", (0.001, 100))] = 1.0
    poll_seconds: Annotated[float, Option("Between two readings of a feed, seconds.", (10, 86_400))] = 600.0
    feed_bytes: Annotated[int, Option("Size of a feed at most, bytes, unpacked.", (10_000, 20_000_000))] = 4_000_000
    time_zone: Annotated[str, Option("Zone of dates that name none.")] = "Europe/Moscow"


@dataclass(slots=True, frozen=True)
class Appeals:
    """Appeals from exports of other systems: files, a watched folder, an HTTP endpoint, signed webhooks."""

    host_rate: Annotated[float, Option("Requests a second of an endpoint.", (0.001, 100))] = 1.0
    mappings: Annotated[
        Path | None, Option("Folder of the mapping files that the addresses of such sources name; empty: the current folder.")
    ] = None
    settle_seconds: Annotated[
        float, Option("An exported file that has not changed for so long is whole and is read, seconds.", (0, 86_400))
    ] = 15.0
    file_bytes: Annotated[
        int, Option("Size of an XLSX or JSON file at most, bytes; CSV and JSONL have no limit.", (10_000, 1_000_000_000))
    ] = 50_000_000
    unpacked_bytes: Annotated[int, Option("Size of an XLSX file at most, bytes, unpacked.", (100_000, 10_000_000_000))] = 200_000_000


@dataclass(slots=True, frozen=True)
class Push:
    """The receiver of what networks send themselves: Callback API, webhooks."""

    host: Annotated[str, Option("Address to listen on; others reach it through a proxy that does TLS.")] = "127.0.0.1"
    port: Annotated[int, Option("Port to listen on; 0: nothing is received.", (0, 65_535))] = 0
    body_bytes: Annotated[int, Option("Size of a request at most, bytes.", (1_000, 100_000_000))] = 2_000_000
    timeout: Annotated[float, Option("How long a request may take to arrive, seconds.", (0.1, 600))] = 10.0
    connections: Annotated[int, Option("Connections at the same time; further ones are cut off.", (1, 10_000))] = 128
    remember: Annotated[int, Option("Events remembered, so that a repeat is not taken again.", (0, 10_000_000))] = 100_000
