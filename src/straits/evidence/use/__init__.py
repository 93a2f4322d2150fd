"""What is made of accepted records: rows of a case, tables for a report, files for others, and the score of drafts."""
