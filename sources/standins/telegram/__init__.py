"""Telegram on loopback: previews and the Bot API."""
