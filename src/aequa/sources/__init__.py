"""Bytes to rows: one file per origin of publications."""
