"""What to build now and what to wait with, while the world may change from one regime to another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from straits.case.answers import moves_of
from straits.case.schema.records import Regime
from straits.errors import ModelError, StraitsError, did_you_mean
from straits.hedge.adversary import Adversary, Facing
from straits.hedge.ask import Asked, Hedging, read
from straits.hedge.choices import bits
from straits.hedge.histories import Histories
from straits.hedge.years import Project, Years
from straits.model import provenance_of
from straits.results.result import Result, described
from straits.wording import as_amount

if TYPE_CHECKING:
    from straits.case.case import Case

#: Halvings by which the probability is found at which building now is as good.
_HALVINGS = 40


def timing(
    case: Case,
    regimes: Iterable[Mapping[str, Any]] | pd.DataFrame | None = None,
    horizon: int = 10,
    **asked: Unpack[Asked],
) -> Result:
    """Decide, year by year and regime by regime, what to start building.

    Parameters
    ----------
    case : Case
        One pass over its time axis stands for each year.
    regimes : table, optional
        Rows of the table `regimes` of the format. Default: that of the case.
    horizon : int
        Years.
    **asked
        options, attacker, access, target, window, commodity, assets, weights, scenario, tariffs, budget, objective (`value`),
        draws, rng, discount_rate, new_assets; see `straits.hedge.ask.Asked`. With an attacker or assets, regimes say how likely
        it strikes; the hazards of the case, if it has some, happen in every year, or not at all with `draws=0`.

    Returns
    -------
    Result
        `decisions`, one row per regime that the first year can be in: regime, start (what to start now), expected_cost (least
        expected loss and cost over the horizon), now_or_never (the same if nothing can be started later), waiting (what it is
        worth that it can), strike_probability, as_good_at (strike probability of the regime at which starting something now is
        as good as starting nothing this year; nan if there is none). `plan`: year, regime, start, works: if the regime stays.
        `losses`: works (set of options), regime, loss: expected in a year.

    Raises
    ------
    ModelError
        If there are no regimes, they are wrong, the attacker is not named though it strikes, or there are too many states.

    Notes
    -----
    Exact dynamic program over year, regime, what stands and what is under way (Dixit and Pindyck 1994, *Investment under
    Uncertainty*, chapter 2). The decision of a year is taken once its regime is known. An option decided in year t works from
    t + `years_to_build`, for its life (both rounded up to whole years), and is paid for in equal yearly parts over as many years
    as it lives, from the decision on. Rates of hazards times a factor are answered with the same histories, weighed by their
    likelihood ratio, so that each loss is worked out once for all years and regimes.
    """
    if not isinstance(horizon, int) or horizon < 1:
        raise ModelError(f"horizon={horizon!r}: expected a whole number of years, 1 or more")
    rows = _regimes(case, regimes)
    strikes = any(row.strike_probability > 0 for row in rows)
    attacks = asked.get("attacker") is not None or asked.get("assets") is not None
    if strikes and not attacks:
        raise ModelError(
            "regimes: the attacker strikes in some, and none is named; give `attacker`, or `assets` to be closed"
        )
    hazards = bool(case.rows("hazards")) and asked.get("draws") != 0
    if not hazards and not attacks:
        raise ModelError(
            f"case {case.settings.id} has no hazards (or draws=0 leaves them out), and no attacker is named: nothing can be lost"
        )
    if asked.get("objective") not in (None, "value"):
        raise ModelError(
            f"objective={asked['objective']!r}: costs and losses are added up, so losses must be money: 'value'"
        )
    asked["objective"] = "value"
    against = "both" if hazards and attacks else "hazards" if hazards else "attack"
    if hazards:
        asked.setdefault("draws", 200)
    else:
        asked.pop("draws", None)
    h = read(case, against, **asked)
    quiet, struck = _losses(h, rows)
    moves = np.array([[moves_of(row).get(other.id, 0.0) for other in rows] for row in rows])
    rate = asked.get("discount_rate", case.settings.discount_rate)

    def decide(chance: Sequence[float]) -> Years:
        p = np.array(chance)
        return Years(
            _projects(h),
            h.choices.needs,
            h.choices.bars,
            (1.0 - p) * quiet + p * struck,
            moves,
            horizon,
            rate,
        )

    chances = [row.strike_probability for row in rows]
    years = decide(chances)
    best, never = years.best(), years.now_or_never()
    decisions = [
        (row.id, row.start_probability, h.choices.text(years.started(0, r, years.empty)), best[r], never[r], never[r] - best[r],
         row.strike_probability, _as_good(decide, chances, r) if attacks else math.nan)
        for r, row in enumerate(rows)
        if row.start_probability > 0
    ]  # fmt: skip
    columns = [
        "regime",
        "start_probability",
        "start",
        "expected_cost",
        "now_or_never",
        "waiting",
        "strike_probability",
        "as_good_at",
    ]
    table = pd.DataFrame(decisions, columns=columns)
    money = h.question.unit
    loss = years.loss
    losses = [(h.choices.text(p), row.id, loss[p, r]) for p in range(len(loss)) for r, row in enumerate(rows)]
    return Result(
        question=f"What should be started now, and what later, over {horizon} years and {len(rows)} regimes?",
        method="Exact dynamic program over year, regime, what stands and what is under way (Dixit and Pindyck 1994).",
        parameters=h.asked
        | {"horizon": horizon, "regimes": [row.model_dump(mode="json") for row in rows]}
        | {"warnings": [*h.asked["warnings"], *_taken_whole(h)]},
        provenance=provenance_of(case, h.question.model) | {"solves": h.lattice.solves},
        tables={
            "decisions": described(
                table, title="What to start now, by regime",
                units=dict.fromkeys(("expected_cost", "now_or_never", "waiting"), money),
                note="expected_cost: least expected loss and cost over the horizon; waiting: what it is worth that something can "
                "be started later; as_good_at: strike probability at which starting now is as good as waiting a year",
            ),
            "plan": described(
                _plan(years, h, rows), title="What to start in each year, if the regime stays", note="years count from 0"
            ),
            "losses": described(
                pd.DataFrame(losses, columns=["works", "regime", "loss"]),
                title="Expected loss of a year by what works", units={"loss": money},
            ),
        },
        sentences=tuple(_told(table, money)),
    )  # fmt: skip


def _taken_whole(h: Hedging) -> list[str]:
    """Tell which options are taken whole, though they could be built in part."""
    return [
        f"options, row {h.choices.ids[i]!r}: it is divisible, and taken whole or not at all in a plan over years; `hedge` and "
        "`design` take parts"
        for i in bits(h.choices.divisible)
    ]


def _regimes(case: Case, given: Iterable[Mapping[str, Any]] | pd.DataFrame | None) -> list[Regime]:
    """Read regimes, those of the case or others, and check them as a case does."""
    if given is None:
        rows = list(case.rows("regimes").values())
        if not rows:
            raise ModelError(
                f"case {case.settings.id} has no table regimes: it says how likely the world is to change, and when"
            )
        return rows
    records = given.to_dict("records") if isinstance(given, pd.DataFrame) else [dict(row) for row in given]
    clean = [
        {k: v for k, v in row.items() if not (v is None or (isinstance(v, float) and math.isnan(v)))}
        for row in records
    ]
    if not clean:
        raise ModelError("regimes: no rows; expected one for each state that the world can be in")
    problems, rows = [], []
    for number, record in enumerate(clean, start=1):
        unknown = [key for key in record if key not in Regime.model_fields]
        if unknown:
            problems.append(
                f"regimes, row {number}: unknown column {unknown[0]!r}{did_you_mean(str(unknown[0]), Regime.model_fields)}"
            )
            continue
        try:
            rows.append(Regime.model_validate(record))
        except ValueError as error:
            problems.append(f"regimes, row {number}: {error}")
    if not problems:
        problems = _wrong(rows)
    if problems:
        raise ModelError("\n".join(problems))
    return rows


def _wrong(rows: Sequence[Regime]) -> list[str]:
    known, found = [row.id for row in rows], []
    if len(set(known)) < len(known):
        found.append(f"regimes: {', '.join(known)}: one id stands twice")
    total = math.fsum(row.start_probability for row in rows)
    if abs(total - 1.0) > 1e-6:
        found.append(
            f"regimes, column start_probability: the probabilities add to {total:.7g}; they must add to 1"
        )
    for row in rows:
        for column in ("start_probability", "strike_probability"):
            if not 0.0 <= getattr(row, column) <= 1.0:
                found.append(
                    f"regimes, row {row.id}, column {column}: found {getattr(row, column):g}; accepted: 0 to 1"
                )
        if not (math.isfinite(row.hazard_factor) and row.hazard_factor >= 0):
            found.append(
                f"regimes, row {row.id}, column hazard_factor: found {row.hazard_factor:g}; accepted: 0 or more"
            )
        try:
            moves = moves_of(row)
        except StraitsError as error:
            found.append(f"regimes, row {row.id}, column transitions: {error}")
            continue
        for other in moves:
            if other not in known:
                found.append(
                    f"regimes, row {row.id}, column transitions: found {other!r}, which is none{did_you_mean(other, known)}"
                )
        total = math.fsum(moves.values())
        if abs(total - 1.0) > 1e-6:
            found.append(
                f"regimes, row {row.id}, column transitions: the probabilities add to {total:.7g}; they must add to 1"
            )
    return found


def _projects(h: Hedging) -> list[Project]:
    table = h.question.model.case.rows("options")
    return [
        Project(h.choices.cost[i].total, math.ceil(table[key].years_to_build or 0.0), math.ceil(table[key].life_years or 1.0))
        for i, key in enumerate(h.choices.ids)
    ]  # fmt: skip


def _losses(h: Hedging, rows: Sequence[Regime]) -> tuple[np.ndarray, np.ndarray]:
    """Return the expected loss of a year without a strike and with one, by what works and regime, in money a year."""
    count, years = len(h.choices.ids), h.years
    if count > 10:
        raise ModelError(f"{count} options: what works is gone through set by set; name 10 or fewer")
    quiet, struck = (np.zeros((1 << count, len(rows))) for _ in range(2))
    tried: list[int] = []
    known: dict[float, int] = {}
    for r, row in enumerate(rows):
        if row.hazard_factor in known:
            same = known[row.hazard_factor]
            quiet[:, r], struck[:, r] = quiet[:, same], struck[:, same]
            continue
        known[row.hazard_factor] = r
        weighed = _weighed(h.histories, row.hazard_factor)
        for built in range(1 << count):
            facing = Facing(h.lattice, weighed.effects, weighed.mean, h.ground, built)
            quiet[built, r] = -facing.value(0)
            struck[built, r] = quiet[built, r]
            if h.budget:
                found = Adversary(facing, h.weights, tried[:2]).worst(h.budget)
                struck[built, r] = -found.value
                tried = [found.attack, *(a for a in tried if a != found.attack)]
    return quiet / years, struck / years


def _weighed(histories: Histories, factor: float) -> Histories:
    """Return the same histories with the weights that they have where all rates are `factor` times as high.

    The likelihood ratio of a Poisson process; the chance that nothing happens is known, so that the rest is brought to its sum.
    """
    if factor == 1.0 or not histories.counts.any():
        return histories
    nothing = float(histories.weight[histories.counts == 0].sum())
    weight = np.where(histories.counts > 0, histories.weight * float(factor) ** histories.events, 0.0)
    if factor == 0.0:
        weight[:] = 0.0
    silent = nothing**factor if factor > 0 else 1.0
    total = float(weight.sum())
    weight = weight * ((1.0 - silent) / total) if total > 0 else weight
    weight[histories.counts == 0] = silent
    return replace(histories, weight=weight)


def _as_good(decide: Any, chances: Sequence[float], regime: int) -> float:
    """Return the strike probability of a regime at which starting something now is as good as starting nothing this year."""

    def ahead(p: float) -> float:
        now, later = decide([p if r == regime else q for r, q in enumerate(chances)]).now_and_later()
        return float(later[regime] - now[regime])

    low, high = 0.0, 1.0
    first, last = ahead(low), ahead(high)
    if not (first < 0.0 < last):
        return math.nan
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if ahead(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def _plan(years: Years, h: Hedging, rows: Sequence[Regime]) -> pd.DataFrame:
    found = []
    for r, row in enumerate(rows):
        state = years.empty
        for year in range(years.horizon):
            start = years.started(year, r, state)
            then = tuple(1 if start >> i & 1 else at for i, at in enumerate(state))
            found.append((year, row.id, h.choices.text(start), h.choices.text(int(years.works[then]))))
            state = years.next(state, start)
    return pd.DataFrame(found, columns=["year", "regime", "start", "works"])


def _told(table: pd.DataFrame, money: str) -> list[str]:
    told = []
    for row in table.to_dict("records"):
        what = row["start"].replace("|", ", ") or "nothing yet"
        text = f"In regime {row['regime']}, start {what}; being able to wait is worth {as_amount(row['waiting'])} {money}"
        if row["as_good_at"] == row["as_good_at"]:
            chance = f"{row['as_good_at']:.3g}"
            text += f". Starting now is as good as waiting a year where the attacker strikes with probability {chance}"
        told.append(text + ".")
    return told
