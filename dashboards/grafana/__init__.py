"""Grafana dashboards as code: ``python -m dashboards.grafana`` writes the JSON files beside it that Grafana is given."""
