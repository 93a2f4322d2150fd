"""How bad it can get, and how likely: drawn histories of closures, history by history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from straits.contingency.estimates import Estimates
from straits.contingency.hazards import Event, Hazards, read_hazards
from straits.engine.batch import solve_many
from straits.engine.circles.uncircled import told_of_circles
from straits.engine.executors import Progress
from straits.engine.foresight.stepwise import with_surprises
from straits.engine.measures import Measures, of_what_is_missed
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.solve import solution_of, solve_model, told_circles
from straits.engine.variant import Variant, patch_of
from straits.errors import InfeasibleError, ModelError, SolveError
from straits.lp import Answer, Status
from straits.lp.session import Session
from straits.model import Model, compile_case, provenance_of
from straits.results.result import Result, described
from straits.wording import as_amount

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.engine.executors import Executors


class Ensemble(Result):
    """Losses over drawn histories.

    Attributes
    ----------
    summary : DataFrame
        statistic, value, standard_error: expected loss, chance that anything happens, VaR and CVaR at each level, and the
        expected loss without the help of known means.
    exceedance : DataFrame
        loss, probability: the chance that the loss is greater, falling.
    contributions : DataFrame
        hazard, expected_events, marginal (expected loss that would not arise without it), standard_error, share (of the
        expected loss). Marginals need not add up to the expected loss: hazards that strike together share it.
    convergence : DataFrame
        draws, expected_loss, standard_error of the first draws, and the same without the help of known means.
    histories : DataFrame
        history, events, loss, weight.
    measure, unit : str
    stats : dict
    """

    @property
    def summary(self) -> pd.DataFrame:
        """Expected loss, chance that anything happens, VaR and CVaR, with their standard errors."""
        return self.tables["summary"]

    @property
    def exceedance(self) -> pd.DataFrame:
        """The chance that more is lost."""
        return self.tables["exceedance"]

    @property
    def contributions(self) -> pd.DataFrame:
        """What each hazard adds to the expected loss."""
        return self.tables["contributions"]

    @property
    def convergence(self) -> pd.DataFrame:
        """The expected loss of the first draws."""
        return self.tables["convergence"]

    @property
    def histories(self) -> pd.DataFrame:
        """Every drawn history and its loss."""
        return self.tables["histories"]

    @property
    def measure(self) -> str:
        """What is lost."""
        return str(self.parameters["measure"])

    @property
    def unit(self) -> str:
        """Unit of the loss."""
        return str(self.parameters["unit"])

    @property
    def stats(self) -> dict[str, Any]:
        """How the histories were answered, of which case and model, and what was drawn."""
        drawn = {k: self.parameters[k] for k in ("draws", "chance", "seed")}
        made = {k: v for k, v in self.provenance.items() if k != "batch"}
        return {**self.provenance["batch"], **made, **drawn}


def ensemble(
    case: Case,
    *,
    draws: int = 10_000,
    rng: np.random.Generator | int = 0,
    measure: str = "value",
    levels: Sequence[float] = (0.95, 0.99),
    foresight: Literal["perfect", "surprise"] = "perfect",
    contributions: bool = True,
    scenario: Scenario | str | None = None,
    tariffs: str | None = None,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
) -> Ensemble:
    """Draw histories of closures and say how much is lost, how often.

    Parameters
    ----------
    case : Case
        With a table hazards.
    draws : int
        Histories in which something happens; those without any event are counted by their probability.
    rng : Generator or int
        The same number gives the same histories.
    measure : str
        What is lost; see `straits.engine.measures.Measures`.
    levels : sequence of float
        Of VaR and CVaR, between 0 and 1.
    foresight : {"perfect", "surprise"}
        surprise: each closure becomes known on its day, and its mean length is then expected. So do measures of the case, also
        where nothing else happens, so that what their news costs is no loss. Solved one by one.
    contributions : bool
        Whether each hazard's part of the expected loss is worked out, from the same histories without it.
    scenario, tariffs
        See `straits.solve`.
    workers, executor, store, progress, check
        See `straits.engine.solve_many`; for perfect foresight.

    Returns
    -------
    Ensemble

    Raises
    ------
    ModelError
        If the case has no hazards, or an argument is out of range, or some history leaves the case infeasible.

    Notes
    -----
    Events of each hazard are a Poisson process over the days of its months. Conditioning on at least one event (a stratum
    whose loss is known to be zero is not drawn) lowers the variance of the mean by the chance that nothing happens, and
    costs nothing. How many days each hazard closes something is drawn too, and its mean is known: what the draws had too much
    or too little of it is taken out of the expected loss (control variates, `straits.contingency.estimates`). Standard errors:
    of means from the spread of the draws; of CVaR likewise, at the VaR found; of VaR by resampling.
    """
    if not isinstance(draws, int) or draws < 2:
        raise ModelError(f"draws={draws!r}: expected a whole number, 2 or more")
    if any(not 0 < level < 1 for level in levels):
        raise ModelError(f"levels={tuple(levels)}: expected numbers between 0 and 1")
    if foresight not in ("perfect", "surprise"):
        raise ModelError(f"foresight={foresight!r}: expected 'perfect' or 'surprise'")
    model = compile_case(case, scenario, tariffs=tariffs)
    hazards = read_hazards(model.case)
    random = np.random.default_rng(rng)
    drawn = hazards.draw(random, draws)
    asked = dict.fromkeys([(), *drawn])
    if contributions:
        asked |= dict.fromkeys(rest for h in drawn for rest in _without_each(h).values())
    if foresight == "perfect":
        values, stats = _perfect(model, hazards, list(asked), measure, workers=workers, executor=executor, store=store,
                                 progress=progress, check=check)  # fmt: skip
    else:
        values, stats = _surprised(model, hazards, list(asked), measure, progress)
    base = values[()]
    # Of what is unmet, more is the loss.
    sign = -1.0 if of_what_is_missed(measure) else 1.0
    base, values = sign * base, {h: sign * value for h, value in values.items()}
    lacking = {h for h in values if _text(h) in stats["failed"]}
    if lacking:
        drawn = _answered(drawn, lacking, contributions=contributions)
        if () in lacking or len(drawn) < 2:
            raise SolveError(f"too few histories have an answer: {next(iter(stats['failed'].items()))}")
    loss = np.array([base - values[h] for h in drawn])
    if not np.all(np.isfinite(loss)):
        bad = drawn[int(np.flatnonzero(~np.isfinite(loss))[0])]
        raise ModelError(
            f"a drawn history leaves the case infeasible: {_text(bad)}. Give hard promises a price."
        )
    loss[np.abs(loss) < 1e-9 * (1.0 + abs(base))] = 0.0
    chance = hazards.chance
    known = hazards.expected_days() / chance
    found = Estimates(loss, chance, np.array([hazards.closed_days(h) for h in drawn]), known)
    parts = _contributions(hazards, drawn, values, found) if contributions else pd.DataFrame()
    unit = _unit(model, measure)
    summary = found.summary(levels, random)
    histories = pd.DataFrame(
        {
            "history": range(len(drawn)),
            "events": [_text(h) for h in drawn],
            "loss": loss,
            "weight": chance / len(drawn),
        }
    )
    money = {"value": unit, "standard_error": unit}
    tables = {
        "summary": described(
            summary, title="Loss over the time axis", units=money, note="a chance has no unit; standard errors are of the draws"
        ),
        "exceedance": described(found.exceedance(), title="Chance that more is lost", units={"loss": unit}),
        "contributions": described(
            parts, title="Expected loss that would not arise without a hazard",
            units={c: unit for c in ("marginal", "standard_error") if c in parts},
        ),
        "convergence": described(found.convergence(), title="Expected loss of the first draws"),
        "histories": described(histories, title="Drawn histories", units={"loss": unit}),
    }  # fmt: skip
    return Ensemble(
        question=f"How much {measure} is lost to the hazards of the case over its time axis, and how often?",
        method="Drawn histories of Poisson events, each answered by the model; histories without events counted by their chance, "
        "control variates (Glasserman 2003, chapter 4), VaR and CVaR with standard errors (Rockafellar and Uryasev 2000).",
        parameters={
            "draws": draws, "chance": chance, "seed": rng if isinstance(rng, int) else None, "measure": measure, "unit": unit,
            "levels": list(levels), "foresight": foresight, "tariffs": model.network.tariffs,
            "warnings": told_of_circles(model),
        },
        provenance=provenance_of(case, model) | {"batch": stats},
        tables=tables,
        sentences=tuple(_told(summary, parts, unit, len(drawn))),
    )  # fmt: skip


def _told(summary: pd.DataFrame, parts: pd.DataFrame, unit: str, drawn: int) -> list[str]:
    """Say the expected loss with its error, and which hazard adds most to it."""
    mean = summary.iloc[0]
    told = [
        f"The expected loss is {as_amount(mean['value'])} {unit}, with a standard error of {mean['standard_error']:,.2g} from "
        f"{drawn:,} histories."
    ]
    if len(parts):
        first = parts.iloc[0]
        told.append(f"Without {first['hazard']} it would be {as_amount(first['marginal'])} {unit} less.")
    return told


def _answered(drawn: list[History], lacking: set[History], *, contributions: bool) -> list[History]:
    """Leave out the histories without an answer, and those that lack one of those without each hazard, if it is asked for."""

    def whole(history: History) -> bool:
        rest = _without_each(history).values() if contributions else ()
        return lacking.isdisjoint([history, *rest])

    return [h for h in drawn if whole(h)]


def _text(history: tuple[Event, ...]) -> str:
    return " ".join(f"{e.hazard}@{e.start}+{e.days}d" for e in history)


def _unit(model: Model, measure: str) -> str:
    return Measures(model, [measure]).unit(measure)


def _without_each(history: tuple[Event, ...]) -> dict[str, tuple[Event, ...]]:
    """Give the history without each of its hazards."""
    return {h: tuple(e for e in history if e.hazard != h) for h in {e.hazard for e in history}}


History = tuple[Event, ...]


def _perfect(
    model: Model, hazards: Hazards, asked: list[History], measure: str, **how: Any
) -> tuple[dict[History, float], dict[str, Any]]:
    # One event can be drawn twice: half of a half is left.
    events = dict.fromkeys(item for h in asked for item in Counter(h).items())
    # Names sort by hazard and time, the longest event of a history first: neighbours in that order are most alike.
    parts = {
        (e, n): patch_of(model, f"{e.hazard}@{e.start:05}+{e.days:05}{'' if n == 1 else f'x{n}'}", n * hazards.effects(e))
        for e, n in events
    }  # fmt: skip
    variants = [
        Variant(_text(h) or "nothing", tuple(parts[item] for item in sorted(
            Counter(h).items(), key=lambda item: (-item[0].days, item[0].hazard, item[0].start))))
        for h in asked
    ]  # fmt: skip
    batch = solve_many(model, variants, [measure], alike=True, **how)
    return dict(zip(asked, batch.table[measure].to_numpy(dtype=float), strict=True)), batch.stats


def _surprised(
    model: Model, hazards: Hazards, asked: list[History], measure: str, progress: Progress | None
) -> tuple[dict[History, float], dict[str, Any]]:
    session, reader = Session(model), Measures(model, [measure])
    values: dict[History, float] = {}
    failed: dict[str, str] = {}
    planned = solve_model(model, session=session)
    undisturbed = solution_of(model, planned, {"foresight": "perfect"} | told_circles(model, planned))
    start = session.basis()
    for i, history in enumerate(asked):
        # Where the case has news of its own, the plan under way is solved anew, and for every history from the same start.
        session.start_from(start)
        effects = (*model.effects, *(x for e in history for x in hazards.effects(e)))
        try:
            changed = replace(model, effects=effects, bounds=model.bounds_under(effects))
            found = with_surprises(changed, session, under_way=undisturbed, wanted=undisturbed.dual)
        except InfeasibleError:
            raise
        except SolveError as error:
            failed[_text(history)], values[history] = str(error), np.nan
            continue
        plan = solution_of(changed, found, told_circles(changed, found))
        if reader.needs > 1:
            plan = with_nearest_prices(plan, undisturbed)
        cost = float(model.cost @ plan.x)
        answer = Answer(Status.OPTIMAL, cost, plan.x, plan.reduced_cost, plan.x[:0], plan.dual, 0, 0.0)
        values[history] = reader.read(answer)[0]
        if progress is not None and i % 16 == 0:
            progress(i, len(asked), float("nan"))
    return values, {"variants": len(asked), "solved": len(asked), "failed": failed}


def _contributions(
    hazards: Hazards, drawn: list[History], values: dict[History, float], found: Estimates
) -> pd.DataFrame:
    """Give what each hazard adds, estimated as the expected loss is: both lean on the same known means, so that the share is
    one of the loss that is told."""
    total = {h: np.zeros(len(drawn)) for h in hazards.ids}
    for i, history in enumerate(drawn):
        for hazard, rest in _without_each(history).items():
            total[hazard][i] = values[rest] - values[history]
    mean = found.mean()[0]
    rows = []
    for hazard, expected in zip(hazards.ids, hazards.expected, strict=True):
        marginal, error = replace(found, loss=total[hazard]).mean()
        rows.append((hazard, expected, marginal, error, marginal / mean if mean else np.nan))
    columns = ["hazard", "expected_events", "marginal", "standard_error", "share"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("marginal", ascending=False, kind="stable", ignore_index=True)
