"""Odnoklassniki: topics of groups and their comments, by the documented methods of the REST API."""
