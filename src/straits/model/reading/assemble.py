"""Read a case into arrays: conversion to canonical units, capacities per step, pairs of link and cargo.

Rows are read in the order of their ids, whatever their order in the tables: where several plans or prices are equally good, the
solver's choice hangs on the order of rows and columns, and no answer may hang on how a table was sorted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.conversion import outputs_of
from straits.case.timeaxis import Steps
from straits.errors import ModelError
from straits.model.assets import UNTRACKED, Cargo, Landing, nothing_made
from straits.model.network import Network
from straits.model.reading import curves, duties, rows
from straits.model.reading.pruning import prune
from straits.model.reading.reader import Reader

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


def read_network(
    case: Case, scenario: Scenario | None = None, tariffs: str | None = None, *, around: bool = False
) -> Network:
    """Read a case into arrays.

    Parameters
    ----------
    case : Case
    scenario : Scenario, optional
        Its changes and options are applied; its measures and disruptions are not.
    tariffs : {"paid", "internal"}, optional
        Whether shippers see tariffs. Default: the setting of the case.
    around : bool
        Whether profiles hold on the same days of other years where they say nothing.

    Returns
    -------
    Network

    Raises
    ------
    ModelError
        If a value has no unit, an option is unknown, or a name is wrong.
    """
    tariffs = tariffs or case.settings.tariffs
    if tariffs not in ("paid", "internal"):
        raise ModelError(f"tariffs={tariffs!r}: expected 'paid' or 'internal'")
    if scenario is not None and scenario.changes:
        case = case.with_changes(scenario.changes)
    if scenario is not None:
        case = case.with_steps(scenario.refine)
    steps = Steps(case.settings.time)
    reader = Reader(case, steps, scenario, around=around)
    if tariffs == "paid":
        reader.lots = duties.lots(reader)
    network = prune(_assemble(reader, tariffs))
    network = curves.known_in_price(replace(network, fleets=rows.fleets(reader, network)))
    network = replace(network, contracts=rows.contracts(reader, network))
    return replace(
        network,
        duties=duties.read(reader, network) if tariffs == "paid" else (),
        right_parts=rows.right_parts(reader, network),
        fixed_payments=rows.fixed_payments(reader),
    )


def _assemble(reader: Reader, tariffs: str) -> Network:
    case = reader.case
    place_ids = list(reader.rows("places"))
    place = {key: i for i, key in enumerate(place_ids)}
    cargoes = _cargoes(reader)
    processes = list(reader.rows("converts").values())
    links = [*reader.rows("links").values(), *processes]
    pair_link, pair_cargo = [], []
    for a, row in enumerate(links):
        for k, cargo in enumerate(cargoes):
            if cargo.commodity in row.commodities and (
                not row.origins or cargo.origin in row.origins or cargo.origin == UNTRACKED
            ):
                pair_link.append(a)
                pair_cargo.append(k)
    commodity_of_pair = [cargoes[k].commodity for k in pair_cargo]
    shape = (len(links), len(reader.steps.days))
    return Network(
        case=case,
        steps=reader.steps,
        tariffs=tariffs,
        place_ids=place_ids,
        cargoes=cargoes,
        link_ids=[row.id for row in links],
        link_tail=np.array([place[row.from_place] for row in links], dtype=int),
        link_head=np.array([place[row.to_place] for row in links], dtype=int),
        link_loss=np.array([row.loss for row in links], dtype=float),
        link_transit=np.array([row.transit_days for row in links], dtype=float),
        link_capacity=np.array([reader.capacity(row, row.commodities[0]) for row in links]).reshape(shape),
        pair_link=np.array(pair_link, dtype=int),
        pair_cargo=np.array(pair_cargo, dtype=int),
        pair_cost=_per_pair(reader, links, pair_link, commodity_of_pair, "cost"),
        pair_tariff=_per_pair(reader, links, pair_link, commodity_of_pair, "tariff") * (tariffs == "paid"),
        supplies=rows.supplies(reader, place, cargoes),
        markets=rows.markets(reader, place, cargoes),
        stores=rows.stores(reader, place, cargoes),
        fleets=rows.no_fleets(),
        contracts=rows.no_contracts(),
        link_process=np.repeat([False, True], [len(links) - len(processes), len(processes)]),
        made=_made(reader, links, pair_link, pair_cargo, cargoes),
    )


def _made(
    reader: Reader, rows_: list[Any], pair_link: list[int], pair_cargo: list[int], cargoes: list[Cargo]
) -> Landing:
    """Give what processes make of what enters each of their pairs."""
    number = {cargo: k for k, cargo in enumerate(cargoes)}
    processes = reader.rows("converts")
    found = [
        (p, number[reader.made(rows_[a], good, cargoes[k])], share)
        for p, (a, k) in enumerate(zip(pair_link, pair_cargo, strict=True))
        if rows_[a].id in processes
        for good, share in outputs_of(reader.case, rows_[a]).items()
    ]
    if not found:
        return nothing_made()
    pair, cargo, share = zip(*found, strict=True)
    return Landing(np.array(pair, dtype=int), np.array(cargo, dtype=int), np.array(share, dtype=float))


def _per_pair(
    reader: Reader, links: list[Any], pair_link: list[int], commodities: list[str], column: str
) -> np.ndarray:
    """Give a price of links for each pair, shape (P, T)."""
    asked = list(zip(pair_link, commodities, strict=True))
    # Cargoes of one commodity, from several origins, pay the same.
    price = {(a, c): reader.price_of(links[a], column, c) for a, c in dict.fromkeys(asked)}
    found = [price[key] for key in asked]
    return np.array(found, dtype=float).reshape(len(pair_link), len(reader.steps.days))


def _cargoes(reader: Reader) -> list[Cargo]:
    found = {reader.cargo(row) for row in reader.case.rows("supplies").values()}
    found |= {
        Cargo(row.commodity, reader.origin(row.commodity, row.start_origin, row.place))
        for row in reader.case.rows("stores").values()
        if row.start > 0
    }
    waiting = sorted(found)
    while waiting:
        cargo = waiting.pop()
        for row in reader.rows("converts").values():
            if row.commodity == cargo.commodity:
                made = {reader.made(row, good, cargo) for good in outputs_of(reader.case, row)} - found
                found |= made
                waiting += sorted(made)
    return sorted(found)
