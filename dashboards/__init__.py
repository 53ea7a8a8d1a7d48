"""What people look at: the live console, Grafana dashboards, Prometheus rules."""
