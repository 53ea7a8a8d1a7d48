"""Recorded days of a small region, and the alerts that must come of them.

``python -m tests.detectors.spikes.golden.record`` draws the logs anew (the same each time) and writes what is found beside them, to
be reviewed line by line before it is committed.
"""
