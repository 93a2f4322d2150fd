"""Which set of options lowers the loss most for its cost: the whole staircase, proved."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from straits.engine.executors import Progress
from straits.errors import ModelError
from straits.hedge.ask import Asked, Hedging, read
from straits.hedge.choices import bits
from straits.hedge.flips import flips_table
from straits.hedge.known import add_known, as_known, least_of
from straits.hedge.mixed.curve import Curve
from straits.hedge.staircase import Staircase, Step
from straits.hedge.together import options_table
from straits.model import provenance_of
from straits.results.result import Result, described
from straits.wording import as_amount, counted, remaining
from straits.worst.question import check_seconds

if TYPE_CHECKING:
    from straits.case.case import Case

#: Options of which all sets are gone through; of more, or where one can be built in part, a program chooses among them.
MOST_GONE_THROUGH = 16
#: Columns of `Hedge.frontier`.
FRONTIER = (
    "cost", "portfolio", "loss", "least_loss", "gap", "proved", "quiet_gain", "saved", "net", "per_dollar", "attack",
    "standard_error", "ties", "solves", "seconds",
)  # fmt: skip


class Hedge(Result):
    """The staircase of loss over cost.

    Attributes
    ----------
    frontier : DataFrame
        One row per step, the cheapest first, beginning with nothing built: cost (million currency a year), portfolio (options,
        separated by `|`; of a part, with the part, `tank:0.5`), loss, least_loss (no portfolio that costs as much or less loses
        less), gap (relative difference of the two), proved, quiet_gain (what it earns while nothing happens), saved (of the loss
        with nothing built), net (saved less the cost over the time axis), per_dollar (saved for each unit of that cost), attack
        (the worst, assets separated by `|`), standard_error (of saved: of the difference to nothing built, both facing the same
        draws), ties (portfolios of this cost and loss, this one included), solves, seconds. What a measure lacks is blank. By
        surprise, loss_known and attack_known too: what the same portfolio loses to an attack that all know from the start, at the
        worst, and which that is (nan where it was not proved in time).
    options : DataFrame
        One row per option: option, cost, alone (what it saves with nothing but what it requires), added_last (what it saves
        where all others stand that can stand beside it), steps (in how many of the frontier it stands), with (options with which
        it saves more together than both apart). Blank where it was not proved, and added_last where others exclude each other.
    flips : DataFrame
        One row per option, for the step with the largest net: option, cost, chosen, flips_at (yearly cost from which on, or of
        one that is not chosen below which, another portfolio could have a larger net; nan: at no cost), then (that portfolio),
        source and confidence of the row. With `spend`, of the portfolios that cost no more at the costs as given. Empty where
        losses are not money.
    portfolios : DataFrame
        Every portfolio: cost, portfolio, least_loss, loss (nan where only the least is known), proved. With more than 16 options,
        or one that can be built in part: those that were looked at.
    """

    @property
    def frontier(self) -> pd.DataFrame:
        """The steps: portfolios that nothing cheaper beats."""
        return self.tables["frontier"]

    @property
    def options(self) -> pd.DataFrame:
        """What each option saves alone, and added last."""
        return self.tables["options"]

    @property
    def flips(self) -> pd.DataFrame:
        """How far each cost could be off before another portfolio would be the one to choose."""
        return self.tables["flips"]

    @property
    def portfolios(self) -> pd.DataFrame:
        """All portfolios, with what is known of each."""
        return self.tables["portfolios"]

    @property
    def unit(self) -> str:
        """Unit of the loss."""
        return str(self.parameters["unit"])

    def near(self, slack: float) -> pd.DataFrame:
        """List other portfolios that do nearly as well as a step.

        Parameters
        ----------
        slack : float
            By which share a portfolio may cost more than the step, and lose more than it, such as 0.05.

        Returns
        -------
        DataFrame
            step (portfolio of the step), portfolio, cost, least_loss, loss (nan where only the least is known), proved. No
            portfolio within the slack is missing; one whose loss is not proved may lie outside (modelling to generate
            alternatives, DeCarolis 2011, *Energy Economics* 33(2)).

        Raises
        ------
        ModelError
            If the slack is no number from 0 up.
        """
        if not (np.isfinite(slack) and slack >= 0):
            raise ModelError(f"slack={slack!r}: expected a share, 0 or more, such as 0.05")
        every = self.portfolios
        found = []
        for step in self.frontier.to_dict("records"):
            cost = step["cost"] + slack * step["cost"] + 1e-9
            loss = step["loss"] + slack * abs(step["loss"]) + 1e-7 * (1.0 + abs(step["loss"]))
            rows = every[
                (every["cost"] <= cost)
                & (every["least_loss"] <= loss)
                & (every["portfolio"] != step["portfolio"])
            ]
            found.append(rows.assign(step=step["portfolio"]))
        columns = ["step", "portfolio", "cost", "least_loss", "loss", "proved"]
        return pd.concat(found, ignore_index=True)[columns]


def hedge(
    case: Case,
    against: str = "attack",
    *,
    spend: float | None = None,
    seconds: float = np.inf,
    progress: Progress | None = None,
    **asked: Unpack[Asked],
) -> Hedge:
    """Find, for every amount that could be spent, the options that leave least to lose.

    Parameters
    ----------
    case : Case
    against : {"attack", "hazards", "both"}
        attack: the attacker sees what was built and closes, within its budget, what hurts most. hazards: histories, drawn or
        given. both: the attacker chooses knowing what was built and not what will happen.
    spend : float, optional
        Most that may be spent in a year, million currency. Default: no limit.
    seconds : float
        Time after which what is not proved keeps its bounds.
    progress : callable, optional
        Called with steps proved, steps as they now stand, and nan: how long the rest takes is not known.
    **asked
        options, attacker, access, target, window, commodity, assets, weights, scenario, tariffs, budget, objective, measure,
        level, draws, rng, histories, discount_rate, new_assets, foresight; see `straits.hedge.ask.Asked`.

    Returns
    -------
    Hedge

    Raises
    ------
    ModelError
        If an argument names nothing in the case, is out of range, or does not go with another; an option lacks its cost or
        life; or a history leaves no plan.

    Notes
    -----
    All sets of up to 16 options are gone through. With more, or where one is `divisible`, a mixed-integer program chooses
    portfolios by planes below their losses; with parts the loss falls without steps and is found for 25 amounts.

    A set of options costs the annuities of its capital over its life and what it costs to keep. Losses are counted from one
    ground for all: the undisturbed case with nothing built, with its goods under way at the start and its worth at the end. All
    sets face the same histories, so the standard error is that of the difference.

    Defence against the best attack on what is defended (Brown, Carlyle, Salmerón and Wood 2006, *Interfaces* 36(6)), with the
    search of Israeli and Wood (2002) for each step. Least losses come from attacks found on other sets (as columns and
    constraints do in Zeng and Zhao 2013, *Operations Research Letters* 41(5)); plans are carried from set to set by what they use
    of what was built, and parts of the network that share nothing are answered apart. Tail means: Rockafellar and Uryasev (2000).

    By surprise each set has the past of its own plan under way (`straits.hedge.replies.past`). What is known of a set holds for
    another only where both have the same past: a set that has more can lose more, by relying on what is closed. Portfolios that a
    program chooses are answered as if all knew the attack from the start, and a warning says so.
    """
    if spend is not None and not spend >= 0:
        raise ModelError(
            f"spend={spend!r}: expected a number, 0 or more, million {case.settings.currency} a year"
        )
    check_seconds(seconds)
    h = read(case, against, **asked)
    limit, deadline = np.inf if spend is None else spend, time.perf_counter() + seconds
    if len(h.choices.ids) > MOST_GONE_THROUGH or h.choices.divisible:
        h = as_known(h, asked.get("foresight"), MOST_GONE_THROUGH)
        found: Staircase | Curve = Curve(h, spend=limit, seconds=seconds, progress=progress)
    else:
        found = Staircase(
            h.choices, h.lattice, h.histories.effects, h.measure, h.ground, h.weights, h.budget, spend=limit, seconds=seconds,
            progress=progress, counted=h.counted if h.lattice.sloped else None, least=least_of(h),
        )  # fmt: skip
    found.search()
    steps = found.steps if isinstance(found, Curve) else found.found()
    frontier = _frontier(h, steps)
    searched = found.solves
    options = options_table(h, found, list(frontier["portfolio"]))
    if h.question.foresight == "surprise":
        add_known(frontier, h, deadline)
    return _result(
        case,
        h,
        found,
        frontier,
        options,
        spend,
        {"solves": searched, "solves_of_options": found.solves - searched},
    )


def _frontier(h: Hedging, steps: Sequence[Step]) -> pd.DataFrame:
    """Return the steps with all that is said of each."""
    rows = []
    names, first = h.question.names, steps[0]
    for step in steps:
        loss, proved = step.loss, step.proved
        saved = first.loss - loss if loss < first.loss else 0.0
        spent = step.cost * h.years
        money = h.question.objective == "value"
        rows.append(
            (
                step.cost, step.portfolio, loss, loss if proved else step.least_loss,
                0.0 if proved else (loss - step.least_loss) / max(abs(loss), 1e-12), proved, step.quiet_gain, saved,
                saved - spent if money else math.nan, saved / spent if spent > 0 else math.nan,
                "|".join(names[i] for i in bits(step.attack)) if h.budget else None,
                _error(h, first.losses, step.losses), step.ties, step.solves, step.seconds,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(FRONTIER))


def _error(h: Hedging, before: np.ndarray | None, after: np.ndarray | None) -> float:
    """Return the standard error of what is saved; nan where nothing was drawn."""
    if before is None or after is None or not h.histories.counts.any():
        return math.nan
    if h.measure_name == "cvar":
        return h.histories.error_of_cvar(before, after, h.level)
    return h.histories.error_of_mean(before - after)


def _portfolios(h: Hedging, stairs: Staircase | Curve) -> pd.DataFrame:
    if isinstance(stairs, Curve):
        return stairs.portfolios()
    exact = stairs.low >= stairs.high - np.array([stairs._near(x) for x in stairs.high])
    return pd.DataFrame(
        {
            "portfolio": [h.choices.text(int(p)) for p in stairs.sets],
            "cost": stairs.cost,
            "least_loss": stairs.low,
            "loss": np.where(exact, stairs.high, np.nan),
            "proved": exact,
        }
    )


def _result(
    case: Case,
    h: Hedging,
    stairs: Staircase | Curve,
    frontier: pd.DataFrame,
    options: pd.DataFrame,
    spend: float | None,
    effort: dict[str, Any],
) -> Hedge:
    unit, money = h.question.unit, f"million {case.settings.currency}"
    yearly = f"{money}/y"
    per = (
        f"{unit} per {money}"
        if h.question.objective == "volume"
        else f"{case.settings.currency} per {case.settings.currency}"
    )
    losses = dict.fromkeys(("loss", "least_loss", "quiet_gain", "saved", "standard_error"), unit)
    if "loss_known" in frontier:
        losses["loss_known"] = unit
    tables = {
        "frontier": described(
            frontier, title="What to build for how much, and what remains to lose",
            units={**losses, "cost": yearly, "net": money, "per_dollar": per, "seconds": "s"},
            note=f"loss: of {h.question.lost}, counted from the undisturbed case with nothing built; least_loss: no portfolio "
            "that costs as much or less loses less; saved: of the loss with nothing built; net: saved less the cost over "
            "the time axis"
            + ("; loss_known: to the worst attack that all know from the start" if "loss_known" in frontier else ""),
        ),
        "options": described(
            options, title="What each option saves alone and added last",
            units={"cost": yearly, "alone": unit, "added_last": unit},
            note="alone: with nothing but what it requires; added_last: where all others stand that can stand beside it, blank "
            "where these exclude each other; with: options with which it saves more together than both apart",
        ),
        "flips": described(
            flips_table(h, stairs), title="How far a cost could be off before another portfolio would be chosen",
            units={"cost": yearly, "flips_at": yearly},
            note="of the step with the largest net; flips_at: the yearly cost from which on (of one that is not chosen: below "
            "which) another could have a larger net; then: that portfolio"
            + ("" if spend is None else "; of portfolios within what may be spent, at the costs as given"),
        ),
        "portfolios": described(
            _portfolios(h, stairs), title="All portfolios",
            units={"cost": yearly, "least_loss": unit, "loss": unit},
            note="least_loss: to the attacks known; loss: blank where only the least is known",
        ),
    }  # fmt: skip
    return Hedge(
        question=_question(h, len(h.choices.ids)),
        method=_method(h, isinstance(stairs, Curve)),
        parameters=h.asked | {"spend": spend} | effort,
        provenance=provenance_of(case, h.question.model),
        tables=tables,
        sentences=tuple(told(frontier, f"{unit} of {h.question.lost}", money, h.measure_name)),
    )


def _method(h: Hedging, program: bool) -> str:
    if program:
        return (
            "A mixed-integer program over options, told of worst attacks and of planes below the losses as they are found "
            "(Benders 1962; Israeli and Wood 2002; Zeng and Zhao 2013)."
        )
    if h.budget:
        return (
            "All sets of options, those on the staircase proved by a search over closures (defender-attacker-defender; Brown, "
            "Carlyle, Salmerón and Wood 2006; Israeli and Wood 2002)."
        )
    return (
        "All sets of options, each answered for every history (two-stage stochastic program; tail means as in Rockafellar and "
        "Uryasev 2000)."
    )


def _question(h: Hedging, count: int) -> str:
    who = h.asked["attacker"] or "whoever closes"
    start, end = h.question.window
    surprise = ", a surprise of the first day" if h.question.foresight == "surprise" else ""
    budget = f"a budget of {counted(h.budget, 'closure')}"
    against = {
        "attack": f"{who}, who sees what was built and has {budget} from {start} to {end} (the day "
        f"after the last){surprise}",
        "hazards": "what happens by chance",
        "both": f"{who}, with {budget} from {start} to {end} (the day after the last){surprise}, and "
        "what happens by chance",
    }[h.asked["against"]]
    return f"Which of {count} options leave least to lose against {against}, for every amount that could be spent?"


def told(frontier: pd.DataFrame, unit: str, money: str, measure: str) -> list[str]:
    """Say what is lost with nothing built, what the best step for its cost and the last one leave, and what is not proved."""
    rows = frontier.to_dict("records")

    def write(loss: float) -> str:
        return f"{amount(loss)} {unit}"

    name = {
        "worst": "are lost in the worst case", "expected": "are lost on average", 
        "cvar": "are lost on average in the worst cases",
    }[measure]  # fmt: skip
    sentences = [f"With nothing built, {amount(rows[0]['loss'])} {unit} {name}."]
    if len(rows) == 1:
        return [*sentences, "No option lowers that."]
    best = max(
        rows[1:], key=lambda row: row["per_dollar"] if row["per_dollar"] == row["per_dollar"] else np.inf
    )
    for row in [best] if best is rows[-1] else [best, rows[-1]]:
        first = "Most is saved for each unit of cost" if row is best else "Least is left"
        doubt = (
            "" if row["proved"] else f" (not proved; it could be as little as {amount(row['least_loss'])})"
        )
        sentences.append(
            f"{first} with {_words(row['portfolio'])}, at {amount(row['cost'])} {money} a year: {remaining(row['loss'], write)}"
            f"{doubt}."
        )
        if row.get("loss_known", math.nan) == row.get("loss_known"):
            known = remaining(row["loss_known"], write, "{} would be lost with it")
            sentences.append(f"That is by surprise: if all knew from the start what is closed, {known}.")
    return sentences


def amount(value: float) -> str:
    """Write a number with four digits, large ones whole."""
    return f"{value:,.0f}" if abs(value) >= 1000 else as_amount(value)


def _words(portfolio: str) -> str:
    return portfolio.replace("|", ", ") or "nothing"
