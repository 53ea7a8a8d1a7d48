"""Tests of the adapter of MAX."""
