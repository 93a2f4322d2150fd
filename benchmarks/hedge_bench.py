"""What to build: straits beside one search per portfolio, one ensemble per portfolio, and a program written by hand.

    python benchmarks/hedge_bench.py [--json FILE] [--histories 500] [--instances FCNETLIB.json]

Alternatives that would take minutes are timed on a sample of portfolios and multiplied by their number. Processor seconds of one
run; take the ratios.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
from pathlib import Path

import highspy
import numpy as np

import straits
from straits.case.schema.settings import Scenario
from straits.contingency import ensemble
from straits.engine.foresight.stepwise import plan_under_way
from straits.engine.variant import patch_of
from straits.hedge import design, hedge
from straits.hedge.choices import read_choices
from straits.model import compile_case
from straits.model.options import Options
from straits.worst.oracle import Oracle
from straits.worst.question import ask
from straits.worst.search import Search

#: Options of steel; the agreements on BTC came later.
STEEL = ("opt-ten-tankers", "opt-aktau", "opt-baku-supsa", "opt-atyrau-storage", "opt-kenkiyak-atyrau", "opt-kenkiyak-kumkol",
         "opt-cac-reverse", "opt-titr")  # fmt: skip
WINDOW = "2022-07-02:91d"


def clock() -> float:
    return time.process_time()


def staircase(case: straits.Case, budget: int = 3, sample: int = 12) -> dict[str, float]:
    """The staircase, beside one search for each of 256 portfolios."""
    began = clock()
    found = hedge(case, attacker="RUS", window=WINDOW, budget=budget, options=STEEL, foresight="perfect")
    own, programs = clock() - began, found.parameters["solves"]
    question = ask(case, attacker="RUS", window=WINDOW, foresight="perfect")
    choices = read_choices(case, question.model, STEEL, 0.08)
    sets = list(choices.portfolios())
    chosen = np.random.default_rng(0).choice(len(sets), sample, replace=False)
    began, solves = clock(), 0
    for place in chosen:
        model = choices.options.built(choices.parts(sets[place]))
        patches = [patch_of(model, p.name, p.made_of) for p in question.patches]
        search = Search(Oracle(model, patches, question.scale), question.weights)
        for k in range(budget + 1):
            search.worst(k)
        solves += search.oracle.solves
    each = (clock() - began) / sample
    return {
        "portfolios": len(sets), "steps": len(found.frontier), "proved": float(found.frontier["proved"].all()),
        "programs": programs, "programs_of_options_table": found.parameters["solves_of_options"], "seconds": own,
        "programs_one_each": solves / sample * len(sets), "seconds_one_each": each * len(sets),
        "ratio_programs": solves / sample * len(sets) / programs, "ratio_seconds": each * len(sets) / own,
    }  # fmt: skip


def surprises(case: straits.Case, budget: int = 3) -> dict[str, float]:
    """The staircase by surprise, with what is lost if it is known beside, and a plan under way for each portfolio."""
    began = clock()
    found = hedge(case, attacker="RUS", window=WINDOW, budget=budget, options=STEEL)
    own = clock() - began
    model = compile_case(case)
    began = clock()
    plan_under_way(model)
    each = clock() - began
    return {
        "portfolios": 2 ** len(STEEL), "steps": len(found.frontier), "proved": float(found.frontier["proved"].all()),
        "programs": found.parameters["solves"], "programs_of_options_table": found.parameters["solves_of_options"],
        "seconds": own, "seconds_of_a_plan_each": each * 2 ** len(STEEL),
    }  # fmt: skip


def histories(case: straits.Case, draws: int, sample: int = 3) -> dict[str, float]:
    """The staircase of expected losses over 64 portfolios, beside one ensemble each."""
    options = STEEL[:6]
    began = clock()
    found = hedge(case, "hazards", draws=draws, options=options)
    own = clock() - began
    began = clock()
    for k in range(sample):
        built = tuple(o for i, o in enumerate(options) if (11 + 17 * k) >> i & 1)
        ensemble(
            case,
            draws=draws,
            contributions=False,
            check=0,
            scenario=Scenario(id="b", title="b", options=built),
        )
    each = (clock() - began) / sample
    last = found.frontier.iloc[-1]
    return {
        "histories": draws, "portfolios": 64, "programs": found.parameters["solves"], "seconds": own,
        "seconds_one_each": each * 64,
        "ratio_seconds": each * 64 / own, "standard_error_of_saved": float(last["standard_error"]),
    }  # fmt: skip


def compiling(count: int = 400) -> dict[str, float]:
    """A case with many options, beside the same without any."""
    sys.path.insert(0, str(Path(__file__).parent))
    from generate import SIZES, generate_case

    case = generate_case(**SIZES["small"])
    tables = {name: table.to_dict("records") for name, table in case.tables.items() if len(table)}
    links = [row for row in tables["links"] if row["capacity"] != "unlimited"]
    tables["options"] = [
        {"id": f"o{i}", "name": f"o{i}", "asset": links[i % len(links)]["id"], "adds": 1.0 + i % 7,
         "adds_unit": links[i % len(links)]["capacity_unit"], "capital_cost": 1, "capital_cost_unit": "MUSD", "life_years": 9}
        for i in range(count)
    ]  # fmt: skip
    settings = case.settings.model_dump(mode="json", exclude_none=True)
    with_options = straits.Case.from_tables(tables, **settings)
    plain, own = [], []
    for _ in range(7):
        gc.collect()
        began = clock()
        model = compile_case(with_options)
        plain.append(clock() - began)
        gc.collect()
        began = clock()
        Options(model, list(with_options.rows("options"))).lifts()
        own.append(clock() - began)
    # The least of seven: what garbage is collected in between is no part of it.
    return {"options": count, "seconds_compile": min(plain), "seconds_options": min(own),
            "ratio_both_to_none": 1.0 + min(own) / min(plain)}  # fmt: skip


def by_hand(instance: dict) -> float:
    """Processor seconds of HiGHS on the same program written by hand: flow and choice of each arc."""
    arcs, demand = instance["arcs"], instance["demand"]
    nodes = {n: i for i, n in enumerate(sorted({n for a in arcs for n in a[:2]} | set(demand)))}
    n, m = len(arcs), len(nodes)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = 2 * n, m + n
    lp.col_cost_ = np.array([a[3] for a in arcs] + [a[2] for a in arcs], dtype=float)
    lp.col_lower_, lp.col_upper_ = np.zeros(2 * n), np.array([a[4] for a in arcs] + [1.0] * n)
    need = np.zeros(m)
    for node, amount in demand.items():
        need[nodes[node]] = amount
    lp.row_lower_ = np.concatenate([need, np.full(n, -np.inf)])
    lp.row_upper_ = np.concatenate([need, np.zeros(n)])
    start, index, value = [0], [], []
    for j, a in enumerate(arcs):
        index += [nodes[a[0]], nodes[a[1]], m + j]
        value += [-1.0, 1.0, 1.0]
        start.append(len(index))
    for j, a in enumerate(arcs):
        index.append(m + j)
        value.append(-float(a[4]))
        start.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = (
        np.array(start, dtype=np.int32),
        np.array(index, dtype=np.int32),
    )
    lp.a_matrix_.value_ = np.array(value)
    lp.integrality_ = [highspy.HighsVarType.kContinuous] * n + [highspy.HighsVarType.kInteger] * n
    began = clock()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(lp)
    solver.run()
    assert abs(solver.getInfo().objective_function_value - instance["published_optimum"]) < 1e-4
    return clock() - began


def designs(
    path: Path, names: tuple[str, ...] = ("k10x90", "k14x182b", "k20x380c", "k20x380e", "p50x288")
) -> dict[str, float]:
    """`design` on published networks, beside the program written by hand."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from hedge.test_design import network_case

    own = hand = 0.0
    for instance in json.loads(path.read_text())["instances"]:
        if instance["id"] in names:
            case = network_case(instance)
            began = clock()
            found = design(case, discount_rate=0.0)
            own += clock() - began
            assert abs(-found.design["net"].iloc[0] - instance["published_optimum"]) < 1e-6
            hand += by_hand(instance)
    return {"instances": len(names), "seconds": own, "seconds_by_hand": hand, "ratio_seconds": own / hand}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--histories", type=int, default=500)
    parser.add_argument("--instances", type=Path)
    asked = parser.parse_args()
    case = straits.load_case("caspian")
    found: dict[str, dict[str, float]] = {"staircase": staircase(case)}
    print("staircase", found["staircase"], flush=True)
    found["surprises"] = surprises(case)
    print("surprises", found["surprises"], flush=True)
    found["compiling"] = compiling()
    print("compiling", found["compiling"], flush=True)
    if asked.instances:
        found["design"] = designs(asked.instances)
        print("design", found["design"], flush=True)
    found["histories"] = histories(case, asked.histories)
    print("histories", found["histories"], flush=True)
    found["memory"] = {"peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}
    print("memory", found["memory"])
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
