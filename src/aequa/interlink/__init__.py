"""The interlink room: a panel in, the network of goals and indicators out."""
