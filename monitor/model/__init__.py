"""The words of the house as types; a leaf that every other package may import."""
