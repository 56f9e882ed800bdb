"""Damaged input for every parser, and what must hold for each: `python -m fuzz --help`."""
