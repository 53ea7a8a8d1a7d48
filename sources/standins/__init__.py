"""Stand-ins of the networks on loopback, faithful to the documented protocols, their limits and failures: for the demo and the tests.

Each serves what a Held holds (a simulated region, or a shelf of written posts) and counts by its own clock how often it is asked.
"""
