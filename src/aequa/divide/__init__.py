"""Panel and corpus tables to the three imbalances and the intelligence-gap index; pure arrays."""
