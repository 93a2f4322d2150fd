"""What the report asks beyond its scenarios: which failure hurts most, the worst that could be done, who has power."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from straits.errors import ModelError, SolveError, StraitsError

if TYPE_CHECKING:
    from straits.power import Balance, Leverage
    from straits.report.study.content import Study

T = TypeVar("T")

#: Length that a window of failures comes near, days; it is made of whole steps.
WINDOW_DAYS = 30.0
#: Greatest number of closures of the worst attack.
MOST_CLOSURES = 3
#: Time for the worst attack of each budget, seconds, after which the best found stands with its bound.
PATIENCE = 10.0
#: What spreading exports may cost: share of what they earn in the baseline.
EXTRA_COST = 0.01


@dataclass(frozen=True)
class Failures:
    """Single failures over one window, nothing else disrupted.

    Attributes
    ----------
    links : DataFrame
        Links that can carry the focus cargo: asset, exports_lost (of that cargo), cumulative_share (of all single losses),
        value_lost, lack_of_storage, lack_of_route (million currency), possible (whether all hard promises can be kept).
    states : DataFrame
        state, and exports_lost and value_lost if all on its territory stops, and if only cargo of others through it stops.
    window : (date, date)
        First day, and day after the last.
    exported : float
        What the baseline exports of the focus cargo during the window.
    failed : dict of str to str
        Failures without an answer that could be believed, and what was tried; in none of the tables.
    """

    links: pd.DataFrame
    states: pd.DataFrame
    window: tuple[date, date]
    exported: float
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attack:
    """The worst that one actor can do to the exports of another.

    Attributes
    ----------
    attacker, target : str
    curve, ties : DataFrame
        As `straits.worst.Worst` has them.
    protected : DataFrame
        As `straits.worst.protect` has it, for one safe asset: one row for each budget, in column budget. Empty where
        closing an asset also lifts an obligation.
    unit : str
    window : (date, date)
    assets : list of str
        What the attacker may close.
    rights : DataFrame
        By what rights, and when: asset, right, start, end.
    """

    attacker: str
    target: str
    curve: pd.DataFrame
    ties: pd.DataFrame
    protected: pd.DataFrame
    unit: str
    window: tuple[date, date]
    assets: list[str]
    rights: pd.DataFrame

    @property
    def whole(self) -> float:
        """The most that could be exported if nothing were closed."""
        return float(self.curve["value"].iloc[0])


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


def window_of(study: Study) -> tuple[date, date]:
    """Return whole steps of about 30 days: from the first disruption of the main scenario, else in the middle of the axis.

    Whole steps, since an asset without a limit can be closed for a step or not at all.
    """
    edges = study.edges
    struck = study.disrupted_days(study.main) if study.main else None
    begin = struck[0] if struck else (edges[0] + edges[-1] - WINDOW_DAYS) / 2
    first = int(np.argmin(np.abs(edges[:-1] - begin)))
    last = first + 1 + int(np.argmin(np.abs(edges[first + 1 :] - edges[first] - WINDOW_DAYS)))
    start = study.case.settings.time.start
    return start + timedelta(days=float(edges[first])), start + timedelta(days=float(edges[last]))


def or_why(asked: Callable[[], T]) -> tuple[T | None, str]:
    """Return the result of an analysis, or None and why there is none, so that one lacking part does not cost the report."""
    try:
        return asked(), ""
    except StraitsError as error:
        return None, str(error)


def find_all(study: Study, progress: Callable[[str], None] | None = None) -> Study:
    """Return the study with all that this module finds for its focus, and why what is lacking is lacking."""
    from straits.report.study.pairs import find_pairs
    from straits.report.study.risks import find_risk

    focus = study.case.settings.focus
    if focus is None:
        return study
    lacking: dict[str, str] = {}
    unanswered = dict(study.unanswered)

    def ask(part: str, title: str, asked: Callable[[], T]) -> T | None:
        try:
            found: T | None = asked()
        except StraitsError as error:
            found, lacking[part] = None, str(error)
            # What has no meaning for a case is no failure; a question that the solver does not answer is one.
            if isinstance(error, SolveError):
                unanswered[title] = str(error)
        if progress:
            progress(title)
        return found

    failures = ask("failures", "single failures", lambda: find_failures(study))
    pairs = attack = power = risk = None
    if failures is not None:
        unanswered |= {f"failure of {asset}": why for asset, why in failures.failed.items()}
        pairs = ask("pairs", "double failures", lambda: find_pairs(study, failures))
    if study.case.rows("hazards"):
        risk = ask("risk", "drawn histories", lambda: find_risk(study))
    if focus.against:
        attack = ask("attack", "worst attack", lambda: find_attack(study))
    if focus.players:
        power = ask("power", "power of players", lambda: find_power(study, focus.players))
    return replace(
        study, failures=failures, pairs=pairs, risk=risk, attack=attack, power=power, lacking=lacking,
        unanswered=unanswered,
    )  # fmt: skip


# ---------------------------------------------------------------------- failures


def find_failures(study: Study) -> Failures:
    """Close each link that can carry the focus cargo, and each state, for the window.

    Raises
    ------
    ModelError
        If the focus cargo is none of the network.
    """
    from straits.contingency import sweep
    from straits.stress.measures import exports

    origin, commodity, _ = study.focus
    network = study.baseline.network
    mine = [(k.commodity, k.origin) == (commodity, origin) for k in network.cargoes]
    if not any(mine):
        raise ModelError(f"no {commodity} of {origin} can reach a buyer, so nothing of it can be lost")
    carriers = np.unique(network.pair_link[np.array(mine)[network.pair_cargo]])
    window = window_of(study)
    measure = f"exports:{commodity}:{origin}"
    found = sweep(study.case, over=[network.link_ids[i] for i in carriers], window=window, actors=())
    whole = sweep(study.case, over="territories,transit", window=window, actors=(), split=False)
    sold = exports(study.baseline)
    sold = sold[(sold["commodity"] == commodity) & (sold["origin"] == origin)]
    share = network.steps.overlap(*window)
    exported = float(sold["amount"].to_numpy(float) @ share[sold["step"].to_numpy(int)])
    failed = found.stats["failed"] | whole.stats["failed"]
    answered = found.table[~found.table["failure"].isin(list(failed))]
    return Failures(_ranked(answered, measure), _by_state(whole.table, measure), window, exported, failed)


def _ranked(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "asset": table["failure"],
            # A sweep leaves out measures that no failure changes.
            "exports_lost": table[measure] if measure in table else np.where(table["status"] == "optimal", 0.0, np.nan),
            "value_lost": table["loss"],
            "lack_of_storage": table["lack_of_storage"],
            "lack_of_route": table["lack_of_route"],
            "possible": table["status"] == "optimal",
        }
    )  # fmt: skip
    frame = frame.sort_values(["exports_lost", "value_lost"], ascending=False, kind="stable")
    lost = frame["exports_lost"].clip(lower=0.0).fillna(0.0)
    total = float(lost.sum())
    frame.insert(2, "cumulative_share", lost.cumsum() / total if total > 0 else np.nan)
    return frame.reset_index(drop=True)


def _by_state(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    lost = table.set_index("failure")
    states = dict.fromkeys(str(name).partition(":")[2] for name in lost.index)
    columns: dict[str, list] = {"state": list(states)}
    for scope, column in (("territory", "all"), ("transit", "transit")):
        for what, name in ((measure, "exports_lost"), ("loss", "value_lost")):
            values = lost[what] if what in lost else pd.Series(0.0, index=lost.index)
            columns[f"{column}_{name}"] = [float(values.get(f"{scope}:{state}", 0.0)) for state in states]
    order = ["all_exports_lost", "all_value_lost"]
    return pd.DataFrame(columns).sort_values(order, ascending=False, kind="stable", ignore_index=True)


# ---------------------------------------------------------------------- the worst attack


def find_attack(study: Study) -> Attack:
    """Find the closures by the state of the focus that take most of what could be exported, and what one safe asset changes.

    Raises
    ------
    ModelError
        If that state controls nothing, or the focus cargo is none of the network.
    """
    from straits.engine.targets import controlled_by
    from straits.worst import protect, worst

    target, commodity, attacker = study.focus
    assert attacker is not None
    window = window_of(study)
    held = controlled_by(study.baseline.model, attacker, window)
    budget = min(MOST_CLOSURES, len(held))
    how: dict[str, Any] = {
        "attacker": attacker,
        "target": target,
        "window": window,
        "commodity": commodity,
        "objective": "volume",
        "seconds": PATIENCE,
    }
    found = worst(study.case, budget=budget, **how)
    rows = []
    for closures in range(1, budget + 1):
        # The same question has just been answered, so all that can fail is that it has no answer for safe assets.
        safe, _ = or_why(partial(protect, study.case, protect=1, budget=closures, **how))
        if safe is None:
            break
        rows.append(safe[safe["protect"] == 1].assign(budget=closures))
    protected = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    return Attack(
        attacker,
        target,
        found.curve,
        found.ties,
        protected,
        found.unit,
        found.window,
        found.assets,
        found.rights,
    )


# ---------------------------------------------------------------------- power


def find_power(study: Study, players: Sequence[str]) -> Power:
    """Ask what the players can withhold from each other over the window, what each is worth, and how spread exports are.

    Raises
    ------
    GameError, InfeasibleError
        As `straits.power.game` and `straits.power.leverage`.
    """
    from straits.power import Game, balance, game, leverage, with_each_option
    from straits.power.network.summary import owners_text, shares_table, shares_text

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
        name: replace(found, parameters={"null_players": found.parameters["null_players"]})
        for name, found in exact.items()
    }
    spread, why = or_why(lambda: balance(study.case, *study.focus[:2], extra_cost=EXTRA_COST * earned(study)))
    made = dict(exact["As it is"].parameters)
    by_law = game(study.case, groups, access="veto")
    assert isinstance(by_law, Game)
    told = [*shares_text(plain), *owners_text(exact["As it is"], by_law)]
    return Power(names, held, each, shares_table(exact), told, made, spread, why, exact["As it is"].unit)


def earned(study: Study) -> float:
    """Return what the focus exports earn in the baseline at the prices paid, million currency."""
    from straits.stress.measures import exports

    origin, commodity, _ = study.focus
    table = exports(study.baseline)
    mine = (table["commodity"] == commodity) & (table["origin"] == origin)
    return float(table.loc[mine, "revenue"].sum())


__all__ = [
    "Attack",
    "Failures",
    "Power",
    "find_all",
    "find_attack",
    "find_failures",
    "find_power",
    "or_why",
    "window_of",
]
