"""The messenger MAX: what its bots are told, and the history of the chats and channels that they are in.

Ids are ``max:<chat>_<mid>``: ``<chat>`` is the number of the chat or channel, ``<mid>`` the message's own id (``mid.…``); both are
for ever and the same in all answers and events. MAX gives tokens to legal entities of Russia only, and shows nothing to
those who are no member.
"""
