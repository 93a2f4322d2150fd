"""Whether an answer is what it says it is: worked out afresh from the program, whatever the solver says of it.

A plan is an optimum if it keeps all bounds, if some duals have the signs that it allows, and if both are worth the same (strong
duality: Schrijver 1986, *Theory of Linear and Integer Programming*, section 7.4). Numbers of a machine never hold exactly; what
is asked is that each condition is broken by at most `PROVED` of its *size*, the measure of Oettli and Prager (1964,
*Numerische Mathematik* 6, 405-409): then the answer is exactly that of a program whose numbers differ by that share.

- The size of a row is the largest of one unit, of its bound, and of the sum of |coefficient × value| that it adds up.
- The size of a column is the largest of one unit, of its bound and value, and of what it may move without moving any row that it
  stands in by more than that row's size.
- The size of a reduced cost is the largest of one price, of the cost, and of the sum of |coefficient × dual|; that of a dual
  follows from the columns of its row in the same way.
- The size of the gap is the sum of |cost × value|.

"One unit" and "one price" are 1, or the typical amount and cost of the program where these are smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from straits.lp.program import Arrays
from straits.lp.tolerance import PROVED


class Flaw(NamedTuple):
    """The worst condition that an answer breaks.

    Attributes
    ----------
    kind : {"numbers", "column", "row", "reduced cost", "dual", "gap"}
    at : int
        Number of the column or row; -1 for the whole.
    share : float
        By how much, as a share of its size.
    """

    kind: str
    at: int
    share: float

    def __str__(self) -> str:
        if self.kind == "numbers":
            return "it has no numbers"
        where = "" if self.at < 0 else f" {self.at}"
        return f"{self.kind}{where} is wrong by {self.share:.1e} of its size"


class Units(NamedTuple):
    """What counts as one: amount and price."""

    amount: float = 1.0
    price: float = 1.0


_ONE = Units()
#: Gives the sizes of some columns or rows.
_Size = Callable[[np.ndarray], np.ndarray]


def flaw_of_optimum(p: Arrays, x: np.ndarray, dual: np.ndarray, one: Units = _ONE) -> Flaw | None:
    """Give the worst condition of optimality that a plan and duals break, None if they prove each other.

    Parameters
    ----------
    p : Arrays
    x : ndarray, shape (columns,)
    dual : ndarray, shape (rows,)
        Positive where more of a lower bound would cost.
    one : Units

    Returns
    -------
    Flaw or None
    """
    if len(x) != len(p.cost) or len(dual) != len(p.row_lower):
        return Flaw("numbers", -1, np.inf)
    row_value, reduced = p.matrix @ x, p.cost - p.transposed @ dual
    # A nan or an infinity anywhere makes these sums nan or infinite.
    if not np.isfinite(row_value.sum() + reduced.sum() + x.sum() + dual.sum()):
        return Flaw("numbers", -1, np.inf)
    sizes = _Sizes(p, x, dual, one)
    columns = _Side("column", "reduced cost", x, reduced, p.column_lower, p.column_upper, one)
    rows = _Side("row", "dual", row_value, dual, p.row_lower, p.row_upper, one)
    flaws = [*columns.flaws(sizes.of_columns, sizes.of_costs), *rows.flaws(sizes.of_rows, sizes.of_duals)]
    if not flaws:
        # Price × distance from the bound, summed: what the plan costs less what the duals prove that it costs at least.
        gap = columns.gap() + rows.gap()
        worth = abs(float(np.einsum("i,i->", p.cost, x)))
        if gap > PROVED * worth:
            share = gap / max(np.einsum("i,i->", np.abs(p.cost), np.abs(x)), one.amount * one.price)
            flaws = [Flaw("gap", -1, share)] if share > PROVED else []
    return max(flaws, key=lambda f: f.share, default=None)


class _Side:
    """Values, of columns or of rows, between their bounds, and the prices that say on which bound they rest."""

    def __init__(
        self,
        kind: str,
        price_kind: str,
        value: np.ndarray,
        price: np.ndarray,
        lower: np.ndarray,
        upper: np.ndarray,
        one: Units,
    ) -> None:
        self._kind, self._price_kind = kind, price_kind
        self._value, self._price, self._lower, self._upper = value, price, lower, upper
        self._near = PROVED * one.amount
        self._above, self._below = value - lower, upper - value
        self._priced = np.flatnonzero(np.abs(price) > PROVED * one.price)
        at = self._priced
        self._away = np.abs(np.where(price[at] > 0, self._above[at], self._below[at]))

    def gap(self) -> float:
        # Where no bound is, the price is within the tolerance of its own size, or a flaw.
        away = np.where(np.isfinite(self._away), self._away, 0.0)
        return float(np.einsum("i,i->", np.abs(self._price[self._priced]), away))

    def flaws(self, sizes: _Size, price_sizes: _Size) -> list[Flaw]:
        """Look for values outside their bounds, and for prices of what is not on the bound that such a price must rest on.

        Most hold by far: sizes are worked out for those that do not.
        """
        found = []
        if min(self._above.min(initial=0.0), self._below.min(initial=0.0)) < -self._near:
            at = np.flatnonzero((self._above < -self._near) | (self._below < -self._near))
            over = -np.minimum(self._above[at], self._below[at])
            at, share = _beyond(over, at, np.abs(self._value[at]), sizes)
            found += _worst(share, at, self._kind)
        if self._away.max(initial=0.0) > self._near:
            far = self._away > self._near
            at, share = _beyond(
                self._away[far], self._priced[far], np.abs(self._value[self._priced[far]]), sizes
            )
            if len(at):
                # Wrong by the lesser of both: of the distance from the bound, and of the price that should be zero.
                share = np.minimum(share, np.abs(self._price[at]) / price_sizes(at))
                found += _worst(share, at, self._price_kind)
        return found


def _beyond(
    distance: np.ndarray, at: np.ndarray, least: np.ndarray, sizes: _Size
) -> tuple[np.ndarray, np.ndarray]:
    """Give those whose distance is more than the tolerated share of their size, and the share."""
    far = distance > PROVED * least
    distance, at = distance[far], at[far]
    if not len(at):
        return at, distance
    share = distance / sizes(at)
    far = share > PROVED
    return at[far], share[far]


class _Sizes:
    """Sizes of columns, rows, costs and duals; sums over all rows or columns are worked out once, if they are needed."""

    def __init__(self, p: Arrays, x: np.ndarray, dual: np.ndarray, one: Units) -> None:
        self._p, self._x, self._dual, self._one = p, x, dual, one

    @cached_property
    def _rows(self) -> np.ndarray:
        p = self._p
        bound = np.maximum(_finite(p.row_lower), _finite(p.row_upper))
        return np.maximum(np.maximum(bound, self._one.amount), p.absolute @ np.abs(self._x))

    @cached_property
    def _costs(self) -> np.ndarray:
        p = self._p
        sums = p.absolute.T @ np.abs(self._dual)
        return np.maximum(np.maximum(np.abs(p.cost), self._one.price), sums)

    def of_rows(self, at: np.ndarray) -> np.ndarray:
        return self._rows[at]

    def of_costs(self, at: np.ndarray) -> np.ndarray:
        return self._costs[at]

    def of_columns(self, at: np.ndarray) -> np.ndarray:
        p = self._p
        own = np.maximum(_finite(p.column_lower[at]), _finite(p.column_upper[at]))
        own = np.maximum(np.maximum(own, np.abs(self._x[at])), self._one.amount)
        return np.maximum(own, _through(p.transposed, at, self._rows))

    def of_duals(self, at: np.ndarray) -> np.ndarray:
        own = np.maximum(np.abs(self._dual[at]), self._one.price)
        return np.maximum(own, _through(self._p.by_row, at, self._costs))


def _through(of: sparse.csr_matrix, which: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Give how far some rows may move until one of their entries makes what it stands in move by its size."""
    part = sparse.csr_matrix(of[which])
    part.eliminate_zeros()
    entries = np.diff(part.indptr)
    found = np.where(entries > 0, np.inf, 0.0)
    np.minimum.at(found, np.repeat(np.arange(len(which)), entries), size[part.indices] / np.abs(part.data))
    return found


