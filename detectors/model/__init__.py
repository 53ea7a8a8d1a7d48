"""What is learned from labelled texts: linear models over words and the evidence of the rules, small and explainable."""
