"""Events of consignments as CSV: entry, transfer, exit, use and processing. Rows of one time happen in the order of the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from straits.errors import did_you_mean
from straits.goods import countries
from straits.goods.cells import LINE, mapped, read_cells
from straits.goods.numbers import parse_codes, parse_numbers
from straits.goods.readers.base import Options, Reader, Source
from straits.goods.refusals import Refusals

KINDS = ("entry", "transfer", "exit", "use", "processing")
NEEDED = ("event_id", "time", "kind", "holder", "hs6", "quantity", "unit")
#: All fields of an event, with the line it stands in.
COLUMNS = (
    "event_id", "time", "kind", "holder", "to_holder", "hs6", "quantity", "unit", "origin", "destination", "document", "cites",
    "deadline", "process", "to_hs6", "to_quantity", "to_unit", LINE,
)  # fmt: skip
_TEXTS = tuple(name for name in COLUMNS if name not in ("quantity", "to_quantity", LINE))

#: Words for one unit.
UNITS = {
    "piece": "piece", "pieces": "piece", "pcs": "piece", "pc": "piece", "unit": "piece", "units": "piece", "nar": "piece",
    "h87": "piece", "c62": "piece", "ea": "piece", "p/st": "piece", "шт": "piece", "kg": "kg", "kgm": "kg", "kgs": "kg",
    "kilogram": "kg", "kilograms": "kg", "кг": "kg",
}  # fmt: skip

#: Refuses the rows of a mask: mask, column, what was found, what is accepted, code.
Refuse = Callable[[pd.Series | np.ndarray, str, pd.Series | str, str, str], None]

ASSUMED = (
    ("order", "rows of one time happen in the order of the file", "events carry a day, seldom an hour"),
)


def _knows(source: Source) -> bool:
    return {"event_id", "kind", "holder"} <= set(source.header)


def _read(
    source: Source, options: Options, refusals: Refusals
) -> tuple[pd.DataFrame, tuple[tuple[str, str, str], ...]]:
    cells = read_cells(source, refusals)
    if cells is not None:
        columns = {name: name for name in COLUMNS if name != LINE and name in cells.columns}
        missing = {name: name for name in NEEDED if name not in columns and name not in options.more}
        needed = tuple(name for name in NEEDED if name not in options.more)
        columns = {**columns, **missing, **options.columns}
        cells = mapped(cells, columns, file=source.file, needed=needed, refusals=refusals)
    if cells is None:
        return pd.DataFrame(columns=list(COLUMNS)), ()
    for name, text in options.more.items():
        if name in COLUMNS and name not in cells.columns:
            cells[name] = text
    return finish(cells, source.file, options, refusals), ASSUMED


READERS = (
    Reader(
        "events", "events", "events of consignments: entry, transfer, exit, use, processing", _knows, _read
    ),
)


def finish(cells: pd.DataFrame, file: str, options: Options, refusals: Refusals) -> pd.DataFrame:
    """Check the texts of events, row by row, and give those that are accepted.

    Parameters
    ----------
    cells : DataFrame of str
        Any of `COLUMNS`; `line` is a number.
    file : str
    options : Options
    refusals : Refusals
    """
    frame = pd.DataFrame(
        {name: cells[name].str.strip() if name in cells else "" for name in _TEXTS}, index=cells.index
    )
    frame[LINE] = cells[LINE]
    lines = frame[LINE]
    good = np.ones(len(frame), dtype=bool)

    def refuse(
        bad: pd.Series | np.ndarray, column: str, found: pd.Series | str, accepted: str, code: str
    ) -> None:
        where = np.flatnonzero(np.asarray(bad, dtype=bool))
        good[where] = False
        for place in where:
            text = found if isinstance(found, str) else repr(found.iloc[place])
            refusals.refuse(file, lines.iloc[place], column, text, accepted, code)

    processing = frame["kind"] == "processing"
    _refuse_kinds(frame, refuse)
    refuse(frame["event_id"] == "", "event_id", "no id", "an id for each event", "missing_id")
    refuse(frame["holder"] == "", "holder", "nobody", "who holds the goods", "missing_holder")
    _refuse_transfers(frame, refuse)
    _read_times(frame, "time", refuse, needed=True)
    _read_times(frame, "deadline", refuse, needed=False)
    input_only = processing & (frame["to_hs6"] == "")
    output_only = processing & (frame["hs6"] == "")
    refuse(
        input_only & output_only,
        "hs6",
        "a process of nothing",
        "what goes in, what comes out, or both",
        "empty_process",
    )
    for prefix, needed in (("", ~output_only), ("to_", processing & ~input_only)):
        _read_good(frame, cells, prefix, needed, file, options, refusals, good, refuse)
    for name in ("origin", "destination"):
        codes = {text: _place(text) for text in frame[name].unique() if text}
        unknown = [text for text, code in codes.items() if code is None]
        for text in unknown:
            like = did_you_mean(text, countries.every_name())
            known = f"a country by code or name, or nothing if it is not known{like}"
            refuse(frame[name] == text, name, frame[name], known, "unknown_country")
        frame[name] = frame[name].map({"": "", **{text: code or "" for text, code in codes.items()}})
    accepted = frame[good].reset_index(drop=True)
    for name in ("quantity", "to_quantity"):
        accepted[name] = accepted[name].astype(float)
    refuse_twice(accepted.assign(file=file), refusals)
    return accepted[list(COLUMNS)]


def _place(text: str) -> str | None:
    """Return the code of a country, a group by its name, nothing for what is not specified; None for what is not known."""
    if countries.unnamed(text):
        return ""
    return countries.country(text) or (text if countries.group(text) else None)


def _refuse_kinds(frame: pd.DataFrame, refuse: Refuse) -> None:
    for kind in frame["kind"].unique():
        if kind not in KINDS:
            accepted = f"one of {', '.join(KINDS)}{did_you_mean(kind, KINDS)}"
            refuse(frame["kind"] == kind, "kind", frame["kind"], accepted, "unknown_kind")


def _refuse_transfers(frame: pd.DataFrame, refuse: Refuse) -> None:
    transfer = frame["kind"] == "transfer"
    refuse(
        transfer & (frame["to_holder"] == ""),
        "to_holder",
        "a transfer to nobody",
        "who receives the goods",
        "transfer_to_nobody",
    )
    itself = transfer & (frame["to_holder"] == frame["holder"]) & (frame["holder"] != "")
    refuse(
        itself, "to_holder", frame["to_holder"], "another holder than the one who gives", "transfer_to_itself"
    )
    other = ~transfer & (frame["to_holder"] != "") & frame["kind"].isin(KINDS)
    refuse(
        other, "to_holder", frame["to_holder"], "a receiver only for a transfer", "receiver_without_transfer"
    )


def _read_times(frame: pd.DataFrame, column: str, refuse: Refuse, *, needed: bool) -> None:
    """Bring times to one form; a column with several offsets from UTC is turned into UTC."""
    read = {text: _moment(text) for text in frame[column].unique() if text or needed}
    bad = [text for text, moment in read.items() if moment is None]
    if bad:
        accepted = "a day 2023-04-01 or a time 2023-04-01T08:00:00+06:00 (ISO 8601)"
        refuse(frame[column].isin(bad), column, frame[column], accepted, "date")
    moments = {text: moment for text, moment in read.items() if moment is not None}
    offsets = {moment.utcoffset() for text, moment in moments.items() if len(text) > 10}
    if len(offsets) > 1:
        moments = {t: m.astimezone(UTC) if len(t) > 10 and m.tzinfo else m for t, m in moments.items()}
    texts = {text: _iso(moment, bare=len(text) <= 10) for text, moment in moments.items()}
    frame[column] = frame[column].map({**{text: text for text in frame[column].unique()}, **texts})


def _moment(text: str) -> datetime | None:
    """Read ISO 8601 with hyphens; None for anything else."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _iso(moment: datetime, *, bare: bool) -> str:
    if bare:
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds" if moment.microsecond else "seconds")


