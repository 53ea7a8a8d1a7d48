"""Types are met for the first time in many threads at once: the stages of a worker's partitions begin together."""

from __future__ import annotations

import subprocess
import sys

FIRST_TIMES = """
import sys
from dataclasses import make_dataclass
from threading import Barrier, Thread

from monitor.model.codec import convert, decode, encode

sys.setswitchinterval(1e-6)
for number in range(150):
    inner = make_dataclass(f"Inner{number}", [(f"field{one}", int | str, 0) for one in range(20)])
    kind = make_dataclass(f"Kind{number}", [(f"field{one}", list[inner], None) for one in range(20)])
    data, barrier, failed = encode({"field1": [{"field2": 7}]}), Barrier(4), []

    def work(one):
        barrier.wait()
        try:
            found = decode(data, kind) if one % 2 else convert({"field1": [{"field2": 7}]}, kind)
            assert found.field1[0].field2 == 7
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=work, args=(one,)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
print("all read")
"""


def test_a_type_is_met_for_the_first_time_by_many_threads() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_TIMES], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "all read\n"), done.stderr
