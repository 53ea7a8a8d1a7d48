"""The log: durable, ordered, partitioned; the seam between crawlers, stages and delivery."""
