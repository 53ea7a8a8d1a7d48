"""What ``nabat bench`` measures: figures and ratios on this machine; nothing is asserted."""
