"""`screen`: goods and parties against lists, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from straits.errors import StraitsError
from straits.goods.answer import answer
from straits.goods.readers.base import Options, Read, read_files
from straits.goods.readers.lists import valid_day
from straits.goods.refusals import InputRefused, Refusals
from straits.goods.screening import goods as by_code
from straits.goods.screening.lists import ControlList, lists_of_goods, lists_of_parties
from straits.goods.screening.names.prepare import need_extra
from straits.goods.screening.names.score import MEASURED, THRESHOLD
from straits.goods.screening.parties import CANDIDATE_COLUMNS, COLUMNS, Party, PartyList
from straits.results import described

if TYPE_CHECKING:
    from straits.results import Result

Files = Path | str | Sequence[Path | str]
#: Answers that are told in sentences.
MOST = 20
METHOD = (
    "Identifiers first, then names: transliterated, legal forms and titles set aside, candidates by rare trigrams, tokens "
    "aligned, a logistic score. Codes by digits and by the concordance. The copy of a day is the last on or before it."
)


def screen(
    lists: Files,
    *,
    as_of: str,
    parties: Sequence[str | Party] = (),
    goods: Sequence[str] = (),
    asked: Files = (),
    edition: str = "",
    kind: str = "",
    concordance: Files | None = None,
    threshold: float = THRESHOLD,
    top: int = 10,
    options: Options | None = None,
) -> Result:
    """Screen goods and parties against lists as of a day.

    Parameters
    ----------
    lists : path or list of paths
        Copies of lists, aliases, histories and their days. A copy that is empty, cut off or a web page is refused and listed, and
        the one before it stays in use.
    as_of : str
        The day; a file of `asked` may give a day for each row.
    parties : sequence of str or Party, optional
    goods : sequence of str, optional
        Codes of 4 to 10 digits.
    asked : path or list of paths, optional
        Tables with `name` (and `kind`, `imo`, `registration`, …) or `code` (and `edition`), and `day`.
    edition : str, optional
        Edition of the codes: `HS2022`, `HS2017`, `CN2023`.
    kind : str, optional
        Kind of the parties: `person`, `entity`, `vessel`.
    concordance : path, optional
        Two editions of the HS, for codes that were renumbered.
    threshold : float
        Score from which a name is a hit.
    top : int
        Candidates that are listed for each party.
    options : Options, optional
        For the lists.

    Returns
    -------
    Result
        `.table` a row per party or code and list: `status` (`hit`, `near`, `clear`, `unknown`), by what, score, since when,
        first day of a hit, and the copy with its SHA-256. Table `candidates`: the likeliest entries for each party.
    """
    refusals = Refusals()
    reads = read_files(lists, options, refusals)
    for one in reads:
        if not one.kind.startswith("list"):
            refusals.refuse(one.file, "", "", f"a file of {one.kind}", "a control list", "wrong_kind")
    # A list of which a row is refused may lack more than that row: it is left out whole, and the copy before it stays.
    spoilt = {refusal.file for refusal in refusals}
    reads = [one for one in reads if one.file not in spoilt]
    helpers = read_files(concordance, None, refusals) if concordance is not None else []
    tables_asked = read_files(asked, None, refusals) if asked else []
    # What is asked, and what ties codes together, is read whole: less of it would look like a clear answer.
    if any(refusal.file not in {str(path) for path in _paths(lists)} for refusal in refusals):
        raise InputRefused(refusals)
    if any(one.kind != "concordance" for one in helpers) or any(
        not one.kind.startswith("asked") for one in tables_asked
    ):
        raise InputRefused(_wrong(helpers, tables_asked, refusals))
    everyone = _parties(parties, kind, as_of, tables_asked)
    codes = _codes(goods, edition, as_of, tables_asked)
    if not everyone and not codes:
        raise StraitsError("nothing is asked: name a party or a code")
    for day in {party.day for party in everyone} | {day for _, _, day in codes}:
        if not valid_day(day):
            raise StraitsError(f"as_of {day!r}: a day as 2023-05-19 is accepted")
    if kind not in ("", "person", "entity", "vessel"):
        raise StraitsError(f"kind {kind!r}: person, entity or vessel is accepted")
    tables: dict[str, pd.DataFrame] = {}
    sentences: list[str] = []
    if everyone:
        need_extra()
        found = _with_lists(lists_of_parties(reads), refusals, "parties")
        aliases = [one.frame for one in reads if one.kind == "list_aliases"]
        names = pd.concat(aliases) if aliases else pd.DataFrame(columns=["ent_num", "alias"])
        tables |= _screened_parties(everyone, found, names, threshold, top)
        sentences += [
            *_told(tables["parties"]),
            f"A name is a hit from a score of {threshold}. {_measured()}",
        ]
    if codes:
        found = _with_lists(lists_of_goods(reads), refusals, "goods")
        table = by_code.concordance_of(helpers[0].frame if helpers else None)
        rows = [by_code.screen_code(code, e, day, one, table) for code, e, day in codes for one in found]
        tables["goods"] = described(by_code.first_days(rows), title="Goods against lists, as of the day")
        sentences += _told(tables["goods"])
    return answer(
        "Do these goods or parties stand on a list, as of the day?",
        METHOD,
        tables=tables,
        sentences=sentences,
        assumptions=_assumptions(reads, bool(everyone), bool(codes), threshold),
        refusals=refusals,
        inputs=[*reads, *helpers, *tables_asked],
        parameters={
            "as_of": as_of,
            "threshold": threshold,
            "edition": edition,
            "kind": kind,
            "measured": MEASURED,
        },
    )


def _paths(files: Files) -> list[Path | str]:
    return [files] if isinstance(files, Path | str) else list(files)


def _wrong(helpers: list[Read], asked: list[Read], refusals: Refusals) -> Refusals:
    for one in helpers:
        if one.kind != "concordance":
            refusals.refuse(one.file, "", "", f"a file of {one.kind}", "a concordance", "wrong_kind")
    for one in asked:
        if not one.kind.startswith("asked"):
            refusals.refuse(
                one.file, "", "", f"a file of {one.kind}", "a table with name or code", "wrong_kind"
            )
    return refusals


def _parties(given: Sequence[str | Party], kind: str, day: str, tables: list[Read]) -> list[Party]:
    from straits.goods.screening.parties import NUMBERS

    told = [Party(one, kind, {}, day) if isinstance(one, str) else one for one in given]
    told = [one if one.day else Party(one.name, one.kind, one.numbers, day) for one in told]
    for table in (one for one in tables if one.kind == "asked_parties"):
        for row in table.frame.to_dict("records"):
            numbers = {name: row[name] for name in NUMBERS if row.get(name)}
            told.append(Party(row["name"], row["kind"] or kind, numbers, row["day"] or day))
    return told


def _codes(given: Sequence[str], edition: str, day: str, tables: list[Read]) -> list[tuple[str, str, str]]:
    told = [(by_code.valid_code(code), by_code.edition_of(edition), day) for code in given]
    for table in (one for one in tables if one.kind == "asked_goods"):
        for row in table.frame.to_dict("records"):
            told.append((row["code"], by_code.edition_of(row["edition"] or edition), row["day"] or day))
    return told


def _with_lists(found: list[ControlList], refusals: Refusals, what: str) -> list[ControlList]:
    if not found:
        refusals.refuse(
            "lists", "", "", f"no list of {what}", f"a list of {what} that can be read", "no_list"
        )
        raise InputRefused(refusals)
    return found


def _screened_parties(
    everyone: list[Party], found: list[ControlList], aliases: pd.DataFrame, threshold: float, top: int
) -> dict[str, pd.DataFrame]:
    rows: list[dict[str, object]] = []
    candidates: list[dict[str, object]] = []
    for one in found:
        more, others = PartyList(one, aliases).answers(everyone, threshold, top)
        rows += more
        candidates += others
    return {
        "parties": described(
            pd.DataFrame(rows, columns=list(COLUMNS)),
            title="Parties against lists, as of the day",
            note=f"A name is a hit from a score of {threshold}. {_measured()}",
        ),
        "candidates": described(
            pd.DataFrame(candidates, columns=list(CANDIDATE_COLUMNS)), title="The likeliest entries"
        ),
    }


def _measured() -> str:
    return (
        f"On {MEASURED['pairs']} labelled pairs, each scored by a fit that had not seen its names, {THRESHOLD} gave precision "
        f"{MEASURED['precision']:.2f} and recall {MEASURED['recall']:.2f}."
    )


def _told(table: pd.DataFrame) -> list[str]:
    told = []
    order = table["status"].map({"hit": 0, "near": 1, "unknown": 2, "clear": 3})
    # All of a few stand as asked; of many what was found is told first, and the rest is counted.
    chosen = table if len(table) <= MOST else table.iloc[order.argsort(kind="stable")[:MOST]]
    for row in chosen.to_dict("records"):
        text = f"{row['asked']} on {row['list']}, {row['day']}: {row['status']}"
        if row["status"] in ("hit", "near"):
            what = (
                f"{row['entry']} by {row['by']}, score {row['score']:.2f}"
                if "entry" in row
                else f"{row['listed_code']}, {row['match']}"
            )
            text += f" ({what}; since {row['since']})"
        copy = (
            f"copy {row['copy']}, {row['copy_file']}, sha256 {row['copy_sha256'][:12]}…"
            if row["copy"]
            else "no copy"
        )
        told.append(f"{text}; {row['why']}; {copy}.")
    if len(table) > MOST:
        counts = table["status"].drop(chosen.index).value_counts()
        rest = ", ".join(
            f"{counts[name]:,} {name}" for name in ("hit", "near", "unknown", "clear") if name in counts
        )
        told.append(f"{len(table) - MOST:,} more answers stand in the table: {rest}.")
    return told


def _assumptions(
    reads: list[Read], parties: bool, codes: bool, threshold: float
) -> list[tuple[str, object, str]]:
    told: list[tuple[str, object, str]] = [
        (
            "copy",
            "the last on or before the day",
            "between two copies what is not on the first is unknown, never clear",
        ),
        ("after the last copy", "the last copy counts on", "its age stands in `why`; fetch a newer one"),
    ]
    if parties:
        text = f"{threshold}; {_measured()}"
        told.append(
            ("threshold of names", text, "fixed on labelled pairs; a lower one finds more and errs more")
        )
    if parties and any(one.kind == "list_aliases" for one in reads):
        told.append(("aliases", "hold as long as their entry", "the files of aliases carry no days"))
    if codes:
        told.append(
            (
                "families of codes",
                "pairs many to many only within a heading",
                "by all pairs a family holds goods of every kind",
            )
        )
    for one in reads:
        told += [said for said in one.assumptions if said not in told]
    return told
