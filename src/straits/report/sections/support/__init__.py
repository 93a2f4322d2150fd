"""What the answers rest on: documents, back-tests, intervals, methods, sources."""
