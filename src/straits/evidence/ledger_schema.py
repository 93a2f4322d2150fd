"""The tables of the ledger file, and the triggers that let them only grow."""

from __future__ import annotations

FORMAT = 1
TABLES = ("contents", "documents", "records", "log", "gazetteers", "conflicts")
SCHEMA = """
CREATE TABLE contents (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE documents (seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL REFERENCES contents, body TEXT NOT NULL,
    by TEXT, reason TEXT, at TEXT NOT NULL);
CREATE INDEX documents_by_sha ON documents (sha256, seq);
CREATE TABLE records (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES contents, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX records_by_kind ON records (kind, seq);
CREATE INDEX records_by_document ON records (document, kind);
CREATE TABLE log (seq INTEGER PRIMARY KEY, record TEXT NOT NULL REFERENCES records (id), action TEXT NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX log_by_record ON log (record, seq);
CREATE TABLE gazetteers (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE conflicts (seq INTEGER PRIMARY KEY, conflict TEXT NOT NULL, action TEXT NOT NULL, payload TEXT NOT NULL,
    by TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
CREATE VIEW standings AS SELECT r.seq, r.id, r.kind, r.document, r.body,
    (SELECT action FROM log l WHERE l.record = r.id ORDER BY l.seq DESC LIMIT 1) AS last FROM records r;
"""
REFUSE = """
CREATE TRIGGER {t}_no_update BEFORE UPDATE ON {t} BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be changed'); END;
CREATE TRIGGER {t}_no_delete BEFORE DELETE ON {t} BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be deleted'); END;
CREATE TRIGGER {t}_no_replace BEFORE INSERT ON {t} WHEN EXISTS (SELECT 1 FROM {t} WHERE {key} = NEW.{key})
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be replaced'); END;
"""
KEYS = {"contents": "sha256", "records": "id"}
