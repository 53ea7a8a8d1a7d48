"""Feeds on loopback."""
