"""The ways to people and systems, one module each, behind one contract (``base``)."""
