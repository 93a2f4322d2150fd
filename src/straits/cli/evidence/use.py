"""`straits evidence …`: what is made of records. Rows of a case, conflicts, exports, scores."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from straits.cli.evidence.base import (
    DEFAULT,
    AsJson,
    By,
    LedgerPath,
    Parse,
    Reason,
    RecordId,
    evidence_app,
    ledger_key,
    open_ledger,
    say,
    shown,
    write_json,
)
from straits.cli.shared.console import Terminal
from straits.wording import counted


def _factor(text: str | None) -> tuple[float, float] | None:
    from straits.evidence.use.into_case import NotUsable

    if text is None:
        return None
    try:
        parts = [float(p) for p in text.split("..")]
    except ValueError:
        parts = []
    if len(parts) not in (1, 2):
        raise NotUsable(f"--factor takes 0.3 or 0..0.5, not {text!r}")
    return parts[0], parts[-1]


def _day(option: str, text: str | None) -> date | None:
    from straits.evidence.use.into_case import NotUsable

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotUsable(f"{option}: found {text!r}; accepted: a date as YYYY-MM-DD") from None


@evidence_app.command("to-scenario")
@shown
def to_scenario(
    event: RecordId,
    folder: Annotated[
        Path, typer.Option("--out", help="Folder for the scenario, the new rows and the pointers.")
    ],
    lifted: Annotated[str | None, typer.Option(help="Event that ended it.")] = None,
    asset: Annotated[
        str | None, typer.Option(help="Asset of the case; default: the one the event names.")
    ] = None,
    factor: Annotated[str | None, typer.Option(help="Share of capacity that remained: 0, or 0..0.5.")] = None,
    start: Annotated[str | None, typer.Option(help="First day, where the document gives none.")] = None,
    end: Annotated[str | None, typer.Option(help="Day after the last.")] = None,
    duration: Annotated[str | None, typer.Option(help="ISO 8601 duration from the first day: P30D.")] = None,
    by: Annotated[str | None, typer.Option(help="Who sets what the documents do not say.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why so.")] = None,
    id: Annotated[str | None, typer.Option(help="Id of the scenario.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Id that the case gives to the event's document.")
    ] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Make a scenario of an accepted event. What the text does not say is asked for, as an interval."""
    from straits.evidence import edtf
    from straits.evidence.use.into_case import NotUsable, Setting
    from straits.evidence.use.into_case import to_scenario as make

    with open_ledger(ledger, whole=True) as book:
        record = book.record(event)
        first, last = _day("--start", start), _day("--end", end)
        if duration:
            when = record.when if record.kind == "event" else None
            known = first or (edtf.bounds(when.value)[0] if when and when.value else None)
            if last or known is None:
                raise NotUsable("--duration needs a first day, and no --end")
            last = edtf.duration_end(known, duration)
        setting = Setting(by=by, reason=reason, asset=asset, factor=_factor(factor), start=first, end=last)
        names = {record.document: source} if source else {}
        into = make(book, event, lifted=lifted, setting=setting, id=id, sources=names)
    for p in into.parameters:
        value = p.interval if p.open else p.value
        say(f"{p.name:12} {value!s:12} {p.record or f'set by {p.by}'}  {p.words or p.reason or ''}")
    for path in into.write(folder):
        say(str(path))


