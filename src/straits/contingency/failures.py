"""Every failure of one or two assets, ranked by what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from straits.case.checks.idle.effects import idle_effects
from straits.case.ownership import NOBODY
from straits.contingency.losses import cumulative, excess_of, losses_of, told_of, units_of
from straits.engine.batch import Batch, solve_many
from straits.engine.circles.uncircled import told_of_circles
from straits.engine.executors import Progress
from straits.engine.foresight.surprise import Foresight, knowing, surprised
from straits.engine.measures import supply_measures
from straits.engine.prices.base import with_reference_dual
from straits.engine.steps import fitted
from straits.engine.targets import Window, check_access, failures, window_of
from straits.engine.variant import Variant, close
from straits.errors import InfeasibleError, ModelError, SolveError
from straits.lp.patch import Patch
from straits.model import Model, compile_case, find_scenario, provenance_of
from straits.results.result import Result, described

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.ownership import Access
    from straits.case.schema.settings import Scenario
    from straits.engine.executors import Executors

#: How everybody replies, in words.
_KNOWING = {
    "perfect": "with foresight",
    "surprise": "from the first day of the window on, with what comes before as it was planned",
}
BASE, LIFTED = "baseline", "unlimited storage"


class Sweep(Result):
    """Losses of every single (and double) failure over one window.

    Attributes
    ----------
    table : DataFrame
        One row per failure, the greatest loss first. Columns failure, assets (how many fail), first, second, status, method,
        loss (of joint value), loss_known (by surprise: the same if all had known it from the start), loss_coarse (the same in the
        steps of the case, where finer ones were taken), cumulative_share (of
        the losses of the failures of the same number of assets), lack_of_storage and lack_of_route (their sum is the loss),
        unmet_cost, `exports:…` lost, `used:…` lost and `unmet:…` more by commodity and state, `account:…` lost. Money in
        million currency, amounts in the unit of the commodity; a gain is
        negative, and inf means that a hard promise cannot be kept.
    pairs : DataFrame
        Double failures: failure, first, second, loss, sum_of_parts, excess (loss beyond the sum of the two single losses), the
        greatest excess first. Empty for `k=1`.
    window : (date, date)
    currency : str
    stats : dict
        How the batch was answered; see `straits.engine.Batch`.
    warnings : list of str
        What was asked for and changes nothing, in words.
    """

    @property
    def pairs(self) -> pd.DataFrame:
        """Double failures beside the sum of the two single ones."""
        return self.tables["pairs"]

    @property
    def window(self) -> Window:
        """First day of the closures, and the day after the last."""
        start, end = self.parameters["window"]
        return date.fromisoformat(start), date.fromisoformat(end)

    @property
    def currency(self) -> str:
        """Currency of the losses, of which a million is the unit."""
        return str(self.parameters["currency"])

    @property
    def stats(self) -> dict[str, Any]:
        """How the batch was answered, and of which case and model."""
        return {**self.provenance["batch"], **{k: v for k, v in self.provenance.items() if k != "batch"}}

    @property
    def warnings(self) -> list[str]:
        """What was asked for and changes nothing, in words."""
        return list(self.parameters["warnings"])


def sweep(
    case: Case,
    *,
    k: int = 1,
    over: str | Sequence[str] = "links",
    window: str | Window | None = None,
    scenario: Scenario | str | None = None,
    tariffs: str | None = None,
    actors: Sequence[str] | Literal["all"] = "all",
    split: bool = True,
    access: Access = "veto",
    foresight: Foresight | None = None,
    refine: bool = True,
    beside: bool = True,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
) -> Sweep:
    """Close every asset, and with `k=2` every pair of assets, over a window, and rank what is lost.

    Parameters
    ----------
    case : Case
    k : {1, 2}
        How many assets fail at most.
    over : str or sequence of str
        What fails as one: groups (`links`, `places`, `actors`, `territories`, `transit`, …) or ids; see
        `straits.engine.targets.failures`.
    window : str or (date, date), optional
        For example `2022-07-01:30d`. Default: the whole time axis.
    scenario : Scenario or str, optional
        What acts besides. Default: nothing.
    tariffs : {"paid", "internal"}, optional
    actors : sequence of str or "all"
        Whose losses are worked out.
    split : bool
        Whether the loss is divided into what more storage would have saved and what it would not. Doubles the work.
    access : {"veto", "host", "regulated"}
        Which rights of actors hold, where actors fail; see `straits.case.ownership`. Default: veto, as for `actor:X` in a
        scenario, which says that all stops that X owns or operates.
    foresight : {"perfect", "surprise"}, optional
        perfect: everybody knows a failure and its end from the start, so that all adapt to it. surprise: nobody
        acts on it before the first day of the window; then its end is known. Column `loss_known` has the loss with foresight
        beside. Default: perfect.
    refine : bool
        Whether steps are cut into shorter ones round a window, or a disruption of the scenario, of less than three steps; see
        `straits.engine.steps`. Column `loss_coarse` then has the loss in the steps of the case.
    beside : bool
        Whether `loss_known` and `loss_coarse` stand beside the loss. Each is all failures solved once more.
    workers, executor, store, progress, check
        See `straits.engine.solve_many`.

    Returns
    -------
    Sweep

    Raises
    ------
    ModelError
        If an argument names nothing in the case.
    InfeasibleError
        If the case is infeasible before anything fails.

    Notes
    -----
    By surprise, what comes before the window is held at the plan under way, which is the same for all failures
    (`straits.engine.foresight.settled`); what acts besides, and what the case says, is known from the start. What is lost
    is counted from the plan that is decided on that day if nothing fails; `straits.stress` counts from the plan under way,
    which is as good, but can differ from it in tariffs and accounts. The lack of storage is the part of the loss that would
    not arise if every store of the case that is not itself closed were unlimited in content and rates (by surprise: from
    the window on), measured against the same case with unlimited stores and no failure.
    """
    if k not in (1, 2):
        raise ModelError(f"k={k!r}: expected 1 (single failures) or 2 (single and double failures)")
    scenario = find_scenario(case, scenario)
    start, end = window_of(case, window)
    fit = fitted(case, [scenario], [(start, end)], refine=refine)
    known = compile_case(fit.case, scenario, tariffs=tariffs)
    if len(actors):
        known = with_reference_dual(known, fit, scenario, tariffs)
    model, foresight, sooner = knowing(known, foresight, start, acts=False)
    assets = failures(model, over)
    if len(assets) < k:
        raise ModelError(f"k={k}: only {len(assets)} assets can fail (over={over!r})")
    check_access(access)
    if access != "veto" and not any(asset.startswith("actor:") for asset in assets):
        raise ModelError(
            f"access={access!r}: it says which rights of actors hold, and no actor fails (over={over!r})"
        )
    singles = [close(model, asset, start, end, access=access) for asset in assets]
    measures = _measures(model, actors)
    how: dict[str, Any] = {
        "workers": workers, "executor": executor, "store": store, "progress": progress, "check": check
    }  # fmt: skip
    variants = [Variant(BASE), *(Variant(p.name, (p,)) for p in singles)]
    found = solve_many(model, variants, measures, **how)
    _demand_base(found)
    if k == 2:
        used = found.table.set_index("variant")["method"] != "skipped"
        # What the optimum does not use comes second in a pair: then the pair starts from a failure that matters.
        ordered = sorted(singles, key=lambda p: not used[p.name])
        variants = [*variants[:1], *(Variant(p.name, (p,)) for p in ordered)]
        variants += [Variant(f"{a.name}+{b.name}", (a, b)) for a, b in combinations(ordered, 2)]
        found = solve_many(model, variants, measures, **how)
        _demand_base(found)
    stats = found.stats
    table = losses_of(found.table, measures, variants)
    if split:
        table, more = _split(model, table, variants, how)
        stats = stats | {
            "failed": {f"{k}, stores without limit": why for k, why in more.items()} | stats["failed"]
        }
    if beside and fit.refine:
        rough = compile_case(fitted(case, [scenario], refine=False).case, scenario, tariffs=tariffs)
        rough = surprised(rough, start) if foresight == "surprise" else rough
        table.insert(
            list(table.columns).index("loss") + 1, "loss_coarse", _losses_on(rough, table, (start, end), access, how)
        )  # fmt: skip
    if beside and foresight == "surprise":
        table.insert(
            list(table.columns).index("loss") + 1, "loss_known", _losses_on(known, table, (start, end), access, how)
        )  # fmt: skip
    table = table.sort_values("loss", ascending=False, kind="stable", ignore_index=True)
    table.insert(list(table.columns).index("loss") + 1, "cumulative_share", cumulative(table))
    told = told_of_circles(model) + idle_effects(case, model.scenario) + list(fit.told) + sooner
    told += [f"closing {p.name} changes nothing: nothing can move there then" for p in singles if p.idle]
    currency = model.case.settings.currency
    pairs = excess_of(table)
    return Sweep(
        question=f"What does each failure of {'one asset' if k == 1 else 'one or two assets'} cost, of {len(assets)} that may "
        f"fail, from {start} to {end} (the day after the last)?",
        method=f"One optimum of the linear model for each set of closed assets, everybody replying {_KNOWING[foresight]} (N-1 "
        "and N-2 contingency analysis); those that the undisturbed optimum does not use are proved to cost nothing.",
        parameters={
            "k": k, "over": over, "window": [start, end], "tariffs": model.network.tariffs, "access": access, "split": split,
            "foresight": foresight, "currency": currency, "warnings": told,
        },
        provenance=provenance_of(case, model) | {"batch": stats, "refined": fit.words},
        tables={
            "sweep": described(
                table, title="Loss of each failure, the greatest first", units=units_of(table, model),
                note="loss: of joint value; lack of storage and lack of route add up to it; all else: what is lost of it, "
                "below zero gained, and of what is unmet how much more; inf: a hard promise cannot be kept",
            ),
            "pairs": described(
                pairs, title="Double failures beside the sum of their parts",
                units=dict.fromkeys(("loss", "sum_of_parts", "excess"), f"million {currency}"),
            ),
        },
        sentences=tuple(told_of(table, pairs, currency)),
    )  # fmt: skip


def _losses_on(
    model: Model, table: pd.DataFrame, window: Window, access: Access, how: dict[str, Any]
) -> list[float]:
    """Give the loss of each failure on another program; nan where its steps leave a part of an unlimited capacity."""
    patches: dict[str, Patch] = {}
    for asset in dict.fromkeys(a for a in (*table["first"], *table["second"]) if a):
        with suppress(ModelError):
            patches[asset] = close(model, asset, *window, access=access)
    pairs = [[a for a in names if a] for names in zip(table["first"], table["second"], strict=True)]
    known = [names for names in pairs if all(a in patches for a in names)]
    variants = [
        Variant(BASE),
        *(Variant("+".join(names), tuple(patches[a] for a in names)) for names in known),
    ]
    found = (
        solve_many(model, variants, ["value"], **(how | {"check": 0})).table["value"].to_numpy(dtype=float)
    )
    loss = found[0] - found[1:]
    loss = np.where(np.abs(loss) < 1e-9 * (1.0 + abs(found[0])), 0.0, loss)
    by_name = {"+".join(names): float(x) for names, x in zip(known, loss, strict=True)}
    return [by_name.get("+".join(names), np.nan) for names in pairs]


def _demand_base(found: Batch) -> None:
    """Raise what is wrong if the case before any failure, the first row, has no optimum."""
    status = found.table["status"][0]
    if status == "infeasible":
        raise InfeasibleError("the case is infeasible before anything fails; solve it to see why")
    if status != "optimal":
        raise SolveError(f"the case without any failure: {found.stats['failed'][BASE]}")


def _measures(model: Model, actors: Sequence[str] | Literal["all"]) -> list[str]:
    cargoes = sorted({(k.commodity, k.origin) for k in model.network.cargoes})
    # What nobody earns is lost too; with it the accounts add up to the loss.
    chosen = [*model.case.rows("actors"), NOBODY] if actors == "all" else list(actors)
    return [
        "value",
        "unmet_cost",
        *(f"exports:{c}:{o}" for c, o in cargoes),
        *supply_measures(model),
        *(f"account:{a}" for a in chosen),
    ]


def lift_storage(model: Model) -> Patch:
    """Give the patch that makes every store unlimited in content and rates."""
    f = model.formulation
    rows = np.concatenate([np.arange(b.offset, b.offset + b.size) for b in (f.level, f.rate)])
    order = np.argsort(rows)
    lower = model.bounds.row_lower[rows].copy()
    lower[f.level.size :] = -np.inf
    nothing, none = np.empty(0, dtype=int), np.empty(0)
    return Patch(LIFTED, nothing, none, none, none, rows[order], lower[order], np.full(len(rows), np.inf))


def _split(
    model: Model, table: pd.DataFrame, variants: Sequence[Variant], how: dict[str, Any]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Add what is lost for lack of storage (it would not be lost with unlimited stores) and for lack of route (the rest)."""
    route = table["loss"].to_numpy(dtype=float)
    failed: dict[str, str] = {}
    if model.network.stores.ids:
        lifted = lift_storage(model)
        batch = solve_many(model, [Variant(v.id, (lifted, *v.parts)) for v in variants], ["value"], **how)
        failed = batch.stats["failed"]
        value = batch.table["value"].to_numpy(dtype=float)
        route = value[0] - value[1:]
        scale = 1e-9 * (1.0 + abs(value[0]))
        route = np.where(np.abs(route) < scale, 0.0, route)
        with np.errstate(invalid="ignore"):
            storage = table["loss"].to_numpy(dtype=float) - route
        storage = np.where(np.abs(storage) < scale, 0.0, storage)
    else:
        storage = np.zeros(len(table))
    at = list(table.columns).index("loss") + 1
    table.insert(at, "lack_of_storage", storage)
    table.insert(at + 1, "lack_of_route", route)
    return table, failed
