"""The tables of a study: the same for CSV, workbook and the twins of figures. Names, units and rounding are settled here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from straits.files import refuse_link
from straits.report.sections.analysistables import (
    attacks,
    failures,
    state_failures,
    worst_ties,
)
from straits.report.sections.powertables import (
    concentration,
    leverage,
    leverage_assets,
    leverage_exports,
    leverage_items,
    leverage_options,
    shares,
)
from straits.report.study import documents
from straits.report.study.content import Study
from straits.report.study.goods import goods_tables
from straits.report.study.openness import ranges_table
from straits.report.study.pairs import double_failures
from straits.report.study.risks import exceedance, hazards, risk_summary
from straits.report.table import Table
from straits.spreadsheet import write_frame


def study_tables(study: Study) -> list[Table]:
    """Return all tables of a study that have rows, in the order of the report."""
    return [table for table in every_table(study) if len(table.frame)]


def every_table(study: Study) -> list[Table]:
    """Return every table that a study can have; those of what the case does not have are without rows."""
    makers = (
        scenarios, states, actors, links, exports_by_route, export_totals, bypass, storage, storage_days, bottlenecks,
        failures, state_failures, double_failures, attacks, worst_ties, risk_summary, exceedance, hazards,
        leverage, leverage_exports, leverage_assets, leverage_items, leverage_options, shares, concentration,
        unmet, shortfall, stranded, circles, back_test,
        ranges_table, intervals, sensitivity, events, documents.timeline, documents.terms, measures,
        unsourced, findings, claims, sources, provenance,
    )  # fmt: skip
    return [*(maker(study) for maker in makers), *goods_tables(study)]


def _named(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Put names beside the ids of scenarios, and in place of those of origins and commodities."""
    frame = frame.copy()
    if "scenario" in frame:
        frame.insert(0, "title", [study.scenario_title(str(value)) for value in frame["scenario"]])
    for column, table in (("origin", "actors"), ("commodity", "commodities")):
        if column in frame:
            frame[column] = [study.name(table, value) for value in frame[column]]
    return frame


def scenarios(study: Study) -> Table:
    """One row for each scenario and cargo."""
    currency = f"million {study.currency}"
    return Table(
        "scenarios",
        "Scenarios compared",
        _named(study, study.comparison.summary),
        {"lost_share": "share", "revenue_lost": currency, "value_lost": currency, "days_to_loss": "days",
         "days_to_recovery": "days"},
        "Exports are sales outside the state of origin. Days to loss: from the start of the disruption until exports are "
        "behind by a quarter of a day's exports; blank if they never are. Days to recovery: until they no longer fall further "
        "behind; unlimited if they still do at the end of the period. Forced: output lost by emergency shut-in. Value lost: "
        "of all actors and goods together.",
    )  # fmt: skip


def states(study: Study, scenario: str | None = None) -> Table:
    """Change of value by state, one column for each scenario (default: all)."""
    found = study.comparison.states
    if not len(found):
        return Table("states", "", found)
    wide = found.pivot_table(
        index="state", columns="scenario", values="change", aggfunc="sum", fill_value=0.0
    )
    wide = wide[[name for name in study.scenarios if name in wide and scenario in (None, name)]]
    order = wide.abs().max(axis=1).sort_values(ascending=False).index
    frame = wide.loc[order].reset_index()
    frame["state"] = [study.name("actors", value) for value in frame["state"]]
    return Table(
        "states",
        "Gains and losses by state",
        frame,
        dict.fromkeys(map(str, wide), f"million {study.currency}"),
        "Change against the reference of each scenario. Companies count for the state they belong to.",
    )


def actors(study: Study) -> Table:
    """Change of value by actor and item."""
    found = study.comparison.actors
    frame = _named(study, found[found[["reference", "amount"]].abs().max(axis=1) > 1e-6])
    frame["actor"] = [study.name("actors", value) for value in frame["actor"]]
    money = f"million {study.currency}"
    return Table(
        "actors",
        "Gains and losses by actor and item",
        frame,
        {"reference": money, "amount": money, "change": money},
        "Cargo changes hands at the local price; all accounts of a run add up to its joint value.",
    )


