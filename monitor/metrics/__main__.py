"""Prints the catalogue: ``python -m monitor.metrics``."""

from __future__ import annotations

import sys

from prometheus_client import CollectorRegistry

from monitor.metrics.catalogue import Metrics
from monitor.metrics.exposition import table

if __name__ == "__main__":
    sys.stdout.write(table(Metrics(CollectorRegistry()).specs))
