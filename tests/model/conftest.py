"""Small cases that can be solved by hand, and the three ways of solving them."""

from __future__ import annotations

import pytest

import straits
from small import build


def _straight(case, folder, **how):
    return straits.solve(case, **how)


def _saved_folder(case, folder, **how):
    case.save(folder / "case")
    return straits.solve(straits.load_case(folder / "case"), **how)


def _saved_workbook(case, folder, **how):
    case.save(folder / "case.xlsx")
    return straits.solve(straits.load_case(folder / "case.xlsx"), **how)


@pytest.fixture(params=[_straight, _saved_folder, _saved_workbook], ids=["solve", "folder", "workbook"])
def solved(request, tmp_path):
    """Give a function that builds a small case from tables and solves it one of three ways."""

    def run(tables, *, scenarios=(), time=None, how=None, **settings):
        return request.param(
            build(tables, scenarios=scenarios, time=time, **settings), tmp_path, **(how or {})
        )

    return run
