"""Review at the terminal: the paragraph with its passages marked, one key for each field and each judgement."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.records import Claim, Event, Quantity
from straits.evidence.review.alike import likely_twins
from straits.evidence.review.known import candidates_of, titles
from straits.plain import one_line, plain

#: Key of each field that can be amended, by kind of record.
FIELD_KEYS: dict[str, dict[str, str]] = {
    "event": {
        "t": "type", "s": "sources", "g": "targets", "S": "source_states", "G": "target_states",
        "x": "assets", "o": "goods", "w": "when", "u": "duration", "d": "modality",
        "v": "voice", "c": "outcome", "i": "salience", "n": "note",
    },
    "quantity": {"v": "value", "u": "unit", "p": "measure", "o": "object", "w": "period", "e": "of", "n": "note"},
    "claim": {"s": "speaker", "o": "form", "v": "via", "i": "salience", "n": "note"},
}  # fmt: skip
JUDGEMENT_KEYS = {
    "a": "accept",
    "r": "reject",
    "f": "flag",
    "m": "merge",
    " ": "next",
    "q": "quit",
    "?": "help",
}
#: Letters before and after the evidence that are shown where a paragraph does not end.
_ROUND = 2000


def parse_value(field: str, text: str) -> Any:
    """Read what was typed for a field: blank for nothing, `|` between the members of a list, a date as EDTF (then inferred)."""
    text = text.strip()
    if field in ("sources", "targets", "source_states", "target_states", "assets", "goods"):
        return [part.strip() for part in text.split("|") if part.strip()]
    if not text:
        return None
    if field in ("when", "period"):
        if text.startswith("{"):
            try:
                return json.loads(text)
            except json.JSONDecodeError as error:
                raise LedgerError(f"{field}: found {text!r}, which is no JSON: {error}") from None
        from straits.evidence import edtf

        return {"value": text, "precision": edtf.precision(text), "basis": "inferred", "text": None}
    if field == "value":
        try:
            return float(text)
        except ValueError:
            raise LedgerError(f"value: found {text!r}; accepted: a number, such as 12.5") from None
    return text


def changes_for(record: Event | Quantity | Claim, field: str, text: str) -> dict[str, Any]:
    """Give the changes that one typed value makes; a duration or speaker set by hand no longer claims the old words."""
    if field not in type(record).model_fields:
        import difflib

        near = difflib.get_close_matches(field, type(record).model_fields, 1)
        raise LedgerError(
            f"{record.kind} has no field {field!r}" + (f"; did you mean {near[0]}?" if near else "")
        )
    changes: dict[str, Any] = {field: parse_value(field, text)}
    if field == "duration":
        changes["duration_text"] = None
    if field in ("sources", "targets"):  # whom the former parties acted for says nothing of the new ones
        changes[f"{field[:-1]}_states"] = []
    if field == "speaker":
        changes["voice"] = changes["speaker"]
    return changes


def paragraph(ledger: Ledger, record: Event | Quantity | Claim) -> Text:
    """Give the paragraph round a record as a reader sees it, its evidence underlined, its trigger, number or content marked."""
    reading = ledger.reading(record.document)
    inner = (
        record.trigger
        if isinstance(record, Event)
        else record.span
        if isinstance(record, Quantity)
        else record.content
    )
    text = reading.text
    first, last = reading.from_raw(record.evidence.start, record.evidence.end)
    begin, end = reading.from_raw(inner.start, inner.end)
    start = max(text.rfind("\n", 0, first) + 1, first - _ROUND)
    stop = text.find("\n", last, last + _ROUND)
    stop = min(len(text), last + _ROUND) if stop < 0 else stop
    shown = Text()
    for a, b, style in (
        (start, first, ""), (first, begin, "underline"), (begin, end, "underline bold reverse"), (end, last, "underline"),
        (last, stop, ""),
    ):  # fmt: skip
        shown.append(plain(text[a:b]), style or None)
    return shown


def fields_table(ledger: Ledger, record: Event | Quantity | Claim) -> Table:
    """Give the fields of a record with the key of each."""
    keys = {field: key for key, field in FIELD_KEYS[record.kind].items()}
    table = Table(show_header=False, box=None, padding=(0, 1))
    body = record.model_dump(
        mode="json", exclude={"evidence", "trigger", "span", "content", "document", "origin", "id", "kind"}
    )
    for field, value in body.items():
        if isinstance(value, dict):
            value = " ".join(f"{k}={v}" for k, v in value.items() if v is not None)
        if isinstance(value, list):
            value = " | ".join(value)
        table.add_row(
            Text(keys.get(field, ""), style="bold"),
            field,
            Text("—" if value in (None, "") else one_line(str(value))),
        )
    return table


def show(ledger: Ledger, record: Event | Quantity | Claim, console: Console) -> None:
    """Print a record for judgement."""
    document = ledger.document(record.document)
    origin = f"{document.outlet or 'unknown outlet'} · {document.published.value or 'undated'}"
    console.rule(Text(one_line(f"{record.id} · {ledger.standing(record.id)} · {origin}")))
    console.print(paragraph(ledger, record))
    console.print(fields_table(ledger, record))
    for number, title in enumerate(titles(candidates_of(ledger, record)), 1):
        _say(console, f"  {number} may tell of {title}", "yellow")
    for twin in likely_twins(ledger, record.id)[:3]:
        _say(
            console,
            f"  may be the same as {twin.id} ({twin.likeness:.2f}: {', '.join(twin.reasons)})",
            "yellow",
        )


def _say(console: Console, text: str, style: str = "") -> None:
    """Print a line as it is, whoever wrote what stands in it."""
    console.print(Text(one_line(text), style=style))


def review(
    ledger: Ledger,
    by: str,
    console: Console,
    key: Callable[[], str],
    ask: Callable[[str], str],
    kind: str | None = None,
    document: str | None = None,
) -> int:
    """Go through the drafts, one at a time, until they end or `q` is pressed.

    A digit accepts an event as a telling of the known event of that number, `a` accepts it as a new one.

    Parameters
    ----------
    key : callable
        Gives the next key pressed.
    ask : callable
        Asks for a line of text.

    Returns
    -------
    int
        How many judgements were made.
    """
    made = 0
    for record in list(ledger.records(kind, "draft", document)):
        changes: dict[str, Any] = {}
        show(ledger, record, console)
        known = {str(number): c.id for number, c in enumerate(candidates_of(ledger, record), 1)}
        accepts = f"{' '.join(known)} accept as that event  a accept as new" if known else "a accept"
        while True:
            console.print(
                f"{accepts}  r reject  f flag  m merge  space next  q quit  ? help; a letter above amends its field",
                style="dim",
            )
            try:
                pressed = key()
            except EOFError:  # the terminal has gone
                return made
            action = "accept" if pressed in known else JUDGEMENT_KEYS.get(pressed)
            try:
                if action == "quit":
                    return made
                if action == "next":
                    break
                if action in ("accept", "reject", "flag", "merge"):
                    _judge(ledger, record, action, changes, by, ask, known.get(pressed))
                    made += 1
                    break
                field = FIELD_KEYS[record.kind].get(pressed)
                if field:
                    changes.update(changes_for(record, field, ask(f"{field}: ")))
                    _say(console, f"  to be amended on accept: {changes}", "cyan")
                else:
                    _say(console, "  " + ", ".join(f"{k} {f}" for k, f in FIELD_KEYS[record.kind].items()))
            except ValueError as error:
                _say(console, str(error), "red")
    return made


def _judge(
    ledger: Ledger,
    record: Any,
    action: str,
    changes: dict[str, Any],
    by: str,
    ask: Callable[[str], str],
    event: str | None,
) -> None:
    if action == "merge":
        into = ask("into which record: ")
        ledger.merge(record.id, into, by, ask("reason: "))
        return
    reason = ask("reason: ")
    if action == "accept" and changes:
        ledger.amend(record.id, changes, by, reason, event)
    elif action == "accept":
        ledger.accept(record.id, by, reason, event)
    elif action == "reject":
        ledger.reject(record.id, by, reason)
    else:
        ledger.flag(record.id, by, reason)
