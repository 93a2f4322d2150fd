"""What columns mean is read from the source of their models, by whoever asks first."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor

from straits.case.schema.fields import docs_of
from straits.case.schema.tables import TABLES


def test_threads_read_what_columns_mean_at_once():
    """Proves: what columns mean can be asked for from several threads at once, as a page of the app does.
    Without it: now and then an answer of the server was "SystemError": Python 3.11 parses in one thread at a time alone.
    """
    models = list(dict.fromkeys(TABLES.values()))
    assert len(models) > 20
    usual, threshold = sys.getswitchinterval(), gc.get_threshold()

    def watching(*_):
        # Python lets another thread run while it looks for unused objects, in the midst of parsing too.
        sum(range(200))
        for _ in range(50):
            pass

    gc.callbacks.append(watching)
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(3):
                docs_of.cache_clear()
                found = list(pool.map(docs_of, models * 2))
                assert all(found)
    finally:
        gc.callbacks.remove(watching)
        gc.set_threshold(*threshold)
        sys.setswitchinterval(usual)
