"""Speed, memory and accounts against named alternatives; ``python -m benchmarks`` runs them all."""
