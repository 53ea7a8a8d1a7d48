"""How well appeals are put together: incidents and parents of the simulated region against its truth."""
