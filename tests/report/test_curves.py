"""Curves, spans and grades of the sections on failures, the worst attack and power."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from straits.report.drawing.legend import GRADES, UNGRADED, Grades
from straits.report.drawing.rankings import Lollipop, Span, Step, budget_curve, index_spans, lollipops
from straits.report.maps.network import Panel, network_map

from .test_drawing import PLACES, draw_basemap, links, view


def test_stems_are_as_long_as_their_values() -> None:
    """Proves: a value half as large has a stem half as long, and the share so far is written beside. Without it: the eye errs."""
    items = [Lollipop("First", 8.0, 0.6, ("12", "50 %")), Lollipop("Second", 4.0, 0.9, ("7", "–"))]
    text = lollipops("l", "T", "D", items, "axis", "share", [("value", "USD"), ("for lack", "of storage")])
    stems = re.findall(r'<line x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)" y2="[\d.]+" stroke="#D55E00"', text)
    lengths = [float(end) - float(start) for start, end in stems]
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=0.05)
    assert "60 %" in text and "90 %" in text and ">50 %<" in text and ">of storage<" in text
    ET.fromstring(text)


def test_curve_names_closures_bound_and_safe_asset() -> None:
    """Proves: each budget names its closures; a hollow disc and a bound where it is not proved; the safe asset's square."""
    steps = [
        Step(1, "Pipe", 5.0, 5.0, True, 2.0, "with Pipe safe: 2 kt"),
        Step(2, "Pipe; Rail", 7.0, 9.0, False),
    ]
    text = budget_curve("b", "T", "D", steps, "kt")
    assert "takes 5 kt, proved" in text and "takes 7 kt, not proved: at most 9 kt" in text
    assert "with Pipe safe: 2 kt" in text and "Pipe; Rail" in text
    ET.fromstring(text)


def test_spans_of_an_index() -> None:
    """Proves: three marks where three are known, two where nothing was observed."""
    text = index_spans("i", "T", "D", [Span("a", 0.9, 0.5, 0.8), Span("b", 0.4, 0.4)], "index")
    legend, marks = 3, 5
    assert text.count("<circle") + text.count('fill="#E69F00"') == legend + marks
    ET.fromstring(text)


@pytest.mark.parametrize("largest", [3.614, 0.3, 1.0, 999.0, 4.0])
def test_grades_get_darker_and_cover_all(largest: float) -> None:
    """Proves: at most four classes cover the largest value, more loss is never paler, none neutral. Without it: a colour lies."""
    grades = Grades.up_to("t", largest)
    assert 1 <= len(grades.bounds) <= len(GRADES) and grades.bounds[-1] >= largest
    order = [GRADES.index(grades.colour(value)) for value in np.linspace(largest / 50, largest, 60)]
    assert order == sorted(order) and order[-1] == len(GRADES) - 1
    assert grades.colour(0.0) == grades.colour(-1.0) == grades.colour(float("nan")) == UNGRADED


def test_a_graded_map_colours_by_loss() -> None:
    """Proves: the link whose failure takes most is darkest and bears its number, one without loss is neutral, flow keeps the
    width."""
    frame = links(loss=[4.0, float("nan"), 0.5, 0.0])
    grades = Grades.up_to("Lost, Mt", 4.0)
    drawn = network_map(
        "g", "T", "D", [Panel("P", frame)], PLACES, draw_basemap(view()), unit="kt/d", grades=grades
    )
    widths = dict(re.findall(r'fill="none" stroke="(#[0-9a-f]{6})" stroke-width="([\d.]+)"/>', drawn.svg))
    assert float(widths[GRADES[-1]]) == pytest.approx(4 * float(widths[UNGRADED]), abs=0.01)
    assert GRADES[0] in widths
    assert ">4</text>" in drawn.svg and "Lost, Mt" in drawn.svg and "no loss" in drawn.svg
