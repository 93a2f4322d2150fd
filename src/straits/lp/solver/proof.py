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
_NONE = np.empty(0)
#: Gives the sizes of some columns or rows.
_Size = Callable[[np.ndarray], np.ndarray]


class Products(NamedTuple):
    """What a plan and duals make of the rows and of the costs.

    Attributes
    ----------
    row_value : ndarray, shape (rows,)
    reduced_cost : ndarray, shape (columns,)
    """

    row_value: np.ndarray
    reduced_cost: np.ndarray


def products_of(p: Arrays, x: np.ndarray, dual: np.ndarray) -> Products | None:
    """Work out the products afresh; None if there are not as many values as columns, or duals as rows."""
    if len(x) != len(p.cost) or len(dual) != len(p.row_lower):
        return None
    return Products(p.matrix @ x, p.cost - p.transposed @ dual)


def flaw_of_optimum(
    p: Arrays, x: np.ndarray, dual: np.ndarray, one: Units = _ONE, products: Products | None = None
) -> Flaw | None:
    """Give the worst condition of optimality that a plan and duals break, None if they prove each other.

    Parameters
    ----------
    p : Arrays
    x : ndarray, shape (columns,)
    dual : ndarray, shape (rows,)
        Positive where more of a lower bound would cost.
    one : Units
    products : Products, optional
        Those of `products_of` for this plan and these duals. Default: they are worked out here.

    Returns
    -------
    Flaw or None
    """
    products = products or products_of(p, x, dual)
    if products is None:
        return Flaw("numbers", -1, np.inf)
    row_value, reduced = products
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
    """Values, of columns or of rows, between their bounds, and the prices that say on which bound they rest.

    Nearly all keep their bounds, and rest where their price says, to the last digit: the others are sought out by comparison
    alone, and only they are looked at.
    """

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
        self._value, self._near = value, PROVED * one.amount
        over = np.maximum(lower - value, value - upper)
        self._out = (over > self._near).nonzero()[0]
        self._over = over[self._out]
        tiny = PROVED * one.price
        # What costs more rests on its lower bound, what earns on its upper one.
        off = ((price > tiny) & (value != lower)) | ((price < -tiny) & (value != upper))
        self._off = at = off.nonzero()[0]
        self._away = np.abs(value[at] - np.where(price[at] > 0, lower[at], upper[at]))
        self._price = np.abs(price[at])

    def gap(self) -> float:
        gap = float(np.einsum("i,i->", self._price, self._away))
        if not np.isfinite(gap):
            # Where no bound is, the price is within the tolerance of its own size, or a flaw.
            gap = float(np.einsum("i,i->", self._price, np.where(np.isfinite(self._away), self._away, 0.0)))
        return gap

    def flaws(self, sizes: _Size, price_sizes: _Size) -> list[Flaw]:
        """Look for values outside their bounds, and for prices of what is not on the bound that such a price must rest on."""
        found = []
        at, share, _ = self._beyond(self._over, self._out, sizes)
        found += _worst(share, at, self._kind)
        away = self._away > self._near
        at, share, far = self._beyond(self._away[away], self._off[away], sizes)
        if len(at):
            # Wrong by the lesser of both: of the distance from the bound, and of the price that should be zero.
            share = np.minimum(share, self._price[away][far] / price_sizes(at))
            found += _worst(share, at, self._price_kind)
        return found

    def _beyond(
        self, distance: np.ndarray, at: np.ndarray, sizes: _Size
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give those whose distance is more than the tolerated share of their size, the share, and which of all they are."""
        which = (distance > PROVED * np.abs(self._value[at])).nonzero()[0] if len(at) else at
        if not len(which):
            return which, distance[which], which
        share = distance[which] / sizes(at[which])
        far = share > PROVED
        which = which[far]
        return at[which], share[far], which


class _Sizes:
    """Sizes of some columns, rows, costs and duals. Few are asked for as a rule, and only their sums are worked out."""

    def __init__(self, p: Arrays, x: np.ndarray, dual: np.ndarray, one: Units) -> None:
        self._p, self._x, self._dual, self._one = p, x, dual, one
        self._last = _NONE, _NONE

    def of_rows(self, at: np.ndarray) -> np.ndarray:
        # What is outside its bound is not on it either: the same rows are asked for twice.
        if not np.array_equal(at, self._last[0]):
            p = self._p
            bound = np.maximum(_finite(p.row_lower[at]), _finite(p.row_upper[at]))
            sizes = np.maximum(np.maximum(bound, self._one.amount), _added_up(p.by_row, at, self._x))
            self._last = at, sizes
        return self._last[1]

    def of_costs(self, at: np.ndarray) -> np.ndarray:
        p = self._p
        own = np.maximum(np.abs(p.cost[at]), self._one.price)
        return np.maximum(own, _added_up(p.transposed, at, self._dual))

    def of_columns(self, at: np.ndarray) -> np.ndarray:
        p = self._p
        own = np.maximum(_finite(p.column_lower[at]), _finite(p.column_upper[at]))
        own = np.maximum(np.maximum(own, np.abs(self._x[at])), self._one.amount)
        return np.maximum(own, _through(p.transposed, at, self.of_rows))

    def of_duals(self, at: np.ndarray) -> np.ndarray:
        own = np.maximum(np.abs(self._dual[at]), self._one.price)
        return np.maximum(own, _through(self._p.by_row, at, self.of_costs))


def _entries(of: sparse.csr_matrix, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the entries of some rows: in which of them each stands, its column, and the size of its coefficient."""
    first = of.indptr[which]
    count = of.indptr[which + 1] - first
    owner = np.repeat(np.arange(len(which)), count)
    at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(owner))
    return owner, of.indices[at], np.abs(of.data[at])


def _added_up(of: sparse.csr_matrix, which: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Give the sum of |coefficient × value| of some rows."""
    owner, column, size = _entries(of, which)
    return np.bincount(owner, size * np.abs(value[column]), len(which))


def _through(of: sparse.csr_matrix, which: np.ndarray, sizes: _Size) -> np.ndarray:
    """Give how far some rows may move until one of their entries makes what it stands in move by its size."""
    owner, column, size = _entries(of, which)
    owner, column, size = owner[size > 0], column[size > 0], size[size > 0]
    found = np.where(np.bincount(owner, minlength=len(which)) > 0, np.inf, 0.0)
    asked, place = np.unique(column, return_inverse=True)
    np.minimum.at(found, owner, sizes(asked)[place] / size)
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
