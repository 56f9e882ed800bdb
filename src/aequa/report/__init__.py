"""Stored results to a page people read."""
