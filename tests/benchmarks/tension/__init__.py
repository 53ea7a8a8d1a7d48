"""A simulated region of known truth, on which spike detectors are measured."""
