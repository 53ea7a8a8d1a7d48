"""A real Kafka of one node (broker and controller, KRaft) on ports of its own; ``python -m tests.kafka.broker`` runs one."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from tests.kafka.install import HOW, jars

START = 600.0
"""Seconds until a broker that does not answer has failed. It needs some seconds of processor time before it does, which are minutes
where many want the processor; one that has ended is noticed at once."""
STOP = 60.0
"""Seconds for an orderly end, for the same reason: a broker that is killed checks all of its log when it comes back."""

SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
# Kafka's own: with less the controller takes a broker for dead that only waits for a processor, and its partitions have no leader. A
# killed one comes back when its registration has run out.
broker.session.timeout.ms=9000
broker.heartbeat.interval.ms=2000
# The tests write records of 1970 and trim them themselves: the broker's own clock must not come in between.
log.initial.task.delay.ms=86400000
log.cleaner.backoff.ms=200
"""

JAVA = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
"""A small machine that is soon there: what takes its compiler longer does not pay in tests."""

# Storage is made as `kafka-storage format` makes it, which would take a Java machine of its own, and seconds.
_PROPERTIES = "version=1\ncluster.id=bmFiYXQtdGVzdC1icm9rZQ\nnode.id=1\ndirectory.id=bmFiYXQtdGVzdC1kaXJlYw\n"


class Broker:
    """One broker; its port and data stay the same over stops and starts. ``folder`` must be empty at first."""

    def __init__(self, folder: Path, java: tuple[str, ...] = JAVA) -> None:
        self._folder = folder
        self._java = java
        self._port, controller = free_ports(2)
        self.address = f"127.0.0.1:{self._port}"
        self.process: subprocess.Popen[bytes] | None = None
        # Linux lets a child go with the thread that made it: with a short-lived one the broker would go too early.
        self._thread = ThreadPoolExecutor(1, "broker")
        data = folder / "data"
        data.mkdir(parents=True)
        (data / "meta.properties").write_text(_PROPERTIES)
        (folder / "server.properties").write_text(SETTINGS.format(port=self._port, controller=controller, data=data))

    def start(self) -> None:
        """Starts it and returns when it answers. RuntimeError with the end of its log if it does not."""
        self.begin()
        self.await_ready()

    def begin(self) -> None:
        """Starts it and returns at once. RuntimeError says what is missing."""
        java = shutil.which("java")
        if java is None or not jars().is_dir():
            raise RuntimeError(f"the tests' Kafka is missing; {HOW}")
        command = [java, *self._java, "-cp", f"{jars()}/*", "kafka.Kafka", str(self._folder / "server.properties")]
        # So that it goes with this process, however that ends. Where the program is missing a killed test leaves its broker.
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig", "KILL", *command]
        with (self._folder / "broker.log").open("ab") as output:
            self.process = self._thread.submit(_spawn, command, output).result()

    def await_ready(self) -> None:
        assert self.process is not None
        end = time.monotonic() + START
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        log = (self._folder / "broker.log").read_text(errors="replace")[-2000:]
        self.kill()
        raise RuntimeError(f"Kafka did not start:\n{log}")

    def stop(self) -> None:
        """Asks it to end, as one does with a broker that is to be upgraded."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP: it neither answers nor refuses, once this returns."""
        assert self.process is not None
        self._signal(signal.SIGSTOP)
        # Its many threads stop one after the other; what they still send meanwhile would be an answer.
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self._signal(number)
            self._signal(signal.SIGCONT)
        try:
            self.process.wait(STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def _spawn(command: list[str], output: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="nabat-kafka-") as folder:
        # On two cores the better compiler and a collector beside the work take three times what they save in a run of minutes.
        broker = Broker(Path(folder), java=("-Xmx768m", *JAVA[1:]))
        try:
            broker.start()
            print(f"Kafka listens on {broker.address}; its data goes when it ends (Ctrl-C).", flush=True)
            assert broker.process is not None
            broker.process.wait()
        except KeyboardInterrupt:
            pass
        finally:
            broker.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except RuntimeError as error:
        sys.exit(str(error))
