"""Triage, keyed by source: which posts are known, and what a text means. A deterministic function of its log."""
