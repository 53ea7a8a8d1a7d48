"""Topics that no theme names: words which many people suddenly write, in posts that are about none of the known themes."""

from detectors.topics.detector import Topic, Topics
from detectors.topics.settings import TopicSettings
from detectors.topics.sketch import Sketch, Sketcher

__all__ = ["Sketch", "Sketcher", "Topic", "TopicSettings", "Topics"]
