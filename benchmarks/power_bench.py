"""Coalition values and nucleolus against plainer ways, in one run. Take the ratios, not the seconds.

    python benchmarks/power_bench.py [--quick] [--cases generated,caspian,games]

Values of all coalitions, three ways: with certificates (`straits.power.game`); a warm solve of the whole program for
each coalition in the order of a Gray code, so that neighbours differ by one player; a cold solve for each. The last
two are measured on a random sample of coalitions (for the Gray code: of stretches of it) and multiplied up. Answers of
the sample are compared. Processor time. Nucleolus two ways:
coalitions entering as needed; all rows in each program."""

from __future__ import annotations

import argparse
import time

import highspy
import numpy as np
from generate import generate_case

import straits
from straits.case import Case
from straits.engine import Session
from straits.power import Game, prenucleolus, shapley, verify
from straits.power.games.game import indicator, sizes, subset_sums
from straits.power.games.lexicographic import LEAST_WEIGHT, centred
from straits.power.games.span import Span
from straits.power.network.coalitionvalues import CaseValues
from straits.power.network.program import build_program

#: Stretches of the Gray code that are measured.
STRETCHES = 10
#: The states of the case that may close something, then its other actors with rights of their own.
CASPIAN = [
    "KAZ", "RUS", "CHN", "AZE", "GEO", "TUR", "UZB", "TKM", "BLR", "POL", "DEU", "UKR", "ROU", "ITA", "EU-BUYERS", "WORLD",
]  # fmt: skip


def coalitions(title: str, case: Case, players: list[str], *, warm: int, cold: int) -> Game:
    """Print how long all coalition values take, three ways, and return the game."""
    program = build_program(case, players)
    began = time.process_time()
    worth = CaseValues(program)
    values, states = worth.every()
    certified = time.process_time() - began
    count = len(values)
    rng = np.random.default_rng(0)
    empty = (
        -Session(program.model).solve(program.bounds(program.states(np.zeros(1, dtype=np.int64))[0])).value
    )
    each_warm, worst = 0.0, 0.0
    for first in rng.integers(0, count - warm // STRETCHES, STRETCHES):
        gray = np.array([k ^ (k >> 1) for k in range(first, first + warm // STRETCHES)], dtype=np.int64)
        bounds = [program.bounds(s) for s in program.states(gray)]
        session = Session(program.model)
        session.solve(bounds[0])
        session.solve(bounds[0])
        began = time.process_time()
        found = [-session.solve(b).value for b in bounds]
        each_warm += (time.process_time() - began) / len(bounds) / STRETCHES
        difference = np.abs((np.array(found) - empty) / 1000.0 - values[gray]).max()
        worst = max(worst, float(difference / np.abs(values).max()))
    drawn = rng.choice(count, cold, replace=False)
    states_drawn = program.states(drawn)
    began = time.process_time()
    found = [-Session(program.model).solve(program.bounds(s)).value for s in states_drawn]
    each_cold = (time.process_time() - began) / cold
    difference = np.abs((np.array(found) - empty) / 1000.0 - values[drawn]).max()
    worst = max(worst, float(difference / np.abs(values).max()))
    print(
        f"{title:30} {len(players):3} players {count:7} coalitions {states:7} states {worth.solves:7} solves "
        f"{certified:9.2f} s | "
        f"warm {each_warm * count:9.1f} s ({each_warm * 1e3:6.2f} ms each) ratio {each_warm * count / certified:8.1f} | "
        f"cold {each_cold * count:9.1f} s ({each_cold * 1e3:6.1f} ms each) ratio {each_cold * count / certified:8.1f} | "
        f"largest difference {worst:.1e}",
        flush=True,
    )
    return Game(tuple(players), values)


def full_sequence(game: Game) -> np.ndarray:
    """Prenucleolus by the sequence of programs with all 2^n rows, with the same rule of settling."""
    origin, unit, values = centred(game)
    n = game.n
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    for _ in range(n + 1):
        solver.addVar(-highspy.kHighsInf, highspy.kHighsInf)
    solver.changeColCost(n, 1.0)
    masks = np.arange(1, len(values))
    rows = indicator(masks, n).astype(bool)
    columns = np.where(rows, np.arange(n), -1)
    index = np.concatenate([columns, np.full((len(masks), 1), n)], axis=1)
    kept = index >= 0
    starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))[:-1]]).astype(np.int32)
    flat = index[kept].astype(np.int32)
    solver.addRows(
        len(masks),
        values[1:].copy(),
        np.full(len(masks), np.inf),
        len(flat),
        starts,
        flat,
        np.ones(len(flat)),
    )
    span = Span(n)
    free = np.ones(len(values), dtype=bool)
    free[0] = False

    def settle(mask: int, payoff: float) -> None:
        solver.changeCoeff(mask - 1, n, 0.0)
        solver.changeRowBounds(mask - 1, payoff, payoff)
        free[mask] = False

    span.add(len(values) - 1)
    settle(len(values) - 1, float(values[-1]))
    while span.rank < n:
        solver.run()
        solution = solver.getSolution()
        epsilon, dual = solution.col_value[n], np.array(solution.row_dual)
        kept_now = []
        for mask in (np.flatnonzero(dual > LEAST_WEIGHT) + 1).tolist():
            if free[mask] and span.add(mask):
                settle(mask, float(values[mask] - epsilon))
                kept_now.append(mask)
        for mask in np.flatnonzero(span.contained() & free).tolist():
            solver.changeRowBounds(mask - 1, -np.inf, np.inf)
            free[mask] = False
        x = np.array(solution.col_value[:n])
    solver.run()
    x = np.array(solver.getSolution().col_value[:n])
    return origin + x * unit


