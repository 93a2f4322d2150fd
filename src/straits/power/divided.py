"""Shares: what all players reach together, divided by each solution of the game, and what a share is as a fee for carrying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.access.rights import Access, rights_of, spokesmen
from straits.case.units import customary, customary_unit
from straits.engine.executors import Executors, Progress
from straits.engine.foresight.settled import settled_solution
from straits.errors import GameError
from straits.lp import Status
from straits.lp.session import Session
from straits.lp.states.part import surely
from straits.model import compile_case
from straits.power.games.game import MAX_EXACT, Game
from straits.power.games.values import shapley
from straits.power.network.casegame import Outsiders, game
from straits.power.network.program import Players, build_program
from straits.power.network.summary import METHOD, shares_table, shares_text
from straits.results.result import Result, described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

_CARRIAGE = ["player", "asset", "commodity", "unit", "carried", "shapley", "fee", "fee_per_bbl"]
#: Share of the largest flow below which a link carries nothing to speak of.
_LITTLE = 1e-6


class Shares(Result):
    """What all players reach together, divided.

    Attributes
    ----------
    table : DataFrame
        One row for each network (as it is, with options) and player; see `straits.power.network.summary.shares_table`.
    values : DataFrame
        network, coalition (players joined by `|`), value (million currency): what each coalition can reach.
    carriage : DataFrame
        Shapley values as fees, for players who bring no cargo and buy none, all of whose worth is that others' cargo passes:
        player, asset (its link that carries most), commodity, unit, carried (by all its links over the whole time, each unit
        once, when all act together), shapley, fee (currency per tonne, 1000 m³ or TEU of it), fee_per_bbl (of liquids; else nan).
        Left out: who lets more than one commodity pass, because one value is no fee for two; ask with `commodity`.
    """

    @property
    def values(self) -> pd.DataFrame:
        """What each coalition can reach."""
        return self.tables["values"]

    @property
    def carriage(self) -> pd.DataFrame:
        """Shapley values as fees."""
        return self.tables["carriage"]


def shares(
    case: Case,
    players: Players | None = None,
    *,
    access: Access | Mapping[str, Access] = "veto",
    options: bool | Sequence[str] = False,
    outsiders: Outsiders = "absent",
    scenario: Scenario | str | None = None,
    commodity: str | None = None,
    discount_rate: float | None = None,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
) -> Shares:
    """Divide what all players reach together by every solution, as the network is and with options that can be built.

    Parameters
    ----------
    case, access, outsiders, scenario, commodity, discount_rate, workers, executor, store, progress, check
        As in `game`.
    players : sequence of actor ids, or mapping of name to actor ids, optional
        Default: those of the focus of the case, else all states that may close something.
    options : bool or sequence of option ids
        Whether shares are also given for a network in which coalitions may build these.

    Returns
    -------
    Shares

    Raises
    ------
    GameError
        More players than can be valued exactly; options of a case that has none; what `game` raises.
    """
    chosen = default_players(case) if players is None else players
    if len(chosen) > MAX_EXACT:
        raise GameError(
            f"{len(chosen)} players: coalitions of more than {MAX_EXACT} are too many to value each; name fewer, or estimate "
            "from a sample: `shapley(game(…, sample=True), sample=20, rng=1)`, on the command line --sample 20 --seed 1"
        )
    how: dict[str, Any] = {
        "access": access,
        "scenario": scenario,
        "commodity": commodity,
        "discount_rate": case.settings.discount_rate if discount_rate is None else discount_rate,
    }
    work: dict[str, Any] = {
        "workers": workers, "executor": executor, "store": store, "progress": progress, "check": check
    }  # fmt: skip
    games: dict[str, Game] = {}
    for name, built in (("as it is", False), ("with options", options)):
        if name == "as it is" or options:
            found = game(case, chosen, options=built, outsiders=outsiders, **work, **how)
            assert isinstance(found, Game)
            games[name] = found
    first = games["as it is"]
    money = first.unit
    table = described(
        shares_table(games),
        title="What all reach together, divided",
        units=dict.fromkeys(("alone", "shapley", "prenucleolus", "gately", "adds"), money),
    )
    values = described(_values(games), title="What each coalition can reach", units={"value": money})
    fees = described(
        _carriage(case, chosen, first, how),
        title="Shapley values as fees for what is carried",
        units={"shapley": money},
        note="Only players who bring no cargo and buy none. fee: currency per tonne, 1000 m³ or TEU carried.",
    )
    return Shares(
        f"How could {', '.join(first.players)} divide what they reach together?",
        METHOD,
        {name: dict(g.parameters) for name, g in games.items()},
        {key: first.parameters[key] for key in ("case", "case_hash", "scenario")},
        {"shares": table, "values": values, "carriage": fees},
        {},
        (*shares_text(games), *_fee_text(fees, case.settings.currency)),
    )


def default_players(case: Case) -> list[str]:
    """Give the players that a case names in its focus, else the states that may close something, as in table actors."""
    if case.settings.focus is not None and case.settings.focus.players:
        return list(case.settings.focus.players)
    states = [key for key, row in case.rows("actors").items() if row.kind == "state"]
    network = compile_case(case).network
    held = 0
    for right in rights_of(network, spokesmen(case, states), len(states)):
        held |= right.holders
    return [s for i, s in enumerate(states) if held >> i & 1]


def _values(games: Mapping[str, Game]) -> pd.DataFrame:
    rows = [
        (name, "|".join(found.coalition(mask)), float(found.values[mask]))
        for name, found in games.items()
        for mask in range(1, len(found.values))
    ]
    return pd.DataFrame(rows, columns=["network", "coalition", "value"])


def _carriage(case: Case, players: Players, found: Game, how: dict[str, Any]) -> pd.DataFrame:
    """Set the Shapley value of each who only lets pass against what passes by its links when all act together."""
    program = build_program(case, players, **how)
    whole = program.bounds(program.states(np.array([(1 << found.n) - 1], dtype=np.int64))[0])
    session = Session(program.model)
    answer = surely(session, whole)
    if answer.status != Status.OPTIMAL:
        return pd.DataFrame(columns=_CARRIAGE)
    solution, _ = settled_solution(replace(program.model, bounds=whole), answer, session.basis())
    flows = solution.flows.groupby(["link", "commodity"], sort=False)["amount"].sum()
    fair, commodities, rows = shapley(found), case.rows("commodities"), []
    held: dict[str, set[str]] = {name: set() for name in found.players}
    kinds: dict[str, set[str]] = {name: set() for name in found.players}
    for right in (right for rights in program.rights for right in rights):
        for i, name in enumerate(found.players):
            if right.holders >> i & 1:
                held[name].add(right.asset)
                kinds[name].add(right.kind)
    for i, name in enumerate(found.players):
        mine = flows[[link in held[name] for link, _ in flows.index]]
        if kinds[name] & {"supply", "market"} or not len(mine) or mine.max() <= _LITTLE * flows.max():
            continue
        if len(mine[mine > _LITTLE * mine.max()].index.unique("commodity")) > 1:
            continue
        link, commodity = (str(part) for part in mine.index[int(mine.to_numpy().argmax())])
        row, carried = commodities[commodity], _once(case, mine.droplevel("commodity"))
        fee = float(fair.values[i]) * 1e6 / (carried * customary(row.unit))
        per_bbl = fee / row.bbl_per_t if row.unit == "kt" and row.bbl_per_t else np.nan
        rows.append((name, link, commodity, row.unit, carried, float(fair.values[i]), fee, per_bbl))
    return pd.DataFrame(rows, columns=_CARRIAGE)


def _once(case: Case, flows: pd.Series) -> float:
    """Add up what passes by links, each unit once: what they bring to places less what they take on from there."""
    left: dict[str, float] = {}
    for link, amount in flows.items():
        row = case.rows("links")[str(link)]
        left[row.to_place] = left.get(row.to_place, 0.0) + float(amount)
        left[row.from_place] = left.get(row.from_place, 0.0) - float(amount)
    return sum(amount for amount in left.values() if amount > 0)


def _fee_text(fees: pd.DataFrame, currency: str) -> list[str]:
    told = []
    for player, asset, commodity, unit, _, _, fee, per_bbl in fees[_CARRIAGE].itertuples(
        index=False, name=None
    ):
        per = customary_unit(unit).replace("m3", "m³")
        by_barrel = f", {per_bbl:,.2f} {currency} a barrel" if np.isfinite(per_bbl) else ""
        told.append(
            f"{player} only lets cargo pass: its Shapley value is {fee:,.1f} {currency}/{per} of {commodity} "
            f"that passes, most of it by {asset}{by_barrel}."
        )
    return told


__all__ = ["Shares", "default_players", "shares"]
