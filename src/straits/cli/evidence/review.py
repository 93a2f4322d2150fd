"""`straits evidence …`: documents, drafts and judgements. Thin commands over the ledger."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.cli.evidence.base import (
    DEFAULT,
    AsJson,
    By,
    LedgerPath,
    Parse,
    Reason,
    RecordId,
    RecordIds,
    each,
    evidence_app,
    open_ledger,
    say,
    shown,
    write_json,
)
from straits.cli.shared import console
from straits.errors import StraitsError
from straits.plain import one_line

if TYPE_CHECKING:
    from straits.evidence.documents.document import Document


@evidence_app.command()
@shown
def init(
    ledger: LedgerPath = DEFAULT,
    case: Annotated[
        str | None, typer.Option(help="Case whose actors, assets and goods are to be known.")
    ] = None,
) -> None:
    """Make a ledger, or teach one the names of a case."""
    with open_ledger(ledger, create=True) as book:
        if case:
            import straits
            from straits.evidence.finding.gazetteer import from_tables

            names = from_tables(straits.load_case(case).tables)
            book.set_gazetteer(names)
            say(f"{ledger}: {len(names.entries)} names of {case}")
        else:
            say(f"{ledger}: ready")


@evidence_app.command()
@shown
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
    from straits.evidence.documents.document import unread

    with open_ledger(ledger) as book:

        def keep(path: Path) -> None:
            given, when = outlet, published
            data = _bytes(path)
            if (given is None or when is None) and sys.stdin.isatty():
                given, when = _ask_origin(data, path.name, given, when)
            document = book.add_document(data, path.name, given, when, basis=basis, author=author)
            labels = ", ".join(dict.fromkeys(r.label for r in document.regions))
            say(
                f"{document.sha256[:12]}  {path.name}: {document.outlet or 'unknown'}, {document.published.value or 'undated'} "
                f"({document.published.basis}), {document.language}; {labels}"
            )
            _warn(unread(document))

        each("documents were not added", files, lambda path: path.name, keep)


def _warn(warning: str | None) -> None:
    """Say what is not read, beside the output."""
    if warning:
        console.err.print(one_line(f"warning: {warning}"), markup=False, highlight=False, soft_wrap=True)


def _bytes(path: Path) -> bytes:
    """Read a document: a regular file, and no more of it than is taken in."""
    from straits.evidence.ledger.documents import MOST_DOCUMENT

    if not path.is_file():
        raise StraitsError("is no regular file")
    with path.open("rb") as file:
        return file.read(MOST_DOCUMENT + 1)


def _ask_origin(data: bytes, name: str, outlet: str | None, published: str | None) -> tuple[str, str]:
    from straits.evidence.documents.document import suggest
    from straits.evidence.documents.reading import decode, media_type, read
    from straits.evidence.documents.regions import find_regions

    raw, _ = decode(data)
    reading = read(raw, media_type(name, raw))
    hint = suggest(reading, find_regions(reading))
    given = outlet or _prompt(f"{name}: outlet (or unknown)", hint.outlet)
    return given, published or _prompt(f"{name}: published, EDTF (or unknown)", hint.published)


def _prompt(question: str, default: str | None) -> str:
    """Ask for a line; what the document suggests is shown as text and taken as it is."""
    shown_default = f" [{one_line(default)}]" if default else ""
    return str(typer.prompt(one_line(question) + shown_default, default=default, show_default=False))


@evidence_app.command()
@shown
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
    with open_ledger(ledger) as book:
        new = book.redescribe(document, by, reason, **{k: v for k, v in given.items() if v is not None})
        say(
            f"{new.sha256[:12]}  {new.outlet or 'unknown'}, {new.published.value or 'undated'} ({new.published.basis})"
        )


@evidence_app.command()
@shown
def draft(
    documents: Annotated[list[str] | None, typer.Argument(help="Hashes; default: all documents.")] = None,
    url: Annotated[
        str | None, typer.Option(help="OpenAI-compatible endpoint, to draft by a language model.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model's name at the endpoint.")] = None,
    model_key_file: Annotated[
        Path | None,
        typer.Option(help="File with the endpoint's key; else STRAITS_MODEL_KEY holds it, if there is one."),
    ] = None,
    key_over_http: Annotated[
        bool,
        typer.Option("--key-over-http", help="Send the key unencrypted to a host that is not this machine."),
    ] = False,
    parse: Parse = False,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Draft records by rules, or by a language model. Drafts are drafts until a person has judged them."""
    if model and not url:
        raise StraitsError("--model names a model at an endpoint: say which with --url")
    if parse and url:
        raise StraitsError("--parse is for drafts by rules, --url for those by a language model: give one")
    from straits.evidence.drafting.by_model import draft_by_model
    from straits.evidence.drafting.drafts import draft as draft_by_rules
    from straits.evidence.drafting.endpoint import Endpoint, endpoint_key

    key = endpoint_key(model_key_file) if url else None
    endpoint = Endpoint(url, model or "default", key, plain_key=key_over_http) if url else None
    with open_ledger(ledger) as book:
        chosen = [book.document(d) for d in documents] if documents else list(book.documents())

        def make(document: Document) -> None:
            reading = book.reading(document.sha256)
            refused: list[tuple[Any, str]] = []
            warnings: list[str] = []
            if endpoint:
                answer = draft_by_model(document, reading, book.gazetteer, endpoint)
                records, refused = answer.records, answer.refused
                for _, why in refused:
                    console.err.print(
                        one_line(f"  dropped: {why}"), markup=False, highlight=False, soft_wrap=True
                    )
            else:
                drafts = draft_by_rules(document, reading, book.gazetteer, parse)
                records, warnings = drafts.records, drafts.warnings
            book.add(records)
            count = {k: sum(r.kind == k for r in records) for k in ("event", "quantity", "claim")}
            say(
                f"{document.sha256[:12]}  {document.name}: {count['event']} events, {count['quantity']} quantities, "
                f"{count['claim']} claims" + (f"; {len(refused)} dropped" if endpoint else "")
            )
            for warning in warnings:
                _warn(warning)

        each("documents were not drafted", chosen, lambda d: f"{d.sha256[:12]}  {d.name}", make)


