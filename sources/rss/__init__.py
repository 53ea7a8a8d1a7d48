"""RSS and Atom: feeds of administrations, media and utilities, read by conditional requests."""
