"""Systems that have appeals: an HTTP endpoint that answers JSON, paged in one of the usual ways."""
