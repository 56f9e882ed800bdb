"""Rows to a corpus: duplicates, affiliations, citation impact, storage."""
