"""The case of two fields, each of its single and double failures, and their answers."""

from __future__ import annotations

from itertools import combinations

import pytest

from straits.engine import Variant, close, solve_many
from straits.model import compile_case
from twofields import END, MEASURES, START, two_fields


@pytest.fixture(scope="module")
def model():
    return compile_case(two_fields())


@pytest.fixture(scope="module")
def variants(model):
    parts = [close(model, a, START, END) for a in model.network.link_ids]
    singles = [Variant(p.name, (p,)) for p in parts]
    return [
        Variant("none"),
        *singles,
        *(Variant(f"{a.name}+{b.name}", (a, b)) for a, b in combinations(parts, 2)),
    ]


@pytest.fixture(scope="module")
def answers(model, variants):
    return solve_many(model, variants, MEASURES, check=len(variants))
