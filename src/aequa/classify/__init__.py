"""Text to labels: language, AI or not, goals, contribution, challenges, areas."""
