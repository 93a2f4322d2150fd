"""The ledger: one SQLite file that holds documents, records and every judgement on them, and only ever grows.

Triggers refuse update and delete. Every row of every table is a link of one chain, so that a row that was changed from outside
shows (`verify`), and every row that is read is held against its own hash. A commit is on the disk before it is reported
(write-ahead log, `synchronous=FULL`), and is read back. The standing of a record is never stored; it is the last judgement on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from straits.errors import did_you_mean
from straits.evidence.documents.document import Document
from straits.evidence.ledger.chain import Head, LedgerError
from straits.evidence.ledger.check import faults_of
from straits.evidence.ledger.documents import LedgerDocuments
from straits.evidence.ledger.schema import (
    RECORD,
    STANDING,
    Action,
    Judgement,
    Standing,
    judgement,
    named,
    now,
    record_of,
)
from straits.evidence.ledger.validate import validate
from straits.evidence.records import Claim, Event, Origin, Quantity, canonical, parse_record, sealed

_KINDS = ("event", "quantity", "claim")
#: Every record with its last judgement: our own query, since a view in the file could say anything.
_STANDINGS = (
    "(SELECT r.seq, r.id, r.kind, r.document, r.body, "
    "(SELECT l.action FROM log l WHERE l.record = r.id ORDER BY l.seq DESC LIMIT 1) AS last FROM records r)"
)


class Ledger(LedgerDocuments):
    """A ledger file that is open.

    Parameters
    ----------
    path : path
        The file.
    create : bool
        Whether to make it if it is not there.
    key : bytes, optional
        Key of its seal, if it has one: without it a sealed ledger can be read, but not written or wholly checked.

    Raises
    ------
    LedgerError
        If there is no such file, or it is not a ledger, or it was changed from outside.
    """

    # ---- records ---------------------------------------------------------------------------------------------------

    def add(self, records: Iterable[Event | Quantity | Claim]) -> list[str]:
        """Take records in, all or none. One that is there already is left as it is.

        Returns
        -------
        list of str
            Their ids, in the given order.

        Raises
        ------
        RecordRefused
            If a document does not support its record.
        """
        whole = [r if r.id else sealed(r) for r in records]
        texts: dict[str, tuple[str, Document]] = {}
        for record in whole:
            if record.document not in texts:
                texts[record.document] = self.text(record.document), self.document(record.document)
            validate(record, *texts[record.document], self.gazetteer)
        own = {r.id for r in whole}
        for record in whole:
            if (
                isinstance(record, Event)
                and record.amount
                and record.amount not in own
                and not self.has(record.amount)
            ):
                raise LedgerError(f"{record.id}: its amount {record.amount} is not in the ledger")
        with self.transaction():
            for record in whole:
                self._put_record(record)
        return [r.id for r in whole]

    def _put_record(self, record: Event | Quantity | Claim) -> None:
        if not self.has(record.id):
            body = canonical(record.model_dump(mode="json"))
            self.append("records", record.id, record.kind, record.document, body, now())

    def has(self, id: str) -> bool:
        """Tell whether there is a record of that id."""
        return self.row("SELECT 1 FROM records WHERE id = ?", (id,)) is not None

    def record(self, id: str) -> Event | Quantity | Claim:
        """Give a record by its id, or by a beginning of it that no other has."""
        query = f"SELECT {RECORD} FROM records WHERE id >= ? AND id < ? LIMIT 2"
        rows = list(self.rows(query, (id, id + "~")))
        if len(rows) != 1:
            raise LedgerError(f"{'several records begin' if rows else 'no record begins'} with {id!r}")
        return record_of(rows[0])

    def records(
        self, kind: str | None = None, standing: Standing | None = None, document: str | None = None
    ) -> Iterator[Event | Quantity | Claim]:
        """Give records in the order in which they came.

        Raises
        ------
        LedgerError
            If there is no such kind or standing.
        """
        for what, found, accepted in (("kind", kind, _KINDS), ("standing", standing, get_args(Standing))):
            if found is not None and found not in accepted:
                raise LedgerError(
                    f"{what}: found {found!r}; accepted: {', '.join(accepted)}{did_you_mean(found, accepted)}"
                )
        last = next((a for a, s in STANDING.items() if s == standing), None)
        clauses, values = [], []
        for clause, value in (("kind = ?", kind), ("document = ?", document), ("last = ?", last)):
            if value is not None:
                clauses.append(clause)
                values.append(value)
        if standing == "draft":
            clauses.append("last IS NULL")
        where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
        for row in self.rows(f"SELECT {RECORD} FROM {_STANDINGS} {where} ORDER BY seq", tuple(values)):
            yield record_of(row)

    def holding(
        self, kind: str, all_of: Sequence[str], any_of: Sequence[str] = ()
    ) -> Iterator[Event | Quantity | Claim]:
        """Give the records of a kind that still stand and whose stored text holds certain pieces (`"type":"ban"`).

        A search in the file itself, so that comparing one record with hundreds of thousands stays quick.
        """
        clauses = [
            "kind = ?",
            "coalesce(last, '') NOT IN ('reject', 'merge', 'amend')",
            *("instr(body, ?)" for _ in all_of),
        ]
        if any_of:
            clauses.append("(" + " OR ".join("instr(body, ?)" for _ in any_of) + ")")
        query = f"SELECT {RECORD} FROM {_STANDINGS} WHERE {' AND '.join(clauses)} ORDER BY seq"
        for row in self.rows(query, (kind, *all_of, *any_of)):
            yield record_of(row)

    def standing(self, id: str) -> Standing:
        """Give the standing of a record: its last judgement, or draft."""
        row = self.row(f"SELECT last FROM {_STANDINGS} WHERE id = ?", (id,))
        if row is None:
            raise LedgerError(f"no record {id!r}")
        if row[0] is not None and row[0] not in STANDING:
            raise LedgerError(f"{id}: the last judgement on it, {row[0]!r}, is none")
        return "draft" if row[0] is None else STANDING[row[0]]

    # ---- judgements ------------------------------------------------------------------------------------------------

    def accept(self, id: str, by: str, reason: str, event: str | None = None) -> None:
        """Accept a record; with `event`, as a telling of that known event of the case."""
        record = self.record(id)
        self._judge(record.id, "accept", by, reason, self._telling(record, event))

    def _telling(self, record: Event | Quantity | Claim, event: str | None) -> dict[str, Any]:
        """Give what the log keeps of the known event that a record tells of, after a check that there is one."""
        if event is None:
            return {}
        known = [e.id for e in self.gazetteer.known]
        if not isinstance(record, Event):
            raise LedgerError(f"{record.id} is a {record.kind}; an event is a telling of a known event")
        if event not in known:
            raise LedgerError(f"{record.id}: no event {event!r} is known{did_you_mean(event, known)}")
        return {"event": event}

    def reject(self, id: str, by: str, reason: str) -> None:
        """Reject a record; it stays, as rejected."""
        self._judge(self.record(id).id, "reject", by, reason)

    def flag(self, id: str, by: str, reason: str) -> None:
        """Put a record aside for a question."""
        self._judge(self.record(id).id, "flag", by, reason)

    def merge(self, id: str, into: str, by: str, reason: str) -> None:
        """Count a record as another telling of `into`."""
        record, other = self.record(id), self.record(into)
        if record.id == other.id or record.kind != other.kind:
            raise LedgerError(
                f"{record.id} cannot be merged into {other.id}: two records of one kind are merged"
            )
        if self.standing(other.id) in ("merged", "rejected", "amended"):
            raise LedgerError(f"{other.id} is {self.standing(other.id)}; merge into one that stands")
        self._judge(record.id, "merge", by, reason, {"into": other.id})

    def amend(
        self, id: str, changes: dict[str, Any], by: str, reason: str, event: str | None = None
    ) -> Event | Quantity | Claim:
        """Accept a corrected copy of a record, with `event` as a telling of that known event; the original stays, as amended.

        Returns
        -------
        Event, Quantity or Claim
            The copy, made by hand, accepted.
        """
        named(by, reason)
        old, new = self.record(id), self.amended(id, changes, by)
        telling = self._telling(new, event)
        with self.transaction():
            self._put_record(new)
            self._judge(old.id, "amend", by, reason, {"by": new.id, "fields": sorted(changes)})
            self._judge(new.id, "accept", by, reason, {"amends": old.id, **telling})
        return new

    def amended(self, id: str, changes: dict[str, Any], by: str) -> Event | Quantity | Claim:
        """Give the corrected copy of a record that `amend` would accept, without writing it.

        Raises
        ------
        LedgerError
            If a change is none that its field takes.
        RecordRefused
            If the document does not support the copy.
        """
        old = self.record(id)
        body = {**old.model_dump(mode="json", exclude={"id"}), **changes}
        body["origin"] = Origin(method="hand", tool="straits.evidence.review", version="1", by=by).model_dump(
            mode="json"
        )
        try:
            new = sealed(parse_record(body))
        except ValidationError as error:
            slips = (f"{item['loc'][-1]}: found {item['input']!r}: {item['msg']}" for item in error.errors())
            raise LedgerError("; ".join(slips).replace("Value error, ", "")) from None
        validate(new, self.text(new.document), self.document(new.document), self.gazetteer)
        return new

    def _judge(
        self, id: str, action: Action, by: str, reason: str, payload: dict[str, Any] | None = None
    ) -> None:
        named(by, reason)
        self.append("log", id, action, by.strip(), reason.strip(), canonical(payload or {}), now())
        if self.standing(id) != STANDING[action]:
            raise LedgerError(
                f"{id}: the judgement was written, and the record does not stand as {STANDING[action]}"
            )

    def log(self, id: str | None = None) -> list[Judgement]:
        """Give the judgements on a record, or all of them, oldest first."""
        where, values = ("WHERE record = ?", (id,)) if id else ("", ())
        query = f"SELECT seq, record, action, by, reason, payload, at FROM log {where} ORDER BY seq"
        return [judgement(row) for row in self.rows(query, values)]

    # ---- checking --------------------------------------------------------------------------------------------------

    def verify(self, head: Head | str | None = None) -> Head:
        """Check that nothing in the file was changed from outside: what it declares, every row of every table, the seal.

        Parameters
        ----------
        head : Head or str, optional
            A head of this ledger that was kept elsewhere: the ledger has to begin with the same rows.

        Returns
        -------
        Head
            The end of the chain, to be kept elsewhere. Without one, and without a seal, a chain cannot show that all of it was
            worked out anew, nor that its last rows were taken off together with their links.

        Raises
        ------
        LedgerError
            Naming the first rows that were changed from outside.
        """
        faults = faults_of(self, Head.parse(head) if isinstance(head, str) else head)
        if faults:
            raise LedgerError(f"{self.path} is not as it was written: {'; '.join(faults)}")
        return self.head()

    def seal(self) -> Head:
        """Seal a ledger that has no seal, after a whole check of it. From then on writing needs the key.

        Raises
        ------
        LedgerError
            If the ledger was opened without a key, has a seal already, or is not as it was written.
        """
        key, self._key = self._key, None
        try:
            if key is None:
                raise LedgerError("a seal needs a key: name its file with --key-file")
            if self.sealed:
                raise LedgerError(f"{self.path} is sealed already")
            self.verify()
            with self.transaction():
                self._key = key
        finally:
            self._key = key
        return self.head()


__all__ = ["Action", "Head", "Judgement", "Ledger", "LedgerError", "Standing"]
