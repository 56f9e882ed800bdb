"""``python -m aequa`` is the command ``aequa``."""

from aequa.cli import main

main()