def _worst(share: np.ndarray, at: np.ndarray, kind: str) -> list[Flaw]:
    if not len(share) or share.max() <= PROVED:
        return []
    worst = int(share.argmax())
    return [Flaw(kind, int(at[worst]), float(share[worst]))]


def _finite(bound: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(bound), np.abs(bound), 0.0)


# ------------------------------------------------------------------ programs without an optimum


def nothing_fits(p: Arrays, ray: np.ndarray | None = None) -> bool:
    """Say whether a program is proved to be infeasible: by bounds that cross, or by weights of its rows.

    Parameters
    ----------
    p : Arrays
    ray : ndarray, shape (rows,), optional
        Weights (Farkas 1902): what they make of the rows' bounds is more than they can make of any columns within theirs.
    """
    for lower, upper in ((p.column_lower, p.column_upper), (p.row_lower, p.row_upper)):
        with np.errstate(invalid="ignore"):
            if np.any(lower - upper > PROVED * np.maximum(1.0, np.minimum(np.abs(lower), np.abs(upper)))):
                return True
    if ray is None or len(ray) != len(p.row_lower) or not np.isfinite(ray).all():
        return False
    return _separates(p, ray) or _separates(p, -ray)


def _separates(p: Arrays, ray: np.ndarray) -> bool:
    largest = np.abs(ray).max(initial=0.0)
    ray = np.where(np.abs(ray) > PROVED * largest, ray, 0.0)
    made = p.transposed @ ray
    made = np.where(np.abs(made) > PROVED * (p.absolute.T @ np.abs(ray)), made, 0.0)
    least, of_rows = _end(ray, p.row_lower, p.row_upper)
    most, of_columns = _end(-made, p.column_lower, p.column_upper)
    # least of ray·rows against most of made·columns, which is minus the least of -made·columns
    return bool(least + most > PROVED * (of_rows + of_columns))


def _end(weight: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """Give the least of weight · value within bounds, and the sum of the sizes of its terms."""
    at = np.flatnonzero(weight)
    terms = weight[at] * np.where(weight[at] > 0, lower[at], upper[at])
    if not np.isfinite(terms).all():
        return -np.inf, 0.0
    return float(terms.sum()), float(np.abs(terms).sum())


def no_end(p: Arrays, ray: np.ndarray | None) -> bool:
    """Say whether a ray proves that a program which can be met has no finite optimum: it stays allowed and costs ever less."""
    if ray is None or len(ray) != len(p.cost) or not np.isfinite(ray).all() or not ray.any():
        return False
    ray = ray / np.abs(ray).max()
    moves, sizes = p.matrix @ ray, p.absolute @ np.abs(ray)

    def stays(move: np.ndarray, size: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
        near = PROVED * np.maximum(size, 1.0)
        return not np.any((np.isfinite(lower) & (move < -near)) | (np.isfinite(upper) & (move > near)))

    falls = float((p.cost * ray).sum()) < -PROVED * float((np.abs(p.cost) * np.abs(ray)).sum())
    return (
        falls
        and stays(ray, np.abs(ray), p.column_lower, p.column_upper)
        and stays(moves, sizes, p.row_lower, p.row_upper)
    )
