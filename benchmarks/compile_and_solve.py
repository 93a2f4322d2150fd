"""How long straits takes to build and solve, beside PyPSA with the same solver, without transit and with. Take the ratios.

    python benchmarks/compile_and_solve.py [--quick] [--parts beside_pypsa growth command_line medium]

`make bench` runs it where PyPSA is installed. Without PyPSA its columns stay empty.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np
from generate import SIZES, generate_case
from measuring import Part, ask, each_transit, rounds, seconds, size_of, timed

import straits
from straits import Case
from straits.lp.session import Session
from straits.model import Model, compile_case
from straits.model.availability import factors_of
from straits.model.coefficients import coefficients
from straits.model.formulation import Formulation
from straits.model.limits import Limits

try:
    from in_pypsa import PypsaModel
except ImportError:
    PypsaModel = None

#: Relative difference of optima that is allowed between straits and PyPSA.
SAME = 1e-6


def plain(case: Case) -> Case:
    """Give a case without what `in_pypsa` does not write: fleets, contracts, duties, world markets, ramps, least outputs, rates
    and reserves of stores; nor transit time, which a bundled case has in parts of a step only."""
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    for name in (
        "fleets", "contracts", "controls", "claims", "options", "observations", "events", "fiscal",
        "world_markets", "price_responses", "exposures", "hazards",
    ):  # fmt: skip
        tables.pop(name, None)
    blank: dict[str, dict[str, Any]] = {
        "links": {"transit_days": 0.0},
        "supplies": dict.fromkeys(
            ("min_output", "min_output_unit", "ramp_down", "ramp_up", "forced_cost", "forced_cost_unit"),
            np.nan,
        ),
        "markets": {"world": None},
        "stores": dict.fromkeys(
            ("in_rate", "in_rate_unit", "out_rate", "out_rate_unit", "reserve", "reserve_unit", "end_level"),
            np.nan,
        ),
    }
    for name, values in blank.items():
        if name in tables:
            tables[name] = tables[name].assign(**values)
    markets = tables["markets"]
    hard = (markets["demand_kind"] == "fixed") & markets["unmet_price"].isna()
    markets.loc[hard, "unmet_price"], markets.loc[hard, "unmet_price_unit"] = 1000.0, "USD/t"
    settings = case.settings.model_dump()
    settings["time"]["boundary"] = "empty"
    settings["id"] += "-plain"
    assets = {row_id for name in tables for row_id in tables[name].get("id", [])}
    if "measures" in tables:
        measures = tables["measures"]
        tables["measures"] = measures[measures["asset"].isin(assets) & measures["origins"].isna()]
    return Case.from_tables(tables, **settings)


def arrays(model: Model) -> None:
    """Build matrix, costs and bounds: what of compiling is not reading tables, nor solving the network at rest."""
    formulation = Formulation(model.network, model.formulation.boundary)
    coefficients(formulation)
    formulation.costs()
    Limits(formulation).under(factors_of(model.network, model.effects))


def solved(model: Model) -> tuple[float, float]:
    """Give seconds of a cold solve, and its value."""
    taken, answer = seconds(lambda: Session(model).solve())
    assert answer.status == "optimal", answer.status
    return taken, -float(model.cost @ answer.x)


def in_pypsa(model: Model) -> tuple[float, float]:
    """Give seconds of building PyPSA's network, and of building and solving its model; its value."""
    build, network = seconds(lambda: PypsaModel(model))
    solve, value = seconds(network.solve)
    return build + solve, value


