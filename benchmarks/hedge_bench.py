"""What to build: straits beside one search per portfolio, one ensemble per portfolio, and a program written by hand.

    python benchmarks/hedge_bench.py [--quick] [--parts staircase surprise options design histories] [--histories 500]
        [--instances FCNETLIB.json]

Alternatives that would take minutes are timed on a sample of portfolios and multiplied by their number. Options of a generated
case without transit and with. `design` needs published networks in a file. Processor time; take the ratios.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from generate import SIZES
from measuring import Part, ask, each_transit, rounds, seconds, size_of, timed, times

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
from straits.worst.question import ask as ask_attack
from straits.worst.search import Search

#: Options of steel; the agreements on BTC came later.
STEEL = ("opt-ten-tankers", "opt-aktau", "opt-baku-supsa", "opt-atyrau-storage", "opt-kenkiyak-atyrau", "opt-kenkiyak-kumkol",
         "opt-cac-reverse", "opt-titr")  # fmt: skip
WINDOW = "2022-07-02:91d"


def staircase(part: Part, case: straits.Case, budget: int = 3, sample: int = 12) -> None:
    """The staircase, beside one search for each of 256 portfolios."""
    question = ask_attack(case, attacker="RUS", window=WINDOW, foresight="perfect")
    choices = read_choices(case, question.model, STEEL, 0.08)
    sets = list(choices.portfolios())
    chosen = np.random.default_rng(0).choice(len(sets), sample, replace=False)

    def one_each() -> tuple[float, float]:
        began, solves = time.process_time(), 0
        for place in chosen:
            model = choices.options.built(choices.parts(sets[place]))
            patches = [patch_of(model, p.name, p.made_of) for p in question.patches]
            search = Search(Oracle(model, patches, question.scale), question.weights)
            for k in range(budget + 1):
                search.worst(k)
            solves += search.oracle.solves
        many = len(sets) / sample
        return (time.process_time() - began) * many, solves * many

    def own() -> Any:
        return hedge(case, attacker="RUS", window=WINDOW, budget=budget, options=STEEL, foresight="perfect")

    taken, found = rounds({"straits": timed(own), "one_each": one_each})
    hedged = found["straits"]
    part.line(
        case="caspian", **told(hedged), portfolios=len(sets), **taken, programs_one_each=found["one_each"],
        ratio=times(taken["one_each"], taken["straits"]), ratio_programs=found["one_each"] / hedged.parameters["solves"],
    )  # fmt: skip


def told(found: Any) -> dict[str, Any]:
    """Give what an answer says of itself."""
    return {
        "steps": len(found.frontier), "proved": bool(found.frontier["proved"].all()), "programs": found.parameters["solves"],
        "programs_of_options_table": found.parameters["solves_of_options"],
    }  # fmt: skip


def surprise(part: Part, case: straits.Case, budget: int = 3) -> None:
    """The staircase by surprise, with what is lost if it is known beside, and a plan under way for each portfolio."""
    model = compile_case(case)
    taken, found = rounds(
        {
            "straits": timed(
                lambda: hedge(case, attacker="RUS", window=WINDOW, budget=budget, options=STEEL)
            ),
            "plan": timed(lambda: plan_under_way(model)),
        }
    )
    plans = {
        key: value if key == "repeats" else value * 2 ** len(STEEL) for key, value in taken["plan"].items()
    }
    part.line(
        case="caspian",
        **told(found["straits"]),
        portfolios=2 ** len(STEEL),
        straits=taken["straits"],
        plans_one_each=plans,
    )


def histories(part: Part, case: straits.Case, draws: int, sample: int = 3) -> None:
    """The staircase of expected losses over 64 portfolios, beside one ensemble each."""
    options = STEEL[:6]

    def one_each() -> tuple[float, None]:
        began = time.process_time()
        for k in range(sample):
            built = tuple(o for i, o in enumerate(options) if (11 + 17 * k) >> i & 1)
            scenario = Scenario(id="b", title="b", options=built)
            ensemble(case, draws=draws, contributions=False, check=0, scenario=scenario)
        return (time.process_time() - began) / sample * 2 ** len(options), None

    own = timed(lambda: hedge(case, "hazards", draws=draws, options=options))
    taken, found = rounds({"straits": own, "one_each": one_each})
    hedged = found["straits"]
    error = float(hedged.frontier.iloc[-1]["standard_error"])
    part.line(
        case="caspian", histories=draws, portfolios=2 ** len(options), programs=hedged.parameters["solves"], **taken,
        ratio=times(taken["one_each"], taken["straits"]), standard_error_of_saved=error,
    )  # fmt: skip


def with_options(case: straits.Case, count: int) -> straits.Case:
    """Give a case with so many options, each of which widens a link."""
    tables = {name: table.to_dict("records") for name, table in case.tables.items() if len(table)}
    links = [row for row in tables["links"] if row["capacity"] != "unlimited"]
    tables["options"] = [
        {"id": f"o{i}", "name": f"o{i}", "asset": links[i % len(links)]["id"], "adds": 1.0 + i % 7,
         "adds_unit": links[i % len(links)]["capacity_unit"], "capital_cost": 1, "capital_cost_unit": "MUSD", "life_years": 9}
        for i in range(count)
    ]  # fmt: skip
    return straits.Case.from_tables(tables, **case.settings.model_dump(mode="json", exclude_none=True))


def many_options(part: Part, name: str, size: dict[str, Any], count: int = 400) -> None:
    """Compiling a case with many options and working out what each adds, beside compiling it without any."""
    bare = each_transit(**size)
    cases = {transit: with_options(case, count) for transit, case in bare.items()}
    models = {transit: compile_case(case) for transit, case in cases.items()}
    ways = {}
    for transit in cases:
        ways["none", transit] = timed(lambda t=transit: compile_case(bare[t]))
        ways["compile", transit] = timed(lambda t=transit: compile_case(cases[t]))
        ways["options", transit] = timed(
            lambda t=transit: Options(models[t], list(cases[t].rows("options"))).lifts()
        )
    taken, _ = rounds(ways, repeats=7)
    for transit, model in models.items():
        none, compiled, own = (taken[way, transit] for way in ("none", "compile", "options"))
        part.line(
            case=name, transit=transit, **size_of(model), options=count, compile_without=none, compile_with=compiled,
            what_options_add=own, ratio=(compiled["median"] + own["median"]) / none["median"],
        )  # fmt: skip


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
    began = time.process_time()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(lp)
    solver.run()
    assert abs(solver.getInfo().objective_function_value - instance["published_optimum"]) < 1e-4
    return time.process_time() - began


def designs(
    part: Part, path: Path, names: tuple[str, ...] = ("k10x90", "k14x182b", "k20x380c", "k20x380e", "p50x288")
) -> None:
    """`design` on published networks, beside the program written by hand."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from hedge.test_design import network_case

    instances = [i for i in json.loads(path.read_text(encoding="utf-8"))["instances"] if i["id"] in names]
    cases = [network_case(instance) for instance in instances]

    def own() -> tuple[float, None]:
        total = 0.0
        for instance, case in zip(instances, cases, strict=True):
            taken, found = seconds(lambda case=case: design(case, discount_rate=0.0))
            assert abs(-found.design["net"].iloc[0] - instance["published_optimum"]) < 1e-6
            total += taken
        return total, None

    taken, _ = rounds({"straits": own, "by_hand": lambda: (sum(map(by_hand, instances)), None)})
    part.line(
        case="FCNetLib", instances=len(instances), **taken, ratio=times(taken["straits"], taken["by_hand"])
    )


def main() -> None:
    parts = ["staircase", "surprise", "options", "histories", "design"]
    asked = ask(
        __doc__,
        parts,
        default=parts[:4],
        quick=["staircase", "options"],
        histories=(500, "histories drawn"),
        instances=(Path(), "published networks, for the part design"),
    )
    case = straits.load_case("caspian")
    for name in asked.parts:
        part = Part("hedge", name, quick=asked.quick)
        if name == "staircase":
            staircase(part, case)
        elif name == "surprise":
            surprise(part, case)
        elif name == "options":
            many_options(part, "generated, months", SIZES["months"])
            many_options(part, "generated, weeks", SIZES["weeks"])
        elif name == "histories":
            histories(part, case, asked.histories)
        else:
            designs(part, asked.instances)
        part.write()


if __name__ == "__main__":
    main()
