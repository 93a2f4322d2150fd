"""Time a threat against compiling and solving each node of its game, and a long horizon against a short one; prints ratios.

    python benchmarks/threat_bench.py

Compared in one run, with the same case (caspian) and the act of `cpc-july-2022`:

- programs solved, and distinct states of the network, for 12 and 60 months with five packages;
- seconds for 60 months over seconds for 12 months;
- seconds for one answer over compiling and solving cold each state of the network that a node of the game over 60 months needs
  (each month of each package, with and without the act), estimated from eight of them;
- the same over each distinct state alone, once compiled and solved cold with its accounts, and once with all that the answer
  holds of it: accounts under three rules of scarcity, and what prices leave open of them;
- where the time of a state goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from measuring import Part, ask, rounds, seconds, timed

import straits
from straits.case.schema.threats import Threat
from straits.engine import Session
from straits.engine.prices.ranges import account_ranges
from straits.model import solution
from straits.model.accounts import books_of
from straits.threat.network.packages import schedules
from straits.threat.network.states import States, _under_rule

PACKAGES = {
    "tankers": ["opt-ten-tankers"],
    "aktau": ["opt-ten-tankers", "opt-aktau"],
    "west": ["opt-ten-tankers", "opt-aktau", "opt-baku-supsa"],
    "east": ["opt-kenkiyak-atyrau", "opt-kenkiyak-kumkol"],
    "all-crude": ["opt-ten-tankers", "opt-aktau", "opt-baku-supsa", "opt-kenkiyak-atyrau", "opt-kenkiyak-kumkol"],
}  # fmt: skip


def state_by_state(case: straits.Case, asked: Threat, sample: Sequence[tuple[str, ...]]) -> dict[str, float]:
    """Return mean processor seconds of each thing that is done with a state of the network."""
    states, spent = States(case, asked), dict[str, float]()

    def timed(name: str, function: Callable[[], Any]) -> Any:
        took, answer = seconds(function)  # which forgets what was solved before
        spent[name] = spent.get(name, 0.0) + took / (2 * len(sample))
        return answer

    for built in sample:
        warm = None
        for act in (False, True):
            model = timed("compile", lambda built=built: states.model(built))
            bounds = states.bounds(model) if act else model.bounds
            session = Session(model)
            answer = timed("cold_solve", lambda s=session, b=bounds: s.solve(b))
            if warm is not None:
                session.start_from(warm)
                timed("warm_solve", lambda s=session, b=bounds: s.solve(b))
            warm = session.basis()
            plan = solution.Solution(
                replace(model, bounds=bounds), answer.x, answer.dual, answer.reduced_cost, answer.status
            )
            timed("accounts", plan.accounts)
            timed(
                "three_rules",
                lambda p=plan: [books_of(_under_rule(p, w)) for w in ("scarcity", "tariff", "tariff")],
            )
            groups = [[a for a, k in states.speaker.items() if k == j] for j in range(len(states.players))]
            timed("ranges", lambda p=plan, g=groups: account_ranges(p, g))
    return spent


def main() -> None:
    """Measure and print."""
    ask(__doc__, ["caspian"])
    part = Part("threat", "caspian")
    case = straits.load_case("caspian")
    row = case.threats["cpc-july-2022"].model_dump(exclude_unset=True)
    row["packages"] = [{"id": name, "options": options} for name, options in PACKAGES.items()]
    row["retreat_cost"] = 700
    asked = Threat.model_validate(row)
    straits.threat.threat(case, asked, horizon=1, packages=["tankers"])  # imports and caches
    ways = {h: timed(lambda h=h: straits.threat.threat(case, asked, horizon=h)) for h in (12, 60)}
    taken, answers = rounds(ways)
    plans = schedules(case, asked)
    distinct = {built for plan in plans for _, built in plan.built} | {()}
    nodes = 2 * (60 + sum(59 for _ in plans))
    parts = state_by_state(case, asked, sorted(distinct)[:4])
    count, own = 2 * len(distinct) + 1, taken[60]["median"]
    cold = parts["compile"] + parts["cold_solve"] + parts["accounts"]
    whole = parts["compile"] + parts["cold_solve"] + parts["three_rules"] + parts["ranges"]
    for horizon, answer in answers.items():
        more = (
            {"ratio_cold_nodes": cold * nodes / own, "ratio_cold_states": cold * count / own}
            if horizon == 60
            else {}
        )
        part.line(
            case="caspian", transit=False, months=horizon, straits=taken[horizon],
            programs=answer.provenance["programs_solved"], game_states=answer.provenance["game_states"], **more,
        )  # fmt: skip
    part.write(
        distinct_states=count, nodes_with_a_state=nodes, seconds_of_a_state=parts,
        ratio_60_to_12=own / taken[12]["median"], ratio_cold_states_with_ranges=whole * count / own,
    )  # fmt: skip


if __name__ == "__main__":
    main()
