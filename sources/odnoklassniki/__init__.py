"""Odnoklassniki: topics of groups and their comments, by the methods of the REST API.

A token needs the rights VALUABLE_ACCESS and GROUP_CONTENT, which the network's support gives on request; it is written down as
``APPLICATION_KEY:ACCESS_TOKEN:SECRET_KEY``. The network publishes no rates and pushes no topics (its subscriptions are for messages
of chats), so groups are polled, by default one request a second. ``mediatopic.getTopics`` is not in the published documentation, but
is what clients read groups with; all other methods are. Comments are dated in the time of Moscow, without saying so. Edits and
deletions are not told: they are seen for the topics of the list's first page, and for comments of the last hours (``edit_hours``).
"""
