"""Where sources contradict each other: questions, positions, rulings; and sums that do not come out.

A conflict is kept, not resolved away: its positions name their records, a ruling (open, not a conflict, both, prefer) names who
ruled and why, and what was not preferred stays. Outlets are graded by topic and single claims by their likelihood on the
scales that analysts know (Admiralty code: A reliable … F cannot be judged; 1 confirmed … 6 cannot be judged).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

from straits.evidence import edtf
from straits.evidence.finding.lexicon import lexicon
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.ledger.schema import named, now, short
from straits.evidence.ledger.sums import POINTS
from straits.evidence.ledger.sums import Sum as Sum
from straits.evidence.ledger.sums import check_capacity as check_capacity
from straits.evidence.ledger.sums import check_growth as check_growth
from straits.evidence.ledger.sums import check_parts as check_parts
from straits.evidence.records import Event, Frozen, Quantity, canonical

T = TypeVar("T")
RELIABILITY = "ABCDEF"
CREDIBILITY = "123456"
Ruling = Literal["open", "not_a_conflict", "both", "prefer"]
RULINGS: tuple[Ruling, ...] = ("open", "not_a_conflict", "both", "prefer")


@dataclass
class Position:
    """One answer to the question, and the records that give it."""

    label: str
    records: tuple[str, ...]


@dataclass
class Conflict:
    """A question on which records differ."""

    id: str
    question: str
    topic: str | None
    positions: list[Position] = field(default_factory=list)
    credibility: dict[str, str] = field(default_factory=dict)
    """Record id to grade 1 … 6."""
    ruling: Ruling = "open"
    preferred: str | None = None
    """Label of the position that a ruling `prefer` prefers."""
    by: str = ""
    reason: str = ""


def _write(ledger: Ledger, conflict: str, action: str, payload: dict[str, Any], by: str, reason: str) -> None:
    named(by, reason)
    ledger.append("conflicts", conflict, action, canonical(payload), by, reason, now())


def open_conflict(
    ledger: Ledger,
    question: str,
    positions: Mapping[str, Sequence[str]],
    by: str,
    reason: str,
    topic: str | None = None,
) -> Conflict:
    """Open a question with at least two positions, each resting on records of the ledger."""
    if len(positions) < 2 or not all(positions.values()):
        raise LedgerError("a conflict has two positions or more, and each rests on a record")
    whole = {label: [ledger.record(r).id for r in ids] for label, ids in positions.items()}
    body = {"question": question, "topic": topic, "positions": whole}
    id = f"conflict:{hashlib.sha256(canonical(body).encode()).hexdigest()[:16]}"
    if not any(c.id == id for c in conflicts(ledger)):
        _write(ledger, id, "open", body, by, reason)
    return conflict(ledger, id)


def rate_claim(ledger: Ledger, conflict_id: str, record: str, grade: str, by: str, reason: str) -> None:
    """Grade how likely what a record says is, 1 (confirmed) to 6 (cannot be judged)."""
    if grade not in CREDIBILITY or len(grade) != 1:
        raise LedgerError(f"credibility is a grade from 1 to 6, not {grade!r}")
    known = conflict(ledger, conflict_id)
    id = ledger.record(record).id
    if not any(id in p.records for p in known.positions):
        raise LedgerError(f"{id} is in no position of {known.id}")
    _write(ledger, known.id, "credibility", {"record": id, "grade": grade}, by, reason)


def rate_outlet(ledger: Ledger, outlet: str, topic: str, grade: str, by: str, reason: str) -> None:
    """Grade how reliable an outlet is on a topic, A (reliable) to F (cannot be judged)."""
    if grade not in RELIABILITY or len(grade) != 1:
        raise LedgerError(f"reliability is a grade from A to F, not {grade!r}")
    _write(ledger, f"outlet:{outlet}", "reliability", {"topic": topic, "grade": grade}, by, reason)


def reliability(ledger: Ledger) -> dict[tuple[str, str], str]:
    """Give the grade of each (outlet, topic) that was graded; the last one counts."""
    return _read(ledger)[1]


def rule(
    ledger: Ledger, conflict_id: str, ruling: Ruling, by: str, reason: str, prefer: str | None = None
) -> Conflict:
    """Rule on a conflict. An earlier ruling stays in the file; the last one counts."""
    known = conflict(ledger, conflict_id)
    if ruling not in RULINGS:
        raise LedgerError(f"ruling is one of {', '.join(RULINGS)}, not {ruling!r}")
    labels = [p.label for p in known.positions]
    if (ruling == "prefer") != (prefer is not None) or (prefer is not None and prefer not in labels):
        raise LedgerError(f"`prefer` names one position: {', '.join(labels)}; other rulings name none")
    _write(ledger, known.id, "rule", {"ruling": ruling, "prefer": prefer}, by, reason)
    return conflict(ledger, known.id)


def conflicts(ledger: Ledger) -> list[Conflict]:
    """Give all conflicts as they stand.

    Raises
    ------
    LedgerError
        If a row of the file is no step of a conflict.
    """
    return list(_read(ledger)[0].values())


def _read(ledger: Ledger) -> tuple[dict[str, Conflict], dict[tuple[str, str], str]]:
    """Read the conflicts, and the grades of outlets, from their steps."""
    found: dict[str, Conflict] = {}
    grades: dict[tuple[str, str], str] = {}
    query = "SELECT seq, conflict, action, payload, by, reason FROM conflicts ORDER BY seq"
    for seq, id, action, payload, by, reason in ledger.rows(query):
        try:
            body = json.loads(payload)
            if action == "open":
                opened = _Opened.model_validate(body, strict=True)
                positions = [Position(label, tuple(ids)) for label, ids in opened.positions.items()]
                found[id] = Conflict(id, opened.question, opened.topic, positions)
            elif action == "credibility":
                found[id].credibility[_text(body["record"])] = _one_of(body["grade"], CREDIBILITY)
            elif action == "rule":
                labels = [p.label for p in found[id].positions]
                found[id].ruling = _one_of(body["ruling"], RULINGS)
                found[id].preferred = None if body["prefer"] is None else _one_of(body["prefer"], labels)
                found[id].by, found[id].reason = _text(by), _text(reason)
            elif action == "reliability":
                grades[id.removeprefix("outlet:"), _text(body["topic"])] = _one_of(body["grade"], RELIABILITY)
            else:
                raise ValueError(f"found {action!r}; accepted: open, credibility, rule, reliability")
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise LedgerError(f"conflicts, row {seq}: is no step of a conflict: {short(error)}") from None
    return found, grades


class _Opened(Frozen):
    question: str
    topic: str | None
    positions: dict[str, list[str]]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"found {value!r}, which is no text")
    return value


def _one_of(value: Any, accepted: Sequence[T]) -> T:
    if value not in list(accepted):
        raise ValueError(f"found {value!r}; accepted: {', '.join(map(str, accepted))}")
    return cast(T, value)


def conflict(ledger: Ledger, id: str) -> Conflict:
    """Give one conflict by its id or the beginning of it."""
    found = [c for c in conflicts(ledger) if c.id.startswith(id)]
    if len(found) != 1:
        raise LedgerError(f"{'several conflicts begin' if found else 'no conflict begins'} with {id!r}")
    return found[0]


def standing_against(ledger: Ledger, record: str) -> list[str]:
    """Say in which questions other records are set against one, and how they were ruled; what was ruled no conflict is left out.

    Parameters
    ----------
    record : str
        Whole id.

    Returns
    -------
    list of str
        Such as `"How much in 2021?" (conflict:…): open`, or `…: "7 Mt" is preferred`.
    """
    return [text for text, _ in _questions(ledger, record)]


def ruled_against(ledger: Ledger, record: str) -> list[str]:
    """Say in which questions a ruling prefers a position that does not rest on a record."""
    return [text for text, lost in _questions(ledger, record) if lost]


def _questions(ledger: Ledger, record: str) -> list[tuple[str, bool]]:
    found = []
    for c in conflicts(ledger):
        holding = [p.label for p in c.positions if record in p.records]
        if not holding or c.ruling == "not_a_conflict":
            continue
        told = {"open": "open", "both": "both may hold"}.get(c.ruling, f"{c.preferred!r} is preferred")
        found.append(
            (f"{c.question!r} ({c.id}): {told}", c.ruling == "prefer" and c.preferred not in holding)
        )
    return found


@dataclass(frozen=True)
class Suggestion:
    """A question that may be worth opening."""

    question: str
    records: tuple[str, ...]


def suggest_conflicts(ledger: Ledger) -> list[Suggestion]:
    """Suggest where records may contradict each other. Nothing is opened by itself.

    Looked at are growth factors beside levels of the same trade, different values for one object and time that cannot both hold
    (5 is at least 4), and events of one type on one asset, within a month of each other where both have a date, that differ in
    date or modality. What stands in an open or ruled question already is not asked again.
    """
    live = [r for r in ledger.records() if ledger.standing(r.id) not in ("rejected", "merged", "amended")]
    quantities = [r for r in live if isinstance(r, Quantity)]
    events = [r for r in live if isinstance(r, Event)]
    asked = [{r for p in c.positions for r in p.records} for c in conflicts(ledger)]
    every = [*_growths(quantities), *_values(quantities), *_events(events)]
    return [s for s in every if not any(known.issuperset(s.records) for known in asked)]


def _topic_words(q: Quantity) -> set[str]:
    words = {w.strip(".,").lower() for w in q.evidence.exact.split()}
    return words & set(lexicon()["classes"]["measure_of_trade"])


def _growths(quantities: list[Quantity]) -> list[Suggestion]:
    levels = [(q, _topic_words(q)) for q in quantities if q.measure in ("money", "mass", "volume", "rate")]
    found = []
    for factor in (
        q for q in quantities if q.measure == "factor" or (q.measure == "change" and q.unit != POINTS)
    ):
        topic = _topic_words(factor)
        for level, words in levels:
            if topic & words and (factor.object is None or level.object in (None, factor.object)):
                try:
                    result = check_growth(factor, level)
                except LedgerError:
                    # A fall by all there was tells nothing of the level before.
                    continue
                question = f"Does {factor.span.exact!r} agree with {level.span.exact!r}? {result.says}"
                found.append(Suggestion(question, result.records))
    return found


def _values(quantities: list[Quantity]) -> list[Suggestion]:
    groups: dict[tuple[str | None, ...], list[Quantity]] = {}
    for q in quantities:
        if q.object:
            groups.setdefault((q.object, q.unit, q.measure, q.period.value if q.period else None), []).append(
                q
            )
    return [
        Suggestion(f"{a.span.exact!r} or {b.span.exact!r} for {a.object}?", (a.id, b.id))
        for group in groups.values()
        for a, b in itertools.combinations(group, 2)
        if not _both_hold(a, b) and _topic_words(a) & _topic_words(b)
    ]


def _both_hold(a: Quantity, b: Quantity) -> bool:
    """Tell whether two values of one thing can both be right: equal ones, and bounds that leave room for the other."""
    if a.value == b.value:
        return {a.op, b.op} not in ({"<", ">"}, {"=", "<"}, {"=", ">"}, {"<", ">="}, {">", "<="})
    low, high = (a, b) if a.value < b.value else (b, a)
    return low.op in (">", ">=") or high.op in ("<", "<=")


#: Days within which two tellings may be of one event.
_NEAR = 31


def _may_be_one(a: Event, b: Event) -> bool:
    """Tell whether two events may be one by their dates: without a date of either, or not more than a month apart."""
    spans = [edtf.bounds(e.when.value) for e in (a, b) if e.when and e.when.value]
    if len(spans) < 2:
        return True
    (first, last), (other, end) = spans
    apart = [(later - earlier).days for earlier, later in ((last, other), (end, first)) if earlier and later]
    return max(apart, default=0) <= _NEAR


def _events(events: list[Event]) -> list[Suggestion]:
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        for asset in event.assets:
            groups.setdefault((event.type, asset), []).append(event)
    found = []
    for (name, asset), group in groups.items():
        for a, b in itertools.combinations(group, 2):
            if not _may_be_one(a, b):
                continue
            if {a.modality, b.modality} >= {"asserted", "denied"}:
                found.append(Suggestion(f"{name} on {asset}: asserted or denied?", (a.id, b.id)))
            days = {r.when.value for r in (a, b) if r.when and r.when.value and r.when.precision == "day"}
            if len(days) == 2:
                found.append(
                    Suggestion(
                        f"{name} on {asset}: one event on {' or '.join(sorted(days))}, or two?", (a.id, b.id)
                    )
                )
    return found
