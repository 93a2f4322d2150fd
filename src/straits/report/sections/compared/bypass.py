"""Two meanings of going round a state."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from straits.report import format as fmt
from straits.report.page import Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import actor_words, named


def show(study: Study, _: Basemaps) -> Section:
    against = actor_words(study, study.focus[2]) if study.focus[2] else ""
    section = Section("bypass", f"Two meanings of going round {against}")
    if study.trade.imports or not (len(study.bypass) and study.bypass["exports"].any()):
        return section
    found = study.bypass[study.bypass["scenario"] == "baseline"].set_index("definition")
    around, sold = found["around"].astype(float), found["exports"].astype(float)
    unit = study.commodity_unit
    section.blocks.append(
        f"To go round {against} can mean two things, which can give different numbers. Round its ports: "
        f"{fmt.amount(float(around['ports']), unit)} of {fmt.amount(float(sold['ports']), unit)} in the baseline. "
        f"Round its territory: {fmt.amount(float(around['territory']), unit)}. Cargo that crosses {against} by land "
        "to a buyer outside goes round its ports and not round its territory"
        + (
            "; in the baseline none does, so both are equal."
            if math.isclose(float(around["ports"]), float(around["territory"]), rel_tol=1e-6)
            else "."
        )
    )
    table = bypass_table(study)
    wide = study.bypass.pivot_table(
        index="scenario", columns="definition", values=["around", "share"], sort=False
    )
    sold = study.bypass.groupby("scenario", sort=False)["exports"].first()
    frame = pd.DataFrame(
        {
            "run": [study.scenario_title(str(name)) for name in wide.index],
            "exports": sold.reindex(wide.index).to_numpy(float),
            **{
                f"round the {meaning}{tail}": wide[value, meaning].to_numpy(float)
                for meaning in ("ports", "territory")
                for value, tail in (("around", ""), ("share", ", share"))
            },
        }
    )
    names = {"exports": unit, "round the ports": unit, "round the territory": unit}
    shares = {"round the ports, share": "share", "round the territory, share": "share"}
    # The baseline first, then the runs in which both meanings differ most: what the section is about.
    apart = (frame["round the ports"] - frame["round the territory"]).abs()
    order = sorted(range(len(frame)), key=lambda k: (wide.index[k] != "baseline", -float(apart[k])))
    frame = frame.iloc[order].reset_index(drop=True)
    section.blocks.append(Shown(Table(table.name, table.title, frame, {**names, **shares}, table.note)))
    return section


def bypass_table(study: Study) -> Table:
    """Both meanings of going round a state."""
    frame = study.bypass
    if not len(frame):
        return Table("bypass", "", frame)
    against = actor_words(study, study.focus[2] or "")
    unit = study.commodity_unit
    return Table(
        "bypass",
        f"Exports that go round {against}, in both meanings",
        named(study, frame),
        {"exports": unit, "through": unit, "around": unit, "share": "share"},
        f"Round the ports: exports that leave by no port of {against}. Round the territory: exports that never enter {against}. "
        "Cargo that crosses the territory to a buyer on land goes round the ports and not round the territory, what is sold "
        "there round neither.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    if not len(study.bypass):
        return {}
    base = study.bypass[study.bypass["scenario"] == "baseline"]
    return {
        "bypass": {
            "against": study.focus[2],
            "baseline": {
                str(meaning): {"around": float(around), "share": float(share)}
                for meaning, around, share in zip(
                    base["definition"], base["around"], base["share"], strict=True
                )
            },
        }
    }


PART = Part(
    ident="bypass",
    order=60,
    show=show,
    tables=(bypass_table,),
    numbers=_numbers,
    absent="the focus of the case names no state to go round, or is on what is brought in",
)
