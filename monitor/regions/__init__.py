"""Region profiles that come with the program, one folder each, as package data."""
