"""Maps as pictures that stand alone, and solutions as xarray data sets."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import straits
from straits.case import Case
from straits.errors import StraitsError
from straits.report import Picture
from straits.results.page import LIMIT, html_page
from straits.results.picture import standing_alone
from straits.stress import Comparison


@pytest.fixture(scope="module")
def compared(teaching: Case) -> Comparison:
    return straits.stress(teaching, ["pipeline-stop"])


def pictures(compared: Comparison) -> list[Picture]:
    return [compared.case.map(), compared.baseline.map(), compared.map(), compared.map("pipeline-stop")]


def test_a_picture_stands_alone(compared: Comparison) -> None:
    """Proves: a map is one well-formed SVG in which whatever is referred to is there once, and nothing is fetched. Without it: a
    saved map would lack its countries, or ask a network for them.
    """
    for picture in pictures(compared):
        ElementTree.fromstring(picture.svg)
        ids = re.findall(r' id="([^"]+)"', picture.svg)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', picture.svg)) <= set(ids)
        assert not re.search(r'(href|src)="(?!#)', picture.svg)
        assert len(picture._repr_html_().encode()) < LIMIT and repr(picture).count("\n") == 1


def test_two_maps_of_one_page_share_no_id(compared: Comparison) -> None:
    """Proves: drawings of different things have different ids. Without it: in a notebook the second map would be drawn on the
    countries of the first.
    """
    found = [set(re.findall(r' id="([^"]+)"', p.svg)) for p in pictures(compared)[:3]]
    assert not found[0] & found[1] and not found[1] & found[2] and not found[0] & found[2]


def test_a_map_shows_the_flows_of_its_solution(compared: Comparison) -> None:
    """Proves: the stop of the pipeline shows on the map of the comparison, with the change of flow that the tables give. Without
    it: the map would be of another run.
    """
    picture = compared.map("pipeline-stop")
    from straits.report import Study

    table = Study(compared).links_table("pipeline-stop", "crude").set_index("id")
    change = table.loc["pipe", "change"]
    assert change < 0
    assert f"−{abs(change):.0f} kt/d" in picture.svg.replace(",", "")
    assert "less than before" in picture.svg and "less than before" not in compared.baseline.map().svg


@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_a_picture_is_saved(compared: Comparison, tmp_path: Path, ending: str) -> None:
    """Proves: what is saved holds the drawing. Without it: a file of nothing."""
    picture = compared.map()
    path = picture.save(tmp_path / f"map{ending}")
    text = path.read_text(encoding="utf-8")
    assert picture.svg in text
    if ending == ".html":
        assert "default-src 'none'" in text and picture.caption[:40] in text


def test_a_picture_is_saved_as_png_and_pdf(compared: Comparison, tmp_path: Path) -> None:
    """Proves: PNG has the width asked for, PDF is one. Without it: a slide would get a blurred stamp."""
    pytest.importorskip("typst")
    png = compared.map().save(tmp_path / "map.png", width=600).read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and abs(int.from_bytes(png[16:20], "big") - 600) <= 1
    assert compared.map().save(tmp_path / "map.pdf").read_bytes().startswith(b"%PDF")


def test_what_cannot_be_saved_leaves_nothing(compared: Comparison, tmp_path: Path, monkeypatch) -> None:
    """Proves: an unknown ending, a missing extra and a folder that takes no file are errors that say so, and leave no file.
    Without it: a traceback, or half a picture.
    """
    picture = compared.map()
    with pytest.raises(StraitsError, match=r"'\.bmp' is unknown; accepted: \.svg"):
        picture.save(tmp_path / "map.bmp")
    with pytest.raises(StraitsError, match="cannot be written"):
        picture.save(tmp_path / "absent" / "map.svg")
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(StraitsError, match=r"pip install 'straits\[report\]'"):
        picture.save(tmp_path / "map.png")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_drawn_is_an_error(compared: Comparison) -> None:
    """Proves: an unknown scenario or commodity, and a case without coordinates, are told by name. Without it: an empty map."""
    with pytest.raises(StraitsError, match=r"did you mean .pipeline-stop"):
        compared.map("pipeline-stp")
    with pytest.raises(StraitsError, match="'oil': not in case"):
        compared.baseline.map("oil")
    with pytest.raises(StraitsError, match="only a comparison has scenarios"):
        straits.draw_map(compared.baseline, "pipeline-stop")
    tables = {name: frame for name, frame in compared.case.tables.items() if len(frame)}
    tables["places"] = tables["places"].assign(lon=np.nan, lat=np.nan)
    bare = Case.from_tables(tables, **compared.case.settings.model_dump())
    with pytest.raises(StraitsError, match="no place of commodity crude has coordinates"):
        bare.map()
    with pytest.raises(StraitsError, match="no place of commodity crude has coordinates"):
        straits.solve(bare).map()
    assert "<svg" not in bare._repr_html_() and "<table" in bare._repr_html_()


def test_the_main_table_has_room_before_a_drawing() -> None:
    """Proves: a drawing that is too large is left out and named, and the table stays. Without it: a large map would push the
    numbers out of a notebook.
    """
    import pandas as pd

    from straits.results.figure import Figure

    figure = Figure("Map", "<svg>" + "x" * (LIMIT - 3000) + "</svg>", "", "t")
    table = pd.DataFrame({"a": ["y" * 50] * 12, "b": ["z" * 50] * 12})
    page = html_page("q", "m", (), {"t": table}, {"f": figure})
    assert "<table" in page and "Not shown for want of room: figure f" in page and len(page.encode()) <= LIMIT


def test_shared_parts_come_along() -> None:
    """Proves: only what a drawing refers to is put into it. Without it: each map of a page would carry all basemaps."""
    made = standing_alone(
        '<svg a="b"><use href="#one"/></svg>', {"one": '<g id="one"/>', "two": '<g id="two"/>'}
    )
    assert made == '<svg a="b"><defs><g id="one"/></defs><use href="#one"/></svg>'
    assert standing_alone("<svg/>", {"one": "<g/>"}) == "<svg/>"


def test_a_data_set_holds_the_tables(compared: Comparison) -> None:
    """Proves: the arrays add up to the tables of the solution, by link, market, supply and place. Without it: two users of one
    solution would find two numbers.
    """
    pytest.importorskip("xarray")
    solution = compared.solutions["pipeline-stop"]
    found = straits.to_xarray(solution)
    flows = solution.flows.groupby("link")["amount"].sum()
    assert np.allclose(found.flow.sum(["cargo", "time"]).sel(link=list(flows.index)), flows, rtol=1e-9)
    sales = solution.sales.groupby("market")["amount"].sum()
    assert np.allclose(found.sale.sum(["cargo", "time"]).sel(market=list(sales.index)), sales, rtol=1e-9)
    output = solution.supply.groupby("supply")["amount"].sum()
    assert np.allclose(found.output.sum("time").sel(supply=list(output.index)), output)
    row = solution.prices.iloc[7]
    label = f"{row['commodity']}.{row['origin']}"
    assert float(found.price.sel(place=row["place"], cargo=label)[row["step"]]) == pytest.approx(row["price"])
    assert float(found.days.sum()) == pytest.approx(365.0)
    assert bool((found.flow.fillna(0) <= found.capacity + 1e-6).all())


def test_without_xarray_it_says_what_to_install(compared: Comparison, monkeypatch) -> None:
    """Proves: the missing extra is named. Without it: a traceback of an import."""
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(StraitsError, match=r"straits\[xarray\]"):
        straits.to_xarray(compared.baseline)
