"""Labelled corpus to tables: shares with denominators, unknown shares and intervals."""
