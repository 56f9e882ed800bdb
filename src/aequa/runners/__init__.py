"""The same batch functions, mapped over shards on this machine."""
