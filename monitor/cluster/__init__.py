"""The runtime of a cluster: each role a process of its own, the log in Kafka, partitions shared out by Faust."""
