"""What a process makes of what goes in: how much, and of which origin. One answer for checks and model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.case.answers import yields_of
from straits.case.units import customary

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.converts import Convert


def outputs_of(case: CaseData, row: Convert) -> dict[str, float]:
    """Give what one unit of the model (kt, mcm, GWh, TEU, unit) that goes into a process gives, in units of the model.

    Parameters
    ----------
    case : Case
    row : Convert
        Its yields are in customary units: tonnes in kt, MWh in GWh.

    Returns
    -------
    dict of str to float
        By commodity; those of which nothing is made are left out.
    """
    goods = case.rows("commodities")
    if row.commodity not in goods:
        return {}  # another check names it
    size = customary(goods[row.commodity].unit)
    return {
        good: share * size / customary(goods[good].unit)
        for good, share in yields_of(row).items()
        if share > 0 and good in goods
    }


def most_made(case: CaseData, row: Convert) -> dict[str, float]:
    """Give yields that are no more than goes in: by mass of mass, by energy of energy, and by the energy that mass holds.

    Parameters
    ----------
    case : Case
    row : Convert

    Returns
    -------
    dict of str to float
        Yields by commodity, in customary units; where they were too much, all of one unit less in proportion.
    """
    goods, found = case.rows("commodities"), yields_of(row)
    made = outputs_of(case, row)
    for unit, most in limits_of(case, row).items():
        alike = [good for good in made if goods[good].unit == unit]
        whole = sum(made[good] for good in alike)
        if whole > most:
            found |= {good: found[good] * most / whole for good in alike}
    return found


def limits_of(case: CaseData, row: Convert) -> dict[str, float]:
    """Give the most that one unit that goes into a process can give, by the unit of what is made; what is not known has none."""
    taken = case.rows("commodities")[row.commodity]
    energy = {"kt": taken.mwh_per_t, "mcm": taken.kwh_per_m3}.get(taken.unit)
    most: dict[str, float] = {taken.unit: 1.0} if taken.unit in ("kt", "GWh") else {}
    return most if energy is None else most | {"GWh": energy}


def origin_made(case: CaseData, row: Convert, good: str, origin: str | None) -> str | None:
    """Give the origin of what a process makes: its own, else that of what goes in, else the territory of its place.

    Parameters
    ----------
    case : Case
    row : Convert
    good : str
        What is made.
    origin : str or None
        Origin of what goes in; None if it is not kept.

    Returns
    -------
    str or None
        None if the origin of `good` is not kept, or there is none to be had (the check `yields` names it).
    """
    if not case.rows("commodities")[good].tracked:
        return None
    place = case.rows("places").get(row.place)
    return row.origin or origin or (place.territory if place is not None else None)


def made_together(case: CaseData, good: str) -> frozenset[str]:
    """Give the commodities that processes make of one another, directly or through others, with one; that one among them."""
    found = {good}
    groups = [{row.commodity, *yields_of(row)} for row in case.rows("converts").values()]
    while more := set().union(*(group for group in groups if group & found)) - found:
        found |= more
    return frozenset(found)


def places_of_processes(case: CaseData, good: str) -> frozenset[str]:
    """Give the places at which processes take a commodity or make it."""
    rows = case.rows("converts").values()
    return frozenset(row.place for row in rows if good == row.commodity or good in yields_of(row))


def made_of(case: CaseData, row: Convert, cargo: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Give the cargoes, commodity and origin, that a process makes of a cargo that goes in."""
    return [(good, origin_made(case, row, good, cargo[1])) for good in outputs_of(case, row)]
