"""From a study to its files: page, workbook, tables, summary."""
