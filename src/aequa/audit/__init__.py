"""A person's labels of a random sample, combined with the machine's labels of all works."""
