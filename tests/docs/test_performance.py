"""The tables of the performance page are those of the files that the benchmarks left."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import measuring  # noqa: E402
import pages as performance  # noqa: E402

from straits.lp.solver import door  # noqa: E402

FILES = sorted(performance.RESULTS.glob("*.json"))


def test_the_tables_of_the_page_are_those_of_the_files() -> None:
    """Proves: making the tables anew of the stored files changes nothing on the page (`make outputs` does it). Without it: a
    figure that nobody measured, or that was measured again and not renewed.
    """
    text = performance.PAGE.read_text(encoding="utf-8")
    assert performance.rendered(text, performance.Results()) == text


def test_a_table_that_lies_is_seen(tmp_path: Path) -> None:
    """Proves: one other figure in a file, or one in the page, makes page and files differ. Without it: the test above could pass
    whatever they say.
    """
    text = performance.PAGE.read_text(encoding="utf-8")
    for path in FILES:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    options = json.loads((tmp_path / "hedge.json").read_text(encoding="utf-8"))
    options["options"]["lines"][0]["compile_with"]["median"] *= 2
    (tmp_path / "hedge.json").write_text(json.dumps(options), encoding="utf-8")
    assert performance.rendered(text, performance.Results(tmp_path)) != text
    spoiled = text.replace("26 weeks | with |", "26 weeks | none |")
    assert spoiled != text
    assert performance.rendered(spoiled, performance.Results()) == text


def test_a_table_that_is_none_or_missing_stops() -> None:
    """Proves: a page with a marker that nothing makes, or without one of the tables, is an error. Without it: a table whose
    marker was misspelt would stay as it is for ever.
    """
    text = performance.PAGE.read_text(encoding="utf-8")
    for spoiled in (
        text.replace("begin: worst -->", "begin: wrost -->"),
        text.replace("<!-- begin: proof -->", ""),
    ):
        with pytest.raises(ValueError, match=r"worst, wrost|proof"):
            performance.rendered(spoiled, performance.Results())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_how_it_was_measured(path: Path) -> None:
    """Proves: each part has date, load before and after, versions, cores, size and lines, times have median, least and most of
    at least one run, and no file names a machine or a folder of it. Without it: figures that nobody can judge.
    """
    text = path.read_text(encoding="utf-8")
    assert not re.search(r'"/|\\\\|/home|/tmp|/root|/usr|hostname', text)
    parts = json.loads(text)
    assert text == json.dumps(parts, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    for part in parts.values():
        assert set(part["load"]) == {"before", "after"} and part["size"] in ("whole", "quick")
        assert part["versions"].keys() >= {"python", "highspy"} and part["cores"] >= 1 and part["lines"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", part["measured"])
        found = [value for line in part["lines"] for value in line.values() if isinstance(value, dict)]
        spreads = [value for value in found if "median" in value]
        assert spreads
        for value in spreads:
            assert 0 <= value["least"] <= value["median"] <= value["most"] and value["repeats"] >= 1


def test_ways_run_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: each way runs once before any runs again, medians are of all rounds, and a way that took too long runs once.
    Without it: other work on the machine could strike one side of a ratio alone.
    """
    order: list[str] = []
    given = {"a": iter([5.0, 1.0, 3.0]), "b": iter([2.0, 4.0, 9.0])}

    def way(name: str):  # type: ignore[no-untyped-def]
        def run() -> tuple[float, str]:
            order.append(name)
            return next(given[name]), name + str(len(order))

        return run

    times, results = measuring.rounds({"a": way("a"), "b": way("b")}, repeats=3)
    assert order == ["a", "b"] * 3
    assert times["a"] == {"median": 3.0, "least": 1.0, "most": 5.0, "repeats": 3}
    assert results == {"a": "a5", "b": "b6"}
    assert measuring.times(times["b"], times["a"]) == pytest.approx(4 / 3)
    monkeypatch.setattr(measuring, "PATIENCE", -1.0)
    given["a"] = iter([7.0, 8.0])
    times, _ = measuring.rounds({"a": way("a")}, repeats=2)
    assert times["a"]["repeats"] == 1 and times["a"]["median"] == 7.0


def test_what_was_solved_before_is_solved_again() -> None:
    """Proves: an optimum that the process found from nothing is forgotten before each task and each way. Without it: the second
    of three cold solves would take no time, and the median be that of looking it up.
    """

    class Kept:
        size = 1

    for measure in (
        lambda: measuring.seconds(lambda: None),
        lambda: measuring.rounds({"a": lambda: (0.0, None)}),
    ):
        door.KNOWN.put(b"key", Kept())  # type: ignore[arg-type]
        assert door.KNOWN.get(b"key") is not None
        measure()
        assert door.KNOWN.get(b"key") is None


def test_a_part_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: measuring one part again keeps the other parts of the file, and numbers are rounded. Without it: one part measured
    again would take the rest off the page.
    """
    monkeypatch.setattr(measuring, "RESULTS", tmp_path)
    for name, value in (("one", 1.0), ("two", 2.0), ("one", 1 / 3)):
        part = measuring.Part("bench", name)
        part.line(case="c", transit=False, taken=measuring.spread([value]))
        part.write()
    parts = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert {name: part["lines"][0]["taken"]["median"] for name, part in parts.items()} == {
        "one": 0.3333,
        "two": 2.0,
    }


def test_cells() -> None:
    """Proves: times stand in a unit that fits, numbers keep three digits. Without it: 0.0 s, 1e+03 times."""
    assert [performance.lasting({"median": s}) for s in (0.0021177, 0.0999, 0.1, 1.066, 52.04, 1538.2)] == [
        "2.12 ms", "99.9 ms", "0.1 s", "1.07 s", "52 s", "1,538 s",
    ]  # fmt: skip
    assert performance.lasting(None) == ""
    assert [performance.many(r) for r in (0.936, 20.15, 1348.96)] == ["0.94", "20", "1,349"]
    assert [performance.off(d) for d in (0.0, 5.1e-14, None)] == ["0", "5e-14", ""]
