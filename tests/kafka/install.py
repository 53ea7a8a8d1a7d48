"""Fetches the broker of the tests with Maven, once: ``python -m tests.kafka.install`` (``make system-test`` runs it).

The jars lie outside the repository, in ``$XDG_CACHE_HOME/nabat/kafka-VERSION``; a new version gets a folder of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
HOW = "`make system-test` fetches it; it needs Java 17 or newer and Maven (on Debian: apt-get install default-jre-headless maven)"


def version() -> str:
    found = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)</version>", POM.read_text())
    assert found is not None
    return found[1]


def jars() -> Path:
    """The folder of the jars, which may not exist yet."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "nabat" / f"kafka-{version()}"


def install() -> None:
    """Fetches what is missing. CalledProcessError where Maven fails; it has said why."""
    folder = jars()
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, and moved there when it is whole: a broken download is never taken for the broker.
    partial = tempfile.mkdtemp(dir=folder.parent)
    try:
        command = ["mvn", "--quiet", "--batch-mode", "-Dstyle.color=never", "--file", str(POM), f"{PLUGIN}:copy-dependencies"]
        subprocess.run([*command, "-DincludeScope=runtime", f"-DoutputDirectory={partial}"], check=True)
        os.rename(partial, folder)
    except OSError:
        # Somebody else was faster.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


if __name__ == "__main__":
    if not jars().is_dir():
        print(f"Fetching Kafka {version()} for the tests (45 MB) …", flush=True)
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"Kafka {version()} could not be fetched: {error}. {HOW}.")
