"""Where Kafka is, and how the log uses it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any

from monitor.model.errors import ConfigError
from monitor.problems import why


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """``servers`` are ``host:port``, comma-separated; sizes in bytes, times in seconds. The defaults are for a cluster of three."""

    servers: str
    prefix: str = "nabat"
    """Topics are ``PREFIX.pages`` and so on, groups ``PREFIX.triage``: two logs in one cluster have two prefixes."""
    replication_factor: int = 3
    min_insync_replicas: int = 2
    timeout: float = 30.0
    """How long a call goes on trying while Kafka is away, before it raises RetryableError."""
    max_record_bytes: int = 2 << 20
    security_protocol: str = "PLAINTEXT"
    """PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """The authority that signed the brokers' certificates; empty: those that the system trusts."""
    certificate_file: str = ""
    key_file: str = ""

    def client(self) -> dict[str, Any]:
        """The arguments that every aiokafka client takes. ConfigError where a file can't be read."""
        arguments: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "client_id": self.prefix,
            # A request must fail early enough for another try.
            "request_timeout_ms": max(1000, int(self.timeout * 1000 / 3)),
            "retry_backoff_ms": 250,
            "security_protocol": self.security_protocol,
        }
        if self.security_protocol.startswith("SASL"):
            arguments |= {"sasl_mechanism": self.sasl_mechanism, "sasl_plain_username": self.username}
            arguments["sasl_plain_password"] = self.password
        if self.security_protocol.endswith("SSL"):
            arguments["ssl_context"] = self._context()
        return arguments

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
            if self.certificate_file:
                context.load_cert_chain(self.certificate_file, self.key_file or None)
        except OSError as error:
            raise ConfigError([f"Kafka: сертификаты не читаются ({why(error)}): ca_file, certificate_file, key_file"]) from None
        return context

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    def group(self, name: str) -> str:
        return f"{self.prefix}.{name}"
