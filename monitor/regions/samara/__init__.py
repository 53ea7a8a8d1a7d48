"""Package data: the profile of Samara region."""
