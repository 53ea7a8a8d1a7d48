"""How soon somebody has to act: a linear model over signs and pieces of words, fitted on detectors/corpus/urgency.tsv."""