def links(study: Study, commodity: str | None = None, scenario: str | None = None) -> Table:
    """Flow, capacity and closure of each link, in each scenario while its disruptions act (default: all goods, all runs)."""
    goods = [commodity] if commodity else list(study.case.rows("commodities"))
    runs = [scenario] if scenario else ["baseline", *study.scenarios]
    parts = []
    for good in goods:
        for run in runs:
            part = study.links_table(run, good)
            part.insert(0, "commodity", study.name("commodities", good))
            part["unit"] = f"{study.unit(good)}/d"
            part.insert(0, "scenario", run)
            parts.append(part)
    frame = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    for column in ("from_place", "to_place"):
        frame[column] = [study.name("places", value) for value in frame[column]]
    return Table(
        "links",
        "Flow by link",
        _named(study, frame),
        {"lost_capacity": "share"},
        "Daily rates, averaged over the steps that the scenario's disruptions fill (over the whole period in the baseline "
        "and where nothing is disrupted); reference is the run compared with, over the same steps. lost capacity is the share "
        "of capacity taken away while any disruption acts.",
    )


def exports_by_route(study: Study, run: str | None = None) -> Table:
    """Exports of the focus by route and step: one column for each route (default: all runs)."""
    rate = f"{study.commodity_unit}/d"
    parts = []
    labels = list(study.baseline.network.steps.labels)
    for name in [run] if run else ["baseline", *study.scenarios]:
        solution = study.run(name)
        wide = study.routes_over_time(solution).reindex(columns=study.corridor_order, fill_value=0.0)
        wide["all_routes"] = wide.sum(axis=1)
        wide.insert(0, "step_begins", labels)
        wide.insert(0, "scenario", name)
        parts.append(wide.reset_index(drop=True))
    frame = pd.concat(parts, ignore_index=True)
    return Table(
        "exports_by_route",
        "Exports by route over time",
        _named(study, frame),
        dict.fromkeys([*study.corridor_order, "all_routes"], rate),
        "Flow that enters the counting link of each route, of the commodity and origin that the study leads with.",
    )


def export_totals(study: Study) -> Table:
    """Exports by route over the whole period, all cargoes, beside the reference."""
    found = study.comparison.lost_exports
    keys = ["scenario", "commodity", "origin", "corridor"]
    frame = found.groupby(keys, as_index=False, sort=False)[["reference", "amount", "lost"]].sum()
    frame["unit"] = [study.unit(str(value)) for value in frame["commodity"]]
    return Table(
        "lost_exports",
        "Exports lost by route, commodity and origin",
        _named(study, frame),
        {},
        "Over the whole period. A negative loss is a gain: the route took over what another lost.",
    )


def bypass(study: Study) -> Table:
    """Both meanings of going round a state."""
    frame = study.bypass
    if not len(frame):
        return Table("bypass", "", frame)
    against = study.name("actors", study.focus[2])
    unit = study.commodity_unit
    return Table(
        "bypass",
        f"Exports that go round {against}, in both meanings",
        _named(study, frame),
        {"exports": unit, "through": unit, "around": unit, "share": "share"},
        f"ports: exports that leave by no port of {against}. territory: exports that never enter {against}. Cargo that crosses "
        "the territory to a buyer on land goes round the ports and not round the territory.",
    )


def storage(study: Study, run: str | None = None, stores: Sequence[str] | None = None) -> Table:
    """Levels of stores over time: of all, or of those given; in all runs, or in the baseline and the one given."""
    frame = study.comparison.storage
    if stores is not None:
        frame = frame[frame["store"].isin(stores)]
    if run is not None:
        frame = frame[frame["scenario"].isin(["baseline", run])]
    frame = frame.assign(unit=[study.unit(str(value)) for value in frame["commodity"]])
    frame["store"] = [study.name("stores", value) for value in frame["store"]]
    return Table(
        "storage",
        "Content of stores at the end of each step",
        _named(study, frame).drop(columns="step"),
        {"share": "of capacity"},
    )


