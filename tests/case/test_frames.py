"""Frames of tables are made for who asks for them."""

from __future__ import annotations

import pytest

import straits
from small import TWO, build


def test_a_case_is_solved_from_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a case is made and solved without the frame of any table, and has them all when they are asked for, each made once.
    Without it: a small case would take fifteen times as long, most of it for frames without a row."""
    made: list[list[str]] = []

    def count(cols, cells):
        made.append(list(cols))
        return build_frame(cols, cells)

    from straits.case.data import build_frame

    monkeypatch.setattr("straits.case.data.build_frame", count)
    case = build(TWO)
    assert straits.solve(case).objective > 0.0
    assert made == []
    frames = case.tables
    assert len(made) == len(frames) and list(frames["links"]["id"]) == ["cheap", "dear"]
    assert case.tables["links"] is not frames["links"] and len(made) == len(frames)
