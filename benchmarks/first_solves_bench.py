"""The first solve of a model: `straits.solve` beside HiGHS alone with the same arrays, without transit and with, in one run.

    python benchmarks/first_solves_bench.py [--quick] [--large] [--parts small middle large]

HiGHS alone: one thread, its default settings otherwise, from `run` on. First: the engine's first solve of the compiled model,
with loading, checking and reading. Answer: `straits.solve`, with compiling, and with what makes of an optimum a plan in which no
cargo goes round. Optima must agree to 1e-9. Take the ratios.
"""

from __future__ import annotations

import highspy
import numpy as np
from generate import SIZES
from measuring import Part, ask, each_transit, rounds, seconds, size_of, timed, times

import straits
from straits.case import Case
from straits.engine import Session
from straits.model import Model, compile_case

#: Relative difference of optima that is allowed.
SAME = 1e-9
PARTS = {"small": "weeks", "middle": "middle", "large": "medium"}
#: What is timed: compiling the case, HiGHS alone, the first solve, the whole answer.
NAMES = ("compile", "highs", "first", "answer")


def loaded(model: Model) -> highspy.Highs:
    """Give HiGHS with the arrays of a model in it, passed without any code of straits."""
    b, matrix = model.bounds, model.matrix.tocsc()
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = model.cost
    program.col_lower_, program.col_upper_ = b.column_lower, b.column_upper
    program.row_lower_, program.row_upper_ = b.row_lower, b.row_upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = (
        part.astype(np.int32) for part in (matrix.indptr, matrix.indices)
    )
    program.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("parallel", "off")):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    return solver


def plain(model: Model, limit: float) -> tuple[float, dict[str, float]]:
    """Give seconds of HiGHS alone, and its optimum and iterations; infinite where the limit stopped it."""
    solver = loaded(model)
    solver.setOptionValue("time_limit", limit)
    taken, _ = seconds(solver.run)
    info, status = solver.getInfo(), solver.getModelStatus()
    done = status == highspy.HighsModelStatus.kOptimal
    value = -info.objective_function_value / 1000 if done else np.nan
    return taken, {"value": value, "iterations": info.simplex_iteration_count, "done": done}


def compare(part: Part, name: str, title: str, cases: dict[bool, Case], limit: float) -> bool:
    """Add a line for a case without transit and with; give whether the optima agree."""
    models = {transit: compile_case(case) for transit, case in cases.items()}
    ways = {}
    for transit, case in cases.items():
        model = models[transit]
        ways["compile", transit] = timed(lambda case=case: compile_case(case))
        ways["highs", transit] = lambda model=model: plain(model, limit)
        ways["first", transit] = timed(lambda model=model: Session(model).solve())
        if name == "small":  # of larger ones the first solves alone take minutes
            ways["answer", transit] = timed(lambda case=case: straits.solve(case))
    taken, found = rounds(ways)
    agree = True
    for transit, model in models.items():
        other, first = found["highs", transit], found["first", transit]
        values, circles = [-first.value / 1000], {}
        if ("answer", transit) in found:
            told = found["answer", transit].provenance
            # Where cargo went round, the answer is that of a plan in which none does, and this is the optimum.
            values.append(told.get("lp_value_at_most", found["answer", transit].lp_value))
            circles = {"circles": len(told.get("circles", ()))}
        differs = (
            max(abs(v - other["value"]) / abs(other["value"]) for v in values) if other["done"] else None
        )
        agree &= differs is None or differs <= SAME
        part.line(
            case=title, transit=transit, **size_of(model),
            **{way: taken[way, transit] for way in NAMES if (way, transit) in taken},
            ratio=times(taken["highs", transit], taken["first", transit]), highs_done=other["done"],
            iterations_of_highs=other["iterations"], iterations=first.iterations, **circles, differs=differs,
        )  # fmt: skip
    return agree


def main() -> int:
    asked = ask(
        __doc__,
        ["small", "middle", "large"],
        default=["small", "middle"],
        quick=["small"],
        large=(False, "the same as --parts large"),
        limit=(900.0, "seconds for HiGHS alone"),
    )
    agree = True
    for name in ["large"] if asked.large else asked.parts:
        part, size = Part("first_solves", name), SIZES[PARTS[name]]
        title = f"generated, {size['links']} links, {size['steps']} weeks"
        agree &= compare(part, name, title, each_transit(**size), asked.limit)
        part.write()
    if not agree:
        print(f"Optima differ by more than {SAME:g}.")
    return 0 if agree else 1


if __name__ == "__main__":
    raise SystemExit(main())