def _read_good(
    frame: pd.DataFrame,
    cells: pd.DataFrame,
    prefix: str,
    needed: pd.Series,
    file: str,
    options: Options,
    refusals: Refusals,
    good: np.ndarray,
    refuse: Refuse,
) -> None:
    """Read code, quantity and unit of what moves, or of what a process gives (`prefix` is `to_`)."""
    code, amount, unit = f"{prefix}hs6", f"{prefix}quantity", f"{prefix}unit"
    frame[amount] = np.nan
    rows = np.flatnonzero(needed)
    if not len(rows):
        return
    lines = frame[LINE].iloc[rows]
    # A class of GS1 stands for a good whose HS code no document gives.
    plain = ~frame[code].iloc[rows].str.startswith(("gtin:", "urn:"))
    chosen = rows[plain.to_numpy()]
    read = parse_codes(
        frame[code].iloc[chosen], 6, file=file, column=code, lines=frame[LINE].iloc[chosen], refusals=refusals
    )
    good[chosen[(read == "").to_numpy()]] = False
    texts = cells[amount].iloc[rows] if amount in cells else pd.Series("", index=lines.index)
    before = len(refusals)
    numbers = parse_numbers(
        texts,
        file=file,
        column=amount,
        lines=lines,
        refusals=refusals,
        decimal=options.decimal,
        thousands=options.thousands,
    )
    unread = np.isnan(numbers)
    if unread.any() and len(refusals) == before:
        at = np.zeros(len(frame), dtype=bool)
        at[rows[unread]] = True
        refuse(at, amount, "no number", "a quantity above zero", "missing_quantity")
    good[rows[unread]] = False
    at = np.zeros(len(frame), dtype=bool)
    at[rows[numbers <= 0]] = True
    full = pd.Series("", index=frame.index)
    full.iloc[rows] = texts
    refuse(at, amount, full, "a quantity above zero", "quantity_not_positive")
    frame.loc[frame.index[rows], amount] = numbers
    named = frame[unit].str.lower().str.rstrip(".")
    frame[unit] = named.map(UNITS).where(named.isin(list(UNITS)), frame[unit])
    refuse(
        needed & (frame[unit] == ""),
        unit,
        "no unit",
        "the unit of the quantity, as piece or kg",
        "missing_unit",
    )


