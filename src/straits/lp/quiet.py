"""Keep what a library writes to the process's output while it loads out of ours."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_made = False


def first_time_quietly(make: Callable[[], T]) -> T:
    """Make an object; the first time in a process, with the process's standard output closed.

    HiGHS 1.16 and later print a banner when the first solver of a process is made, before any option can be set. It goes past
    `sys.stdout` and would stand before the JSON that a command prints.
    """
    global _made
    with _lock:
        if _made:
            return make()
        _made = True
        return _with_output_closed(make)


def _with_output_closed(make: Callable[[], T]) -> T:
    with suppress(AttributeError, ValueError, OSError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:
        # There is no standard output: nothing can be printed to it.
        return make()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        return make()
    finally:
        # What the library's own buffer still holds must go the same way before the output is opened again.
        with suppress(OSError, AttributeError, TypeError):
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
