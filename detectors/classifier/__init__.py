"""What a text means: kind, theme, place, body and urgency of a post, and the quality of an official reply."""

from detectors.classifier.classifier import RuleClassifier

__all__ = ["RuleClassifier"]
