"""Tests of this network's adapters."""
