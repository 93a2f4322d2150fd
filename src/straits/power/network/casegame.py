"""Coalition values from a case: what each coalition reaches when what others may close is closed to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from straits.access.rights import Access
from straits.engine.cold import Told, check_cold, drawn, read_check
from straits.engine.executors import Executors, Progress, check_workers
from straits.lp.tolerance import PROVED
from straits.power.games.game import MAX_EXACT, Game, GameError, members
from straits.power.games.lazygame import LazyGame
from straits.power.network.coalitionvalues import CaseValues
from straits.power.network.outsiders import AgainstBaseline
from straits.power.network.program import (
    CoalitionProgram,
    Players,
    build_program,
    chosen_options,
)

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

Outsiders = Literal["absent", "baseline"]


def game(
    case: Case,
    players: Players,
    *,
    access: Access | Mapping[str, Access] = "veto",
    options: bool | Sequence[str] = False,
    outsiders: Outsiders = "absent",
    scenario: Scenario | str | None = None,
    commodity: str | None = None,
    sample: bool = False,
    discount_rate: float | None = None,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
    rng: np.random.Generator | int = 0,
) -> Game | LazyGame:
    """Find what each coalition of players can reach in a case.

    v(S) is the greatest joint value (sales less real costs; tariffs are transfers) that the network yields
    when every asset that a player outside S may close is closed, less the same with all players' assets
    closed. Fields may be shut in without penalty; promised demand that stays unmet and agreed flows that
    fall short cost what the case says, in every coalition alike.

    Parameters
    ----------
    case : Case
        The case.
    players : sequence of actor ids, or mapping of name to actor ids
        A player speaks for the companies of its state and an alliance for its members, unless these are
        players themselves (`straits.access.rights.spokesmen`).
    access : "veto", "host", "regulated" or mapping of asset to one of them
        veto: whoever may close an asset can refuse it to a coalition he is not in. host: as veto, but owners
        close nothing that lies wholly on the territory of players. regulated: links and stores are open to
        all at their resource cost. A mapping sets single assets; the others are under veto.
    options : bool or sequence of option ids
        Whether coalitions may build. An option needs the consent of all who may close its asset and of its
        builder; it can be built in part; its cost is the annuity of its capital cost for the time of the
        case.
    outsiders : "absent" or "baseline"
        absent: players outside S sell nothing and ship nothing. baseline: cargo whose supplies are all
        closed to S moves and is sold as it does when all act together, and takes up its share of capacity
        and demand; v(S) is what S adds to that. Options that need an outsider's consent stand as all
        together have built them (`straits.power.network.outsiders`). Where several patterns are equally good for all together
        (cargoes of two origins that could change places at two markets), values rest on the one that the solver found, and
        `parameters["baseline_unique"]` is False.
    scenario : Scenario or str, optional
        Default: the undisturbed case.
    commodity : str, optional
        Only this commodity is produced, on its way, in store or owed. Default: all.
    sample : bool
        Value coalitions only when asked (for more than 20 players): gives a `LazyGame`, for `shapley(game,
        sample=…, rng=…)`.
    discount_rate : float, optional
        Yearly rate of the annuities of options. Default: that of the case.
    workers : int
        Processes among which coalitions against the baseline are divided, this one among them. The values do not depend on it.
        With absent outsiders the states of one process prove each other, and one is enough.
    executor : concurrent.futures.Executor or callable, optional
        Where to work instead, as for `straits.engine.solve_many`.
    store : path or str, optional
        Folder or address that keeps values against the baseline as they come, as for `straits.engine.solve_many`. With absent
        outsiders all take seconds, and it is refused; of samples `shapley` has one.
    progress : callable, optional
        Called with stretches of coalitions that are done, all of them and seconds left, against the baseline.
    check : int
        How many coalitions, drawn at random (of a `LazyGame` when a sample is told), are solved cold as whole programs and
        compared with their values. 0 for none.
    rng : Generator or int
        Draws the coalitions to be checked.

    Returns
    -------
    Game, or LazyGame if `sample`
        Values in million currency. `parameters` says access, options, outsiders, scenario, number of
        coalitions, of distinct states, of programs solved, of coalitions `checked`, with the largest relative difference
        found, and which assets are closed by whom.

    Raises
    ------
    GameError
        Unknown actor, asset or regime; an asset without a controller in `access`; more than 20 players
        without `sample`; a store where nothing is kept.
    InfeasibleError
        A coalition in which a hard promise cannot be kept.
    SolveError
        If a check finds a difference.
    StoreError
        If values cannot be written, or one of the store is not that of the question.
    """
    names = [str(p) for p in players]
    if len(names) > MAX_EXACT and not sample:
        raise GameError(
            f"{len(names)} players have 2^{len(names)} coalitions; exact games have at most {MAX_EXACT} "
            "players. Give sample=True here and sample= and rng= to shapley()"
        )
    if outsiders not in ("absent", "baseline"):
        raise GameError(f"outsiders: expected 'absent' or 'baseline', found {outsiders!r}")
    check_workers(workers, executor)
    read_check(check)
    if store is not None and (sample or outsiders == "absent"):
        raise GameError(
            f"store={store!r}: values of all coalitions against outsiders='baseline' are kept; others take seconds. Of a sample, "
            "give it to shapley()"
        )
    program = build_program(
        case,
        players,
        access=access,
        options=options,
        scenario=scenario,
        commodity=commodity,
        discount_rate=discount_rate,
    )
    unit = f"million {case.settings.currency}"
    parameters: dict[str, Any] = {
        "case": case.settings.id,
        "case_hash": case.hash,
        "scenario": program.model.scenario.id if program.model.scenario else "baseline",
        "commodity": commodity or "all",
        "access": access if isinstance(access, str) else dict(access),
        "options": chosen_options(case, options),
        "discount_rate": case.settings.discount_rate if discount_rate is None else discount_rate,
        "outsiders": outsiders,
        "tolerance": PROVED,
        "controlled": _controlled(program),
        "null_players": [
            p
            for i, p in enumerate(program.players)
            if not any(program.holders(k) >> i & 1 for k in range(len(program.rights)))
        ],
    }
    worth = AgainstBaseline(program) if outsiders == "baseline" else CaseValues(program)
    if isinstance(worth, AgainstBaseline):
        parameters["baseline_unique"] = worth.unique
    checked = partial(_checked, program, worth, check=check, rng=rng)
    if sample:
        return LazyGame(names, worth.one, unit=unit, parameters=parameters, check=checked)
    found: dict[str, Any] = {"parts": 1}
    if isinstance(worth, CaseValues):
        values, found["states"] = worth.every()
        found |= {"parts": worth.parts, "solves": worth.solves}
    else:
        values, counts = worth.every(
            workers=workers, executor=executor, store=store, progress=progress, check=check
        )
        found |= counts
    found |= {"coalitions": len(values)}
    return Game(
        tuple(names), values, unit, {**parameters, **found, **checked(dict(enumerate(values.tolist())))}
    )


def _checked(
    program: CoalitionProgram,
    worth: CaseValues | AgainstBaseline,
    values: Mapping[int, float],
    *,
    check: int,
    rng: np.random.Generator | int,
) -> dict[str, Any]:
    """Solve the whole program cold for some of the coalitions that are valued, and compare."""
    told = {
        f"v({', '.join(members(mask, program.players))})": Told(values[mask], *worth.programs(mask))
        for mask in drawn((mask for mask in values if mask), check, rng)
    }
    return check_cold(program.model, told)


def _controlled(program: CoalitionProgram) -> dict[str, list[str]]:
    """Give for each asset the players with a right in it, at any time."""
    masks: dict[str, int] = {}
    for right in (right for rights in program.rights for right in rights):
        masks[right.asset] = masks.get(right.asset, 0) | right.holders
    return {
        asset: [p for i, p in enumerate(program.players) if mask >> i & 1] for asset, mask in masks.items()
    }


__all__ = ["game"]
