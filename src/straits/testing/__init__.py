"""For tests, ours and yours: small cases, random cases, and the model once more as a plain, slow program.

.. code-block:: python

    from straits.testing import assert_same_answer, random_case, reference_lp

    case = random_case(7)
    assert_same_answer(straits.solve(case, "stop", foresight="perfect"), reference_lp(case, "stop"))
"""

from __future__ import annotations

from straits.testing.drawn import random_case
from straits.testing.reference import Reference, reference_lp
from straits.testing.same import assert_same_answer
from straits.testing.small import DAY, build, days, link, market, places, store, supply

__all__ = [
    "DAY", "Reference", "assert_same_answer", "build", "days", "link", "market", "places", "random_case", "reference_lp",
    "store", "supply",
]  # fmt: skip
