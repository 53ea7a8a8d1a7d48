"""What Nabat says of itself to Prometheus. ``python -m monitor.metrics`` prints the catalogue as a table."""
