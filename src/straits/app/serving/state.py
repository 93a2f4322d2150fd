"""What the routes share: the cases, the jobs, the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from straits.app.jobs.board import Board
from straits.app.world.opened import Cases, Opened


@dataclass
class State:
    """What a server holds."""

    cases: Cases
    board: Board
    ledger: Path | None = None


def _state(request: Request) -> State:
    found: State = request.app.state.straits
    return found


def _opened(case: str, request: Request) -> Opened:
    return _state(request).cases.get(case)


#: The server's state, and the case that an address names, as arguments of routes.
Held = Annotated[State, Depends(_state)]
TheCase = Annotated[Opened, Depends(_opened)]
