"""Telegram on loopback: previews, the Bot API, and a double of the MTProto client."""
