"""The case that threats of these tests are about."""

from __future__ import annotations

import pytest

import straits


@pytest.fixture(scope="module")
def case():
    return straits.load_case("two-routes")
