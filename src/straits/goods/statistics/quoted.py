"""Can a quoted figure be right? It is worked out again from its own numbers, or from statistics, and held against how it
was said.

A verdict is `consistent`, `contradicted` or `undecidable`, with the number that decides. It says nothing of who meant what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.errors import StraitsError
from straits.goods.answer import answer
from straits.goods.readers.base import Options, read_files
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.statistics.verdicts import (
    ASKED_FOR,
    CONSISTENT,
    CONTRADICTED,
    KINDS,
    UNDECIDABLE,
    Verdict,
    judge,
)
from straits.results import described

if TYPE_CHECKING:
    from straits.results import Result

COLUMNS = (
    "claim_id",
    "kind",
    "subject",
    "statement",
    "verdict",
    "decides",
    "measured",
    "claimed",
    "reading",
    "why",
    "conflict",
)


def claim(
    claims: Files | Sequence[Mapping[str, Any]],
    files: Files | None = None,
    *,
    ledger: Path | str | None = None,
    by: str | None = None,
    vintage: str | None = None,
    options: Options | None = None,
) -> Result:
    """Return for each quoted figure whether it can be right.

    Parameters
    ----------
    claims : path, or sequence of mappings
        Columns claim_id, kind (factor, growth_pct, share, part_whole, sum, level), subject, statement, value_a, value_b, unit,
        factor_claimed, period_a, period_b. A is the earlier, or the whole; B the later, or the part. What statistics are asked
        for the subject says (`EU to Kyrgyzstan 8703`: what the EU says that it exports of that code; `Kyrgyzstan from EU 8703`:
        what Kyrgyzstan says that it brings in; without a code in total; `KZ-RU turnover`), or columns exporter, importer,
        flow (export, import, turnover) and good, which may be added.
    files : path or list of paths, optional
        Statistics against which subjects are held. A code is one that they have.
    ledger : path, optional
        Ledger of evidence: a contradiction between records (columns `record` and `against_record`) is opened there as a conflict.
    by : str, optional
        Who opens it; needed with `ledger`.

    Returns
    -------
    Result
        `.table` a row for each claim.
    """
    refusals = Refusals()
    reads, rows = [], pd.DataFrame()
    if isinstance(claims, str | Path) or all(isinstance(one, str | Path) for one in claims):
        reads = read_files(claims, options, refusals)  # type: ignore[arg-type]
        rows = pd.concat([read.frame for read in reads], ignore_index=True) if reads else pd.DataFrame()
    else:
        rows = pd.DataFrame([dict(one) for one in claims])  # type: ignore[arg-type]
    if ledger is not None and not by:
        raise StraitsError("a conflict in the ledger is opened by somebody: --by NAME")
    told = [_plain(row) for row in rows.to_dict("records")]
    made = []
    for row in told:
        if row["kind"] not in KINDS:
            refusals.refuse(
                "claims", row["claim_id"], "kind", repr(row["kind"]), ", ".join(KINDS), "unknown_kind"
            )
            continue
        verdict = judge(row, files, vintage)
        conflict = _into_ledger(row, verdict, ledger, by, refusals) if ledger is not None else ""
        made.append(
            {
                **{k: row[k] for k in ("claim_id", "kind", "subject", "statement")},
                **vars(verdict),
                "conflict": conflict,
            }
        )
    table = pd.DataFrame(made, columns=list(COLUMNS))
    counts = {name: int((table["verdict"] == name).sum()) for name in (CONSISTENT, CONTRADICTED, UNDECIDABLE)}
    return answer(
        f"Can {len(table)} quoted figure{'s' * (len(table) != 1)} be right?",
        "Worked out again from their own numbers or from statistics; rounding, truncation and `times more` are tried.",
        tables={"claims": described(table, title="Quoted figures, and what a careful reader answers")},
        sentences=[
            ", ".join(f"{counts[name]} {name}" for name in (CONSISTENT, CONTRADICTED, UNDECIDABLE)) + ".",
            *(f"{row['claim_id']}: contradicted, since {row['why']}." for row in made if row["verdict"] == CONTRADICTED),
        ],
        refusals=refusals, inputs=reads,
        assumptions=[
            ("rounding", "half of the last digit that was quoted", "a figure says no more than its digits"),
            ("x times more", "both x-fold and x more than before", "writers use both"),
        ],
        parameters={"files": [str(f) for f in ([files] if isinstance(files, str | Path) else files or [])]},
    )  # fmt: skip


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a claim with every field, numbers as floats or NaN, texts as texts."""
    names = (
        "claim_id",
        "kind",
        "subject",
        "statement",
        "unit",
        "period_a",
        "period_b",
        "against",
        "record",
        "against_record",
        *ASKED_FOR,
    )
    made: dict[str, Any] = {}
    for name in names:
        value = row.get(name)
        made[name] = "" if value is None or value != value else str(value).strip()
    for name in ("value_a", "value_b", "factor_claimed"):
        value = row.get(name)
        made[name] = float("nan") if value is None or value == "" else float(value)
    return made


def _into_ledger(
    row: dict[str, Any], verdict: Verdict, ledger: Path | str | None, by: str | None, refusals: Refusals
) -> str:  # fmt: skip
    """Open a conflict between the quoted record and the one that it is held against; return its id, empty if there is none."""
    if verdict.verdict != CONTRADICTED or not row["record"] or ledger is None:
        return ""
    if not row["against_record"]:
        meaning = (
            "a conflict needs a second record: add the statistic's document to the ledger and name its record"
        )
        refusals.note("claims", row["claim_id"], "against_record", "no record", meaning, "one_record")
        return ""
    from straits.evidence.ledger.conflicts import open_conflict
    from straits.evidence.ledger.ledger import Ledger

    opened = open_conflict(
        Ledger(ledger), row["statement"] or row["subject"],
        {"as quoted": [row["record"]], "as worked out": [row["against_record"]]}, str(by), verdict.why, topic="trade",
    )  # fmt: skip
    return opened.id
