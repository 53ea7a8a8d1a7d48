"""Watch, keyed by region: incidents, series, spikes, deadlines, alerts. A deterministic function of its log."""