@evidence_app.command("to-claim")
@shown
def to_claim(
    quantity: RecordId,
    field: Annotated[str, typer.Argument(help="TABLE/ROW/COLUMN of the case.")],
    source: Annotated[str | None, typer.Option(help="Id that the case gives to the document.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Print an accepted quantity as a claim on a field of a case (rows of claims and sources, JSON)."""
    from straits.evidence.use.into_case import NotUsable
    from straits.evidence.use.into_case import to_claim as make

    parts = field.split("/")
    if len(parts) != 3:
        raise NotUsable(f"the field is TABLE/ROW/COLUMN, not {field!r}")
    with open_ledger(ledger, whole=True) as book:
        claim, origin = make(book, quantity, *parts, source=source)
    write_json({"claims": [claim.model_dump(mode="json")], "sources": [origin.model_dump(mode="json")]})


@evidence_app.command()
@shown
def conflicts(
    suggest: Annotated[bool, typer.Option(help="Also suggest questions that may be worth opening.")] = False,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """List conflicts with their positions and rulings."""
    from straits.evidence.ledger.conflicts import conflicts as all_conflicts
    from straits.evidence.ledger.conflicts import suggest_conflicts
    from straits.evidence.review.alike import independent_lines

    with open_ledger(ledger) as book:
        for c in all_conflicts(book):
            say(f"{c.id}  {c.question}  [{c.ruling}{': ' + c.preferred if c.preferred else ''}] {c.reason}")
            for p in c.positions:
                lines = len(independent_lines(book, p.records))
                say(
                    f"    {p.label}: {counted(len(p.records), 'record')}, {lines} independent: {', '.join(p.records)}"
                )
        if suggest:
            for s in suggest_conflicts(book):
                say(f"?  {s.question}  ({', '.join(s.records)})")


@evidence_app.command("open-conflict")
@shown
def open_conflict(
    question: Annotated[str, typer.Argument()],
    position: Annotated[list[str], typer.Option(help="LABEL=ID,ID… ; two or more.")],
    by: By,
    reason: Reason,
    topic: Annotated[str | None, typer.Option()] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Open a question on which records differ."""
    from straits.evidence.ledger.conflicts import open_conflict as start

    positions: dict[str, list[str]] = {}
    for label, _, ids in (p.partition("=") for p in position):
        # One label may be given twice; its records stand together.
        positions.setdefault(label.strip(), []).extend(one.strip() for one in ids.split(",") if one.strip())
    with open_ledger(ledger) as book:
        say(start(book, question, positions, by, reason, topic).id)


@evidence_app.command()
@shown
def rule(
    conflict: Annotated[str, typer.Argument()],
    ruling: Annotated[str, typer.Argument(help="open, not_a_conflict, both or prefer.")],
    by: By,
    reason: Reason,
    prefer: Annotated[str | None, typer.Option(help="Label of the preferred position.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Rule on a conflict; what is not preferred is kept."""
    from straits.evidence.ledger.conflicts import rule as decide

    with open_ledger(ledger) as book:
        decide(book, conflict, ruling, by, reason, prefer)  # type: ignore[arg-type]


@evidence_app.command()
@shown
def export(
    target: Annotated[Path, typer.Argument(help="A .jsonld file, or a folder for CSV files.")],
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Write the ledger as JSON-LD (Web Annotation, PROV-O) or as CSV, with the timeline and the terms."""
    from straits.evidence.use.exports import to_jsonld, write_csv
    from straits.evidence.use.tables import terms, timeline
    from straits.files import write_text
    from straits.plain import plain_json

    with open_ledger(ledger, whole=True) as book:
        if target.suffix in (".jsonld", ".json"):
            write_text(target, plain_json(json.dumps(to_jsonld(book), ensure_ascii=False, indent=1)))
            say(str(target))
            return
        for path in write_csv(book, target, {"timeline": timeline(book), "terms": terms(book)}):
            say(str(path))


@evidence_app.command()
@shown
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="Head that an earlier `verify` printed, ROWS:HASH, or a file that holds it."),
    ] = None,
    copy: Annotated[
        Path | None,
        typer.Option(help="Earlier copy of the ledger, kept elsewhere: all of it has to be in this one."),
    ] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Check that nothing in the ledger was changed from outside, and print the head of its chain, to be kept elsewhere."""
    from straits.evidence.ledger.chain import Head
    from straits.evidence.ledger.ledger import Ledger

    kept = []
    if head is not None:
        kept.append(Head.parse(head if ":" in head and not Path(head).is_file() else _line(Path(head))))
    if copy is not None:
        with Ledger(copy) as earlier:
            kept.append(earlier.verify())
    with open_ledger(ledger) as book:
        end = book.verify()
        for one in kept:
            book.verify(one)
        seal = (
            ""
            if not book.sealed
            else ", sealed"
            if ledger_key()
            else ", sealed (not checked without the key)"
        )
        say(f"unchanged{seal}; head {end}")
        for one in kept:
            say(f"begins with the {one.link} rows of {str(one)[:24]}…")


def _line(path: Path) -> str:
    from straits.evidence.ledger.chain import LedgerError

    try:
        with path.open(encoding="utf-8") as file:
            return file.read(200)
    except (OSError, ValueError) as error:
        raise LedgerError(
            f"{path}: no head can be read from it: {getattr(error, 'strerror', None) or error}"
        ) from None


@evidence_app.command()
@shown
def seal(ledger: LedgerPath = DEFAULT) -> None:
    """Seal the ledger with the key of --key-file, after a whole check: from then on writing needs the key."""
    with open_ledger(ledger) as book:
        say(f"sealed; head {book.seal()}")


@evidence_app.command("migrate")
@shown
def migrate_ledger(
    new: Annotated[Path, typer.Argument(help="File to make.")], ledger: LedgerPath = DEFAULT
) -> None:
    """Copy a ledger of an earlier straits into a new file of the present format; the old one is checked and stays."""
    from straits.evidence.ledger.migrate import migrate

    say(f"{new}: head {migrate(ledger, new, ledger_key())}")


@evidence_app.command()
@shown
def score(
    gold: Annotated[Path, typer.Argument(help="Labelled documents, JSON.", exists=True)],
    documents: Annotated[
        list[Path] | None, typer.Option(help="Folder of the documents, where they are not near the labels.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="Case whose names are to be known beside the world's.")
    ] = None,
    parse: Parse = False,
    as_json: AsJson = False,
) -> None:
    """Score drafts by rules against documents labelled by hand: precision, recall, F1 by draft type and field."""
    from rich.table import Table

    from straits.evidence.finding.gazetteer import from_tables, with_world, world
    from straits.evidence.use.score import score_file

    names = world()
    if case:
        import straits

        names = with_world(from_tables(straits.load_case(case).tables))
    result, _ = score_file(gold, documents or (), names, parse)
    if as_json:
        write_json({"rows": result.table(), **result.summary()})
        return
    table = Table("draft", "field", *("right", "wrong", "missed", "precision", "recall", "F1"), box=None)
    for row in result.table():
        figures = ["–" if row[k] is None else f"{row[k]:.2f}" for k in ("precision", "recall", "f1")]
        table.add_row(row["draft"], row["field"], str(row["tp"]), str(row["fp"]), str(row["fn"]), *figures)
    Terminal(width=110).print(table)
    found = result.summary()
    if found["edits per draft"] is not None:
        fields = ", ".join(f"{name} {number:.2f}" for name, number in found["by field"].items())
        say(f"{found['edits per draft']:.2f} edits per draft that meets a label ({fields})")
        say(f"{found['right throughout']} of {found['drafts that meet a label']} right throughout")
