"""Leverage: what others lose when an actor withholds what it controls, and what that costs the actor itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.access.rights import Access
from straits.case.built import required
from straits.engine.cold import check_cold, drawn
from straits.engine.executors import Executors, Progress, check_workers, do_all, with_progress
from straits.engine.foresight.surprise import Foresight
from straits.model import find_scenario, provenance_of
from straits.power.games.game import GameError
from straits.power.network.program import Players
from straits.power.network.summary import leverage_text
from straits.power.network.withheld.asked import Asked
from straits.power.network.withheld.held import LOSSES, Leverage
from straits.results.result import Result, described

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: A network, and the number of a player on it, or None for all.
_Piece = tuple[str, int | None]
#: Columns of the tables of `Leverage`.
_COLUMNS = (
    ["actor", "target", "loss", "loss_least", "loss_most", "loss_veto", "loss_without_reply", "saved", "own_cost", "ratio",
     "joint_loss"],
    ["actor", "target", "commodity", "unit", "amount_lost", "revenue_lost"],
    ["actor", "target", "commodity", "unit", "used_lost", "unmet_more"],
    ["actor", "target", "item", "loss"],
    ["actor", "asset", "kind", "right", "kept_open_by", "moved", "unit", "target", "loss_alone", "joint_alone"],
)  # fmt: skip


def leverage(
    case: Case,
    players: Players,
    *,
    access: Access | Mapping[str, Access] = "host",
    start: str | dt.date | None = None,
    days: float | None = None,
    options: Sequence[str] = (),
    scenario: Scenario | str | None = None,
    foresight: Foresight | None = None,
    refine: bool = True,
    from_players_only: bool = False,
    workers: int = 1,
    executor: Executors | None = None,
    progress: Progress | None = None,
    check: int = 3,
    rng: np.random.Generator | int = 0,
) -> Leverage:
    """Find what each player loses when each other withholds what it controls, all others replying as well as they can.

    The actor who withholds (i) lets no cargo of others over links and vessels that it may close, (ii) lets no cargo
    of others be sold in markets that it may close, (iii) sells nothing of its own to others, players or not
    (`from_players_only`: to
    buyers who are other players). What lies on the land of a state its owners do not close, whether the state is a player or
    not: who else is asked about changes no loss.
    Cargo whose origin is not tracked counts as everybody's. The reply is the optimum of the model, which knows the
    withholding from the start of the case or, by surprise, from its first day. Values are accounts of the players and of
    those they speak for, with tariffs as the case sets them.

    Parameters
    ----------
    case : Case
        The case.
    players : sequence of actor ids, or mapping of name to actor ids
        As in `game`.
    access : "host", "veto", "regulated" or mapping of asset to one of them
        Which rights hold, as in `game`. Default host: what lies wholly on the territory of another state that state keeps
        running against an owner, since to withhold is to act, and owners of shares have no hand on the valve. Column
        `loss_veto` says what it would be if they had.
    start : str or date, optional
        First day, such as 2022-07-01, of the withholding; default: the case's.
    days : float, optional
        How long; default: to the end of the case.
    options : sequence of str
        Options that are built.
    from_players_only : bool
        Whether own cargo is withheld from buyers who are other players only; the rest may still go to everybody else.
    scenario : Scenario or str, optional
        Default: the undisturbed case.
    foresight : {"perfect", "surprise"}, optional
        perfect: all know from the start who will withhold what, when. surprise: they learn it on its first day, with its end;
        what was decided before is carried out. Column `loss_known` has the loss with foresight beside. Default: surprise, as
        acts of states are in scenarios.
    refine : bool
        Whether steps are cut so that they begin and end with the time given and are no longer than a third of it; column
        `loss_coarse` then has the loss in the steps of the case. If not, steps that have their middle in this time are closed
        as a whole, and the answer says which time that is.
    workers : int
        Processes, this one among them. The answers do not depend on it.
    executor : concurrent.futures.Executor or callable, optional
        Where to work instead, as for `straits.engine.solve_many`.
    progress : callable, optional
        Called with parts of the work that are done, all of them and seconds left.
    check : int
        Of how many actors, drawn at random, the reply is solved cold and its worth compared. 0 for none.
    rng : Generator or int
        Draws the actors to be checked.

    Raises
    ------
    GameError
        Fewer than two players; no step has its middle in the time given, a start outside the case, or unknown actors.
    InfeasibleError
        A promise without a price cannot be kept.
    SolveError
        If a check finds a difference.
    """
    if len(players) < 2:
        raise GameError(f"leverage: needs at least two players, found {len(players)}")
    check_workers(workers, executor)
    how: dict[str, Any] = {
        "players": players, "access": access, "start": start, "days": days, "options": options, "scenario": scenario,
        "refine": refine, "players_only": from_players_only, "foresight": foresight,
    }  # fmt: skip
    networks = {"": how, "loss_coarse": how | {"refine": False}, "loss_known": how | {"foresight": "perfect"}}
    work = _Networks(case, networks, lenient=True)
    asked = work.asked("")
    looked_at = drawn(range(asked.n), check, rng)
    beside = ["loss_coarse"] * bool(asked.fit.refine) + ["loss_known"] * (asked.model.decided is not None)
    pieces: list[_Piece] = [*(("", i) for i in range(asked.n)), *((name, None) for name in beside)]
    answers = dict(with_progress(do_all(work, pieces, workers, executor), len(pieces), progress))
    found = [answers["", i] for i in range(asked.n)]
    checked = check_cold(
        asked.model,
        {f"what all lose if {asked.names[i]} withholds": asked.told(i, found[i][1]) for i in looked_at},
    )
    table, exports, supplies, items, assets = (
        pd.DataFrame([row for tables, _ in found for row in tables[k]], columns=columns)
        for k, columns in enumerate(_COLUMNS)
    )
    for name in beside:
        losses = answers[name, None]
        keys = zip(table["actor"], table["target"], strict=True)
        table.insert(3, name, [losses.get(key, np.nan) for key in keys])
    p = asked.parameters | checked
    money = f"million {p['currency']}"
    plain = Result(
        question=f"Who loses what when one of {', '.join(asked.names)} withholds "
        f"{'from the other players only' if from_players_only else 'from all others'}, from {p['start']} to {p['end']} (the day "
        "after the last)?",
        method="One optimum of the model for each actor who withholds, all others replying; losses are differences of accounts, "
        "at prices that move no further than they must, with their range where these are not unique.",
        parameters=p,
        provenance=provenance_of(case, asked.model),
        tables={
            "leverage": described(
                table, title="What each loses when another withholds", units={c: money for c in LOSSES if c in table}
            ),
            "exports": described(exports, title="Sales abroad that each loses", units={"revenue_lost": money}),
            "supplies": described(
                supplies, title="What each uses less, and is promised and does not get",
                note="used_lost and unmet_more in the unit of the commodity",
            ),
            "items": described(items, title="Loss by item of the account", units={"loss": money}),
            "assets": described(
                assets, title="What each loss rests on", units={"loss_alone": money, "joint_alone": money},
                note="Assets one behind the other each take as much alone as all together.",
            ),
        },
    )  # fmt: skip
    return Leverage(**{**vars(plain), "sentences": tuple(leverage_text(plain))})


def with_each_option(
    case: Case,
    players: Players,
    options: Sequence[str],
    *,
    access: Access | Mapping[str, Access] = "host",
    start: str | dt.date | None = None,
    days: float | None = None,
    scenario: Scenario | str | None = None,
    foresight: Foresight | None = None,
    refine: bool = True,
    from_players_only: bool = False,
    workers: int = 1,
    executor: Executors | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare leverage on the network as it is with that after each option is built by itself, with what it requires.

    Parameters
    ----------
    case, players, access, start, days, scenario, foresight, refine, from_players_only
        As in `leverage`.
    options : sequence of str
        Options, each tried alone, with what it requires.
    workers : int
        Processes, this one among them. The answers do not depend on it.
    executor : concurrent.futures.Executor or callable, optional
        Where to work instead, as for `straits.engine.solve_many`.
    progress : callable, optional
        Called with networks that are done, all of them and seconds left.

    Returns
    -------
    DataFrame
        actor, target, as_it_is (loss of the target), and a column of losses for each option; million currency. Each network
        is compared with itself: what an option is worth in quiet times is no part of it.
    """
    check_workers(workers, executor)
    options = [options] if isinstance(options, str) else list(options)
    how: dict[str, Any] = {
        "players": players, "access": access, "start": start, "days": days, "scenario": scenario, "refine": refine,
        "players_only": from_players_only, "foresight": foresight,
    }  # fmt: skip
    table, there = case.rows("options"), find_scenario(case, scenario)
    has = there.options if there is not None else ()
    networks: dict[str, list[str]] = {"as_it_is": []}
    for option in options:
        needed = required(table, option) if option in table else []
        networks[option] = [option, *(other for other in needed if other not in has)]
    work = _Networks(case, {name: how | {"options": built} for name, built in networks.items()})
    pieces = [(name, None) for name in networks]
    answers = dict(with_progress(do_all(work, pieces, workers, executor), len(pieces), progress))
    pairs = list(answers["as_it_is", None])
    found: dict[str, Any] = {"actor": [a for a, _ in pairs], "target": [t for _, t in pairs]}
    return pd.DataFrame(found | {name: [answers[name, None][pair] for pair in pairs] for name in networks})


