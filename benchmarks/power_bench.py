"""Coalition values and nucleolus against plainer ways, in one run. Take the ratios, not the seconds.

    python benchmarks/power_bench.py [--quick] [--parts generated caspian games]

Values of all coalitions, three ways: with certificates (`straits.power.game`); a warm solve of the whole program for
each coalition in the order of a Gray code, so that neighbours differ by one player; a cold solve for each. The last
two are measured on a random sample of coalitions (for the Gray code: of stretches of it) and multiplied up. Answers of
the sample are compared. Processor time. Nucleolus two ways: coalitions entering as needed; all rows in each program. The
generated case without transit and with, in turns."""

from __future__ import annotations

import time
from typing import Any

import highspy
import numpy as np
from generate import SIZES
from measuring import Part, ask, each_transit, forget, rounds, size_of, timed, times

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


class Coalitions:
    """All coalition values of one case, three ways.

    Parameters
    ----------
    case : Case
    players : list of str
    warm, cold : int
        Coalitions that are solved in the slower ways.
    """

    def __init__(self, case: Case, players: list[str], *, warm: int, cold: int) -> None:
        self.players, self.warm_sample, self.cold_sample = players, warm, cold
        self.program = build_program(case, players)
        self.values = np.empty(0)
        self.worst = 0.0

    def certified(self) -> tuple[float, dict[str, int]]:
        """Give seconds of all values with certificates."""
        began = time.process_time()
        worth = CaseValues(self.program)
        self.values, states = worth.every()
        return time.process_time() - began, {"states": states, "solves": worth.solves}

    def warm(self) -> tuple[float, None]:
        """Give seconds of a warm solve for each coalition, neighbours after each other."""
        count, program, rng = 2 ** len(self.players), self.program, np.random.default_rng(0)
        length, total = self.warm_sample // STRETCHES, 0.0
        for first in rng.integers(0, count - length, STRETCHES):
            gray = np.array([k ^ (k >> 1) for k in range(first, first + length)], dtype=np.int64)
            bounds = [program.bounds(s) for s in program.states(gray)]
            session = Session(program.model)
            session.solve(bounds[0])
            session.solve(bounds[0])
            began = time.process_time()
            found = [-session.solve(b).value for b in bounds]
            total += (time.process_time() - began) / len(bounds) / STRETCHES
            self.held(gray, found)
        return total * count, None

    def cold(self) -> tuple[float, None]:
        """Give seconds of a cold solve for each coalition."""
        count, program = 2 ** len(self.players), self.program
        drawn = np.random.default_rng(1).choice(count, self.cold_sample, replace=False)
        states = program.states(drawn)
        began = time.process_time()
        found = []
        for s in states:
            forget()
            found.append(-Session(program.model).solve(program.bounds(s)).value)
        taken = (time.process_time() - began) / self.cold_sample
        self.held(drawn, found)
        return taken * count, None

    def held(self, which: np.ndarray, found: list[float]) -> None:
        """Note how far the certified values are off those of plain solves."""
        nobody = self.program.states(np.zeros(1, dtype=np.int64))[0]
        empty = -Session(self.program.model).solve(self.program.bounds(nobody)).value
        off = np.abs((np.array(found) - empty) / 1000.0 - self.values[which]).max()
        self.worst = max(self.worst, float(off / np.abs(self.values).max()))


def values(
    part: Part, name: str, cases: dict[bool, Case], players: list[str], *, warm: int, cold: int
) -> None:
    """Add a line for all coalition values of a case, without transit and with, and for the nucleolus of its game."""
    games = {transit: Coalitions(case, players, warm=warm, cold=cold) for transit, case in cases.items()}
    ways = {}
    for transit, game in games.items():
        ways |= {
            ("straits", transit): game.certified,
            ("warm", transit): game.warm,
            ("cold", transit): game.cold,
        }
    taken, found = rounds(ways)
    for transit, game in games.items():
        mine, warm_time, cold_time = (taken[way, transit] for way in ("straits", "warm", "cold"))
        part.line(
            case=name, transit=transit, **size_of(game.program.model), players=len(players), coalitions=2 ** len(players),
            **found["straits", transit], straits=mine, warm=warm_time, cold=cold_time,
            ratio_warm=times(warm_time, mine), ratio_cold=times(cold_time, mine), differs=game.worst,
        )  # fmt: skip
        nucleolus(part, name, Game(tuple(players), game.values), transit=transit)


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


def nucleolus(part: Part, name: str, game: Game, **about: Any) -> None:
    """Add a line for the prenucleolus, two ways."""
    taken, found = rounds(
        {"straits": timed(lambda: prenucleolus(game)), "all_rows": timed(lambda: full_sequence(game))}
    )
    solved = found["straits"]
    assert solved.certificate is not None
    began = time.process_time()
    proved = verify(game, solved.values, solved.certificate)
    checked = time.process_time() - began
    part.line(
        case=name, nucleolus=True, **about, players=game.n, programs=solved.solves, proved=bool(proved), checked=checked,
        **taken, ratio=times(taken["all_rows"], taken["straits"]),
        differs=float(np.abs(found["all_rows"] - solved.values).max() / game.scale),
    )  # fmt: skip


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
    asked = ask(__doc__, ["generated", "caspian", "games"])
    counts = (12,) if asked.quick else (12, 16)
    for name in asked.parts:
        part = Part("power", name, quick=asked.quick)
        for n in counts:
            if name == "generated":
                cases = each_transit(**SIZES["months"], states=n)
                players = [f"S{chr(65 + b)}{chr(65 + b)}" for b in range(n)]
                values(part, "generated, months", cases, players, warm=200, cold=30)
            elif name == "caspian":
                cases = {False: straits.load_case("caspian")}
                values(part, "caspian", cases, CASPIAN[:n], warm=100, cold=20)
            else:
                for kind, game in games(n).items():
                    taken, _ = rounds({"shapley": timed(lambda game=game: shapley(game))})
                    nucleolus(part, kind, game, **taken)
        part.write()


if __name__ == "__main__":
    main()
