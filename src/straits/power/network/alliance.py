"""Unions: what actors gain by selling and shipping together, and what would hold them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.access.rights import Access, spokesmen
from straits.engine import Session
from straits.engine.foresight.settled import settled_solution
from straits.engine.prices.nearest import with_nearest_prices
from straits.lp import Status
from straits.lp.states.part import surely
from straits.model import Solution
from straits.power.games.allocation import Allocation
from straits.power.games.core import CoreCheck, core_check, least_core
from straits.power.games.game import Array, Game, GameError
from straits.power.games.lexicographic import prenucleolus
from straits.power.games.values import shapley
from straits.power.network.adds import adds_text, members_of, what_it_adds
from straits.power.network.casegame import Outsiders, game
from straits.power.network.program import CoalitionProgram, build_program
from straits.power.network.summary import METHOD, how_valued, rivals_text
from straits.results.result import Result, described
from straits.wording import as_money

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


class Union(Result):
    """A union against going alone and against pairs.

    Attributes
    ----------
    game : Game
        The game among the members; everybody else closes nothing.
    value : float
        v of the union, million currency; `surplus` is what is left of it when each member has what it could reach
        alone.
    surplus : float
    members : DataFrame
        member, alone, in_best_pair (what it gets in the best of its pairs, if the two halve what they gain by it: their
        Shapley value), shapley, gain (Shapley value less alone), gain_on_pair (less in_best_pair),
        own_account (what sales and scarcity leave with the member and those it speaks for, before tariffs, in the joint
        optimum, less the same when all members' assets are idle; nan with options to build),
        prenucleolus, side_payment (received if positive: prenucleolus less own account).
    others : DataFrame
        actor, kind, account: the same for those who are no members, the largest first, groups of many after them; what the side
        payments add up to. Empty with options to build.
    pairs : DataFrame
        first, second, value, surplus (against its members alone), gain (what both get in the union by Shapley, less what
        the pair reaches).
    adds : DataFrame
        beside, value, adds: what the union has beyond no union, each of its pairs, itself without a member, waiting, and, of
        `apart`, what it adds without that cargo; see `straits.power.network.adds`.
    core : CoreCheck
        Whether the Shapley value lies in the core.
    stable : bool
        Whether some division lies in the core: no member or pair could do better. `slack` is what each coalition
        could be taxed before one leaves (negative: what each would have to be paid to stay).
    slack : float
    """

    game: Game
    value: float
    surplus: float
    members: pd.DataFrame
    others: pd.DataFrame
    pairs: pd.DataFrame
    adds: pd.DataFrame
    core: CoreCheck
    stable: bool
    slack: float
    shapley: Allocation
    prenucleolus: Allocation

    def __init__(
        self, game: Game, tables: dict[str, pd.DataFrame], shapley: Allocation, prenucleolus: Allocation
    ) -> None:
        least, core = least_core(game), core_check(game, shapley)
        found = {
            "value": game.grand,
            "surplus": game.grand - float(game.alone.sum()),
            "stable": not least.parameters["core_empty"],
            "slack": -float(least.parameters["epsilon"]),
        }
        goods = "" if game.parameters["commodity"] == "all" else f" for {game.parameters['commodity']}"
        super().__init__(
            f"What is a union of {', '.join(game.players)}{goods} worth, does it hold, and what would hold it together?",
            METHOD,
            {**game.parameters, **found},
            {key: game.parameters[key] for key in ("case", "case_hash", "scenario")},
            tables,
        )
        # A name of a table or a parameter is an attribute already; the rest is what a file cannot hold.
        vars(self).update(game=game, core=core, shapley=shapley, prenucleolus=prenucleolus)
        currency = game.unit.removeprefix("million ")
        told = (*union_text(self), *adds_text(self.adds, currency), how_valued("union", game.parameters))
        vars(self).update(sentences=told)

    def plain(self) -> Result:
        """Return what can be saved: all tables, without the game."""
        return Result(
            self.question, self.method, self.parameters, self.provenance, self.tables, {}, self.sentences
        )

    def with_tables(self, **tables: pd.DataFrame) -> Result:  # type: ignore[override]
        """Return what can be saved with more tables, or with others of the same names."""
        return self.plain().with_tables(**tables)


def union(
    case: Case,
    members: Sequence[str] | Mapping[str, Sequence[str]],
    *,
    commodity: str | None = None,
    access: Access | Mapping[str, Access] = "veto",
    options: bool | Sequence[str] = False,
    outsiders: Outsiders = "absent",
    scenario: Scenario | str | None = None,
    discount_rate: float | None = None,
    apart: Sequence[str] = (),
) -> Union:
    """Value a union of actors in a case.

    Parameters
    ----------
    case, access, options, outsiders, scenario, discount_rate
        As in `game`.
    members : sequence of actor ids, or mapping of name to actor ids
        The members, at least two; an alliance stands for the actors whose `member_of` names it. All other actors are bystanders,
        who close nothing.
    commodity : str, optional
        Only this commodity is produced, on its way or in store. Default: all.
    apart : sequence of str
        Origins of cargo that is left out once, so that it can be told how much of the union is carrying it.

    Raises
    ------
    GameError
        Fewer than two members; an unknown commodity.
    """
    if isinstance(members, str):
        raise GameError(f"union: expected a list of actors, found the text {members!r}")
    members = members if isinstance(members, Mapping) else members_of(case, members)
    names = [str(m) for m in members]
    if len(names) < 2:
        raise GameError(f"union: needs at least two members, found {len(names)}")
    how: dict[str, Any] = {
        "access": access,
        "options": options,
        "scenario": scenario,
        "commodity": commodity,
        "discount_rate": case.settings.discount_rate if discount_rate is None else discount_rate,
    }
    solved = game(case, members, outsiders=outsiders, **how)
    assert isinstance(solved, Game)
    fair, middle = shapley(solved), prenucleolus(solved)
    own, others = np.full(len(names), np.nan), pd.Series(dtype=float)
    if not solved.parameters["options"]:
        own, others = _earned(case, members, how)
    alone = solved.alone
    pairs = pd.DataFrame(
        [
            (a, b, solved[a, b], solved[a, b] - solved[a] - solved[b], fair[a] + fair[b] - solved[a, b])
            for a, b in combinations(names, 2)
        ],
        columns=["first", "second", "value", "surplus", "gain"],
    )
    best = np.array([max((solved[a, b] + solved[a] - solved[b]) / 2 for b in names if b != a) for a in names])
    table = pd.DataFrame(
        {
            "member": names,
            "alone": alone,
            "in_best_pair": best,
            "shapley": fair.values,
            "gain": fair.values - alone,
            "gain_on_pair": _rounded(fair.values - best, solved.scale),
            "own_account": own,
            "prenucleolus": middle.values,
            "side_payment": middle.values - own,
        }
    )
    tables = {
        "members": table,
        "others": _by_kind(case, others),
        "pairs": pairs,
        "adds": what_it_adds(case, members, solved, apart, {**how, "outsiders": outsiders}),
    }
    return Union(solved, {key: _told(key, frame, solved.unit) for key, frame in tables.items()}, fair, middle)


#: Titles of the tables, and their columns of money.
_TITLES = {
    "members": ("Members of the union, alone and together",
                ("alone", "in_best_pair", "shapley", "gain", "gain_on_pair", "own_account", "prenucleolus", "side_payment")),
    "others": ("What others earn when the union acts", ("account",)),
    "pairs": ("Pairs of members", ("value", "surplus", "gain")),
    "adds": ("What the union adds, and beside what", ("value", "adds")),
}  # fmt: skip


def _told(key: str, frame: pd.DataFrame, money: str) -> pd.DataFrame:
    title, columns = _TITLES[key]
    return described(frame, title=title, units=dict.fromkeys(columns, money))


def _by_kind(case: Case, others: pd.Series) -> pd.DataFrame:
    """Return accounts of who is no member with the kind of each, states and their companies first, groups of many after them."""
    rows = case.rows("actors")
    table = others.rename_axis("actor").rename("account").reset_index()
    kind = [rows[str(a)].kind if str(a) in rows else "nobody" for a in table["actor"]]
    table.insert(1, "kind", kind)
    apart = np.isin(kind, ["group", "nobody"])
    return table.iloc[np.argsort(apart, kind="stable")].reset_index(drop=True)


def _rounded(x: Array, scale: float) -> Array:
    """Return zero for differences that are rounding."""
    return np.where(np.abs(x) <= 1e-12 * scale, 0.0, x)


def _earned(
    case: Case, members: Sequence[str] | Mapping[str, Sequence[str]], how: dict[str, Any]
) -> tuple[Array, pd.Series]:
    """Return what members earn in the joint optimum and not with all members' assets idle; and the same of all other actors."""
    program = build_program(case, members, **how)
    speaker = spokesmen(case, members)
    session = Session(program.model)
    states = program.states(np.array([(1 << len(program.players)) - 1, 0], dtype=np.int64))
    together, idle = (_solved(program, session, state) for state in states)
    held = [_accounts(solution) for solution in (together, with_nearest_prices(idle, together))]
    gained = held[0].sub(held[1], fill_value=0.0)
    own = np.zeros(len(program.players))
    for actor, amount in gained.items():
        if actor in speaker:
            own[speaker[str(actor)]] += amount
    others = gained[[actor not in speaker for actor in gained.index]]
    return own, others[others.abs() > 1e-9 * max(gained.abs().max(), 1.0)].sort_values(ascending=False)


def _solved(program: CoalitionProgram, session: Session, state: np.ndarray) -> Solution:
    bounds = program.bounds(state)
    answer = surely(session, bounds)
    if answer.status != Status.OPTIMAL:
        raise program.explain(state)
    return settled_solution(replace(program.model, bounds=bounds), answer, session.basis())[0]


def _accounts(solution: Solution) -> pd.Series:
    return solution.accounts().groupby("actor")["amount"].sum()


def union_text(found: Union) -> list[str]:
    """Say what a union is worth, whether it holds, and what would hold it together."""
    game, told = found.game, []
    told.append(
        f"The union reaches {as_money(found.value)} {game.unit}, {as_money(abs(found.surplus))} "
        f"{'more' if found.surplus >= 0 else 'less'} "
        "than its members alone. Others close nothing."
    )
    rows = found.members
    against = f"against going alone: {_each(rows, 'gain')}"
    if len(rows) > 2:
        against += f"; against its best pair: {_each(rows, 'gain_on_pair')}"
    told.append(f"What each gains in the union by Shapley value, {against}.")
    told.append(
        "The Shapley division lies in the core: no member and no pair does better apart."
        if found.core
        else f"The Shapley division is not in the core: {', '.join(found.core.worst)} would gain "
        f"{as_money(found.core.excess)} by leaving."
    )
    if found.stable:
        told.append(
            f"A stable division exists; each coalition could lose {as_money(found.slack)} before one leaves."
        )
    else:
        told.append(
            f"No division is stable: each coalition would need {as_money(-found.slack)} from outside to stay."
        )
    return [*told, *rivals_text(game), _payments(found)]


def _each(rows: pd.DataFrame, column: str) -> str:
    return ", ".join(f"{m} {as_money(x)}" for m, x in zip(rows["member"], rows[column], strict=True))


def _payments(found: Union) -> str:
    """Say which payments lead from what each earns to the prenucleolus, and who must pay what the members do not earn."""
    paid = found.members["side_payment"]
    if paid.isna().any():
        return (
            "Side payments are not worked out with options to build: accounts do not say who pays for these."
        )
    flows = [
        f"{m} {'receives' if x > 0 else 'pays'} {as_money(abs(x))}"
        for m, x in zip(found.members["member"], paid, strict=True)
    ]
    told = f"To reach the prenucleolus from what each earns before tariffs: {'; '.join(flows)}."
    lacking = float(paid.sum())
    if abs(lacking) > 1e-6 * found.game.scale:
        most = found.others.head(3)
        who = ", ".join(f"{a} {as_money(x)}" for a, x in zip(most["actor"], most["account"], strict=True))
        told += (
            f" That takes {as_money(lacking)} from others, who earn it when the union acts ({who}): it could come as tariffs and "
            "prices that they pay."
            if lacking > 0
            else f" That leaves {as_money(-lacking)} to others."
        )
    return told


__all__ = ["Union", "union", "union_text"]
