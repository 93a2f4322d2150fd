"""Numbers of a workbook that people see as others: shown in thousands, or in a currency that is not that of their unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from straits.case.files.sheet import Sheet, letters
from straits.case.findings import Finding
from straits.case.schema.tables import columns


def shown_otherwise(sheet: Sheet, header: Sequence[str]) -> Iterator[Finding]:
    """Yield an error for each number whose format shows another: it can be read in two ways.

    Parameters
    ----------
    sheet : Sheet
        Of a table.
    header : sequence of str
        Names of its columns.
    """
    known = columns(sheet.name)
    for (row, at), shown in sheet.shown.items():
        column = known.get(header[at]) if at < len(header) else None
        value = sheet.rows.get(row, {}).get(at)
        if column is None or not column.is_number or not isinstance(value, float) or value == 0:
            continue
        where = f"cell {letters(at)}{row} holds {value:.15g}"
        scale, _, digits = shown.partition(":")
        told = None
        if scale == "scaled":
            seen = value / 10.0 ** int(digits)
            told = f"{where} and shows {seen:.15g}, as its format leaves out the last {digits} digits; show the number as it is"
        elif column.unit_column in header:
            unit = sheet.rows[row].get(header.index(str(column.unit_column)))
            if isinstance(unit, str) and unit.strip() and shown not in unit:
                told = f"{where} and shows it in {shown}, beside the unit {unit.strip()!r}; mend one of them"
        if told:
            yield Finding("ambiguous_number", "error", told, sheet.name, None, header[at], row)
