"""The dashboard and the JSON API over a folder that ``aequa report`` wrote; reads, never computes.

``app`` puts it together; ``queries`` holds the SQL; ``views`` turn rows into pages.
"""
