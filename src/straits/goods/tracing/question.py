"""`trace`: what left without a lawful source, and what never left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.errors import StraitsError
from straits.goods import countries
from straits.goods.answer import answer
from straits.goods.countries import name_of
from straits.goods.readers.base import Options, Read, read_files
from straits.goods.readers.events import refuse_twice
from straits.goods.refusals import InputRefused, Refusals
from straits.goods.tracing.certificate import Certificate
from straits.goods.tracing.cites import cited
from straits.goods.tracing.deadlines import overdue
from straits.goods.tracing.flows import Bounds, Origins, bounds
from straits.goods.tracing.legs import Legs, clock, make_legs
from straits.goods.tracing.stock import Stocks, deficit_table, stock_table, stocks
from straits.results import described
from straits.wording import counted

if TYPE_CHECKING:
    from straits.results import Result

METHOD = (
    "Event-time network with stock between events, transfers and exits as capacities; least = exits to the target less the "
    "maximum flow from lawful entries, most = maximum flow from barred entries (Ford, Fulkerson 1956); linear program where "
    "goods are processed."
)
CERTIFICATE_COLUMNS = (
    "hs6",
    "unit",
    "exits",
    "claim",
    "lawful_sources",
    "lawful_total",
    "limits",
    "supply",
    "shortfall",
    "text",
)


class Trace:
    """Everything that `trace` found, for programs: bounds, certificates, events and stocks.

    Attributes
    ----------
    events : DataFrame
        In the order in which they were read.
    bounds : list of Bounds
    legs : Legs
    held : Stocks
    """

    def __init__(self, events: pd.DataFrame, origins: Origins, target: str) -> None:
        self.events = events
        self.legs: Legs = make_legs(events)
        self.held: Stocks = stocks(self.legs)
        self.bounds: list[Bounds] = bounds(events, self.legs, self.held, origins, target)

    @property
    def certificates(self) -> list[Certificate]:
        """All certificates, the greatest shortfall first."""
        every = [one for bound in self.bounds for one in bound.certificates]
        return sorted(every, key=lambda one: -one.shortfall)


def trace(
    files: Path | str | Sequence[Path | str],
    *,
    target: str,
    barred: Iterable[str] = (),
    lawful: Iterable[str] = (),
    as_of: str | None = None,
    released_by: Sequence[str] = ("exit",),
    options: Options | None = None,
) -> Result:
    """Find what left for the target without a lawful source, and what never left.

    Parameters
    ----------
    files : path or list of paths
        Events: CSV or EPCIS 2.0 JSON.
    target : str
        Country of destination that is asked about, any code or name.
    barred : iterable of str
        Countries whose goods may not go there; a group such as EU stands for its members.
    lawful : iterable of str
        Or: countries whose goods may; all others are barred. One of the two.
    as_of : str, optional
        Day on which deadlines are looked at; default: the last day of the ledger.
    released_by : sequence of str
        Events that end the duty to leave by a deadline: `exit`, and `use` if goods may be used up.
    options : Options, optional

    Returns
    -------
    Result
        `.table` a row per good: `to_target`, `least_unexplained`, `most_of_barred_origin`, `deficit`, `end_stock`; tables
        `certificates`, `deficits`, `end_stock`, and where the ledger says so `citations` and `deadlines`.

    Raises
    ------
    InputRefused
        If anything of the ledger is refused: a ledger with holes accuses.
    """
    origins = _origins(barred, lawful)
    country = _country(target, "target")
    if as_of is not None:
        _day(as_of)
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    for one in reads:
        if one.kind != "events":
            refusals.refuse(one.file, "", "", f"a file of {one.kind}", "events of consignments", "wrong_kind")
    if not len(refusals) and len(reads) > 1:
        refuse_twice(
            pd.concat([one.frame.assign(file=one.file) for one in reads], ignore_index=True), refusals
        )
    if len(refusals):
        raise InputRefused(refusals)
    events = pd.concat([one.frame.assign(file=one.file) for one in reads], ignore_index=True)
    if not len(events):
        raise StraitsError("the files hold no event")
    found = Trace(events, origins, country)
    _note_findings(found, refusals)
    ordered = events.iloc[np.argsort(clock(events["time"]), kind="stable")].reset_index(drop=True)
    tables = _tables(found, ordered, as_of, tuple(released_by))
    return answer(
        f"What went to {name_of(country)} without a lawful source, and what never left?",
        METHOD,
        tables=tables,
        sentences=_sentences(found, country, tables),
        assumptions=_assumptions(origins, reads),
        refusals=refusals,
        inputs=reads,
        parameters={
            "target": country,
            "barred": sorted(origins.barred or ()),
            "lawful": sorted(origins.lawful or ()),
            "as_of": as_of,
            "released_by": list(released_by),
            "certificates": [one.to_dict() for one in found.certificates],
        },
    )


def _origins(barred: Iterable[str], lawful: Iterable[str]) -> Origins:
    bad, good = _each(barred, "barred"), _each(lawful, "lawful")
    if bool(bad) == bool(good):
        raise StraitsError(
            "give the barred origins, or the lawful ones: one of the two says which goods may not go there"
        )
    if good:
        return Origins(lawful=good)
    return Origins(barred=bad)


def _each(texts: Iterable[str], what: str) -> frozenset[str]:
    """Return countries, of a group such as the EU its members."""
    found: set[str] = set()
    for text in texts:
        inside = None if countries.country(text) else countries.members(text)
        found |= inside or {_country(text, what)}
    return frozenset(found)


def _country(text: str, what: str) -> str:
    code = countries.country(text.strip())
    if code is None:
        raise StraitsError(
            f"{what} {text!r}: no country of that code or name; a code as RU, RUS or 643, or an English name"
        )
    return code


def _day(text: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        raise StraitsError(f"as_of {text!r}: a day as 2023-04-01 is accepted") from None


def _tables(
    found: Trace, ordered: pd.DataFrame, as_of: str | None, released_by: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    held = stock_table(found.legs, found.held)
    goods = held.groupby(["hs6", "unit"], sort=True)[["deficit", "end_stock"]].sum().reset_index()
    entries = found.events[found.events["kind"] == "entry"].groupby(["hs6", "unit"])["quantity"].sum()
    left = {tuple(found.legs.goods.iloc[one.good]): one for one in found.bounds}
    rows = []
    for code, unit, deficit, end in goods.itertuples(index=False, name=None):
        one = left.get((code, unit))
        flows = (one.exits, one.least, one.most) if one else (0.0, 0.0, 0.0)
        rows.append((code, unit, float(entries.get((code, unit), 0.0)), *flows, deficit, end))
    columns = [
        "hs6",
        "unit",
        "entered",
        "to_target",
        "least_unexplained",
        "most_of_barred_origin",
        "deficit",
        "end_stock",
    ]
    main = pd.DataFrame(rows, columns=columns)
    tables = {
        "goods": described(
            main,
            title="What went to the target without a lawful source, by good",
            note="least_unexplained is proved by the certificates, whatever the identity of the goods; most_of_barred_origin is "
            "what the records allow at most. `deficit` is what holders took beyond their stock, wherever it went.",
        ),
        "certificates": described(
            pd.DataFrame(
                [_certificate_row(one) for one in found.certificates], columns=list(CERTIFICATE_COLUMNS)
            ),
            title="Why: exits that claim more than their lawful sources hold",
        ),
        "deficits": described(
            deficit_table(found.legs, found.held, found.events), title="Events that took more than there was"
        ),
        "end_stock": described(
            held[held["end_stock"] > 0].reset_index(drop=True),
            title="What never left: stock by the papers at the end",
        ),
    }
    citations = cited(ordered)
    if len(citations):
        tables["citations"] = described(
            citations, title="Is enough left of the entries that each exit cites?"
        )
    late = overdue(ordered, as_of, released_by)
    if len(late):
        tables["deadlines"] = described(late, title="Goods past their deadline")
    return tables


def _certificate_row(one: Certificate) -> tuple[object, ...]:
    limits = "; ".join(f"{x['kind']} {x['event_id']} {x['quantity']:g}" for x in one.limits)
    return (
        one.hs6, one.unit, ", ".join(one.exits), one.claim, ", ".join(one.sources), one.sources_total, limits, one.supply,
        one.shortfall, one.text,
    )  # fmt: skip


def _note_findings(found: Trace, refusals: Refusals) -> None:
    """Note what is no reason to refuse: stocks below zero, and documents used twice."""
    events = found.events
    short = found.held.missing > 0
    for leg in np.flatnonzero(short)[:1000]:
        row, account = events.iloc[found.legs.row[leg]], found.legs.accounts.iloc[found.legs.account[leg]]
        amount = found.held.missing[leg] / found.legs.scale[account["good"]]
        text = f"{row['event_id']} takes {amount:g} {account['unit']} more of {account['hs6']} than {account['holder']} had"
        refusals.note(
            row["file"],
            row["line"],
            "quantity",
            text,
            "a source is not on record, or an entry is late",
            "negative_stock",
        )
    used = events[events["document"] != ""]
    twice = used[used.duplicated(["document", "kind"], keep=False)]
    for (document, kind), rows in twice.groupby(["document", "kind"], sort=False):
        ids = ", ".join(rows["event_id"].head(6))
        many = rows["hs6"].nunique() == len(rows)
        meaning = (
            "a document of several goods"
            if many
            else "one document for two movements of a good: a copy, or two parts"
        )
        refusals.note(
            str(rows["file"].iloc[1]),
            rows["line"].iloc[1],
            "document",
            f"{document} for {kind} {ids}",
            meaning,
            "document_used_twice",
        )


def _sentences(found: Trace, target: str, tables: dict[str, pd.DataFrame]) -> list[str]:
    told = []
    for one in found.bounds:
        code, unit = found.legs.goods.iloc[one.good]
        told.append(
            f"{code}: {_amount(one.exits)} {_of(one.exits, unit)} went to {name_of(target)}; "
            f"at least {_amount(one.least)} without a lawful source, at most {_amount(one.most)} of barred origin by the "
            "entries on record."
        )
    if not found.bounds:
        told.append(f"Nothing in this ledger went to {name_of(target)}.")
    told += [f"{one.hs6}: {one.text}." for one in found.certificates[:5]]
    short = tables["deficits"]
    if len(short):
        told.append(
            f"{len(short)} event{'' if len(short) == 1 else 's'} took more than there was on record; see table deficits."
        )
    if "citations" in tables and (tables["citations"]["short"] > 0).any():
        count = int((tables["citations"]["short"] > 0).sum())
        exits = "1 exit cites" if count == 1 else f"{count} exits cite"
        told.append(f"{exits} entries of which too little was left; see `citations`.")
    if "deadlines" in tables:
        count = int((tables["deadlines"]["overdue_at_least"] > 0).sum())
        if count:
            told.append(
                f"{counted(count, 'time')} goods were past their deadline, by good and day; see `deadlines`."
            )
    return told


def _of(number: float, unit: str) -> str:
    """Give a unit as it stands behind a number: 120 pieces, 5 kg."""
    return "pieces" if unit == "piece" and number != 1 else unit


def _amount(number: float) -> str:
    return f"{number:,.6f}".rstrip("0").rstrip(".")


def _assumptions(origins: Origins, reads: list[Read]) -> list[tuple[str, object, str]]:
    rule = (
        f"lawful: {', '.join(sorted(origins.lawful))}"
        if origins.lawful is not None
        else f"barred: {', '.join(sorted(origins.barred or ()))}"
    )
    told: list[tuple[str, object, str]] = [
        ("origins", rule, "asked; an entry without an origin may be either and counts for the holder's benefit in the least"),
        ("identity", "pieces of one good are alike", "papers follow no piece; the least holds for all"),
        ("stock", "what a holder has lies between its events", "no colour of goods can be more than the stock"),
        ("missing goods", "came without a record, of no lawful source", "counted once; later entries do not pay"),
        ("processing", "outputs of one process share its colours", "what is made of a mixed lot is as mixed as the lot"),
    ]  # fmt: skip
    for one in reads:
        told += [said for said in one.assumptions if said not in told]
    return told
