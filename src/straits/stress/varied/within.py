"""The part of a case that is connected with a commodity: what is varied there leaves all else as it is.

Oil and containers of one case meet in no row of the model. Where numbers about oil are varied again and again, only oil is
compiled and solved; what the rest adds to an answer is that of the numbers as given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.case.data import ParsedTable
from straits.lp.answer import Basis
from straits.model.blocks import Layout

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.model import Model

#: Tables of what has one commodity, of what holds several links, and of what stands on an asset.
_OF_COMMODITY = ("supplies", "markets", "stores", "converts", "fleets", "world_markets")
_OF_LINKS = ("fleets", "joints")
_OF_ASSET = ("controls", "fiscal", "rights", "options", "measures")
_OF_WORLD = ("price_responses", "exposures")


def connected(model: Model, commodity: str) -> frozenset[str]:
    """Give the commodities that share a row of the model with one, directly or through others; that one among them."""
    n, f = model.network, model.formulation
    matrix = model.matrix
    rows = matrix.shape[0]
    joined = sparse.block_array([[None, matrix], [matrix.T, None]], format="csr")
    part = connected_components(joined, directed=False)[1][rows:]
    name = np.array([cargo.commodity for cargo in n.cargoes])
    held: dict[str, set[int]] = {}
    for block, cargo in (
        (f.supply, n.supplies.cargo), (f.flow, n.pair_cargo), (f.sale, n.markets.sale_cargo), (f.stock, n.stores.stock_cargo),
    ):  # fmt: skip
        of = np.repeat(name[cargo], block.steps)
        for good in np.unique(of):
            held.setdefault(str(good), set()).update(part[block.slice][of == good].tolist())
    found, parts = {commodity}, set(held.get(commodity, ()))
    while more := {good for good, own in held.items() if good not in found and parts & own}:
        found |= more
        parts |= set().union(*(held[good] for good in more))
    return frozenset(found)


def within(case: Case, commodities: Collection[str]) -> Case:
    """Give the case with what concerns some commodities alone, unchecked; places, actors and sources stay."""
    kept: dict[str, Any] = {
        "links": _with(case.parsed("links"), lambda row: any(c in commodities for c in row.commodities))
    }
    for table in _OF_COMMODITY:
        kept[table] = _with(case.parsed(table), lambda row: row.commodity in commodities)
    for table in _OF_LINKS:
        kept[table] = _on_links(kept.get(table, case.parsed(table)), kept["links"].rows)
    gone = {key for table, parsed in kept.items() for key in case.rows(table) if key not in parsed.rows}
    kept["contracts"] = _with(case.parsed("contracts"), lambda row: row.asset not in gone)
    lost = gone | (case.rows("contracts").keys() - kept["contracts"].rows.keys())
    for table in _OF_ASSET:
        kept[table] = _with(case.parsed(table), lambda row: row.asset not in lost)
    for table in _OF_WORLD:
        kept[table] = _with(case.parsed(table), lambda row: row.world not in lost)
    return case.with_tables(kept)


def _with(parsed: ParsedTable, stays: Callable[[Any], bool]) -> ParsedTable:
    return parsed.only({key: row for key, row in parsed.rows.items() if stays(row)})


def _on_links(parsed: ParsedTable, links: Collection[str]) -> ParsedTable:
    """Give a table of what holds several links with those that are left, without the rows that have none."""
    left = {key: tuple(link for link in row.links if link in links) for key, row in parsed.rows.items()}
    cut = {
        key: row.model_copy(update={"links": left[key]})
        for key, row in parsed.rows.items()
        if left[key] != row.links
    }
    cells = {key: {"links": "|".join(left[key])} for key in cut}
    return _with(parsed.with_cells(cells, cut) if cells else parsed, lambda row: bool(row.links))


def scenario_within(whole: Case, part: Case, scenario: Scenario | None) -> Scenario | None:
    """Give a scenario without what it does to assets that the part of the case does not have."""
    if scenario is None:
        return None
    measures, options = part.rows("measures"), part.rows("options")
    tables = ("links", "supplies", "markets", "stores", "converts", "fleets", "joints")
    gone = {key for table in tables for key in whole.rows(table).keys() - part.rows(table).keys()}
    return scenario.model_copy(
        update={
            "measures": tuple(key for key in scenario.measures if key in measures),
            "disruptions": tuple(item for item in scenario.disruptions if item.asset not in gone),
            "options": tuple(key for key in scenario.options if key in options),
            "decisions": tuple(made for made in scenario.decisions if made.option in options),
        }
    )


def basis_within(whole: Model, part: Model, basis: Basis) -> Basis:
    """Give where the columns and rows of a part of a model stand in a basis of the whole."""
    columns, rows = (
        _place(getattr(whole.formulation, of), getattr(part.formulation, of)) for of in ("columns", "rows")
    )
    return Basis(basis.columns[columns], basis.rows[rows])


def _place(whole: Layout, part: Layout) -> np.ndarray:
    found = [np.empty(0, dtype=int)]
    for name, block in part.blocks.items():
        large = whole.blocks[name]
        number: Mapping[str, int] = {large.label(i): i for i in range(large.count)}
        entries = np.array([number[block.label(i)] for i in range(block.count)], dtype=int)
        found.append(large.every(entries).ravel())
    return np.concatenate(found)


__all__ = ["basis_within", "connected", "scenario_within", "within"]
