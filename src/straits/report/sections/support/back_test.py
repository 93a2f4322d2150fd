"""How well the model tells what happened."""

from __future__ import annotations

from typing import Any

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.bars import Test, back_test_plot
from straits.report.page import Figure, Section, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import named


def show(study: Study, _: Basemaps) -> Section:
    section = Section("back-test", "How well the model tells what happened")
    figure = back_test_figure(study)
    if figure is None:
        return section
    tests = _numbers(study)["back_test"]
    count, near = fmt.plural(tests["observations"], "measured amount"), tests["within_10_percent"]
    section.blocks.append(
        f"The model was run for what happened and set beside {count}, none of which is an input. "
        f"{near} {'lies' if near == 1 else 'lie'} within 10 %; the largest error is {fmt.percent(tests['largest_error'])}."
    )
    section.blocks.append(figure)
    return section


def back_test_figure(study: Study) -> Figure | None:
    """Draw modelled beside observed amounts; None if nothing was observed."""
    table = study.comparison.back_test
    if not len(table):
        return None
    tests = []
    for name, modelled, observed, unit, reason in zip(
        table["name"], table["modelled"], table["observed"], table["unit"], table["reason"], strict=True
    ):
        shown, factor = fmt.larger_unit(str(unit), max(abs(float(modelled)), abs(float(observed))))
        test = Test(str(name), float(modelled) * factor, float(observed) * factor, shown)
        tests.append(
            Test(
                test.name,
                test.modelled,
                test.observed,
                shown,
                str(reason or "") if abs(test.error) > 0.1 else "",
            )
        )
    title = "Modelled beside observed"
    svg = back_test_plot("back-test-plot", title, "Dots show the error of each observation.", tests)
    caption = (
        "A disc: within 10 %. A square: beyond, with what is known of the reason. An arrow: beyond the axis."
    )
    return Figure("back-test-plot", title, svg, caption, back_test_table(study))


def back_test_table(study: Study) -> Table:
    """Modelled beside observed."""
    frame = study.comparison.back_test
    return Table(
        "back_test",
        "Modelled beside observed",
        named(study, frame) if len(frame) else frame,
        {"error": "share of observed"},
        "Observations are inputs of no run. An error beyond 10 % stands with its reason, where one is known.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    tests = study.comparison.back_test
    if not len(tests):
        return {}
    errors = tests["error"].abs().to_numpy(float)
    errors = errors[np.isfinite(errors)]
    return {
        "back_test": {
            "observations": len(tests),
            "within_10_percent": int((errors <= 0.1).sum()),
            "largest_error": float(errors.max(initial=0.0)),
        }
    }


PART = Part(
    ident="back-test",
    order=130,
    show=show,
    tables=(back_test_table,),
    numbers=_numbers,
    absent="no scenario of the case is a back-test",
)
