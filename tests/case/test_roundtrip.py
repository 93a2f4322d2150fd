"""A saved case is the same bytes after a workbook, and the same case whatever it is stored in."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from straits.case import Case, load_case
from straits.case.files.cells import format_number, parse_number
from straits.errors import StraitsError
from straits.plain import plain

from .conftest import SETTINGS, Tables


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def via_workbook(case: Case, home: Path) -> tuple[dict[str, bytes], dict[str, bytes], Case]:
    case.save(home / "first")
    load_case(home / "first").save(home / "book.xlsx")
    again = load_case(home / "book.xlsx")
    again.save(home / "second")
    return contents(home / "first"), contents(home / "second"), again


AWKWARD = [
    "NO", "NA", "N/A", "nan", "None", "null", "true", "TRUE", "001", "1e5", "1.0", "0x10", "-", "=1+1", "@x", "+7", "'quoted'",
    '"quoted"', '"', "a,b", "a;b", "two\nlines", "_x0041_", "_x000D_", "é", "Қазақстан", "🛢", "2022-01-01", "1/2", "#N/A", "#",
    "a: b", "- a", "{a}", "%", "&amp;", "<b>", "~", "\u200b", "\u2028", "\u00a0x", "yes", "y", "12:30",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=20,
    ),
).filter(lambda text: bool(text.strip()))
IDS = TEXTS.filter(lambda text: not set("|:\n\u00ad") & set(text) and plain(text) == text)
OPTIONAL = st.none() | TEXTS
MEMBERS = st.lists(TEXTS.map(lambda text: text.replace("|", "/").strip()), max_size=3, unique=True)


def amounts(low: float, high: float, **more: bool) -> st.SearchStrategy[float]:
    """Numbers that are some amount: 0, or 1e-30 or more, as the check `range` wants them."""
    return st.floats(low, high, **more).filter(lambda number: number == 0 or abs(number) >= 1e-30)


NUMBERS = st.one_of(
    st.sampled_from(
        [0.0, 1e-7, 0.1, 0.1 + 0.2, 1 / 3, 1e19, 123456789012345680.0, 1e-30, 9.999999999999999e19, 100.0]
    ),
    amounts(0, 1e20, exclude_max=True),
)
LIMITS = NUMBERS | st.just(math.inf)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    note = draw(TEXTS)
    tables: Tables = {
        "actors": [{"id": "AAA", "name": draw(TEXTS), "kind": "state", "aliases": draw(MEMBERS), "note": draw(OPTIONAL)}],
        "commodities": [{"id": draw(IDS), "name": "C", "unit": "unit"}],
        "places": [
            {"id": "a", "name": draw(TEXTS), "kind": "field", "lon": draw(st.none() | amounts(-180, 180)), "note": note},
            {"id": "b", "name": draw(TEXTS), "kind": "port", "note": draw(OPTIONAL)},
        ],
        "links": [
            {
                "id": "ab", "name": draw(TEXTS), "from_place": "a", "to_place": "b", "mode": "rail",
                "capacity": draw(LIMITS), "capacity_unit": "unit/d", "cost": draw(NUMBERS), "cost_unit": "USD/unit",
            }
        ],
        "measures": [
            {
                "id": "m", "name": draw(TEXTS), "kind": "other", "status": "ordered", "baseline": draw(st.booleans()),
                "start": draw(st.dates(date(1900, 1, 1), date(2100, 1, 1))), "source": None, "locator": draw(OPTIONAL),
            }
        ],
        "claims": [
            {"id": "c", "table": "places", "row": "a", "column": "note", "value": note, "period": draw(OPTIONAL)},
            {"id": "d", "table": "places", "row": "a", "column": "note", "value": draw(TEXTS), "chosen": False},
        ],
    }  # fmt: skip
    tables["links"][0]["commodities"] = [tables["commodities"][0]["id"]]
    tables["places"][0]["lat"] = None if tables["places"][0]["lon"] is None else draw(amounts(-90, 90))
    change = draw(TEXTS | amounts(-1e5, 1e5))
    column = "name" if isinstance(change, str) else "length_km"
    scenario: dict[str, Any] = {
        "id": "s",
        "title": draw(TEXTS),
        "description": draw(TEXTS),
        "disruptions": [
            {"asset": "ab", "factor": draw(amounts(0, 1)), "start": "2022-01-04", "end": "2022-01-05"}
        ],
        "changes": [
            {
                "table": "links",
                "row": "ab",
                "column": column,
                "value": abs(change) if column != "name" else change,
            }
        ],
    }
    route = {"type": "Feature", "properties": {"link": "ab", "note": draw(TEXTS)}, "geometry": None}
    routes = draw(st.none() | st.just({"type": "FeatureCollection", "features": [route]}))
    chosen = {
        **SETTINGS,
        "title": draw(TEXTS),
        "description": draw(TEXTS),
        "price_year": draw(st.none() | st.just(2022)),
    }
    return Case.from_tables(
        tables, scenarios=draw(st.just([]) | st.just([scenario])), routes=routes, **chosen
    )


# A failing case is small enough to read; shrinking it would take minutes.
@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(cases())
def test_folder_to_workbook_to_folder_is_the_identity(case: Case) -> None:
    """Proves: nothing is lost or changed by a workbook, byte for byte. Without it: `001`, `NO` or 1e-7 could change in Excel."""
    with TemporaryDirectory() as home:
        first, second, again = via_workbook(case, Path(home))
        assert first == second
        assert again.hash == case.hash


def test_whole_small_case(small: Case, tmp_path: Path) -> None:
    """Proves: the identity holds with every table in use, and the hash is that of the case in memory."""
    first, second, again = via_workbook(small, tmp_path)
    assert first == second
    assert len(first) == 2 + len([table for table in small.tables.values() if len(table)])
    assert again.hash == small.hash == load_case(tmp_path / "first").hash


def test_values_of_changes(small: Case, tables: Tables, tmp_path: Path) -> None:
    """Proves: a changed value has the type of its column whatever the file says, a blank one too. Without it: 17 digits that
    a workbook keeps as text would come back as text."""
    values = [
        ("cost", "1.3510798882111472e+16"),
        ("name", "001"),
        ("note", ""),
        ("capacity", float("inf")),
        ("length_km", 1 / 3),
    ]
    changes = [
        {"table": "links", "row": "pipe", "column": column, "value": value} for column, value in values
    ]
    scenario = {"id": "s", "title": "S", "changes": changes}
    case = Case.from_tables(tables, scenarios=[scenario], **SETTINGS)
    first, second, again = via_workbook(case, tmp_path)
    assert first == second
    expected = [1.3510798882111472e16, "001", "", "unlimited", 1 / 3]
    assert [change.value for change in again.scenarios["s"].changes] == expected


def test_players_of_the_focus(tables: Tables, tmp_path: Path) -> None:
    """Proves: a list among the settings survives one cell of a workbook. Without it: "AAA|BBB" would be one unknown actor."""
    focus = {"actor": "AAA", "commodity": "crude", "players": ["AAA", "BBB"]}
    case = Case.from_tables(tables, **{**SETTINGS, "focus": focus})
    first, second, again = via_workbook(case, tmp_path)
    assert first == second
    assert again.settings.focus is not None and again.settings.focus.players == ("AAA", "BBB")


def test_hash_speaks_of_content(small: Case, tables: Tables, scenarios: list[dict[str, Any]]) -> None:
    """Proves: order of rows and written-out defaults do not change the hash; a number does. Without it: results mix up."""
    tables["places"].reverse()
    tables["links"][0]["tariff"] = 0.0
    same = Case.from_tables(tables, scenarios=scenarios, **SETTINGS)
    assert same.hash == small.hash
    tables["links"][0]["cost"] = 5.0000001
    assert Case.from_tables(tables, scenarios=scenarios, **SETTINGS).hash != small.hash
    assert Case.from_tables(tables, scenarios=[], **SETTINGS).hash != same.hash


def test_row_order_is_kept(tables: Tables, tmp_path: Path) -> None:
    """Proves: rows stay in the order of the author. Without it: a diff of a saved case would be noise."""
    tables["places"].reverse()
    case = Case.from_tables(tables, **SETTINGS)
    case.save(tmp_path / "a")
    assert list(load_case(tmp_path / "a").rows("places")) == ["port", "field"]


def test_saving_again_removes_what_is_gone(small: Case, tables: Tables, tmp_path: Path) -> None:
    """Proves: a table or scenario that a case lost is not found again on disk, and other files stay."""
    small.save(tmp_path / "a")
    (tmp_path / "a" / "notes.md").write_text("mine")
    del tables["options"]
    Case.from_tables(tables, **SETTINGS).save(tmp_path / "a")
    assert load_case(tmp_path / "a").scenarios == {}
    assert not (tmp_path / "a" / "options.csv").exists()
    assert (tmp_path / "a" / "notes.md").read_text() == "mine"


@pytest.mark.parametrize("name", ["case", "case.xlsx"])
def test_a_failed_write_leaves_the_old_case(
    small: Case, tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Proves: a full disk leaves the old files whole and no litter. Without it: half a case would be read as a whole one."""
    from straits import files

    small.save(tmp_path / name)
    before = contents(tmp_path)
    tables["places"][0]["name"] = "Other"
    other = Case.from_tables(tables, **SETTINGS)
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == (3 if name == "case" else 1):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        other.save(tmp_path / name)
    assert contents(tmp_path) == before