def nucleoli(title: str, game: Game, *, full: bool = True) -> None:
    """Print how long the prenucleolus takes, two ways."""
    began = time.process_time()
    solved = prenucleolus(game)
    needed = time.process_time() - began
    assert solved.certificate is not None
    began = time.process_time()
    proved = verify(game, solved.values, solved.certificate)
    checked = time.process_time() - began
    line = f"{title:30} {game.n:3} players: {needed:8.3f} s, {solved.solves:3} programs, proved {bool(proved)} in {checked:.3f} s"
    if full:
        began = time.process_time()
        other = full_sequence(game)
        took = time.process_time() - began
        difference = np.abs(other - solved.values).max() / game.scale
        line += f" | all rows {took:8.2f} s, ratio {took / needed:7.1f}, largest difference {difference:.1e}"
    print(line, flush=True)


def games(n: int) -> dict[str, Game]:
    """Three kinds of plain games of n players."""
    rng = np.random.default_rng(n)
    names = tuple(f"p{i}" for i in range(n))
    random = rng.random(2**n) * sizes(n)
    random[0] = 0.0
    weights = rng.integers(1, 20, n).astype(float)
    return {
        "random": Game(names, random),
        "convex": Game(names, subset_sums(rng.random(n)) ** 2),
        "voting": Game(names, (subset_sums(weights) > weights.sum() / 2).astype(float)),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="12 players only")
    parser.add_argument("--cases", default="generated,caspian,games")
    chosen = parser.parse_args()
    parts, counts = chosen.cases.split(","), (12,) if chosen.quick else (12, 16)
    for n in counts:
        if "generated" in parts:
            case = generate_case(states=n)
            game = coalitions(
                "generated 40 places, 80 links",
                case,
                [f"S{chr(65 + b)}{chr(65 + b)}" for b in range(n)],
                warm=400,
                cold=60,
            )
            nucleoli("  its nucleolus", game)
        if "caspian" in parts:
            game = coalitions("caspian", straits.load_case("caspian"), CASPIAN[:n], warm=200, cold=40)
            nucleoli("  its nucleolus", game)
        if "games" in parts:
            for kind, game in games(n).items():
                began = time.process_time()
                shapley(game)
                print(f"{kind + ', Shapley value':30} {n:3} players: {time.process_time() - began:8.4f} s")
                nucleoli(f"{kind}, nucleolus", game)


if __name__ == "__main__":
    main()
