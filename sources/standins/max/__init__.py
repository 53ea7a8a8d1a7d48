"""The Bot API of MAX on loopback."""
