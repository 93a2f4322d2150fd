"""Files of threats: read, saved, checked."""

from __future__ import annotations

import pytest

import straits
from straits.case import Case, Change
from straits.case.load import check_case
from straits.errors import CaseError

THREAT = """\
title: The pipeline stops
sender: NBR
target: LND
act:
  disruptions:
  - asset: pipe
start: 2022-01-11
days: 10
horizon: 12
demand:
  worth: 1
  cost: {low: 1, high: 3, source: S1}
retreat_cost: {low: 0.5, high: 2}
resolve:
- {id: "2022", probability: 0.3, own_cost: 0}
- {id: other, probability: 0.7}
packages:
- {id: more, options: [OPTION]}
"""


@pytest.fixture
def folder(tmp_path):
    """The small case with one threat."""
    case = straits.load_case("two-routes")
    case.save(tmp_path / "case")
    option, source = next(iter(case.rows("options"))), next(iter(case.rows("sources")))
    text = THREAT.replace("OPTION", option).replace("S1", source)
    (tmp_path / "case" / "threats").mkdir()
    (tmp_path / "case" / "threats" / "stop.yaml").write_text(text)
    return tmp_path / "case"


def spoiled(folder, *changes):
    path = folder / "threats" / "stop.yaml"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return [f for f in check_case(folder) if f.severity == "error"]


def test_a_threat_survives_folder_and_workbook(folder, tmp_path):
    """Proves: a threat reads back from folder and workbook as it was, with the same bytes and hash, an id that looks like a
    number too, and a save without it removes its file. Without it: a case handed on as a workbook would lose its threats."""
    case = straits.load_case(folder)
    case.save(tmp_path / "again")
    case.save(tmp_path / "book.xlsx")
    book = straits.load_case(tmp_path / "book.xlsx")
    book.save(tmp_path / "back")
    assert book.threats == case.threats and book.hash == case.hash
    name = "threats/stop.yaml"
    assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "back" / name).read_bytes()
    straits.load_case("two-routes").save(tmp_path / "back")
    assert not (tmp_path / "back" / name).exists()
    assert straits.load_case("two-routes").hash != case.hash


def test_numbers_without_source_count(folder):
    """Proves: each number of a threat that names no source counts as unsourced, and no other. Without it: a guess about what
    backing down costs would pass for knowledge."""
    found = check_case(folder).unsourced
    own = found[found["table"] == "threats"]
    assert set(own["column"]) == {
        "demand.worth", "retreat_cost", "resolve.0.own_cost", "resolve.0.probability", "resolve.1.probability",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("sender: NBR", "sender: NBRR"),
            "column sender: found 'NBRR', which is no id of actors; did you mean 'NBR'",
        ),
        (("target: LND", "target: NBR"), "found 'NBR', the sender"),
        (("asset: pipe", "asset: pip"), "column act.disruptions.0.asset: found 'pip'"),
        (("2022-01-11", "2020-01-11"), "accepted: within the time of the case"),
        (("days: 10", "days: 40"), "longer than a step (month)"),
        (("horizon: 12", "horizon: 0"), "column horizon: found 0; accepted: greater than or equal to 1"),
        (("low: 1, high: 3", "low: 4, high: 3"), "accepted: low <= value <= high"),
        (("0.7", "0.6"), "found probabilities that add up to 0.9; accepted: exactly 1"),
        (("options: [", "options: [nothing, "), "found 'nothing', which is no id of options"),
        (("id: other", 'id: "2022"'), "accepted: each once"),
        (("  disruptions:\n  - asset: pipe", "  measures: []"), "nothing is threatened"),
        (("sender: NBR", "sender: SEA"), "of which SEA and who belongs to it may close nothing"),
        (("retreat_cost: {low: 0.5, high: 2}", "retreat_cost: much"), "a valid number"),
        (("days: 10", "dayz: 10"), "unknown name 'dayz'"),
        (("days: 10", "days: .inf"), "column days: found inf; accepted: less than or equal to 366"),
        (("2022-01-11", "9999-12-31"), "accepted: within the time of the case"),
        (("demand:", "demand: 3\nnote:"), "column demand"),
        (("resolve:", "resolve: 3\nnote:"), "column resolve"),
        (("0.3", ".nan"), "column resolve.0.probability"),
    ],
)
def test_what_is_wrong_with_a_threat_is_said(folder, change, said):
    """Proves: each slip in a threat is an error that names file, key, what was found and what is accepted. Without it: a game
    would be played about another threat."""
    if "SEA" in change[1]:
        text = (folder / "actors.csv").read_text()
        head, *_ = text.splitlines()
        row = {"id": "SEA", "name": "Far away", "kind": "state"}
        (folder / "actors.csv").write_text(text + ",".join(row.get(c, "") for c in head.split(",")) + "\n")
    errors = spoiled(folder, change)
    assert any(said in f.text and f.text.startswith("threats/stop") for f in errors), [f.text for f in errors]
    with pytest.raises(CaseError):
        straits.load_case(folder)


