"""Panel to scores: every indicator and goal on a scale of 0 to 100, and one index."""