def storage_days(study: Study) -> Table:
    """How long stores can take in what passes them."""
    frame = study.comparison.storage_days.copy()
    frame["store"] = [study.name("stores", value) for value in frame["store"]]
    return Table(
        "storage_days",
        "Days that stores can take in what passes them",
        _named(study, frame),
        {"days_from_empty": "days", "days_from_mean": "days", "throughput_per_day": "unit/d"},
        "If the way out closes and as much keeps arriving as on average.",
    )


def bottlenecks(study: Study) -> Table:
    """Worth of one more unit of capacity."""
    frame = study.comparison.bottlenecks.copy()
    frame.insert(2, "name", [study.asset_name(str(value)) for value in frame["asset"]])
    return Table(
        "bottlenecks",
        "Worth of one more unit of each bottleneck",
        _named(study, frame),
        {
            "worth": f"million {study.currency} over the period",
            "worth_of_last": f"million {study.currency} over the period",
            "mean_value": f"{study.currency}, where it binds",
        },
        "What shippers and owners together would gain from one more unit of capacity of this asset alone, in the unit given, "
        "kept for the whole period; tariffs paid on more cargo come on top. Nothing where another limit binds at the same place. "
        "worth of last: what one unit less would cost, while it is open. mean value is per tonne, 1000 m³, TEU or vessel-day. "
        "Values at the margin: they do not hold for large changes. In runs by surprise they are prices that each step's solve "
        "ended with.",
    )


def unmet(study: Study) -> Table:
    """Promised and not delivered."""
    frame = study.comparison.unmet
    if not len(frame):
        return Table("unmet", "", frame)
    frame = frame.groupby(["scenario", "market", "commodity"], as_index=False, sort=False)[
        ["amount", "cost"]
    ].sum()
    frame["unit"] = [study.unit(str(value)) for value in frame["commodity"]]
    frame["market"] = [study.name("markets", value) for value in frame["market"]]
    return Table(
        "unmet", "Promised and not delivered", _named(study, frame), {"cost": f"million {study.currency}"}
    )


def shortfall(study: Study) -> Table:
    """Agreed and not moved."""
    frame = study.comparison.shortfall
    return Table(
        "shortfall", "Agreed and not moved", _named(study, frame), {"cost": f"million {study.currency}"}
    )


def stranded(study: Study) -> Table:
    """Sent before it was known that nothing leads on."""
    frame = study.comparison.stranded
    if len(frame):
        frame = frame.assign(place=[study.name("places", value) for value in frame["place"]])
    return Table(
        "stranded",
        "Stranded",
        _named(study, frame),
        {},
        "Cargo that was under way when it became known, or the period began, and for which nothing leads on where it arrives. It "
        "is worth nothing.",
    )


def circles(study: Study) -> Table:
    """Cargo that would have gone round."""
    return Table(
        "circles",
        "Cargo that would have gone round for nothing",
        _named(study, study.comparison.circles),
        {},
        "To keep an agreed flow, or to burn what a field must give. The plans shown are others, without it; where left is true, "
        "none was found, and flows there count more than is moved.",
    )


def back_test(study: Study) -> Table:
    """Modelled beside observed."""
    frame = study.comparison.back_test
    return Table(
        "back_test",
        "Modelled beside observed",
        _named(study, frame) if len(frame) else frame,
        {"error": "share of observed"},
        "Observations are inputs of no run. An error beyond 10 % stands with its reason, where one is known.",
    )


def intervals(study: Study) -> Table:
    """The main answer with all intervals of costs and prices at their ends together."""
    unit = study.commodity_unit
    return Table(
        "intervals",
        "The main answer across the intervals of costs and prices, all moved together",
        study.intervals.drop(columns="unit", errors="ignore"),
        {"lost": unit, "value_lost": f"million {study.currency}"},
        "The main answer is the exports lost in the scenario that the report leads with. Low and high are the ends that "
        "the case "
        "gives for each cost, tariff and price.",
    )


