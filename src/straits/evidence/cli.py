"""`straits evidence …`: thin commands over the ledger."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from straits.errors import StraitsError

evidence_app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From press report to sourced claim and dated event: documents, drafts, review.",
)
out, err = Console(), Console(stderr=True)

LedgerPath = Annotated[
    Path, typer.Option("--ledger", "-l", envvar="STRAITS_LEDGER", help="The ledger's file.")
]
By = Annotated[str, typer.Option(help="Who judges.")]
Reason = Annotated[str, typer.Option(help="Why.")]
RecordId = Annotated[str, typer.Argument(help="Record id, or the beginning of one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output, for machines.")]
DEFAULT = Path("evidence.db")


def _shown(command: Callable[..., None]) -> Callable[..., None]:
    """Show an error of straits as its text and end with status 1."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except StraitsError as error:
            err.print("error:", style="bold red", end=" ")
            err.print(str(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None

    return run


def _open(path: Path, create: bool = False) -> Any:
    from straits.evidence.ledger import Ledger

    return Ledger(path, create)


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _json(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


@evidence_app.command()
@_shown
def init(
    ledger: LedgerPath = DEFAULT,
    case: Annotated[
        str | None, typer.Option(help="Case whose actors, assets and goods are to be known.")
    ] = None,
) -> None:
    """Make a ledger, or teach one the names of a case."""
    with _open(ledger, create=True) as book:
        if case:
            import straits
            from straits.evidence.gazetteer import from_tables

            names = from_tables(straits.load_case(case).tables)
            book.set_gazetteer(names)
            _say(f"{ledger}: {len(names.entries)} names of {case}")
        else:
            _say(f"{ledger}: ready")


@evidence_app.command()
@_shown
def add(
    files: Annotated[list[Path], typer.Argument(help="Text or HTML files.", exists=True, dir_okay=False)],
    outlet: Annotated[str | None, typer.Option(help="Who published them, or `unknown`.")] = None,
    published: Annotated[
        str | None, typer.Option(help="EDTF date; `read` for the one in the document; `unknown`.")
    ] = None,
    basis: Annotated[str | None, typer.Option(help="given (default) or inferred.")] = None,
    author: Annotated[str | None, typer.Option(help="Author; default: the byline.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Keep documents. Outlet and date are asked for, never guessed silently."""
    with _open(ledger) as book:
        for path in files:
            given, when = outlet, published
            data = path.read_bytes()
            if (given is None or when is None) and sys.stdin.isatty():
                given, when = _ask_origin(data, path.name, given, when)
            document = book.add_document(data, path.name, given, when, basis=basis, author=author)
            labels = ", ".join(dict.fromkeys(r.label for r in document.regions))
            _say(
                f"{document.sha256[:12]}  {path.name}: {document.outlet or 'unknown'}, {document.published.value or 'undated'} "
                f"({document.published.basis}), {document.language}; {labels}"
            )


def _ask_origin(data: bytes, name: str, outlet: str | None, published: str | None) -> tuple[str, str]:
    from straits.evidence.documents import suggest
    from straits.evidence.reading import decode, media_type, read
    from straits.evidence.regions import find_regions

    raw, _ = decode(data)
    reading = read(raw, media_type(name, raw))
    hint = suggest(reading, find_regions(reading))
    outlet = outlet or typer.prompt(f"{name}: outlet (or unknown)", default=hint.outlet)
    return outlet, published or typer.prompt(f"{name}: published, EDTF (or unknown)", default=hint.published)


@evidence_app.command()
@_shown
def redescribe(
    document: Annotated[str, typer.Argument(help="Hash of the document, or its beginning.")],
    by: By,
    reason: Reason,
    outlet: Annotated[str | None, typer.Option()] = None,
    published: Annotated[str | None, typer.Option()] = None,
    basis: Annotated[str | None, typer.Option()] = None,
    author: Annotated[str | None, typer.Option()] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Correct a document's outlet, date or author; the former description stays."""
    given = {"outlet": outlet, "published": published, "basis": basis, "author": author}
    with _open(ledger) as book:
        new = book.redescribe(document, by, reason, **{k: v for k, v in given.items() if v is not None})
        _say(
            f"{new.sha256[:12]}  {new.outlet or 'unknown'}, {new.published.value or 'undated'} ({new.published.basis})"
        )


@evidence_app.command()
@_shown
def draft(
    documents: Annotated[list[str] | None, typer.Argument(help="Hashes; default: all documents.")] = None,
    url: Annotated[
        str | None, typer.Option(help="OpenAI-compatible endpoint, to draft by a language model.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model's name at the endpoint.")] = None,
    key: Annotated[str | None, typer.Option(envvar="STRAITS_MODEL_KEY", help="Key of the endpoint.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Draft records by rules, or by a language model. Drafts are drafts until a person has judged them."""
    from straits.evidence.by_model import Endpoint, draft_by_model
    from straits.evidence.drafts import draft as draft_by_rules

    with _open(ledger) as book:
        chosen = [book.document(d) for d in documents] if documents else list(book.documents())
        for document in chosen:
            reading = book.reading(document.sha256)
            refused = 0
            if url:
                answer = draft_by_model(
                    document, reading, book.gazetteer, Endpoint(url, model or "default", key)
                )
                records, refused = answer.records, len(answer.refused)
                for _, why in answer.refused:
                    err.print(f"  dropped: {why}", markup=False, highlight=False)
            else:
                records = draft_by_rules(document, reading, book.gazetteer).records
            book.add(records)
            count = {k: sum(r.kind == k for r in records) for k in ("event", "quantity", "claim")}
            _say(
                f"{document.sha256[:12]}  {document.name}: {count['event']} events, {count['quantity']} quantities, "
                f"{count['claim']} claims" + (f"; {refused} dropped" if url else "")
            )


@evidence_app.command("list")
@_shown
def list_records(
    kind: Annotated[str | None, typer.Option(help="event, quantity or claim.")] = None,
    standing: Annotated[
        str | None, typer.Option(help="draft, accepted, amended, rejected, merged, flagged.")
    ] = None,
    document: Annotated[str | None, typer.Option(help="Hash of a document.")] = None,
    as_json: AsJson = False,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """List records."""
    with _open(ledger) as book:
        sha256 = book.document(document).sha256 if document else None
        rows = [(book.standing(r.id), r) for r in book.records(kind, standing, sha256)]
    if as_json:
        _json([{**r.model_dump(mode="json"), "standing": s} for s, r in rows])
        return
    for held, r in rows:
        what = getattr(r, "type", None) or (f"{r.value:g} {r.unit}" if r.kind == "quantity" else r.speaker)
        _say(f"{r.id}  {held:9} {what:28} {' '.join(r.evidence.exact.split())[:90]}")


@evidence_app.command()
@_shown
def show(record: RecordId, ledger: LedgerPath = DEFAULT) -> None:
    """Show a record in its paragraph, its judgements and its likely twins."""
    from straits.evidence.review import show as print_record

    with _open(ledger) as book:
        found = book.record(record)
        print_record(book, found, out)
        for line in book.log(found.id):
            _say(
                f"  {line.at}  {line.action} by {line.by}: {line.reason} {json.dumps(line.payload) if line.payload else ''}"
            )


@evidence_app.command()
@_shown
def review(
    by: By,
    kind: Annotated[str | None, typer.Option(help="event, quantity or claim.")] = None,
    document: Annotated[str | None, typer.Option(help="Hash of a document.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Judge drafts one at a time: the paragraph with its passages marked, one key for each field."""
    import click

    from straits.evidence.review import review as go_through

    with _open(ledger) as book:
        sha256 = book.document(document).sha256 if document else None
        made = go_through(
            book,
            by,
            out,
            click.getchar,
            lambda text: typer.prompt(text, default="", show_default=False),
            kind,
            sha256,
        )
        _say(f"{made} judged; {sum(1 for _ in book.records(kind, 'draft', sha256))} drafts left")


@evidence_app.command()
@_shown
def accept(record: RecordId, by: By, reason: Reason, ledger: LedgerPath = DEFAULT) -> None:
    """Accept a record."""
    with _open(ledger) as book:
        book.accept(record, by, reason)


@evidence_app.command()
@_shown
def reject(record: RecordId, by: By, reason: Reason, ledger: LedgerPath = DEFAULT) -> None:
    """Reject a record; it stays, as rejected."""
    with _open(ledger) as book:
        book.reject(record, by, reason)


@evidence_app.command()
@_shown
def flag(record: RecordId, by: By, reason: Reason, ledger: LedgerPath = DEFAULT) -> None:
    """Put a record aside for a question."""
    with _open(ledger) as book:
        book.flag(record, by, reason)


@evidence_app.command()
@_shown
def merge(
    record: RecordId,
    into: Annotated[str, typer.Argument(help="Record that stands.")],
    by: By,
    reason: Reason,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Count a record as another telling of a second."""
    with _open(ledger) as book:
        book.merge(record, into, by, reason)


@evidence_app.command()
@_shown
def amend(
    record: RecordId,
    by: By,
    reason: Reason,
    set_: Annotated[
        list[str],
        typer.Option("--set", help="FIELD=VALUE; `|` between members of a list; blank for nothing."),
    ],
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Accept a corrected copy of a record; the original stays, as amended."""
    from straits.evidence.ledger import LedgerError
    from straits.evidence.review import changes_for

    with _open(ledger) as book:
        found, changes = book.record(record), {}
        for item in set_:
            field, sign, value = item.partition("=")
            if not sign:
                raise LedgerError(f"--set takes FIELD=VALUE, not {item!r}")
            changes.update(changes_for(found, field.strip(), value))
        _say(book.amend(found.id, changes, by, reason).id)


@evidence_app.command()
@_shown
def twins(record: RecordId, ledger: LedgerPath = DEFAULT) -> None:
    """Suggest records that may tell the same. Nothing is merged by itself."""
    from straits.evidence.alike import likely_twins

    with _open(ledger) as book:
        for twin in likely_twins(book, book.record(record).id):
            words = " ".join(book.record(twin.id).evidence.exact.split())[:80]
            _say(f"{twin.id}  {twin.likeness:.2f}  {', '.join(twin.reasons)}  {words}")


def _factor(text: str | None) -> tuple[float, float] | None:
    from straits.evidence.into_case import NotUsable

    if text is None:
        return None
    try:
        parts = [float(p) for p in text.split("..")]
    except ValueError:
        parts = []
    if len(parts) not in (1, 2):
        raise NotUsable(f"--factor takes 0.3 or 0..0.5, not {text!r}")
    return parts[0], parts[-1]


@evidence_app.command("to-scenario")
@_shown
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
    from straits.evidence.into_case import NotUsable, Setting
    from straits.evidence.into_case import to_scenario as make

    with _open(ledger) as book:
        record = book.record(event)
        first = date.fromisoformat(start) if start else None
        last = date.fromisoformat(end) if end else None
        if duration:
            known = first or (
                edtf.bounds(record.when.value)[0]
                if getattr(record, "when", None) and record.when.value
                else None
            )
            if last or known is None:
                raise NotUsable("--duration needs a first day, and no --end")
            last = edtf.duration_end(known, duration)
        setting = Setting(by=by, reason=reason, asset=asset, factor=_factor(factor), start=first, end=last)
        names = {record.document: source} if source else {}
        into = make(book, event, lifted=lifted, setting=setting, id=id, sources=names)
    for p in into.parameters:
        value = p.interval if p.open else p.value
        _say(f"{p.name:12} {value!s:12} {p.record or f'set by {p.by}'}  {p.words or p.reason or ''}")
    for path in into.write(folder):
        _say(str(path))


@evidence_app.command("to-claim")
@_shown
def to_claim(
    quantity: RecordId,
    field: Annotated[str, typer.Argument(help="TABLE/ROW/COLUMN of the case.")],
    source: Annotated[str | None, typer.Option(help="Id that the case gives to the document.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Print an accepted quantity as a claim on a field of a case (rows of claims and sources, JSON)."""
    from straits.evidence.into_case import NotUsable
    from straits.evidence.into_case import to_claim as make

    parts = field.split("/")
    if len(parts) != 3:
        raise NotUsable(f"the field is TABLE/ROW/COLUMN, not {field!r}")
    with _open(ledger) as book:
        claim, origin = make(book, quantity, *parts, source=source)
    _json({"claims": [claim.model_dump(mode="json")], "sources": [origin.model_dump(mode="json")]})


@evidence_app.command()
@_shown
def conflicts(
    suggest: Annotated[bool, typer.Option(help="Also suggest questions that may be worth opening.")] = False,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """List conflicts with their positions and rulings."""
    from straits.evidence.alike import independent_lines
    from straits.evidence.conflicts import conflicts as all_conflicts
    from straits.evidence.conflicts import suggest_conflicts

    with _open(ledger) as book:
        for c in all_conflicts(book):
            _say(f"{c.id}  {c.question}  [{c.ruling}{': ' + c.preferred if c.preferred else ''}] {c.reason}")
            for p in c.positions:
                lines = len(independent_lines(book, p.records))
                _say(f"    {p.label}: {len(p.records)} records, {lines} independent: {', '.join(p.records)}")
        if suggest:
            for s in suggest_conflicts(book):
                _say(f"?  {s.question}  ({', '.join(s.records)})")


@evidence_app.command("open-conflict")
@_shown
def open_conflict(
    question: Annotated[str, typer.Argument()],
    position: Annotated[list[str], typer.Option(help="LABEL=ID,ID… ; two or more.")],
    by: By,
    reason: Reason,
    topic: Annotated[str | None, typer.Option()] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Open a question on which records differ."""
    from straits.evidence.conflicts import open_conflict as start

    positions = {label: ids.split(",") for label, _, ids in (p.partition("=") for p in position)}
    with _open(ledger) as book:
        _say(start(book, question, positions, by, reason, topic).id)


@evidence_app.command()
@_shown
def rule(
    conflict: Annotated[str, typer.Argument()],
    ruling: Annotated[str, typer.Argument(help="open, not_a_conflict, both or prefer.")],
    by: By,
    reason: Reason,
    prefer: Annotated[str | None, typer.Option(help="Label of the preferred position.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Rule on a conflict; what is not preferred is kept."""
    from straits.evidence.conflicts import rule as decide

    with _open(ledger) as book:
        decide(book, conflict, ruling, by, reason, prefer)  # type: ignore[arg-type]


@evidence_app.command()
@_shown
def export(
    target: Annotated[Path, typer.Argument(help="A .jsonld file, or a folder for CSV files.")],
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Write the ledger as JSON-LD (Web Annotation, PROV-O) or as CSV, with the timeline and the terms."""
    from straits.evidence.exports import to_jsonld, write_csv
    from straits.evidence.tables import terms, timeline

    with _open(ledger) as book:
        if target.suffix in (".jsonld", ".json"):
            target.write_text(json.dumps(to_jsonld(book), ensure_ascii=False, indent=1), encoding="utf-8")
            _say(str(target))
            return
        for path in write_csv(book, target):
            _say(str(path))
        for name, frame in (("timeline", timeline(book)), ("terms", terms(book))):
            frame.to_csv(target / f"{name}.csv", index=False)
            _say(str(target / f"{name}.csv"))


@evidence_app.command()
@_shown
def verify(ledger: LedgerPath = DEFAULT) -> None:
    """Check that nothing in the ledger was changed from outside."""
    with _open(ledger) as book:
        book.verify()
        _say("unchanged")


@evidence_app.command()
@_shown
def score(
    gold: Annotated[Path, typer.Argument(help="Labelled documents, JSON.", exists=True)],
    documents: Annotated[
        list[Path] | None, typer.Option(help="Folder of the documents, where they are not near the labels.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="Case whose names are to be known beside the world's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score drafts by rules against documents labelled by hand: precision, recall, F1 by draft type and field."""
    from rich.table import Table

    from straits.evidence.gazetteer import from_tables, with_world, world
    from straits.evidence.score import score_file

    names = world()
    if case:
        import straits

        names = with_world(from_tables(straits.load_case(case).tables))
    result, _ = score_file(gold, documents or (), names)
    if as_json:
        _json(result.table())
        return
    table = Table("draft", "field", *("right", "wrong", "missed", "precision", "recall", "F1"), box=None)
    for row in result.table():
        figures = ["–" if row[k] is None else f"{row[k]:.2f}" for k in ("precision", "recall", "f1")]
        table.add_row(row["draft"], row["field"], str(row["tp"]), str(row["fp"]), str(row["fn"]), *figures)
    Console(width=110).print(table)
