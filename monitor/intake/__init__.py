"""The receiver of what networks and other systems send themselves."""
