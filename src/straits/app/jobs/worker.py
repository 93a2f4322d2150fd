"""The process of one job: `python -m straits.app.jobs.worker FOLDER PID`, the process of the server that waits for it.

Reads `question.pickle`, which the server wrote into a folder that only its user can enter, and leaves `result/` (whole or not at
all), `progress.json`, or `error.json`.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import shutil
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from straits.errors import StraitsError
from straits.files import write_text


def main(folder: Path) -> int:
    """Do the work of one folder; return the status with which the process ends."""
    began, last = time.monotonic(), [0.0]

    def tell(done: float, all_: float, left: float) -> None:
        now = time.monotonic()
        if now - last[0] < 0.2 and done < all_:
            return
        last[0] = now
        told = {
            "done": done,
            "all": all_,
            "left": left if math.isfinite(left) else None,
            "seconds": now - began,
        }
        write_text(folder / "progress.json", json.dumps(told))

    try:
        asked = pickle.loads((folder / "question.pickle").read_bytes())
        from straits.app.analyses import analysis

        tell(0, 0, math.nan)
        result = analysis(asked["analysis"]).run(asked["case"], asked["given"], tell)
        part = folder / "result.part"
        result.save(part, parquet=False)
        part.rename(folder / "result")
        tell(1, 1, 0.0)
    except StraitsError as error:
        write_text(folder / "error.json", json.dumps({"error": str(error)}))
        return 1
    except Exception as error:
        write_text(folder / "error.json", json.dumps({"error": f"{type(error).__name__}: {error}"}))
        return 2
    return 0


def _watch(folder: Path, server: int) -> None:
    """End, and leave nothing, when the server is gone."""
    while os.getppid() == server:
        time.sleep(0.5)
    _leave(folder)


def _leave(folder: Path) -> None:
    # The work may be writing while its folder goes.
    for _ in range(40):
        shutil.rmtree(folder.parent, ignore_errors=True)
        if not folder.parent.exists():
            break
        time.sleep(0.05)
    os._exit(3)


if __name__ == "__main__":
    place, waiting = Path(sys.argv[1]), int(sys.argv[2])
    threading.Thread(target=_watch, args=(place, waiting), daemon=True).start()
    status = 2
    try:
        status = main(place)
    finally:
        if os.getppid() != waiting:
            _leave(place)
    sys.exit(status)
