"""Receivers of messages: Telegram, MAX, an SMS gateway, webhooks and a mail server, on loopback."""
