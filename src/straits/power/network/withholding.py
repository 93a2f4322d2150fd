"""Leverage: what others lose when an actor withholds what it controls, and what that costs the actor itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.access.rights import Access
from straits.engine.cold import check_cold, drawn
from straits.engine.foresight.surprise import Foresight
from straits.model import provenance_of
from straits.power.games.game import GameError
from straits.power.network.program import Players
from straits.power.network.summary import leverage_text
from straits.power.network.withheld.asked import Asked
from straits.power.network.withheld.held import LOSSES, Leverage
from straits.results.result import Result, described

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

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
    start: dt.date | None = None,
    days: float | None = None,
    options: Sequence[str] = (),
    scenario: Scenario | str | None = None,
    foresight: Foresight | None = None,
    refine: bool = True,
    from_players_only: bool = False,
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
    start : datetime.date, optional
        First day of the withholding; default: the case's.
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
    asked = Asked(
        case, players, access, start, days, options, scenario, refine=refine, players_only=from_players_only,
        foresight=foresight,
    )  # fmt: skip
    looked_at = drawn(range(asked.n), check, rng)
    found = [asked.about(i) for i in range(asked.n)]
    checked = check_cold(
        asked.model,
        {f"what all lose if {asked.names[i]} withholds": asked.told(i, found[i][1]) for i in looked_at},
    )
    table, exports, supplies, items, assets = (
        pd.DataFrame([row for tables, _ in found for row in tables[k]], columns=columns)
        for k, columns in enumerate(_COLUMNS)
    )
    beside: dict[str, dict[str, Any]] = {}
    if asked.fit.refine:
        beside["loss_coarse"] = {"refine": False, "foresight": foresight}
    if asked.model.decided is not None:
        beside["loss_known"] = {"refine": refine, "foresight": "perfect"}
    for name, how in beside.items():
        losses = _losses(
            case, players, access, start, days, options, scenario, players_only=from_players_only, **how
        )
        keys = zip(table["actor"], table["target"], strict=True)
        table.insert(3, name, [losses.get(key, np.nan) for key in keys])
    p = asked.parameters | checked
    money = f"million {p['currency']}"
    plain = Result(
        question=f"Who loses what when one of {', '.join(asked.names)} withholds "
        f"{'from the other players only' if from_players_only else 'from all others'}, from {p['start']} to {p['end']} (the day "
        "after the last)?",
        method="One optimum of the model for each actor who withholds, all others replying; losses are differences of accounts "
        "at the prices of the optimum, with their range where prices are not unique.",
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
    start: dt.date | None = None,
    days: float | None = None,
    scenario: Scenario | str | None = None,
    foresight: Foresight | None = None,
    refine: bool = True,
    from_players_only: bool = False,
) -> pd.DataFrame:
    """Compare leverage on the network as it is with that after each option is built by itself.

    Parameters
    ----------
    case, players, access, start, days, scenario, foresight, refine, from_players_only
        As in `leverage`.
    options : sequence of str
        Options, each tried alone.

    Returns
    -------
    DataFrame
        actor, target, as_it_is (loss of the target), and a column of losses for each option; million currency. Each network
        is compared with itself: what an option is worth in quiet times is no part of it.
    """
    found: dict[str, Any] = {}
    options = [options] if isinstance(options, str) else list(options)
    for name, built in {"as_it_is": [], **{option: [option] for option in options}}.items():
        asked = Asked(
            case, players, access, start, days, built, scenario, refine=refine, players_only=from_players_only,
            foresight=foresight,
        )  # fmt: skip
        pairs = [(i, j) for i in range(asked.n) for j in range(asked.n) if i != j]
        found.setdefault("actor", [asked.names[i] for i, _ in pairs])
        found.setdefault("target", [asked.names[j] for _, j in pairs])
        losses = [asked.loss(asked.after(asked.withheld[i])) for i in range(asked.n)]
        found[name] = [losses[i][j] for i, j in pairs]
    return pd.DataFrame(found)


def _losses(case: Case, *asked: Any, **how: Any) -> dict[tuple[str, str], float]:
    """Return the loss of each target by each actor, asked otherwise; empty where no step has its middle in the time."""
    try:
        found = Asked(case, *asked, **how)
    except GameError:
        return {}
    losses = [found.loss(found.after(found.withheld[i])) for i in range(found.n)]
    return {
        (found.names[i], found.names[j]): float(losses[i][j])
        for i in range(found.n)
        for j in range(found.n)
        if i != j
    }


__all__ = ["Leverage", "leverage", "with_each_option"]