@evidence_app.command("list")
@shown
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
    from straits.evidence.records import told_by

    with open_ledger(ledger) as book:
        sha256 = book.document(document).sha256 if document else None
        rows = [(book.standing(r.id), r) for r in book.records(kind, standing, sha256)]  # type: ignore[arg-type]
    if as_json:
        write_json([{**r.model_dump(mode="json"), "standing": s} for s, r in rows])
        return
    for held, r in rows:
        what = (
            r.type if r.kind == "event" else f"{r.value:g} {r.unit}" if r.kind == "quantity" else told_by(r)
        )
        say(f"{r.id}  {held:9} {one_line(what):28} {' '.join(r.evidence.exact.split())[:90]}")


@evidence_app.command()
@shown
def show(record: RecordId, ledger: LedgerPath = DEFAULT) -> None:
    """Show a record in its paragraph, its judgements and its likely twins."""
    from straits.evidence.review.terminal import show as print_record

    with open_ledger(ledger) as book:
        found = book.record(record)
        print_record(book, found, console.out)
        for line in book.log(found.id):
            say(
                f"  {line.at}  {line.action} by {line.by}: {line.reason} {json.dumps(line.payload) if line.payload else ''}"
            )


@evidence_app.command()
@shown
def review(
    by: By,
    kind: Annotated[str | None, typer.Option(help="event, quantity or claim.")] = None,
    document: Annotated[str | None, typer.Option(help="Hash of a document.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Judge drafts one at a time: the paragraph with its passages marked, one key for each field."""
    from straits.evidence.review.terminal import review as go_through

    with open_ledger(ledger) as book:
        sha256 = book.document(document).sha256 if document else None
        if next(book.records(kind, "draft", sha256), None) and not sys.stdin.isatty():
            raise StraitsError(
                "review needs a terminal; `accept`, `amend`, `reject`, `merge` and `flag` judge one record each without one"
            )
        made = go_through(
            book,
            by,
            console.out,
            typer.getchar,
            lambda text: typer.prompt(text, default="", show_default=False),
            kind,
            sha256,
        )
        say(f"{made} judged; {sum(1 for _ in book.records(kind, 'draft', sha256))} drafts left")


@evidence_app.command()
@shown
def accept(
    records: RecordIds,
    by: By,
    reason: Reason,
    event: Annotated[str | None, typer.Option(help="Known event of the case that they tell of.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Accept records, all or none."""
    with open_ledger(ledger) as book, book.transaction():
        for record in records:
            book.accept(record, by, reason, event)


@evidence_app.command()
@shown
def reject(records: RecordIds, by: By, reason: Reason, ledger: LedgerPath = DEFAULT) -> None:
    """Reject records, all or none; they stay, as rejected."""
    with open_ledger(ledger) as book, book.transaction():
        for record in records:
            book.reject(record, by, reason)


@evidence_app.command()
@shown
def flag(record: RecordId, by: By, reason: Reason, ledger: LedgerPath = DEFAULT) -> None:
    """Put a record aside for a question."""
    with open_ledger(ledger) as book:
        book.flag(record, by, reason)


@evidence_app.command()
@shown
def merge(
    record: RecordId,
    into: Annotated[str, typer.Argument(help="Record that stands.")],
    by: By,
    reason: Reason,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Count a record as another telling of a second."""
    with open_ledger(ledger) as book:
        book.merge(record, into, by, reason)


@evidence_app.command()
@shown
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
    from straits.evidence.ledger.ledger import LedgerError
    from straits.evidence.review.terminal import changes_for

    with open_ledger(ledger) as book:
        found, changes = book.record(record), {}
        for item in set_:
            field, sign, value = item.partition("=")
            if not sign:
                raise LedgerError(f"--set takes FIELD=VALUE, not {item!r}")
            changes.update(changes_for(found, field.strip(), value))
        say(book.amend(found.id, changes, by, reason).id)


@evidence_app.command()
@shown
def twins(record: RecordId, ledger: LedgerPath = DEFAULT) -> None:
    """Suggest reviewed records that may tell the same. Nothing is merged by itself."""
    from straits.evidence.review.alike import likely_twins

    with open_ledger(ledger) as book:
        for twin in likely_twins(book, book.record(record).id):
            words = " ".join(book.record(twin.id).evidence.exact.split())[:80]
            say(f"{twin.id}  {twin.likeness:.2f}  {', '.join(twin.reasons)}  {words}")