def refuse_twice(frame: pd.DataFrame, refusals: Refusals) -> None:
    """Refuse ids that stand twice, and goods that are counted in two units; both may show only when files are read together."""
    twice = frame.duplicated("event_id", keep=False)
    for _, rows in frame[twice].groupby("event_id", sort=False):
        first = rows.iloc[0]
        compared = [name for name in COLUMNS if name != LINE]
        for _, row in rows.iloc[1:].iterrows():
            same = row[compared].fillna("").equals(first[compared].fillna(""))
            code = "duplicate_key" if same else "conflicting_key"
            found = f"{row['event_id']!r} again" + ("" if same else ", with other values")
            accepted = f"one row for each event (the first is in {first['file']} row {first[LINE]})"
            refusals.refuse(str(row["file"]), row[LINE], "event_id", found, accepted, code)
    taken = frame[["hs6", "unit", "file", LINE]].assign(column="unit")
    given = frame[["to_hs6", "to_unit", "file", LINE]].assign(column="to_unit")
    given.columns = taken.columns
    counted = pd.concat([taken, given[given["hs6"] != ""]])
    counted = counted[counted["hs6"] != ""]
    units_of: dict[str, list[str]] = {}
    for code, unit in counted[["hs6", "unit"]].drop_duplicates().itertuples(index=False, name=None):
        units_of.setdefault(code, []).append(unit)
    for code, units in units_of.items():
        if len(units) == 1:
            continue
        rows = counted[(counted["hs6"] == code) & (counted["unit"] != units[0])]
        for _, row in rows.iterrows():
            found = f"{row['unit']!r} for {code}, which is counted in {units[0]!r} elsewhere"
            accepted = "one unit for each good: pieces and kg cannot be added"
            refusals.refuse(
                str(row["file"]), row[LINE], row["column"], found, accepted, "mixed_quantity_units"
            )