def test_text_too_long_for_a_cell(tables: Tables, tmp_path: Path) -> None:
    """Proves: a text that Excel would cut is refused, and the folder takes it. Without it: it would be dropped."""
    tables["places"][0]["note"] = "x" * 40_000
    case = Case.from_tables(tables, **SETTINGS)
    with pytest.raises(StraitsError, match=r"places.*does not fit"):
        case.save(tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())
    case.save(tmp_path / "a")
    assert load_case(tmp_path / "a").hash == case.hash


def test_long_routes_are_split_over_cells(small: Case, tables: Tables, tmp_path: Path) -> None:
    """Proves: routes longer than a cell survive a workbook."""
    line = {"type": "LineString", "coordinates": [[i / 7, i / 11] for i in range(3000)]}
    routes = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": "pipe", "properties": {}, "geometry": line}],
    }
    case = Case.from_tables(tables, routes=routes, **SETTINGS)
    first, second, again = via_workbook(case, tmp_path)
    assert first == second
    assert again.routes == routes


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_as_text(value: float) -> None:
    """Proves: the text of a number reads back as the same number. Without it: saving would round."""
    assert parse_number(format_number(value)) == value


def test_frames_are_copies(small: Case) -> None:
    """Proves: changing a frame does not change the case. Without it: a hash could lie."""
    frames = small.tables
    frames["links"].loc[0, "cost"] = 99.0
    with pytest.raises(TypeError):
        small.rows("links")["pipe"] = None  # type: ignore[index]
    assert small.tables["links"]["cost"].tolist() == [5.0]
    assert small.rows("links")["pipe"].cost == 5.0


def test_frames_have_every_column(small: Case) -> None:
    """Proves: frames have the types that the contract names, and empty tables their columns."""
    frames = small.tables
    assert frames["observations"].empty
    assert "value" in frames["observations"].columns
    assert frames["markets"]["demand"].tolist() == [math.inf, math.inf]
    assert frames["commodities"]["tracked"].tolist() == [True, True]
    assert frames["measures"]["start"].tolist() == ["2022-02-01"]
    assert frames["links"]["length_km"].isna().all()
    assert Case.from_tables({name: frame for name, frame in frames.items() if len(frame)}, **SETTINGS).rows(
        "links"
    ) == small.rows("links")
