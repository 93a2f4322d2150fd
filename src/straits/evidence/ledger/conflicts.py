"""Where sources contradict each other: questions, positions, rulings; and sums that do not come out.

A conflict is kept, not resolved away: its positions name their records, a ruling (open, not a conflict, both, prefer) names who
ruled and why, and what was not preferred stays. Outlets are graded by topic and single claims by their likelihood on the
scales that analysts know (Admiralty code: A reliable … F cannot be judged; 1 confirmed … 6 cannot be judged).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

from straits.evidence.finding.lexicon import lexicon
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.ledger.schema import named, now, short
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


# ---- sums ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """What comes out when quantities are set against each other."""

    check: Literal["growth", "parts", "capacity"]
    records: tuple[str, ...]
    computed: float
    """growth: level before. parts: sum of the parts. capacity: flow as a share of capacity."""
    unit: str
    contradicts: bool | None
    """None where the documents do not give what would decide it."""
    says: str


def check_growth(
    factor: Quantity, level: Quantity, before: Quantity | None = None, tolerance: float = 0.1
) -> Sum:
    """Set a growth ("13 times", "by 15%") against the level reached and, if known, the level before.

    Parameters
    ----------
    tolerance : float
        Relative difference of the implied and the stated former level that still passes.
    """
    if factor.measure == "factor":
        times = factor.value
    elif factor.measure in ("change", "share"):
        times = 1 + factor.value / 100
    else:
        raise LedgerError(f"{factor.id}: {factor.measure} is not a growth")
    if times <= 0:
        raise LedgerError(f"{factor.id}: a level cannot have grown {times:g} times")
    implied = level.value / times
    ids = (factor.id, level.id, *((before.id,) if before else ()))
    says = (
        f"{level.value:g} {level.unit} after growing {times:g} times means {implied:.4g} {level.unit} before"
    )
    if before is None:
        return Sum("growth", ids, implied, level.unit, None, says + "; no record gives the level before")
    _same_unit(level, before)
    off = abs(before.value - implied) / max(abs(before.value), 1e-12)
    says += f"; stated is {before.value:g}, so it grew {level.value / before.value:.3g} times"
    return Sum("growth", ids, implied, level.unit, off > tolerance, says)


def check_parts(
    parts: Iterable[Quantity], whole: Quantity, complete: bool = False, tolerance: float = 0.01
) -> Sum:
    """Set parts against the whole: together they cannot exceed it and, if `complete`, must reach it."""
    listed = list(parts)
    for part in listed:
        _same_unit(part, whole)
    total = sum(p.value for p in listed)
    slack = tolerance * abs(whole.value)
    wrong = total > whole.value + slack or (complete and total < whole.value - slack)
    says = f"parts add up to {total:g} {whole.unit}, the whole is {whole.value:g}"
    return Sum("parts", tuple(q.id for q in (*listed, whole)), total, whole.unit, wrong, says)


_PER_DAY = {"h": 24.0, "d": 1.0, "week": 1 / 7.0, "month": 12 / 365.0, "quarter": 4 / 365.0, "y": 1 / 365.0}


def check_capacity(flow: Quantity, capacity: Quantity, tolerance: float = 0.01) -> Sum:
    """Set a flow against a capacity, both rates of one unit (per hour to year, of 365 days)."""

    def daily(q: Quantity) -> tuple[float, str]:
        unit, _, per = q.unit.partition("/")
        if per not in _PER_DAY:
            raise LedgerError(f"{q.id}: {q.unit!r} is not a rate; per {', '.join(_PER_DAY)} is")
        return q.value * _PER_DAY[per], unit

    (moved, unit), (most, other) = daily(flow), daily(capacity)
    if unit != other:
        raise LedgerError(
            f"{flow.id} counts {unit}, {capacity.id} counts {other}: not comparable without a conversion"
        )
    share = moved / most
    return Sum(
        "capacity",
        (flow.id, capacity.id),
        share,
        "1",
        share > 1 + tolerance,
        f"the flow is {share:.3g} of the capacity",
    )


def _same_unit(a: Quantity, b: Quantity) -> None:
    if a.unit != b.unit:
        raise LedgerError(f"{a.id} is in {a.unit}, {b.id} in {b.unit}: not comparable without a conversion")


@dataclass(frozen=True)
class Suggestion:
    """A question that may be worth opening."""

    question: str
    records: tuple[str, ...]


def suggest_conflicts(ledger: Ledger) -> list[Suggestion]:
    """Suggest where records may contradict each other. Nothing is opened by itself.

    Looked at are growth factors beside levels of the same trade, different values for one object and time, and events of one
    type on one asset that differ in date or modality.
    """
    live = [r for r in ledger.records() if ledger.standing(r.id) not in ("rejected", "merged", "amended")]
    quantities = [r for r in live if isinstance(r, Quantity)]
    events = [r for r in live if isinstance(r, Event)]
    return [*_growths(quantities), *_values(quantities), *_events(events)]


def _topic_words(q: Quantity) -> set[str]:
    words = {w.strip(".,").lower() for w in q.evidence.exact.split()}
    return words & set(lexicon()["classes"]["measure_of_trade"])


def _growths(quantities: list[Quantity]) -> list[Suggestion]:
    levels = [(q, _topic_words(q)) for q in quantities if q.measure in ("money", "mass", "volume", "rate")]
    found = []
    for factor in (q for q in quantities if q.measure in ("factor", "change")):
        topic = _topic_words(factor)
        for level, words in levels:
            if topic & words and (factor.object is None or level.object in (None, factor.object)):
                result = check_growth(factor, level)
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
        if a.value != b.value and _topic_words(a) & _topic_words(b)
    ]


def _events(events: list[Event]) -> list[Suggestion]:
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        for asset in event.assets:
            groups.setdefault((event.type, asset), []).append(event)
    found = []
    for (name, asset), group in groups.items():
        for a, b in itertools.combinations(group, 2):
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
