"""Check a certificate by adding up the ledger again. Shares no code with what wrote it: rows and certificate in, verdict out.

For any weights `w` of the legs of a ledger, the coloured goods that reached the exits are at most
`sum q w(entry) + sum q max(0, w(to) - w(from)) + sum stock max(0, w(leg) - w(leg before)) + processes + sum q max(0, 1 -
w(exit))`: weak duality of the flow. So the shortfall holds whatever the certificate says, if the sum comes out as it claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any


def verify(
    rows: Sequence[Mapping[str, Any]],
    certificate: Mapping[str, Any],
    coloured: Callable[[Any], bool],
    target: str,
    every: bool = True,
) -> tuple[bool, str]:
    """Add up one certificate against the rows of its ledger.

    Parameters
    ----------
    rows : sequence of mapping
        Events in file order.
    certificate : mapping
        As `Certificate.to_dict` gives it.
    coloured : callable
        Whether an origin may be of the colour.
    target : str
        Destination of the exits that are asked about.
    every : bool
        Whether a product is of the colour only if every input is.

    Returns
    -------
    bool
        Whether it holds.
    str
        What was added up.
    """
    weight = {
        (*map(str, stretch[:3]), number): Fraction(stretch[5])
        for stretch in certificate["region"]
        for number in range(stretch[3], stretch[4] + 1)
    }
    bare = {str(row["time"])[:10] for row in rows if len(str(row["time"])) <= 10}
    stock: dict[tuple[str, ...], Fraction] = {}
    last: dict[tuple[str, ...], Fraction] = {}
    passed: dict[tuple[str, ...], int] = {}
    claim = supply = Fraction(0)
    processes: dict[tuple[str, str], list[tuple[tuple[str, ...], Fraction]]] = {}

    def pass_leg(holder: Any, hs6: Any, unit: Any, change: Fraction) -> Fraction:
        nonlocal supply
        account = (str(holder), str(hs6), str(unit))
        passed[account] = passed.get(account, 0) + 1
        here = weight.get((*account, passed[account]), Fraction(0))
        supply += stock.get(account, Fraction(0)) * max(Fraction(0), here - last.get(account, here))
        stock[account] = max(Fraction(0), stock.get(account, Fraction(0)) + change)
        last[account] = here
        return here

    for group in _in_time(rows, bare):
        for side in ("taken", "given"):
            for row in group:
                kind, holder, amount = row["kind"], row["holder"], _number(row.get("quantity"))
                if kind == "processing":
                    good = ("hs6", "unit") if side == "taken" else ("to_hs6", "to_unit")
                    much = amount if side == "taken" else _number(row.get("to_quantity"))
                    if much:
                        sign = -1 if side == "taken" else 1
                        worth = pass_leg(holder, row[good[0]], row[good[1]], sign * much) * sign * much
                        name = (
                            str(holder),
                            "p:" + _text(row.get("process"))
                            if _text(row.get("process"))
                            else "e:" + str(row["event_id"]),
                        )
                        processes.setdefault(name, []).append(
                            ((side, str(row[good[0]]), str(row[good[1]])), worth)
                        )
                elif side == "taken":
                    here = pass_leg(holder, row["hs6"], row["unit"], amount if kind == "entry" else -amount)
                    if kind == "entry" and coloured(_text(row.get("origin"))):
                        supply += amount * here
                    if kind == "transfer":
                        there = pass_leg(row["to_holder"], row["hs6"], row["unit"], amount)
                        supply += amount * max(Fraction(0), there - here)
                    good_asked = (str(row["hs6"]), str(row["unit"])) == (
                        str(certificate["hs6"]),
                        str(certificate["unit"]),
                    )
                    if kind == "exit" and good_asked and _text(row.get("destination")) == target:
                        claim += amount * min(Fraction(1), here)
    for parts in processes.values():
        made = sum((worth for (side, *_), worth in parts if side == "given"), Fraction(0))
        used: dict[tuple[str, ...], Fraction] = {}
        for key, worth in parts:
            if key[0] == "taken":
                used[key] = used.get(key, Fraction(0)) - worth
        cost: Fraction = sum(used.values(), Fraction(0)) if every else min(used.values(), default=made)
        supply += max(Fraction(0), made - cost)
    added = {"claim": claim, "supply": supply, "shortfall": claim - supply}
    slack = max(Fraction(1), claim) / 10**7
    holds = all(abs(added[name] - Fraction(certificate[name])) <= slack for name in added)
    told = "; ".join(f"{name} {float(added[name]):g}, stated {certificate[name]:g}" for name in added)
    return holds, told


def _in_time(rows: Sequence[Mapping[str, Any]], bare: set[str]) -> Iterable[list[Mapping[str, Any]]]:
    """Give the events in time, those of one process and time together; on days with an untimed row, in file order."""
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for row in sorted(
        rows, key=lambda r: str(r["time"])[:10] if str(r["time"])[:10] in bare else str(r["time"])
    ):
        name = _text(row.get("process")) if row["kind"] == "processing" else ""
        groups.setdefault((name, str(row["holder"]), str(row["time"])) if name else len(groups), []).append(
            row
        )
    return groups.values()


def _number(value: Any) -> Fraction:
    return Fraction(str(value)) if _text(value) else Fraction(0)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