def sensitivity(study: Study, frame: pd.DataFrame | None = None) -> Table:
    """How far the main answer moves with single numbers (default: all that were tried)."""
    frame = study.sensitivity if frame is None else frame
    return Table(
        "sensitivity",
        "How far the main answer moves with single numbers",
        frame.drop(columns="lost_unit", errors="ignore"),
        {
            **dict.fromkeys(("lost", "lost_low", "lost_high", "swing"), study.commodity_unit),
            **dict.fromkeys(
                ("value_lost", "value_lost_low", "value_lost_high", "value_swing"),
                f"million {study.currency}",
            ),
        },
        "One number at a time at its low and at its high value, everything solved again. Swing: largest less smallest answer. "
        "Basis: the interval that the case gives, or a share of the value where it gives none. The numbers tried are those "
        "with the largest first-order effect. A blank answer: at that end the promises of the case cannot be kept.",
    )


def events(study: Study) -> Table:
    """Dated events of the case."""
    frame = study.case.tables["events"].dropna(axis=1, how="all")
    return Table("events", "Events", frame.sort_values("start", kind="stable") if len(frame) else frame)


def measures(study: Study) -> Table:
    """Acts with their legal status apart from their physical effect."""
    frame = study.case.tables["measures"].dropna(axis=1, how="all")
    return Table(
        "measures",
        "Acts: legal status and physical effect",
        frame,
        {"factor": "share of capacity left"} if "factor" in frame else {},
        "Status is how far the act went in law; the factor is what it did to the asset. No factor: no physical effect.",
    )


def unsourced(study: Study) -> Table:
    """Every number that no source supports."""
    frame = study.findings.unsourced if study.findings is not None else pd.DataFrame()
    return Table("unsourced", "Numbers that no source supports", frame)


def findings(study: Study) -> Table:
    """What the checks of the case found."""
    rows = (
        [(f.severity, f.where, f.message, f.code) for f in study.findings]
        if study.findings is not None
        else []
    )
    return Table(
        "findings",
        "Findings of the checks",
        pd.DataFrame(rows, columns=["severity", "where", "message", "check"]),
    )


def claims(study: Study) -> Table:
    """What each source says about which number."""
    frame = study.case.tables["claims"].dropna(axis=1, how="all")
    return Table(
        "claims", "Claims", frame, {}, "Several claims about one number compete; the chosen one is used."
    )


def sources(study: Study) -> Table:
    """Sources, with how many claims and other rows each supports."""
    tables = study.case.tables
    frame = tables["sources"].dropna(axis=1, how="all").copy()
    if not len(frame):
        return Table("sources", "", frame)
    counted = {
        name: tables[name]["source"].value_counts()
        for name in tables
        if name != "sources" and "source" in tables[name]
    }
    frame["claims"] = frame["id"].map(counted["claims"]).fillna(0).astype(int)
    others = sum(
        (frame["id"].map(count).fillna(0) for name, count in counted.items() if name != "claims"), start=0
    )
    frame["other_rows"] = pd.Series(others, index=frame.index).astype(int)
    return Table("sources", "Sources and what they support", frame)


def provenance(study: Study) -> Table:
    """How each run was made."""
    rows = []
    for name, solution in {"baseline": study.baseline, **study.scenarios}.items():
        rows.append(
            {
                "scenario": name,
                "status": solution.status,
                "objective": solution.objective,
                **solution.provenance,
            }
        )
    frame = pd.DataFrame(rows)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    return Table("runs", "How each run was made", frame, {"objective": f"million {study.currency}"})


def write_csv(tables: Iterable[Table], folder: Path) -> list[Path]:
    """Write each table that has rows as UTF-8 CSV with units in the headings; returns the paths.

    A spreadsheet takes no text in them for a formula.

    Every file is whole or not there. What a run before left of tables that now have no rows is removed: it would be read as this
    study's.
    """
    refuse_link(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table in tables:
        path = folder / f"{table.name}.csv"
        if not len(table.frame):
            refuse_link(path)
            path.unlink(missing_ok=True)
            continue
        frame = table.frame.rename(columns={column: table.heading(str(column)) for column in table.frame})
        write_frame(path, frame, float_format="%.10g")
        paths.append(path)
    return paths
