"""Make the tables of `docs/performance.md` of what the benchmarks left in `benchmarks/results/`.

    python benchmarks/pages.py

A table stands between `<!-- begin: NAME -->` and `<!-- end -->`; what is between them is written anew, the rest stays as it is.
`TABLES` says which name is made how. `make bench` and `make outputs` run it; a test compares the page with the files.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "benchmarks" / "results"
_PLACE = re.compile(r"(<!-- begin: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.S)
Line = dict[str, Any]
#: A heading, and what stands under it for a line.
Column = tuple[str, Callable[[Line], str]]


class Results:
    """What the benchmarks left.

    Parameters
    ----------
    folder : Path
        With one JSON file for each bench.
    """

    def __init__(self, folder: Path = RESULTS) -> None:
        self.of = {
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))
        }

    def parts(self, bench: str, names: Sequence[str]) -> list[Line]:
        """Give the named parts of a bench that were measured."""
        return [self.of[bench][name] for name in names if name in self.of.get(bench, {})]

    def lines(self, bench: str, *names: str, **match: Any) -> list[Line]:
        """Give the lines of some parts in which all is as asked."""
        found = [line for part in self.parts(bench, names) for line in part["lines"]]
        return [line for line in found if all(line.get(key) == value for key, value in match.items())]


# ------------------------------------------------------------------ cells


def lasting(times: Line | None, key: str = "median") -> str:
    """Give a time in the unit that fits it: the median, or the least or the most."""
    if times is None:
        return ""
    value = times[key]
    if value < 0.1:
        return f"{digits(1e3 * value)} ms"
    return f"{digits(value)} s"


def digits(value: float, kept: int = 3) -> str:
    """Give a number with some significant digits and thousands apart."""
    if value == 0:
        return "0"
    whole = float(f"{value:.{kept}g}")
    if abs(whole) >= 10 ** (kept - 1):
        return f"{value:,.0f}"
    text = f"{whole:.{kept}g}"
    return f"{whole:f}".rstrip("0").rstrip(".") if "e" in text else text


def many(value: float | None) -> str:
    """Give a ratio with two significant digits, or three from 100 on."""
    return "" if value is None else digits(value, 2 if value < 100 else 3)


def off(value: float | None) -> str:
    """Give a relative difference."""
    if value is None:
        return ""
    return "0" if value == 0 else f"{value:.0e}".replace("e-0", "e-")


def transit(line: Line) -> str:
    """Say whether links take time; a bundled case is as it is."""
    if not line["case"].startswith("generated"):
        return "as it is"
    return "with" if line["transit"] else "none"


def timing(head: str, key: str) -> Column:
    """Give a column of median times; empty where they were not measured."""
    return head, lambda line: lasting(line.get(key))


def count(head: str, key: str) -> Column:
    """Give a column of whole numbers."""
    return head, lambda line: f"{line[key]:,}" if key in line else ""


def ratio(*keys: str, done: str = "") -> Column:
    """Give a column of ratios; `done` says whether the other side ended, so that it is no more than a bound where not."""

    def cell(line: Line) -> str:
        value: Any = line
        for key in keys:
            value = value.get(key) if value else None
        return ("" if line.get(done, True) else "over ") + many(value)

    return "times", cell


#: What the commonest cases are, where a file has a short name for them.
CASES = {
    "caspian": "`caspian`",
    "generated, months": "generated, 80 links, 12 months",
    "generated, weeks": "generated, 80 links, 26 weeks",
}
CASE: Column = ("case", lambda line: CASES.get(line["case"], line["case"]))
TRANSIT: Column = ("transit", transit)
SIZE: Column = count("columns", "columns")
CHECKED: Column = ("certificate checked in", lambda line: lasting({"median": line["checked"]}))
BESIDE: Column = (
    "beside",
    lambda line: lasting(line.get("one_each") or line.get("plans_one_each") or line.get("by_hand")),
)
DIFFERS: Column = ("differs", lambda line: off(line.get("differs")))


def table(columns: Sequence[Column], lines: Iterable[Line]) -> str:
    """Give a table: the first columns are words, those of numbers stand to the right."""
    lines = list(lines)
    if not lines:
        return "Not measured yet.\n"
    words = {"case", "transit", "question", "game"}
    rule = ["---" if head in words else "---:" for head, _ in columns]
    rows = [[head for head, _ in columns], rule, *([cell(line) for _, cell in columns] for line in lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def told(results: Results, bench: str, *names: str) -> str:
    """Say when, where and how often the parts of a table were measured."""
    parts = results.parts(bench, names)
    if not parts:
        return ""
    days = sorted({dt.date.fromisoformat(part["measured"]) for part in parts})
    loads = sorted(load for part in parts for load in part["load"].values())
    often = sorted(repeats([part["lines"] for part in parts]))
    versions = parts[-1]["versions"]
    packages = [("HiGHS", "highspy"), ("PyPSA", "pypsa"), ("linopy", "linopy"), ("Python", "python")]
    used = ", ".join(f"{name} {versions[key]}" for name, key in packages if key in versions)
    rounds = f"{often[0]}" if often[0] == often[-1] else f"{often[0]} to {often[-1]}"
    small = " *Smaller sizes than the whole ones.*" if any(part["size"] == "quick" for part in parts) else ""
    when = " and ".join(f"{day.day} {day:%B %Y}" for day in days)
    where = f"{parts[-1]['cores']} cores, load {loads[0]:g} to {loads[-1]:g}"
    file = f"`benchmarks/results/{bench}.json`"
    return f"\nMeasured on {when}; {where}; {used}; medians of {rounds} rounds ({file}).{small}\n"


def repeats(value: Any) -> set[int]:
    """Give how often anything in some lines was measured."""
    if isinstance(value, list):
        return set().union(*map(repeats, value))
    if isinstance(value, dict):
        return {value["repeats"]} if "repeats" in value else set().union(*map(repeats, value.values()))
    return set()


# ------------------------------------------------------------------ tables


def made(bench: str, *parts: str, columns: Sequence[Column], **match: Any) -> Callable[[Results], str]:
    """Give what makes a table of the lines of some parts."""
    return lambda results: (
        table(columns, results.lines(bench, *parts, **match)) + told(results, bench, *parts)
    )


def summary(results: Results) -> str:
    """Give what is quick and what is not, without transit and with."""
    rows: list[Line] = []

    def add(question: str, key: str, bench: str, part: str, **match: Any) -> None:
        found = {line["transit"]: line for line in results.lines(bench, part, **match) if key in line}
        if len(found) == 2:
            rows.append({"question": question, "key": key, "none": found[False], "with": found[True]})

    def longer(row: Line) -> str:
        return many(row["with"][row["key"]]["median"] / row["none"][row["key"]]["median"])

    for part in ("small", "middle", "large"):
        add("the first solve", "first", "first_solves", part)
        add("`solve`, in which no cargo goes round", "answer", "first_solves", part)
    add("compiling", "compile", "first_solves", "small")
    for part in ("months", "weeks", "middle"):
        add("one more failure, after the first solve", "sweep", "contingencies", part)
    add("the worst three of 80 links, proved", "straits", "worst", "beside", closures=3)
    add("the worst three of 80 links, proved", "straits", "worst", "weeks", closures=3)
    add("the worst six of 160 links, proved", "straits", "worst", "large", closures=6)
    add("values of all 4,096 coalitions", "straits", "power", "generated", players=12, nucleolus=None)
    add("a toggle in the app, all that is shown", "view", "app", "server")
    add("values of all 65,536 coalitions", "straits", "power", "generated", players=16, nucleolus=None)
    add("what the optimum leaves open", "ranges", "ranges", "months")
    add("what the optimum leaves open", "ranges", "ranges", "weeks")
    add("worth of all bottlenecks", "worths", "ranges", "weeks")
    columns: list[Column] = [
        ("question", lambda row: row["question"]),
        ("case", lambda row: CASE[1](row["none"]).removeprefix("generated, ")),
        ("columns", lambda row: f"{row['none']['columns']:,} and {row['with']['columns']:,}"),
        ("no transit", lambda row: lasting(row["none"][row["key"]])),
        ("with transit", lambda row: lasting(row["with"][row["key"]])),
        ("times as long", longer),
    ]
    return table(columns, rows)


def failures_solved(line: Line) -> str:
    """Say how many failures were solved, and how many proved without."""
    return f"{line['solved']} and {line['proved']}"


def at_least(key: str, done: str) -> Callable[[Line], str]:
    """Give a cell with a time after which the solver had not finished, where it had not."""
    return lambda line: ("" if line.get(done, True) else "over ") + lasting(line.get(key))


TABLES: dict[str, Callable[[Results], str]] = {
    "summary": summary,
    "first-solves": made(
        "first_solves", "small", "middle", "large",
        columns=[
            CASE, TRANSIT, SIZE, timing("compile", "compile"), ("HiGHS alone", at_least("highs", "highs_done")),
            timing("first solve", "first"), ratio("ratio", done="highs_done"),
            count("iterations of HiGHS", "iterations_of_highs"), count("ours", "iterations"),
            timing("`solve`", "answer"), count("circles", "circles"), DIFFERS,
        ],
    ),
    "compiling": made(
        "compile_and_solve", "beside_pypsa", "medium",
        columns=[
            CASE, TRANSIT, SIZE, count("rows", "rows"), timing("compile", "compile"), timing("of it arrays", "arrays"),
            timing("first solve", "solve"), timing("PyPSA", "pypsa"), ratio("ratio"), DIFFERS,
        ],
    ),
    "growth": made(
        "compile_and_solve", "growth",
        columns=[
            CASE, TRANSIT, SIZE, timing("compile", "compile"), timing("of it arrays", "arrays"),
            timing("first solve", "solve"),
        ],
    ),
    "contingencies": made(
        "contingencies", "months", "weeks", "middle", "medium",
        columns=[
            CASE, TRANSIT, SIZE, ("failures solved, proved", failures_solved), timing("first solve, once", "first"),
            timing("one failure", "sweep"), timing("all solved", "all_solved"), timing("cold HiGHS", "cold"),
            ratio("ratios", "cold"), timing("linopy", "linopy"), ratio("ratios", "linopy"),
            timing("PyPSA", "pypsa"), ratio("ratios", "pypsa"), DIFFERS,
        ],
    ),
    "two-workers": made(
        "contingencies", "two_workers",
        columns=[
            CASE, count("failures", "variants"), timing("one process", "one"), timing("two", "two"),
            ratio("ratio"),
        ],
    ),
    "worst": made(
        "worst", "beside",
        columns=[
            CASE, TRANSIT, count("closures", "closures"), timing("straits", "straits"), count("solves", "solves"),
            count("of attacks", "attacks"), timing("warm brute force", "brute"), ratio("ratio_brute"),
            ("one mixed-integer program", at_least("program", "program_done")), ratio("ratio_program", done="program_done"),
        ],
    ),
    "worst-larger": made(
        "worst", "weeks", "large", stopped_after=None,
        columns=[
            CASE, TRANSIT, count("closures", "closures"), timing("straits", "straits"), count("solves", "solves"),
            count("attacks", "attacks"), ("proved", lambda line: "yes" if line["proved"] else "no"),
        ],
    ),
    "power": made(
        "power", "generated", "caspian", nucleolus=None,
        columns=[
            CASE, TRANSIT, count("players", "players"), timing("straits", "straits"), count("programs solved", "solves"),
            count("of coalitions", "coalitions"), timing("warm, Gray code", "warm"), ratio("ratio_warm"),
            timing("cold", "cold"), ratio("ratio_cold"), DIFFERS,
        ],
    ),
    "nucleolus": made(
        "power", "generated", "caspian", "games", nucleolus=True,
        columns=[
            ("game", CASE[1]), count("players", "players"), timing("straits", "straits"),
            timing("all rows", "all_rows"), ratio("ratio"), CHECKED,
            DIFFERS,
        ],
    ),
    "ranges": made(
        "ranges", "caspian", "months", "weeks", "large",
        columns=[
            CASE, TRANSIT, SIZE, count("numbers", "numbers"), count("open", "open"), timing("all ranges", "ranges"),
            timing("two solves for each", "plain_ranges"), ratio("ratio"), count("bottlenecks", "bottlenecks"),
            timing("their worth", "worths"), timing("each limit moved a little", "plain_worths"),
        ],
    ),
    "options": made(
        "hedge", "options",
        columns=[
            CASE, TRANSIT, SIZE, timing("compiled without options", "compile_without"),
            timing("with 400", "compile_with"), timing("what they add", "what_options_add"), ratio("ratio"),
        ],
    ),
    "hedge": made(
        "hedge", "staircase", "surprise", "histories", "design",
        columns=[
            ("question", lambda line: hedge_question(line)), count("programs", "programs"), timing("straits", "straits"),
            BESIDE, ratio("ratio"),
        ],
    ),
    "proof": made(
        "proof", "batches",
        columns=[
            ("question", lambda line: line["batch"]), CASE, TRANSIT, count("answers", "answers"), timing("all", "seconds"),
            timing("a check", "each"), ("of all", lambda line: f"{line['share']['median']:.1%}"),
        ],
    ),
    "toggles": made(
        "app", "server",
        columns=[
            CASE, TRANSIT, SIZE, timing("bare warm solve", "warm_solve"), timing("all that is shown", "view"),
            ratio("ratio"),
        ],
    ),
}  # fmt: skip


def hedge_question(line: Line) -> str:
    """Say what was asked and what it is beside."""
    if "histories" in line:
        return f"expected losses over {line['histories']} histories, {line['portfolios']} portfolios; beside one `ensemble` each"
    if "instances" in line:
        return (
            f"`design` of {line['instances']} published networks; beside HiGHS on the program written by hand"
        )
    if "plans_one_each" in line:
        return f"the staircase of {line['portfolios']} portfolios by surprise; beside a plan under way for each alone"
    return f"the staircase of {line['portfolios']} portfolios, three closures; beside one search each"


def rendered(text: str, results: Results) -> str:
    """Give a page with its tables as the results give them.

    Raises
    ------
    ValueError
        If the page names a table that is none, or lacks one.
    """
    names = [match["name"] for match in _PLACE.finditer(text)]
    if unknown := sorted(set(names) ^ set(TABLES)):
        raise ValueError(f"tables on the page and in `pages.py` differ: {', '.join(unknown)}")
    return _PLACE.sub(lambda match: f"{match[1]}\n{TABLES[match['name']](results)}\n{match[3]}", text)


def main() -> None:
    """Write the page."""
    before = PAGE.read_text(encoding="utf-8")
    after = rendered(before, Results())
    if after != before:
        PAGE.write_text(after, encoding="utf-8")
        print(f"{PAGE.relative_to(ROOT)} rewritten")


if __name__ == "__main__":
    main()
