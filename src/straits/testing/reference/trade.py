"""The program of a case, row by row as in `docs/formulation.md`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from straits.testing.reference.keeping import Keeping
from straits.testing.reference.linear import Name
from straits.testing.reference.terms import Rest
from straits.testing.reference.ways import Cargo


class Trade(Keeping):
    """Writes the program of a case; parameters as of `Terms`."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.write()

    def write(self) -> None:
        """Write all cells and rows."""
        self.fields()
        self.links()
        self.processes()
        self.buyers()
        self.worlds()
        if not self.still:
            self.tanks()
        if not self.quiet:
            self.thrown_away()
        self.ships()
        self.together()
        self.promises()
        for key, terms in self.balance.items():
            amount = -self.before.get(key, 0.0)
            self.program.row(("balance", *key), terms, amount, amount)

    def promises(self) -> None:
        """Least and greatest flows."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("contracts").items():
            kind = next(
                k for k in ("links", "converts", "supplies", "markets") if row.asset in self.case.rows(k)
            )
            asset = self.case.rows(kind)[row.asset]
            commodity = row.commodity or (asset.commodities[0] if kind == "links" else asset.commodity)
            grade = asset.bbl_per_t if kind == "markets" else None
            agreed = a.rate(row.amount, row.amount_unit, commodity, grade)
            rate = [x + y for x, y in zip(agreed, self.added(key, commodity, grade=grade), strict=True)]
            begin, end = max(row.start or a.first, a.first), min(row.end or a.last, a.last)
            if self.year:
                axis = self.case.settings.time
                if (row.start or axis.start) > axis.start or (row.end or axis.end) < axis.end:
                    continue
                begin, end = a.first, a.last
            periods = list(self.periods(row.per, begin, end))
            shares = [[overlap(step, period) for step in a.steps] for period in periods]
            amounts = [math.fsum(r * s for r, s in zip(rate, share, strict=True)) for share in shares]
            if self.still:
                if (begin, end) != (a.first, a.last):
                    continue
                shares, amounts = [[1.0]], [math.fsum(amounts)]
            penalty = a.price(row.penalty, row.penalty_unit, commodity, grade)
            for n, (share, amount) in enumerate(zip(shares, amounts, strict=True)):
                terms: dict[Name, float] = {}
                for t, part in enumerate(share):
                    if part:
                        for cell, weight in self.counted(kind, asset, row, t).items():
                            terms[cell] = terms.get(cell, 0.0) + weight * part
                if row.kind == "greatest":
                    p.row(("contract", key, n), terms, most=amount)
                    continue
                if penalty is not None:
                    p.cell(("shortfall", key, n), -penalty)
                    terms[("shortfall", key, n)] = 1.0
                p.row(("contract", key, n), terms, amount)

    def periods(self, per: str, begin: Any, end: Any) -> Any:
        """Cut the time of a contract into its periods."""
        if begin >= end:
            return
        if per == "period":
            yield begin, end
            return
        if per == "month":
            edges = sorted({begin, end, *(d for d in _firsts(begin, end))})
        else:
            edges = sorted({begin, end, *(a for a, _ in self.amounts.calendar if begin < a < end)})
        yield from itertools.pairwise(edges)

    def counted(self, kind: str, asset: Any, row: Any, step: int) -> Mapping[Name, float]:
        """Give what counts for a contract in a step."""

        def counts(cargo: Cargo) -> bool:
            return row.commodity in (None, cargo[0]) and (not row.origins or cargo[1] in row.origins)

        if kind == "supplies":
            return {("supply", asset.id, step): 1.0} if counts(self.ways.supplies[asset.id]) else {}
        cargoes = [k for k in self.ways.cargoes if counts(k)]
        if kind == "markets":
            return {("sale", asset.id, k, step): 1.0 for k in cargoes if asset.id in self.ways.markets(k)}
        if kind == "converts":
            return {("flow", asset.id, k, step): 1.0 for k in cargoes if asset.id in self.ways.processes(k)}
        found: dict[Name, float] = {}
        for cargo in cargoes:
            if asset.id not in self.ways.links(cargo):
                continue
            found[("flow", asset.id, cargo, step)] = 1.0
            for key, back in self.case.rows("links").items():
                ends = (back.from_place, back.to_place) == (asset.to_place, asset.from_place)
                if row.kind == "least" and ends and key in self.ways.links(cargo):
                    found[("flow", key, cargo, step)] = -1.0 / (1 - asset.loss)
        return found


def overlap(step: tuple[Any, Any], period: tuple[Any, Any]) -> float:
    days = (min(step[1], period[1]) - max(step[0], period[0])).days
    return max(days, 0) / (step[1] - step[0]).days


def _firsts(begin: Any, end: Any) -> Any:
    day = begin.replace(day=1)
    while day < end:
        if day > begin:
            yield day
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)


__all__ = ["Rest", "Trade"]
