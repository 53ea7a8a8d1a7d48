"""One module a network, one contract; makes pages, knows no detector."""
