"""The log in Kafka, for a cluster. ``KafkaLog`` is in monitor.log.kafka.log, what it is told in monitor.log.kafka.settings."""
