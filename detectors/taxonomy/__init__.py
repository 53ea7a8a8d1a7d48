"""What citizens write about: groups, themes and the words that tell them; the lexicons are the TOML files beside this one."""

from detectors.taxonomy.load import Group, Taxonomy, Terms, Theme, taxonomy

__all__ = ["Group", "Taxonomy", "Terms", "Theme", "taxonomy"]
