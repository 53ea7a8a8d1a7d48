"""A double of the MTProto client."""
