"""When each source is worth reading: what it usually writes, a budget spread over all, ceilings, silence."""
