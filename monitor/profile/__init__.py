"""The region profile: files that describe a region, read into one immutable object."""
