"""aequa: the open observatory of artificial intelligence for sustainable development."""

__version__ = "0.1.0"
