"""Numbers to inline SVG: pure functions that return one ``<svg>`` with a title and description.

Widths are percentages of the container and heights are pixels, so type keeps its size from a
phone to a wall, and no chart needs a script. Every text goes through ``svg.text``, which escapes.
"""
