"""A simulated region: communities that write as people do, the same for the same seed in every process, with the truth beside it."""
