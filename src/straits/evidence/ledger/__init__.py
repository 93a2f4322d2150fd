"""The ledger: one file of documents, records and judgements that only grows, and the checks of whatever enters or was changed."""
