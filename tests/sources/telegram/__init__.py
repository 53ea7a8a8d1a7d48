"""Tests of the adapters of Telegram."""