def test_options_of_packages_need_build_time_and_cost(folder):
    """Proves: an option without build time cannot be in a package. Without it: the target could build in no time."""
    case = straits.load_case(folder)
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    for row in tables["options"]:
        row["years_to_build"] = None
    with pytest.raises(CaseError, match="leaves years_to_build blank"):
        Case.from_tables(tables, threats=case.threats.values(), **case.settings.model_dump())


def test_a_threat_in_memory(folder):
    """Proves: a threat given in memory is the one of its file. Without it: notebooks would need files."""
    case = straits.load_case(folder)
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    made = Case.from_tables(tables, threats=case.threats.values(), **case.settings.model_dump())
    assert made.threats == case.threats
    assert made.with_changes([]).threats == case.threats


def test_chances_of_regimes_and_weights_of_goods():
    """Proves: a regime without transitions stays as it is; a chance from 0 to 1 is read after the last colon; what is none, and
    a regime named twice, is refused with what stands there. Weights that cannot be read are left to the check.
    Without it: a regime without a row would never be left, or vanish."""
    from types import SimpleNamespace as Row

    from straits.case.answers import moves_of, weights_of
    from straits.errors import ModelError

    assert moves_of(Row(id="calm", transitions=())) == {"calm": 1.0}
    assert moves_of(Row(id="calm", transitions=("calm:0.9", " war : 0.1", "a:b:0"))) == {
        "calm": 0.9,
        "war": 0.1,
        "a:b": 0.0,
    }
    for wrong in ("calm", "calm:x", "calm:1.1", "calm:-0.1", ":0.5", "calm:nan"):
        with pytest.raises(ModelError, match=f"found {wrong!r}; accepted: regime:probability"):
            moves_of(Row(id="calm", transitions=(wrong,)))
    with pytest.raises(ModelError, match="'war' is named twice"):
        moves_of(Row(id="calm", transitions=("war:0.5", "war:0.5")))
    told = ("oil=0.5", "box = 2", "gas=x", "coal=-1", "ore=inf", "=3", "tin=0")
    assert weights_of(Row(weights=told)) == {"oil": 0.5, "box": 2.0, "": 3.0, "tin": 0.0}


def test_who_may_close_what_is_looked_at_again_where_it_can_change(folder):
    """Proves: with what the sender has given to another, the case with these changes is refused as it would be when loaded; with
    another number it is not. Without it: a scenario could threaten with what nobody can do."""
    case = straits.load_case(folder)
    mine = [("links", "pipe", "territory"), ("controls", "c1", "actor"), ("controls", "c3", "actor")]
    given = [Change(table=table, row=row, column=column, value="LND") for table, row, column in mine]
    with pytest.raises(CaseError, match="of which NBR and who belongs to it may close nothing"):
        case.with_changes(given)
    assert (
        case.with_changes([Change(table="links", row="pipe", column="cost", value=3.0)]).threats
        == case.threats
    )
