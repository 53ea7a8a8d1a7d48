"""The sections of delivery: pace, mail server, SMS gateway. The destinations stand in a file of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from monitor.config.option import Option
from monitor.config.secret import Secret

NO_SECRET = Secret()


@dataclass(slots=True, frozen=True)
class Deliver:
    """Delivery of alerts to people and other systems."""

    destinations_file: Annotated[Path | None, Option("File with the destinations; empty: nobody is told.")] = None
    console_url: Annotated[str, Option("Address of the console as people reach it, for links in messages; empty: no links.")] = ""
    people_messages: Annotated[
        int,
        Option("Messages about single alerts to one destination of people in people_minutes; beyond them come summaries.", (1, 1000)),
    ] = 20
    people_minutes: Annotated[int, Option("The time in which people_messages count, minutes.", (1, 1440))] = 60
    summary_minutes: Annotated[
        int, Option("Time between two summaries; a fifth of it where there is danger, minutes.", (1, 1440))
    ] = 10
    retry_seconds: Annotated[float, Option("Rest after a first failure, doubled by each further one, seconds.", (0.1, 3600))] = 5.0
    retry_longest_seconds: Annotated[float, Option("Longest rest between two attempts, seconds.", (1, 86_400))] = 300.0
    heartbeat_url: Annotated[
        str,
        Option("Outside address that is asked as long as all stages move, and that raises the alarm when it is not; empty: none."),
    ] = ""
    heartbeat_seconds: Annotated[float, Option("Time between two check-ins, seconds.", (1, 86_400))] = 60.0
    expire_hours: Annotated[int, Option("A message that could not be delivered for so long is given up, hours.", (1, 720))] = 24


@dataclass(slots=True, frozen=True)
class Mail:
    """The mail server that takes letters to destinations by e-mail."""

    host: Annotated[str, Option("Name of the server; empty: there is no e-mail.")] = ""
    port: Annotated[int, Option("Its port.", (1, 65_535))] = 587
    security: Annotated[str, Option("How the connection is protected.", choices=("starttls", "tls", "none"))] = "starttls"
    ca_file: Annotated[Path | None, Option("Authority of its certificate; empty: those that the system trusts.")] = None
    sender: Annotated[str, Option("Address that letters come from.")] = ""
    user: Annotated[str, Option("User of the server; empty: it asks for none.")] = ""
    password: Annotated[Secret, Option("Password of the user.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("File that holds the password, instead of password.")] = None
    timeout: Annotated[float, Option("How long handing in a letter may take, seconds.", (1, 600))] = 30.0


@dataclass(slots=True, frozen=True)
class Sms:
    """The HTTP endpoint of a gateway that takes SMS. It is asked as networks are: see networks.allow_private."""

    url: Annotated[str, Option("Address that takes POST; empty: there are no SMS.")] = ""
    format: Annotated[str, Option("Form of the request.", choices=("form", "json"))] = "form"
    phone_field: Annotated[str, Option("Name of the field with the phone number.")] = "phone"
    text_field: Annotated[str, Option("Name of the field with the text.")] = "text"
    id_field: Annotated[str, Option("Name of the field with the message's id, by which a repeat is known; empty: not sent.")] = ""
    extra: Annotated[str, Option("Further fields, name=value separated by commas, such as the sender's name.")] = ""
    password: Annotated[Secret, Option("Value of the header Authorization, such as Bearer …; empty: not sent.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("File that holds this value, instead of password.")] = None
