"""Worker processes that need nothing of the program that starts them.

A process that Python spawns imports the caller's main file first, which a script without ``if
__name__ == "__main__"`` does not survive: it would start again in each worker. Workers here run
functions of aequa only, so the main file is hidden from them, and a plain script works.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

_one_at_a_time = threading.Lock()


class _Process(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802 (the name that multiprocessing calls)
        with _one_at_a_time:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _Context(SpawnContext):
    Process = _Process


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes that leave Ctrl-C to this one, end with it, and do not import its main file."""
    return ProcessPoolExecutor(workers, mp_context=_Context(), initializer=_quiet)


def _quiet() -> None:
    """Workers leave Ctrl-C to the parent, and end with it even when it is killed outright."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
