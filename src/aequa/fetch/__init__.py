"""Works from an API over the network: politely, resumably, whole."""
