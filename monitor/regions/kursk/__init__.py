"""Package data: the profile of Kursk region."""
