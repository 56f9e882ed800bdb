"""The parts of the page: each a pure function from the stored results to what is shown."""
