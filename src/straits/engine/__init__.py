"""Solve compiled models: one warm session, many variants, stated foresight, explained failures."""

from straits.engine.explain import explain
from straits.engine.session import Session
from straits.engine.solve import Rolling, rolling, solve, solve_model

__all__ = ["Rolling", "Session", "explain", "rolling", "solve", "solve_model"]
