"""What every room speaks: goals, countries, works, results, provenance, errors."""
