"""What the players of the focus can withhold, and what they are worth to each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.case.ownership import state_of
from straits.case.units import customary
from straits.report.study.content import Study
from straits.report.study.words import or_why, window_of

if TYPE_CHECKING:
    from straits.power import Balance, Leverage

#: What spreading exports may cost: share of what they earn in the baseline.
EXTRA_COST = 0.01


@dataclass(frozen=True)
class Power:
    """What the players of the focus can withhold, and what they are worth to each other.

    Attributes
    ----------
    players : dict of str to str
        Name by id.
    leverage : Leverage
        Who loses what when whom withholds; players by name.
    each : DataFrame or None
        The same with each option, as `straits.power.with_each_option` has it; None without options.
    shares : DataFrame
        As `straits.power.network.summary.shares_table` has it, for the network as it is and with options.
    told : list of str
        What the shares mean, in sentences.
    parameters : dict
        How the coalitions were valued on the network as it is, and who may close what; see `straits.power.game`.
    balance : Balance or None
        Concentration of the focus exports.
    balance_lacks : str
        Why there is none.
    unit : str
    """

    players: dict[str, str]
    leverage: Leverage
    each: pd.DataFrame | None
    shares: pd.DataFrame
    told: list[str]
    parameters: dict[str, Any]
    balance: Balance | None
    balance_lacks: str
    unit: str


def find_power(study: Study) -> Power:
    """Ask what the players can withhold from each other over the window, what each is worth, and how spread exports are.

    Raises
    ------
    GameError, InfeasibleError
        As `straits.power.game` and `straits.power.leverage`.
    """
    from straits.power import Game, balance, game, leverage, with_each_option
    from straits.power.network.summary import owners_text, shares_table, shares_text

    focus = study.case.settings.focus
    assert focus is not None
    players = focus.players
    names = {player: study.name("actors", player) for player in players}
    if len(set(names.values())) < len(names):
        names = {player: player for player in players}
    groups = {name: (player,) for player, name in names.items()}
    start, end = window_of(study)
    when: dict[str, Any] = {"start": start, "days": float((end - start).days)}
    held = leverage(study.case, groups, **when)
    options = study.case.rows("options")
    each = with_each_option(study.case, groups, list(options), **when) if options else None
    # One rule for who may close what in the whole section: that of leverage.
    games = {"As it is": game(study.case, groups, access="host")}
    priced = [
        key for key, row in options.items() if row.capital_cost is not None and row.life_years is not None
    ]
    if priced:
        games["With options"] = game(study.case, groups, access="host", options=priced)
    exact = {name: found for name, found in games.items() if isinstance(found, Game)}
    plain = {
        name: replace(found, parameters={key: found.parameters[key] for key in ("null_players", "outsiders")})
        for name, found in exact.items()
    }
    spread, why = or_why(
        lambda: balance(
            study.case, *_whose(study), extra_cost=EXTRA_COST * earned(study), imports=study.trade.imports
        )
    )
    made = dict(exact["As it is"].parameters)
    by_law = game(study.case, groups, access="veto")
    assert isinstance(by_law, Game)
    told = [*shares_text(plain), *owners_text(exact["As it is"], by_law)]
    return Power(names, held, each, shares_table(exact), told, made, spread, why, exact["As it is"].unit)


def _whose(study: Study) -> tuple[str, str]:
    """Return whose trade is balanced, in what: of imports, those of the state."""
    actor, commodity, _ = study.focus
    return (state_of(study.case, actor) if study.trade.imports else actor), commodity


def earned(study: Study) -> float:
    """Return what the focus exports earn, or its imports cost, in the baseline at the prices paid, million currency."""
    if study.trade.imports:
        return _paid(study)
    from straits.stress.tables.measures import exports

    origin, commodity, _ = study.focus
    table = exports(study.baseline)
    mine = (table["commodity"] == commodity) & (table["origin"] == origin)
    return float(table.loc[mine, "revenue"].sum())


def _paid(study: Study) -> float:
    """Return what the imports of the focus cost in the baseline, at the price that one more unit is worth there."""
    from straits.stress.tables.imports import supplies

    state, commodity = _whose(study)
    table = supplies(study.baseline)
    mine = table[(table["state"] == state) & (table["commodity"] == commodity)]
    size = customary(study.commodity_unit)
    return float((mine["brought"].clip(lower=0.0) * mine["price"].fillna(0.0)).sum()) * size / 1e6
