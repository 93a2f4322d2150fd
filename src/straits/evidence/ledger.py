"""The ledger: one SQLite file that holds documents, records and every judgement on them, and only ever grows.

Triggers refuse update and delete. Every judgement carries the hash of the one before it, so that a row that was changed from
outside shows (`verify`). A commit is on the disk before it is reported (write-ahead log, `synchronous=FULL`). The standing of a
record is never stored; it is the last judgement on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from straits.errors import did_you_mean
from straits.evidence.documents import Document, describe
from straits.evidence.gazetteer import Gazetteer, with_world
from straits.evidence.judgements import STANDING, Action, Judgement, Standing, chain, named, now
from straits.evidence.ledger_file import LedgerError, LedgerFile
from straits.evidence.reading import Reading, decode, read
from straits.evidence.records import Claim, Event, Origin, Quantity, canonical, parse_record, sealed
from straits.evidence.validate import validate

_KINDS = ("event", "quantity", "claim")


class Ledger(LedgerFile):
    """A ledger file that is open.

    Parameters
    ----------
    path : path
        The file.
    create : bool
        Whether to make it if it is not there.

    Raises
    ------
    LedgerError
        If there is no such file, or it is not a ledger.
    """

    def __init__(self, path: Path | str, create: bool = False) -> None:
        super().__init__(path, create)
        self._gazetteer: Gazetteer | None = None

    # ---- names -----------------------------------------------------------------------------------------------------

    @property
    def gazetteer(self) -> Gazetteer:
        """The names that records may use: the world's, and those set last."""
        if self._gazetteer is None:
            row = self.db.execute("SELECT body FROM gazetteers ORDER BY seq DESC LIMIT 1").fetchone()
            own = Gazetteer.from_json(json.loads(row[0])) if row else Gazetteer(())
            self._gazetteer = with_world(own)
        return self._gazetteer

    def set_gazetteer(self, gazetteer: Gazetteer) -> None:
        """Set the names of a case from now on. Earlier records keep their ids."""
        self.db.execute(
            "INSERT INTO gazetteers (body, at) VALUES (?, ?)", (canonical(gazetteer.to_json()), now())
        )
        self._gazetteer = None

    # ---- documents -------------------------------------------------------------------------------------------------

    def add_document(
        self,
        data: bytes,
        name: str,
        outlet: str | None,
        published: str | None,
        *,
        basis: str | None = None,
        author: str | None = None,
    ) -> Document:
        """Keep a document. Adding the same bytes with the same description again changes nothing.

        Raises
        ------
        DocumentError
            If outlet or date are not said.
        LedgerError
            If the bytes are there with another description: `redescribe` corrects it, with a name and a reason.
        """
        document, _ = describe(data, name, outlet, published, basis=basis, author=author)
        row = self.db.execute(
            "SELECT body FROM documents WHERE sha256 = ? ORDER BY seq DESC LIMIT 1", (document.sha256,)
        ).fetchone()
        if row:
            old = Document.model_validate_json(row[0])
            differing = [
                f for f in ("outlet", "author", "published") if getattr(old, f) != getattr(document, f)
            ]
            if differing:
                raise LedgerError(
                    f"{name}: these bytes are there with another {', '.join(differing)}; correct it with `redescribe`"
                )
            return old
        with self.transaction():
            self.db.execute("INSERT INTO contents VALUES (?, ?)", (document.sha256, data))
            self._put_document(document, None, None)
        return document

    def redescribe(self, sha256: str, by: str, reason: str, **changes: Any) -> Document:
        """Correct outlet, author or publication date. The former description stays in the file."""
        named(by, reason)
        old = self.document(sha256)
        document, _ = describe(
            self.content(old.sha256),
            old.name,
            changes.pop("outlet", old.outlet or "unknown"),
            changes.pop("published", old.published.value or "unknown"),
            basis=changes.pop("basis", None),
            author=changes.pop("author", old.author),
        )
        if changes:
            raise LedgerError(
                f"a document has no {', '.join(changes)}; outlet, published, basis and author can be corrected"
            )
        self._put_document(document, by, reason)
        return document

    def _put_document(self, document: Document, by: str | None, reason: str | None) -> None:
        self.db.execute(
            "INSERT INTO documents (sha256, body, by, reason, at) VALUES (?, ?, ?, ?, ?)",
            (document.sha256, canonical(document.model_dump(mode="json")), by, reason, now()),
        )

    def document(self, sha256: str) -> Document:
        """Give a document by its hash or the beginning of it."""
        rows = self.db.execute(
            "SELECT body FROM documents WHERE seq IN (SELECT max(seq) FROM documents WHERE sha256 >= ? AND sha256 < ? "
            "GROUP BY sha256) LIMIT 2",
            (sha256, sha256 + "g"),
        ).fetchall()
        if len(rows) != 1:
            raise LedgerError(
                f"{'several documents begin' if rows else 'no document begins'} with {sha256!r}"
            )
        return Document.model_validate_json(rows[0][0])

    def documents(self) -> Iterator[Document]:
        """Give all documents, in the order in which they came."""
        query = (
            "SELECT d.body FROM documents d JOIN (SELECT sha256, min(seq) AS came, max(seq) AS latest FROM documents "
            "GROUP BY sha256) m ON d.seq = m.latest ORDER BY m.came"
        )
        for (body,) in self.db.execute(query):
            yield Document.model_validate_json(body)

    def content(self, sha256: str) -> bytes:
        """Give a document's bytes."""
        row = self.db.execute("SELECT bytes FROM contents WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise LedgerError(f"no document {sha256!r}")
        return bytes(row[0])

    def text(self, sha256: str) -> str:
        """Give a document's decoded text."""
        return decode(self.content(sha256))[0]

    def reading(self, sha256: str) -> Reading:
        """Give a document as a person reads it."""
        return read(self.text(sha256), self.document(sha256).media)

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
            self.db.execute(
                "INSERT INTO records (id, kind, document, body, at) VALUES (?, ?, ?, ?, ?)",
                (record.id, record.kind, record.document, canonical(record.model_dump(mode="json")), now()),
            )

    def has(self, id: str) -> bool:
        """Tell whether there is a record of that id."""
        return self.db.execute("SELECT 1 FROM records WHERE id = ?", (id,)).fetchone() is not None

    def record(self, id: str) -> Event | Quantity | Claim:
        """Give a record by its id, or by a beginning of it that no other has."""
        rows = self.db.execute(
            "SELECT body FROM records WHERE id >= ? AND id < ? LIMIT 2", (id, id + "~")
        ).fetchall()
        if len(rows) != 1:
            raise LedgerError(f"{'several records begin' if rows else 'no record begins'} with {id!r}")
        return parse_record(rows[0][0])

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
        for (body,) in self.db.execute(f"SELECT body FROM standings {where} ORDER BY seq", values):
            yield parse_record(body)

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
        query = f"SELECT body FROM standings WHERE {' AND '.join(clauses)} ORDER BY seq"
        for (body,) in self.db.execute(query, (kind, *all_of, *any_of)):
            yield parse_record(body)

    def standing(self, id: str) -> Standing:
        """Give the standing of a record: its last judgement, or draft."""
        row = self.db.execute("SELECT last FROM standings WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise LedgerError(f"no record {id!r}")
        return STANDING[row[0]] if row[0] else "draft"

    # ---- judgements ------------------------------------------------------------------------------------------------

    def accept(self, id: str, by: str, reason: str) -> None:
        """Accept a record."""
        self._judge(self.record(id).id, "accept", by, reason)

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

    def amend(self, id: str, changes: dict[str, Any], by: str, reason: str) -> Event | Quantity | Claim:
        """Accept a corrected copy of a record; the original stays, as amended.

        Returns
        -------
        Event, Quantity or Claim
            The copy, made by hand, accepted.
        """
        named(by, reason)
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
        with self.transaction():
            self._put_record(new)
            self._judge(old.id, "amend", by, reason, {"by": new.id, "fields": sorted(changes)})
            self._judge(new.id, "accept", by, reason, {"amends": old.id})
        return new

    def _judge(
        self, id: str, action: Action, by: str, reason: str, payload: dict[str, Any] | None = None
    ) -> None:
        named(by, reason)
        line = (id, action, by.strip(), reason.strip(), canonical(payload or {}), now())
        with self.transaction():
            last = self.db.execute("SELECT hash FROM log ORDER BY seq DESC LIMIT 1").fetchone()
            digest = chain(last[0] if last else "", line)
            self.db.execute(
                "INSERT INTO log (record, action, by, reason, payload, at, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*line, digest),
            )

    def log(self, id: str | None = None) -> list[Judgement]:
        """Give the judgements on a record, or all of them, oldest first."""
        query = "SELECT seq, record, action, by, reason, payload, at FROM log"
        rows = (
            self.db.execute(f"{query} WHERE record = ? ORDER BY seq", (id,))
            if id
            else self.db.execute(f"{query} ORDER BY seq")
        )
        return [Judgement(s, r, a, b, why, json.loads(p), at) for s, r, a, b, why, p, at in rows]

    def verify(self) -> None:
        """Check the chain of judgements, the hashes of documents and the ids of records.

        Raises
        ------
        LedgerError
            Naming the first row that was changed from outside.
        """
        last = ""
        for seq, *line, digest in self.db.execute(
            "SELECT seq, record, action, by, reason, payload, at, hash FROM log ORDER BY seq"
        ):
            last = chain(last, tuple(line))
            if last != digest:
                raise LedgerError(f"log, row {seq}: changed from outside, or a row before it is missing")
        for sha256, data in self.db.execute("SELECT sha256, bytes FROM contents"):
            if hashlib.sha256(data).hexdigest() != sha256:
                raise LedgerError(f"contents {sha256[:12]}…: the bytes are not those that were added")
        for id, body in self.db.execute("SELECT id, body FROM records"):
            if sealed(parse_record(body)).id != id:
                raise LedgerError(f"{id}: the record is not the one that was added")


__all__ = ["Action", "Judgement", "Ledger", "LedgerError", "Standing"]