class _Networks:
    """Networks on which players withhold: work (see `straits.engine.executors`) whose pieces are a network with the number of a
    player, for all about it, or with None, for the losses of all.

    Parameters
    ----------
    case : Case
    how : mapping of str to dict
        Arguments of each network.
    lenient : bool
        Whether what cannot be asked, as where no step has its middle in the time, has no losses and is no error.
    """

    def __init__(self, case: Case, how: Mapping[str, Mapping[str, Any]], *, lenient: bool = False) -> None:
        self.case, self.how, self.lenient = case, how, lenient
        self._known: dict[str, Asked] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Travel without a solver."""
        return self.__dict__ | {"_known": {}}

    def asked(self, name: str) -> Asked:
        """Return a network; the first one, which others that are like it start from, and the last one are kept."""
        first = next(iter(self.how))
        if name != first:
            self.asked(first)
        if name not in self._known:
            self._known = dict(list(self._known.items())[:1])
            self._known[name] = Asked(self.case, **self.how[name], near=self._known.get(first))
        return self._known[name]

    def begin(self, *, away: bool) -> Callable[[_Piece], tuple[_Piece, Any]]:
        """Give what does a piece."""
        return self._do

    def _do(self, piece: _Piece) -> tuple[_Piece, Any]:
        name, i = piece
        if i is not None:
            return piece, self.asked(name).about(i)
        try:
            return piece, self.asked(name).losses()
        except GameError:
            if not self.lenient:
                raise
            return piece, {}


__all__ = ["Leverage", "leverage", "with_each_option"]
