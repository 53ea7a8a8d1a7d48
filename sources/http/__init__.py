"""The one way out to networks: HTTP within bounds of place, time and size. See sources.wire.Http for the contract."""
