"""aequa: the open observatory of artificial intelligence for sustainable development.

``read``, ``label``, ``sample``, ``goal_links`` and ``gap`` are the way in from Python
(docs/python.md). What stands behind them is imported when it is first asked for, so that ``import
aequa`` costs nothing.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
"""As ``typing`` has it, whose import would take longer than all the rest here."""
if TYPE_CHECKING:
    from aequa.api import Corpus, Evidence, Labelled, read, sample
    from aequa.api_label import label
    from aequa.api_panel import gap, goal_links
    from aequa.core.errors import AequaError
    from aequa.frames import EvidenceTable, Frame

__all__ = [
    "AequaError",
    "Corpus",
    "Evidence",
    "EvidenceTable",
    "Frame",
    "Labelled",
    "__version__",
    "gap",
    "goal_links",
    "label",
    "read",
    "sample",
]
_PLACES = {
    "AequaError": "core.errors",
    "EvidenceTable": "frames",
    "Frame": "frames",
    "gap": "api_panel",
    "goal_links": "api_panel",
    "label": "api_label",
}
"""The files of the names that are not in ``api``."""


if not TYPE_CHECKING:  # a checker shall know the names above, and no others

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module 'aequa' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"aequa.{_PLACES.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
