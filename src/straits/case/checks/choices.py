"""Checks of what could be built, and of the regimes under which that is decided."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from straits.case.answers import moves_of
from straits.case.built import impossible, required
from straits.case.checks.registry import Problem, check
from straits.case.schema.tables import ASSET_TABLES
from straits.errors import StraitsError, did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Probabilities that are meant to add up to 1 may miss it by rounding.
_ROUNDING = 1e-6


@check("option_asset", "error", refers=True)
def option_asset(case: CaseData) -> Iterator[Problem]:
    """An option on a contract that is no greatest flow, or on an id that an asset and a contract share."""
    contracts = case.rows("contracts")
    assets = {key for table in ASSET_TABLES for key in case.known_ids(table)}
    for key, row in case.fresh("options").items():
        contract = contracts.get(row.asset)
        if contract is None:
            continue
        if row.asset in assets:
            message = f"{row.asset!r} is an asset and a contract; give one of them another id"
            yield Problem(message, "options", key, "asset")
        elif contract.kind != "greatest":
            message = f"contract {row.asset!r} is of a {contract.kind} flow; accepted: an asset, or a contract of a greatest flow"
            yield Problem(message, "options", key, "asset")


@check("option_together", "error", whole=True, refers=True)
def option_together(case: CaseData) -> Iterator[Problem]:
    """An option that requires itself, in a round or not, or that requires what it excludes."""
    rows = case.rows("options")
    for key, row in rows.items():
        if key in row.excludes:
            yield Problem(f"{key!r} excludes itself", "options", key, "excludes")
        needed = required(rows, key)
        if key in needed:
            chain = " and ".join(repr(other) for other in row.requires)
            yield Problem(f"requires {chain}, which requires {key!r} in turn", "options", key, "requires")
            continue
        whole = [key, *needed]
        for one in whole:
            for other in rows[one].excludes:
                if other in whole and other != one:
                    message = (
                        f"with all that it requires it needs {one!r} and {other!r}, which exclude each other"
                    )
                    yield Problem(message, "options", key, "requires")


@check("scenario_options", "error", whole=True, refers=True)
def scenario_options(case: CaseData) -> Iterator[Problem]:
    """A scenario with an option but not what it requires, or with two that exclude each other and stand at the same time."""
    rows = case.rows("options")
    for scenario in case.scenarios.values():
        if rows.keys() >= set(scenario.options):
            for message in impossible(scenario, rows):
                yield Problem(message, f"scenarios/{scenario.id}", None, "options")


@check("regime_start", "error", whole=True)
def regime_start(case: CaseData) -> Iterator[Problem]:
    """Regimes whose probabilities to start in do not add up to 1."""
    rows = case.rows("regimes")
    total = math.fsum(row.start_probability for row in rows.values())
    if rows and abs(total - 1.0) > _ROUNDING:
        message = f"the probabilities of all regimes add to {total:.7g}; they must add to 1"
        yield Problem(message, "regimes", next(iter(rows)), "start_probability")


@check("regime_moves", "error")
def regime_moves(case: CaseData) -> Iterator[Problem]:
    """Transitions of a regime that cannot be read, name no regime, or do not add up to 1."""
    known = case.known_ids("regimes")
    for key, row in case.fresh("regimes").items():
        try:
            moves = moves_of(row)
        except StraitsError as error:
            yield Problem(str(error), "regimes", key, "transitions")
            continue
        for other in moves:
            if other not in known:
                message = f"found {other!r}, which is no id of regimes{did_you_mean(other, known)}"
                yield Problem(message, "regimes", key, "transitions")
        total = math.fsum(moves.values())
        if abs(total - 1.0) > _ROUNDING:
            yield Problem(
                f"the probabilities add to {total:.7g}; they must add to 1", "regimes", key, "transitions"
            )
