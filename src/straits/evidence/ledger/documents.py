"""The documents of a ledger, as they were added and described, and the names that its records may use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from straits.evidence.documents.document import Document, DocumentError, describe
from straits.evidence.documents.reading import Reading, decode, read
from straits.evidence.finding.gazetteer import Gazetteer, with_world
from straits.evidence.ledger.chain import LedgerError
from straits.evidence.ledger.file import LedgerFile
from straits.evidence.ledger.schema import document_of, named, now, short
from straits.evidence.records import canonical
from straits.evidence.text import Selector

#: Longest document that is taken in, bytes.
MOST_DOCUMENT = 32_000_000


class LedgerDocuments(LedgerFile):
    """A ledger file with its documents and names; `Ledger` adds records and judgements."""

    def __init__(self, path: Path | str, create: bool = False, key: bytes | None = None) -> None:
        super().__init__(path, create, key)
        self._gazetteer: Gazetteer | None = None
        #: The document that was read last: most questions about passages come document by document.
        self._last: tuple[str, str, Reading] | None = None

    # ---- names -----------------------------------------------------------------------------------------------------

    @property
    def gazetteer(self) -> Gazetteer:
        """The names that records may use: the world's, and those set last."""
        if self._gazetteer is None:
            row = self.row("SELECT seq, body FROM gazetteers ORDER BY seq DESC LIMIT 1")
            try:
                own = Gazetteer.from_json(json.loads(row[1])) if row else Gazetteer(())
            except (ValueError, TypeError, RecursionError) as error:
                raise LedgerError(f"gazetteers, row {row and row[0]}: are no names: {short(error)}") from None
            self._gazetteer = with_world(own)
        return self._gazetteer

    def set_gazetteer(self, gazetteer: Gazetteer) -> None:
        """Set the names of a case from now on. Earlier records keep their ids."""
        self.append("gazetteers", canonical(gazetteer.to_json()), now())
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
            If outlet or date are not said, or it is longer than 32 MB.
        LedgerError
            If the bytes are there with another description: `redescribe` corrects it, with a name and a reason.
        """
        if len(data) > MOST_DOCUMENT:
            raise DocumentError(
                f"{name}: {len(data):,} bytes; a document of at most {MOST_DOCUMENT:,} is read"
            )
        document, _ = describe(data, name, outlet, published, basis=basis, author=author)
        row = self.row(
            "SELECT seq, sha256, body FROM documents WHERE sha256 = ? ORDER BY seq DESC LIMIT 1",
            (document.sha256,),
        )
        if row:
            old = document_of(row)
            differing = [
                f for f in ("outlet", "author", "published") if getattr(old, f) != getattr(document, f)
            ]
            if differing:
                raise LedgerError(
                    f"{name}: these bytes are there with another {', '.join(differing)}; correct it with `redescribe`"
                )
            return old
        with self.transaction():
            self.append("contents", document.sha256, data)
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
        self.append(
            "documents", document.sha256, canonical(document.model_dump(mode="json")), by, reason, now()
        )

    def document(self, sha256: str) -> Document:
        """Give a document by its hash or the beginning of it."""
        query = (
            "SELECT seq, sha256, body FROM documents WHERE seq IN (SELECT max(seq) FROM documents WHERE sha256 >= ? "
            "AND sha256 < ? GROUP BY sha256) LIMIT 2"
        )
        rows = list(self.rows(query, (sha256, sha256 + "g")))
        if len(rows) != 1:
            raise LedgerError(
                f"{'several documents begin' if rows else 'no document begins'} with {sha256!r}"
            )
        return document_of(rows[0])

    def documents(self) -> Iterator[Document]:
        """Give all documents, in the order in which they came."""
        query = (
            "SELECT d.seq, d.sha256, d.body FROM documents d JOIN "
            "(SELECT sha256, min(seq) AS came, max(seq) AS latest FROM documents "
            "GROUP BY sha256) m ON d.seq = m.latest ORDER BY m.came"
        )
        for row in self.rows(query):
            yield document_of(row)

    def content(self, sha256: str) -> bytes:
        """Give a document's bytes, which have the hash that they are asked for by."""
        row = self.row("SELECT bytes FROM contents WHERE sha256 = ?", (sha256,))
        if row is None:
            raise LedgerError(f"no document {sha256!r}")
        if not isinstance(row[0], bytes) or hashlib.sha256(row[0]).hexdigest() != sha256:
            raise LedgerError(f"contents {sha256[:12]}…: the bytes are not those that were added")
        return row[0]

    def text(self, sha256: str) -> str:
        """Give a document's decoded text."""
        return decode(self.content(sha256))[0]

    def reading(self, sha256: str) -> Reading:
        """Give a document as a person reads it."""
        document = self.document(sha256)
        if self._last is None or self._last[:2] != (document.sha256, document.media):
            reading = read(self.text(document.sha256), document.media)
            self._last = document.sha256, document.media, reading
        return self._last[2]

    def words(self, sha256: str, selector: Selector) -> str:
        """Give a passage of a document as a reader sees it, in one line."""
        reading = self.reading(sha256)
        return " ".join(reading.text[slice(*reading.from_raw(selector.start, selector.end))].split())
