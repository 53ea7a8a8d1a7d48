"""Telegram: public previews of channels, the Bot API, and comments over MTProto.

Ids are ``tg:<chat>_<message>``, where ``<message>`` is the number that Telegram gives within the chat. ``<chat>`` is the name under
which the way of reading knows the chat for as long as the source is configured so: for previews and for posts in MTProto the
channel's public name in lower case (a preview is found by nothing else; a channel that changes its name is another source), for the
Bot API and for comments in MTProto the chat's number (``-100…``), which never changes.
"""
