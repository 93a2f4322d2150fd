"""Labels, lines, maps and charts say what the numbers say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from straits.report import format as fmt
from straits.report.drawing.bars import Bar, Swing, Test, back_test_plot, diverging_bars, tornado
from straits.report.drawing.charts import Levels, Mark, Stack, stacked_exports, storage_levels
from straits.report.drawing.legend import WIDEST_FLOW
from straits.report.drawing.svg import Svg, path_data
from straits.report.maps.basemap import View, draw_basemap
from straits.report.maps.geometry import link_lines
from straits.report.maps.labels import Placer, boxes_meet, spread
from straits.report.maps.network import NetworkMap, Panel, network_map, width_scale
from straits.report.maps.words import place_labels

SVG = "{http://www.w3.org/2000/svg}"

PLACES = pd.DataFrame(
    {
        "id": ["a", "b", "c", "lost"],
        "name": ["Alpha", "Beta", "Gamma", "Nowhere"],
        "kind": ["field", "port", "market", "market"],
        "lon": [52.0, 38.0, 35.0, np.nan],
        "lat": [46.0, 44.5, 42.0, np.nan],
    }
)


def links(**changes: list) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "id": ["l1", "l2", "l3", "l4"],
            "name": ["Pipe", "Rail", "Ship", "Off"],
            "from_place": ["a", "a", "b", "b"],
            "to_place": ["b", "b", "c", "lost"],
            "mode": ["pipeline", "rail", "sea", "sea"],
            "flow": [100.0, 25.0, 50.0, 1.0],
            "capacity": [150.0, 25.0, np.inf, 5.0],
            "closed": [False] * 4,
            "lost_capacity": [0.0] * 4,
            "change": [0.0] * 4,
        }
    )
    return frame.assign(**changes)


def view() -> View:
    return View.around(np.array([52.0, 38.0, 35.0]), np.array([46.0, 44.5, 42.0]), 640.0)


@pytest.fixture(scope="module")
def drawn() -> NetworkMap:
    shut = links(
        flow=[0.0, 25.0, 12.5, 1.0], closed=[True, False, False, False], change=[-100.0, 0.0, -37.5, 0.0]
    )
    return network_map(
        "m",
        "Title",
        "Text",
        [Panel("Before", links()), Panel("After", shut)],
        PLACES,
        draw_basemap(view()),
        unit="kt/d",
    )


def corners(data: str) -> list[tuple[float, float]]:
    """Read the points of a path: one absolute move, then steps."""
    points: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([Mlhv])([^Mlhv]+)", data):
        values = [float(number) for number in re.findall(r"-?(?:\d+(?:\.\d+)?|\.\d+)", numbers)]
        if letter == "M":
            points.append((values[0], values[1]))
            continue
        for step in zip(values[::2], values[1::2], strict=True) if letter == "l" else values:
            dx, dy = step if isinstance(step, tuple) else (step, 0.0) if letter == "h" else (0.0, step)
            points.append((points[-1][0] + dx, points[-1][1] + dy))
    return points


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.04, 1.05, -3.26]), st.floats(-900, 900)), min_size=1, max_size=12
    )
)
def test_short_paths_go_through_the_same_points(points: list[tuple[float, float]]) -> None:
    """Proves: a path written short passes, to a tenth of a pixel, through the same points in order. Without it: a curve bends."""
    found = corners(path_data(points))
    rounded = [(round(x * 10) / 10, round(y * 10) / 10) for x, y in points]
    every = [p for i, p in enumerate(rounded) if i == 0 or p != rounded[i - 1]]
    # A point in the middle of a straight run along an axis is no corner.
    expected = [
        p
        for i, p in enumerate(every)
        if not (0 < i < len(every) - 1 and any(
            every[i - 1][k] == p[k] == every[i + 1][k] and (p[1 - k] - every[i - 1][1 - k]) * (every[i + 1][1 - k] - p[1 - k]) > 0
            for k in (0, 1)
        ))
    ]  # fmt: skip
    assert np.allclose(found, expected, atol=1e-6)
    assert re.fullmatch(r"M-?[\d.]+,?-?[\d.]+([lhv][-\d.,]+)*", path_data(points))


# ---------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.0, "0"), (1234567.8, "1,234,568"), (-12.345, "−12.3"), (0.000123, "0.000123"), (999.96, "1,000"),
     (float("nan"), "–"), (None, "–"), (float("inf"), "unlimited"), (100.0, "100"), (1e-15, "0")],
)  # fmt: skip
def test_numbers_for_people(value: float, text: str) -> None:
    """Proves: thousands separators, a true minus, three significant digits. Without it: a reader may misread a number."""
    assert fmt.number(value) == text


def test_amounts_take_the_larger_unit() -> None:
    """Proves: kt become Mt with the right factor. Without it: a thousandfold error in the headline."""
    assert fmt.amount(52_200, "kt") == "52.2 Mt"
    assert fmt.amount(830, "mcm") == "830 mcm"
    assert fmt.money(12_500, "USD") == "USD 12.5 billion"
    assert fmt.signed(3) == "+3"
    assert fmt.signed(-3) == "−3"
    assert fmt.signed(0) == "0"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_cover_the_range_in_round_steps(low: float, span: float, count: int) -> None:
    """Proves: axes begin below and end above the data, in equal round steps. Without it: bars could leave the axis."""
    marks = fmt.ticks(low, low + span, count)
    step = marks[1] - marks[0]
    assert marks[0] <= low + 1e-6 * step and marks[-1] >= low + span - 1e-6 * step
    assert np.allclose(np.diff(marks), step, rtol=1e-6, atol=1e-9)
    assert 10 ** (np.log10(step) % 1) == pytest.approx(
        min((1, 2, 5, 10), key=lambda f: abs(f - 10 ** (np.log10(step) % 1))), rel=1e-5
    )
    assert len(marks) <= 2 * count + 3


# ---------------------------------------------------------------------- labels


@given(
    st.lists(
        st.tuples(st.floats(0, 300), st.floats(0, 200), st.text("abcdefg", min_size=1, max_size=12)),
        max_size=25,
    )
)
def test_labels_never_touch(points: list[tuple[float, float, str]]) -> None:
    """Proves: placed labels overlap neither each other nor what was taken, and lie in the drawing. Without it: names hide
    names."""
    placer = Placer(300.0, 200.0)
    placer.block((100, 80, 200, 120))
    labels = [label for x, y, text in points if (label := placer.label_point(x, y, 3.0, text, 10.0))]
    for i, label in enumerate(labels):
        assert not boxes_meet(label.box, (100, 80, 200, 120))
        assert label.box[0] >= 0 and label.box[2] <= 300 and label.box[1] >= 0 and label.box[3] <= 200
        assert not any(boxes_meet(label.box, other.box) for other in labels[:i])


def test_a_needed_name_is_written_among_lines() -> None:
    """Proves: where lines cover all room about a point its name is left out, but a needed one is written over them, or off
    with a line that leads to it; the places with most flow are needed ones.
    Without it: the largest market of a map would be the one without a name."""
    placer = Placer(300.0, 200.0)
    for y in range(0, 200, 4):
        placer.keep_off(np.column_stack([np.arange(0.0, 300, 4), np.full(75, float(y))]), 1.0)
    assert placer.label_point(150, 100, 3.0, "Germany", 10.0) is None
    near = placer.label_point(150, 100, 3.0, "Germany", 10.0, needed=True)
    assert near is not None and abs(near.box[1] - 95) < 12
    placer.block((100, 50, 200, 150))
    far = placer.label_point(150, 100, 3.0, "Germany", 10.0, needed=True)
    assert far is not None and not boxes_meet(far.box, (100, 50, 200, 150))
    marks = [(name, name, 150.0, 100.0, 3.0) for name in "ABCDEFG"]
    sheet, crowded = Svg("m", 600, 400, "", ""), Placer(600.0, 400.0)
    crowded.block((80, 60, 220, 140))
    dropped = place_labels(sheet, marks, {name: 7.0 - n for n, name in enumerate("ABCDEFG")}, crowded)
    assert dropped == set("DEFG") and sum(part.startswith("<line") for part in sheet.parts) == 3


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_spread_is_the_least_change(wanted: list[float]) -> None:
    """Proves: positions end at least 10 apart within the bounds, and no feasible positions in the same order are nearer to
    those wanted (against a general optimiser). Without it: labels at the axis drift from what they name."""
    found = np.array(spread(wanted, 10.0, 0.0, 100.0))
    order = np.argsort(np.array(wanted), kind="stable")
    assert (np.diff(found[order]) >= 10.0 - 1e-9).all()
    assert found.min() >= -1e-9 and found.max() <= 100 + 1e-9
    target = np.array(wanted)[order]
    start = np.linspace(0, 100, len(wanted)) if len(wanted) > 1 else np.array([50.0])
    gaps = [{"type": "ineq", "fun": lambda x, i=i: x[i + 1] - x[i] - 10.0} for i in range(len(wanted) - 1)]
    best = minimize(
        lambda x: ((x - target) ** 2).sum(), start, bounds=[(0, 100)] * len(wanted), constraints=gaps
    )
    assert ((found[order] - target) ** 2).sum() <= best.fun + 1e-3


# ---------------------------------------------------------------------- lines and maps


def test_parallel_links_lie_side_by_side() -> None:
    """Proves: two links between the same places keep their distance, whichever way they run, and each starts where it should.
    Without it: one flow would hide another."""
    table = links(from_place=["a", "b", "b", "b"], to_place=["b", "a", "c", "lost"])
    positions = {row.id: (row.lon, row.lat) for row in PLACES.itertuples() if row.id != "lost"}
    window = view()
    lines = link_lines(table, positions, window, None, {"l1": 10.0, "l2": 4.0})
    assert set(lines) == {"l1", "l2", "l3"}  # l4 leads to a place without coordinates
    start = window.pixels(np.array([52.0]), np.array([46.0]))[0]
    assert lines["l1"][0] == pytest.approx(start)
    assert lines["l2"][-1] == pytest.approx(start)
    middle = len(lines["l1"]) // 2
    apart = np.hypot(*(lines["l1"][middle] - lines["l2"][::-1][middle]))
    assert apart >= 10.0


def test_given_routes_are_followed_and_turned_round() -> None:
    """Proves: a route from the case is drawn through its points, from the start of the link even if it is given backwards."""
    window = view()
    points = [[38.0, 44.5], [45.0, 48.0], [52.0, 46.0]]
    geometry = {"type": "LineString", "coordinates": points}
    route = {"features": [{"properties": {"link": "l1"}, "geometry": geometry}]}
    positions = {"a": (52.0, 46.0), "b": (38.0, 44.5)}
    line = link_lines(links().head(1), positions, window, route)["l1"]
    expected = window.pixels(np.array([52.0, 45.0, 38.0]), np.array([46.0, 48.0, 44.5]))
    assert line == pytest.approx(expected)


def test_widths_are_linear_and_equal_in_both_maps(drawn: NetworkMap) -> None:
    """Proves: 100, 50, 25 and 12.5 kt/d are drawn with widths in that ratio, in both panels. Without it: the eye is misled."""
    widths = [
        float(w) for w in re.findall(r'fill="none" stroke="#3d4f60" stroke-width="([\d.]+)"/>', drawn.svg)
    ]
    assert widths[:3] == pytest.approx([WIDEST_FLOW, WIDEST_FLOW / 2, WIDEST_FLOW / 4], abs=0.01)
    less = [
        float(w) for w in re.findall(r'fill="none" stroke="#D55E00" stroke-width="([\d.]+)"/>', drawn.svg)
    ]
    assert less == pytest.approx([WIDEST_FLOW / 8], abs=0.01)
    assert width_scale([Panel("", links())]) == pytest.approx(WIDEST_FLOW / 100)


def test_closed_links_are_dashed_and_changes_are_told(drawn: NetworkMap) -> None:
    """Proves: the closed link is dashed in the second map only, the changes stand there as text, and a link that cannot be
    drawn is named. Without it: a closure would look like a small flow, and colour would tell alone."""
    panels = drawn.svg.split("<svg ")[2:]
    dashed = [panel.split("</svg>")[0].count('stroke-dasharray="5 4"') for panel in panels]
    assert dashed == [0, 1]
    assert "−100 kt/d" in drawn.svg and "−38 kt/d" in drawn.svg
    assert drawn.missing == ("l4",)


def test_drawings_are_well_formed_and_described(drawn: NetworkMap) -> None:
    """Proves: each drawing is XML with a title and a description that its root refers to."""
    edges = np.array([0.0, 7.0, 14.0])
    values = pd.DataFrame({"CPC <&>": [1.0, 2.0], "Rail": [0.5, 0.0]})
    start = date(2022, 1, 1)
    marks = [Mark(date(2022, 1, 3), "In"), Mark(date(2023, 1, 3), "Out")]
    drawings = [
        drawn.svg,
        stacked_exports(
            "s", "T", "D", [Stack("One", values), Stack("Two", values)], start, edges, "kt/d", marks, (2, 5)
        ),
        storage_levels(
            "t", "T", "D", [Levels("Farm", np.array([1.0, 2.0]), None, np.inf, "kt")], start, edges, ""
        ),
        diverging_bars("d", "T", "D", [Bar("A & B", -2.0), Bar("C", 1.0)], "axis"),
        diverging_bars("e", "T", "D", [Bar("A", 0.0)], "axis"),
        back_test_plot("b", "T", "D", [Test("A", 1.0, 2.0, "kt"), Test("B", 1.0, 0.0, "kt", "why")]),
        tornado("o", "T", "D", [Swing("A", "1", "2", 3.0, float("nan"))], 4.0, "axis"),
    ]
    for text in drawings:
        root = ET.fromstring(text)
        names = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
        assert [name.get("id") for name in names if name is not None] == (
            root.get("aria-labelledby") or ""
        ).split()
        assert "NaN" not in text and "nan" not in text.lower().replace("finance", "")


def test_areas_are_as_high_as_their_values() -> None:
    """Proves: the area of a series that carries 3 of a total of 4 is three quarters of the stack, step by step, and only
    events of the period are marked."""
    values = pd.DataFrame({"big": [3.0, 3.0], "small": [1.0, 1.0]})
    marks = [Mark(date(2022, 1, 3), "Inside"), Mark(date(2021, 1, 3), "Outside")]
    text = stacked_exports(
        "s", "T", "D", [Stack("One", values)], date(2022, 1, 1), np.array([0.0, 7.0, 14.0]), "kt/d", marks
    )
    assert "Inside" in text and "Outside" not in text
    heights = []
    for data in re.findall(r'<path d="(M[^"]+Z)" fill="[^"]+" stroke="#fff" stroke-width="0.7"/>', text):
        if "h12v10h-12Z" not in data:  # not the swatch beside a name
            ys = [y for _, y in corners(data)]
            heights.append(max(ys) - min(ys))
    assert heights[0] / heights[1] == pytest.approx(3.0, rel=0.01)


def test_back_test_tells_its_errors() -> None:
    """Proves: an error beyond the band is written out with its sign and reason, and drawn otherwise than one within it."""
    text = back_test_plot(
        "b", "T", "D", [Test("Good", 104.0, 100.0, "kt"), Test("Bad", 60.0, 100.0, "kt", "no data")]
    )
    assert "+4 %" in text and "−40 %" in text and "no data" in text
    assert text.count("<circle") == 1


def test_a_drawing_written_shorter_is_the_same():
    """Proves: elements that share colours and sizes are put into groups, each still has what it had, and opacity, which is of a
    group as a whole, stays with each. Without it: a shorter page could show other colours.
    """
    from xml.etree import ElementTree

    from straits.report.drawing.grouped import grouped

    lines = [
        f'<circle cx="{i}" cy="1" r="2" fill="#111" stroke="#fff" stroke-width="0.9" opacity="0.5"/>'
        for i in range(4)
    ]
    lines += [
        f'<circle cx="{i}" cy="2" r="2" fill="#222" stroke="#fff" stroke-width="0.9"/>' for i in range(4)
    ]
    lines += ['<text x="1" y="1" fill="#333">a &amp; b</text>', '<path d="M0,0" fill="none"/>']
    svg = "\n".join(["<svg>", *lines, "</svg>"])
    short = grouped(svg)
    assert len(short) < 0.75 * len(svg)

    def drawn(element, given):
        own = {**given, **element.attrib}
        passed = {k: v for k, v in own.items() if k not in ("cx", "cy", "r", "x", "y", "d", "opacity")}
        if element.tag not in ("g", "svg"):
            yield element.tag, own, element.text
        for inner in element:
            yield from drawn(inner, passed)

    before, after = (list(drawn(ElementTree.fromstring(text), {})) for text in (svg, short))
    assert before == after


def test_the_key_of_a_long_staircase_fits_a_page() -> None:
    """Proves: of thirty steps the key tells the first, the last and those that save most, at most ten, by their own numbers; a
    short staircase is told whole. Without it: the drawing is higher than a page, and cannot be read on one."""
    from straits.report.drawing.staircase import KEYED, Stair, staircase, told_of

    def drawn(count: int) -> list[str]:
        steps, loss = [], 1000.0
        for n in range(count):
            loss -= 0.0 if n == 0 else 30.0 if n % 5 == 0 else 1.0
            steps.append(Stair(float(n), loss, loss, True))
        changes = {n: f"step {n + 1}" for n in told_of(steps)}
        return re.findall(r">(step \d+)<", staircase("s", "t", "d", steps, changes, "cost", "million USD"))

    told = drawn(30)
    assert len(told) == KEYED and told[0] == "step 1" and told[-1] == "step 30"
    assert {"step 6", "step 11", "step 16", "step 21", "step 26"} <= set(told)
    assert len(drawn(6)) == 6


def test_bars_are_as_long_as_their_values_each_on_its_row() -> None:
    """Proves: bars begin at zero and go to their side, as long as their values, one row below the other; a loss is hatched, on
    the side that the chart says; values and notes stand beside their bar. Without it: bars would cover one another, or a gain
    look like a loss."""
    bars = [Bar("Up", 100.0, "a note"), Bar("Down", -50.0), Bar("None", 0.0), Bar("Half", 50.0)]

    def drawn(**how: bool) -> tuple[list[tuple[float, float, float, bool]], str]:
        text = diverging_bars("b", "T", "D", bars, "axis", **how)
        rects = re.findall(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="16" fill="([^"]+)"', text
        )
        boxes = {
            (float(x), float(y), float(width)): False for x, y, width, fill in rects if "url" not in fill
        }
        for x, y, width, fill in rects:
            if "url" in fill:
                boxes[float(x), float(y), float(width)] = True
        return [(*box, hatched) for box, hatched in boxes.items()], text

    (up, down, none, half), text = drawn()
    assert [box[1] for box in (up, down, none, half)] == [12.0, 36.0, 60.0, 84.0]
    assert up[0] == half[0] == none[0] and down[0] + down[2] == pytest.approx(up[0], abs=0.2)
    assert (down[2], half[2], none[2]) == pytest.approx((up[2] / 2, up[2] / 2, 0.0), abs=0.2)
    assert [box[3] for box in (up, down, none, half)] == [False, True, False, False]
    assert "+100" in text and "−50" in text and "a note" in text
    other, plain = drawn(loss_is_left=False, signs=False)
    assert [box[3] for box in other] == [True, False, False, True] and "+100" not in plain


def test_a_process_has_a_mark_and_a_place_in_the_key() -> None:
    """Proves: the place of a process has a hexagon in each panel, its name stands beside it, and the key says what it means; a
    map without one has neither. Without it: nobody would see where crude becomes diesel."""

    def made(processes: set[str]) -> NetworkMap:
        panels = [Panel("Before", links()), Panel("After", links())]
        return network_map(
            "m", "Title", "Text", panels, PLACES, draw_basemap(view()), unit="kt/d", processes=processes
        )

    def hexagons(svg: str) -> int:
        return len(re.findall(r'<path [^>]*fill="#fff" stroke="#1b1f24" stroke-width="1.3"', svg))

    plain, marked = made(set()), made({"b"})
    assert "with a process" not in plain.svg and marked.svg.count("with a process") == 1
    assert hexagons(marked.svg) - hexagons(plain.svg) == 3
    assert marked.dropped == plain.dropped
    assert "with a process" not in made({"nowhere"}).svg
