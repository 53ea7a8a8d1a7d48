"""What other systems consume: incidents, alerts, replies and dead letters as CloudEvents, each with a JSON Schema (``schemas/``).

Rules of versions. A type ends in the version of its ``data``. Within a version only fields are added, and each has a default for
the events that lack it; readers ignore what they do not know. Everything else (a field goes, changes its type, unit or meaning, or
takes a value that its schema's ``enum`` lacks) makes the next version, with a schema of its own. Nabat writes one version, and reads
that one and the one before it.
"""