def compare(part: Part, name: str, cases: dict[bool, Case], *, beside: bool = True) -> bool:
    """Add a line for a case without transit and with, or for one alone; give whether the optima agree.

    `compile` is the whole of compiling, `arrays` what of it builds matrix, costs and bounds.
    """
    models = {transit: compile_case(case) for transit, case in cases.items()}
    ways: dict[tuple[str, bool], Any] = {}
    for transit, model in models.items():
        ways["compile", transit] = timed(lambda case=cases[transit]: compile_case(case))
        ways["arrays", transit] = timed(lambda model=model: arrays(model))
        ways["solve", transit] = lambda model=model: solved(model)
        if beside and PypsaModel is not None:
            ways["pypsa", transit] = lambda model=model: in_pypsa(model)
    taken, found = rounds(ways)
    agree = True
    for transit, model in models.items():
        mine = {way: taken[way, transit] for way in ("compile", "arrays", "solve")}
        both = mine["compile"]["median"] + mine["solve"]["median"]
        theirs: dict[str, Any] = {}
        if ("pypsa", transit) in ways:
            value, other = found["solve", transit], found["pypsa", transit]
            gap = abs(other - value) / abs(value)
            agree &= gap <= SAME
            theirs = {
                "pypsa": taken["pypsa", transit],
                "ratio": taken["pypsa", transit]["median"] / both,
                "differs": gap,
            }
        part.line(case=name, transit=transit, **size_of(model), **mine, **theirs)
    return agree


def beside_pypsa(quick: bool) -> bool:
    """Measure bundled and generated cases beside PyPSA."""
    part = Part("compile_and_solve", "beside_pypsa", quick=quick)
    caspian = straits.load_case("caspian")
    agree = True
    for name, case in (("two-routes", straits.load_case("two-routes")), ("caspian", caspian)):
        agree &= compare(part, f"{name}, plain", {False: plain(case)})
    compare(part, "caspian", {False: caspian}, beside=False)
    agree &= compare(part, "generated, months", each_transit(**SIZES["months"]))
    agree &= compare(part, "generated, weeks", each_transit(**SIZES["weeks"]))
    part.write()
    return agree


def medium() -> bool:
    """Measure the largest generated case, without transit."""
    part = Part("compile_and_solve", "medium")
    agree = compare(part, "generated, medium", {False: generate_case(**SIZES["medium"])})
    part.write()
    return agree


def growth(quick: bool) -> None:
    """Measure how times grow with links, and with steps, one at a time."""
    part = Part("compile_and_solve", "growth", quick=quick)
    base = {"places": 40, "links": 80, "commodities": 4, "steps": 12, "step": "week"}
    most = 1 if quick else 2
    sizes = [{**base, "places": 40 * k, "links": 80 * k} for k in (1, 2, 4)[: most + 1]]
    sizes += [{**base, "steps": 12 * k} for k in (2, 4)[:most]]
    for size in sizes:
        compare(
            part,
            f"generated, {size['links']} links, {size['steps']} weeks",
            each_transit(**size),
            beside=False,
        )
    part.write()


def command_line() -> None:
    """Measure what importing straits and running the reference case take."""
    part = Part("compile_and_solve", "command_line")
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "straits"]
        ways = {
            "python": [sys.executable, "-c", "pass"],
            "import": [sys.executable, "-c", "import straits"],
            "check": [*program, "check", "caspian"],
            "solve": [*program, "solve", "caspian"],
        }
        taken, _ = rounds(
            {name: lambda words=words: of_process(words, folder) for name, words in ways.items()}
        )
    part.line(**taken)
    part.write()


def of_process(words: list[str], folder: str) -> tuple[float, None]:
    """Give processor seconds of a command and of what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, None


def main() -> int:
    asked = ask(
        __doc__,
        ["beside_pypsa", "growth", "command_line", "medium"],
        quick=["beside_pypsa", "growth", "command_line"],
    )
    if PypsaModel is None:
        print("PyPSA is not installed here: `make bench` installs it into an environment of its own\n")
    agree = True
    for name in asked.parts:
        if name == "beside_pypsa":
            agree &= beside_pypsa(asked.quick)
        elif name == "medium":
            agree &= medium()
        elif name == "growth":
            growth(asked.quick)
        else:
            command_line()
    if not agree:
        print(f"\nOptima differ by more than {SAME:g}.")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
