"""What is found in text and in counts. Pure objects: no I/O, no clock, no framework; event time only."""
