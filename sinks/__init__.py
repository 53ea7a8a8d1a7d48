"""Where results go: ClickHouse, Kafka, webhooks. Parses no post."""
