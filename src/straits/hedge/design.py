"""The least cost of building and moving, without an adversary: one mixed-integer program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from straits.engine.explain import explain
from straits.errors import ModelError, SolveError
from straits.hedge.choices import Choices, bits, read_choices, rules_of
from straits.hedge.linking import strengthened
from straits.lp import Bounds, LinearProgram, Status
from straits.lp.mixed import solve_mixed
from straits.model import compile_case, provenance_of
from straits.results.result import Result, described
from straits.wording import as_amount

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: A part below this is nothing.
_NOTHING = 1e-9


def design(
    case: Case,
    *,
    options: Sequence[str] | None = None,
    spend: float | None = None,
    discount_rate: float | None = None,
    scenario: Scenario | str | None = None,
    tariffs: str | None = None,
    seconds: float = np.inf,
) -> Result:
    """Choose what to build so that building and moving together cost least, nothing disturbed.

    Parameters
    ----------
    case : Case
    options : sequence of str, optional
        What can be built. Default: all options of the case.
    spend : float, optional
        Most that may be spent in a year, million currency.
    discount_rate : float, optional
        Yearly. Default: that of the case.
    scenario, tariffs
        See `straits.solve`.
    seconds : float
        Time after which the best found is given with its bound.

    Returns
    -------
    Result
        `design`: one row: cost (of what is built, million currency a year), portfolio, value (what the model maximises, without
        the cost), net (value less the cost over the days of the axis), most_net (no choice has more), gap, proved, seconds.
        `built`: option, part (from 0 to 1), cost.

    Raises
    ------
    ModelError
        If an option is unknown or lacks its cost or life, or an argument is out of range.
    InfeasibleError
        If not everything that is hard can hold whatever is built.

    Notes
    -----
    Fixed-charge network design (Ortega and Wolsey 2003, *Networks* 41(3)): a column for the part of each option, one for whether
    any is built, in the model of the undisturbed case. What is under way at the start, and worth at the end, is that of the case
    with nothing built. Branch and cut by HiGHS.

    The relaxation is made closer by rows that tie what one commodity moves over an arc to whether the arc is built, added where
    it breaks them (`straits.hedge.linking`). They need to know what the commodity can need at most, which is plain where steps
    stand for themselves, without losses, delays, stores or processes on the way; elsewhere few are added, or none.
    """
    if spend is not None and not spend >= 0:
        raise ModelError(
            f"spend={spend!r}: expected a number, 0 or more, million {case.settings.currency} a year"
        )
    if not seconds >= 0:
        raise ModelError(f"seconds={seconds!r}: expected a number, 0 or more")
    model = compile_case(case, scenario, tariffs=tariffs)
    rate = case.settings.discount_rate if discount_rate is None else discount_rate
    choices = read_choices(case, model, options, rate)
    began = time.perf_counter()
    program, whole, size = _program(choices, spend)
    program = strengthened(program, size, model.formulation.balance.slice, seconds=seconds)
    spent = time.perf_counter() - began
    found = solve_mixed(program, whole, seconds=max(seconds - spent, 0.0))
    if found.status == Status.INFEASIBLE:
        raise explain(model, choices.options.built(dict.fromkeys(choices.ids, 1.0)).bounds)
    if found.status == Status.UNBOUNDED:
        raise SolveError(
            "the model has no finite optimum: something unlimited gains without end; give it a limit"
        )
    if found.status != Status.OPTIMAL:
        raise SolveError("no plan was found in the time given; give more seconds, or fewer options")
    keys = _counted(choices)
    count = len(keys)
    parts = dict(zip(keys, found.x[size : size + count].tolist(), strict=True))
    place = {key: i for i, key in enumerate(choices.ids)}
    rows = [(key, part, choices.cost[place[key]].of(part)) for key, part in parts.items() if part > _NOTHING]
    built = pd.DataFrame(rows, columns=["option", "part", "cost"])
    cost = float(built["cost"].sum())
    days = float(model.network.steps.days.sum())
    net, most = 0.0 - found.value / 1000.0, 0.0 - found.bound / 1000.0
    proved = bool(found.bound >= found.value)
    gap = 0.0 if proved else (most - net) / max(abs(net), 1e-12)
    money, yearly = f"million {case.settings.currency}", f"million {case.settings.currency}/y"
    value = net + cost * days / 365.0
    row = (cost, _text(rows), value, net, most, gap, proved, spent + found.seconds)
    table = pd.DataFrame(
        [row], columns=["cost", "portfolio", "value", "net", "most_net", "gap", "proved", "seconds"]
    )
    what = _text(rows).replace("|", ", ") or "nothing"
    proof = "proved" if proved else f"not proved; none has more than {as_amount(most)}"
    # With tariffs paid the model maximises what shippers gain after them, which is less than the joint value of `solve`.
    whose = "joint value" if model.network.tariffs == "internal" else "value to shippers after tariffs"
    return Result(
        question=f"Which of {len(choices.ids)} options, built, make building and moving cheapest, with nothing disturbed?",
        method="Fixed-charge network design as one mixed-integer program (Ortega and Wolsey 2003), by branch and cut.",
        parameters={
            "options": choices.ids, "spend": spend, "discount_rate": rate, "tariffs": model.network.tariffs,
            "warnings": choices.warnings,
        },
        provenance=provenance_of(case, model),
        tables={
            "design": described(
                table,
                title="What to build so that building and moving cost least",
                units={"cost": yearly, "value": money, "net": money, "most_net": money, "seconds": "s"},
                note="net: value less the cost over the days of the axis; most_net: no choice has more",
            ),
            "built": described(built, title="What is built", units={"cost": yearly}, note="part: from 0 to 1"),
        },
        sentences=(
            f"Building {what}, at {as_amount(cost)} {yearly}, leaves {as_amount(net)} {money} of {whose}, its cost taken off "
            f"({proof}).",
        ),
    )  # fmt: skip


def _text(rows: Sequence[tuple[str, float, float]]) -> str:
    return "|".join(key if part > 1.0 - 1e-6 else f"{key}:{part:.6g}" for key, part, _ in rows)


def _counted(choices: Choices) -> list[str]:
    """Return the options that are chosen among: those that add to something, and what these require, which costs."""
    added = choices.options.added
    needed = {j for i, key in enumerate(choices.ids) if key in added for j in bits(choices.needs[i])}
    return [key for i, key in enumerate(choices.ids) if key in added or i in needed]


def _program(choices: Choices, spend: float | None) -> tuple[LinearProgram, np.ndarray, int]:
    """Return the model with the columns of options, which columns take whole numbers, and where those of options begin."""
    options, keys = choices.options, _counted(choices)
    model, count = options.model, len(keys)
    size, rows = len(model.cost), model.matrix.shape[0]
    lifted, coefficients, every = options.lifts()
    place = {c: i for i, c in enumerate(lifted.tolist())}
    which_of = [keys.index(key) for key in options.working]
    entries = [
        (rows + place[at] if column else at, which_of[k], -amount) for k, column, at, amount in coefficients
    ]
    at, which, amounts = (np.array(v) for v in zip(*entries, strict=True)) if entries else (np.empty(0),) * 3
    own = rows + len(lifted)
    parts = sparse.csc_matrix(
        (amounts.astype(float), (at.astype(int), which.astype(int))), shape=(own, count)
    )
    limit = sparse.csc_matrix(
        (np.ones(len(lifted)), (np.arange(len(lifted)), lifted)), shape=(len(lifted), size)
    )
    number = {i: keys.index(key) for i, key in enumerate(choices.ids) if key in keys}
    # An option of which no part can be built is built or not: its column is a whole number itself.
    rules = rules_of(choices, number, count, spend)
    matrix = sparse.vstack(
        [
            sparse.hstack([sparse.vstack([model.matrix, limit]), parts, sparse.csc_matrix((own, count))]),
            sparse.hstack([sparse.csc_matrix((rules[0].shape[0], size)), rules[0]]),
        ],
        format="csc",
    )
    base = model.bounds
    cost = [choices.cost[i] for i in number]
    money = 1000.0 * float(model.network.steps.days.sum()) / 365.0
    bounds = Bounds(
        np.concatenate([base.column_lower, np.zeros(2 * count)]),
        np.concatenate([np.maximum(every.column_upper, base.column_upper), np.ones(2 * count)]),
        np.concatenate([base.row_lower, np.full(len(lifted), -np.inf), np.full(len(rules[1]), -np.inf)]),
        np.concatenate([base.row_upper, base.column_upper[lifted], rules[1]]),
    )
    priced = np.concatenate([model.cost, [money * c.whole for c in cost], [money * c.fixed for c in cost]])
    whole = np.arange(size + count, size + 2 * count)
    return LinearProgram(priced, matrix, bounds), whole, size
