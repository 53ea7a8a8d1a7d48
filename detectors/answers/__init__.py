"""How official accounts answer: a linear model over pieces of words, fitted on detectors/corpus/answers.tsv."""
