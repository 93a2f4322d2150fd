"""Options that scenarios build: what they bring and cost by the year, and from when they work."""

from __future__ import annotations

import pandas as pd

from straits.report.page import Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import named, quoted
from straits.stress.tables.built import TOGETHER
from straits.wording import unrounded

#: Columns that the page shows.
_SHOWN = (
    "title",
    "option",
    "works_from",
    "works_until",
    "years",
    "gain_per_year",
    "cost_per_year",
    "net_per_year",
    "at_start",
    "at_end",
)


def show(study: Study, _: Basemaps) -> Section:
    section = Section("built", "What is built: what it brings, and what it costs")
    table = built_table(study)
    if len(table.frame):
        found = study.comparison
        with unrounded():
            for name in found.without:
                section.blocks.extend(found.told_of_options(name, quoted(study, name)))
        section.blocks.append(Shown(table, _SHOWN))
    return section


def built_table(study: Study) -> Table:
    """What the options of all scenarios bring and cost."""
    frame = study.comparison.built
    if not len(frame):
        return Table("built", "", pd.DataFrame())
    options = study.case.rows("options")
    names = ["all together" if key == TOGETHER else options[key].name for key in frame["option"]]
    each, whole = f"million {study.currency} a year", f"million {study.currency}"
    units = {
        "gain": whole,
        "cost": whole,
        "net": whole,
        "at_start": whole,
        "at_end": whole,
        "gain_per_year": each,
        "cost_per_year": each,
        "net_per_year": each,
    }
    return Table(
        "built",
        "What options bring and cost",
        named(study, frame.assign(option=names)),
        units,
        "Gain: joint value more than in the same scenario without what it builds, so of years in which that happens; of several, "
        "of all together. Cost: capital "
        f"paid back over its life at {100 * study.case.settings.discount_rate:.3g}% a year, and upkeep; blank where it is not "
        "known. No account bears it. Of several a year's gain and cost are means over the time in which any of them works. "
        "At start: of the gain, what more is on its way on the first day. At end: how much more what is left on the last is "
        "worth to the network with what is built, by whose prices it was left; it is not in the gain, which counts that at its "
        "worth without. So gains of options one by one, "
        "each beside the same without it, need not add up to that of all together, even where none helps another. "
        "Days are blank for what is there before the case, or has no end; years: at work within it.",
    )


PART = Part(
    ident="built",
    order=53,
    show=show,
    tables=(built_table,),
    absent="no scenario builds anything",
)
