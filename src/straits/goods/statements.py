"""From the cells of a table to rows of trade: what each number column says, of whom, in which unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.errors import did_you_mean
from straits.goods import countries
from straits.goods.cells import LINE
from straits.goods.numbers import parse_codes, parse_numbers, parse_periods
from straits.goods.rows import ALL_GOODS, COLUMNS, complete

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.goods.refusals import Refusals

#: Words for the direction of trade, as files write them.
FLOWS = {
    "x": "export", "export": "export", "exports": "export", "exp": "export", "2": "export",
    "m": "import", "import": "import", "imports": "import", "imp": "import", "1": "import",
    "rx": "re-export", "re-export": "re-export", "rm": "re-import", "re-import": "re-import",
}  # fmt: skip
#: Directions in which the reporter is the exporter.
_OUT = ("export", "re-export")
_BASES = {
    "": "", "not stated": "", "origin": "origin", "country of origin": "origin",
    "consignment": "consignment", "country of consignment": "consignment", "dispatch": "consignment",
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """What one number column of a table says. Each field is a column, or `=text` for a constant; empty if it is not said.

    Attributes
    ----------
    value : str
    flow : str
        `export` or `import`, or the column that says it. `by reporter`: export where the exporter says it, import where the
        importer does.
    reporter, exporter, importer : str
        `by flow`: reporter and partner, by the direction; of a reporter: the exporter of what is export, else the importer.
    partner, period, good : str
    edition : str
        `=by year`: the edition of the Harmonized System that was in force.
    currency : str
        Code of the currency, or `=code`, or a column.
    scale : float
        Currency units in one unit of the column.
    """

    value: str
    flow: str
    reporter: str
    exporter: str
    importer: str
    period: str
    good: str
    currency: str
    scale: float = 1.0
    partner: str = ""
    edition: str = ""
    basis: str = ""
    valuation: str = ""
    vintage: str = ""
    source: str = ""
    months: str = ""
    kg: str = ""
    quantity: str = ""
    unit: str = ""


def say_all(
    cells: pd.DataFrame,
    statements: Sequence[Statement],
    file: str,
    options: Options,
    refusals: Refusals,
    rest: Sequence[str] = (),
) -> pd.DataFrame:
    """Return rows of trade from cells; rows of which anything is refused are left out."""
    reader = _Cells(cells, file, options, refusals, tuple(rest))
    frames = [reader.rows(statement) for statement in statements]
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


class _Cells:
    """The cells of one file, each column read once however many statements use it."""

    def __init__(
        self, cells: pd.DataFrame, file: str, options: Options, refusals: Refusals, rest: tuple[str, ...]
    ) -> None:
        self.cells, self.file, self.options, self.refusals, self.rest = cells, file, options, refusals, rest
        self._read: dict[tuple[str, str], pd.Series] = {}

    def rows(self, statement: Statement) -> pd.DataFrame:
        """Return the rows of one statement."""
        made: dict[str, pd.Series] = {LINE: self.cells[LINE]}
        made |= self._sides(statement)
        made["period"] = self._period(statement.period)
        made["good"] = self._good(statement.good)
        made["edition"] = self._edition(statement.edition, made["period"])
        made["currency"] = self._currency(statement.currency)
        made["value"] = self._number(statement.value) * statement.scale
        for name in ("kg", "quantity", "months"):
            column = getattr(statement, name)
            if column:
                made[name] = self._number(column)
        made["basis"] = self._word(statement.basis, _BASES, "basis")
        for name in ("valuation", "vintage", "source", "unit"):
            made[name] = self._text(getattr(statement, name))
        self._refuse_quantities(made, statement)
        frame = complete(pd.DataFrame(made), self.file)
        needed = ["reporter", "flow", "exporter", "importer", "good", "period", "currency"]
        return frame[(frame[needed] != "").all(axis=1)]

    def _sides(self, statement: Statement) -> dict[str, pd.Series]:
        """Return who says a row, of which direction, from whom, to whom."""
        if statement.exporter == "by flow":
            flow, reporter = self._flow(statement.flow), self._country(statement.reporter)
            partner, out = self._country(statement.partner), flow.isin(_OUT)
            return {
                "exporter": reporter.where(out, partner), "importer": partner.where(out, reporter), "flow": flow,
                "reporter": reporter,
            }  # fmt: skip
        exporter, importer = self._country(statement.exporter), self._country(statement.importer)
        self._refuse_itself(statement, exporter, importer)
        if statement.flow == "by reporter":
            reporter = self._country(statement.reporter)
            flow = self._flow_by_reporter(statement, reporter, exporter, importer)
        else:
            flow = self._flow(statement.flow)
            out = flow.isin(_OUT)
            if statement.reporter == "by flow":
                reporter = exporter.where(out, importer)
            else:
                reporter = self._country(statement.reporter)
                self._refuse_other_side(statement, flow, reporter, importer.where(out, exporter))
        return {"exporter": exporter, "importer": importer, "flow": flow, "reporter": reporter}

    def _flow_by_reporter(
        self, statement: Statement, reporter: pd.Series, exporter: pd.Series, importer: pd.Series
    ) -> pd.Series:
        """Return the direction as the reporter sees it; who is neither side has to say it."""
        column = statement.reporter
        flow = pd.Series("", index=reporter.index, dtype="str")
        flow[reporter == importer] = "import"
        flow[reporter == exporter] = "export"
        for place in np.flatnonzero(((flow == "") & (reporter != "")).to_numpy()):
            self.refusals.refuse(
                self.file, self.cells[LINE].iloc[place], column.removeprefix("="), repr(reporter.iloc[place]),
                "the exporter or the importer of the row; of another reporter a column flow (X or M)", "no_flow",
            )  # fmt: skip
        return flow

    def _refuse_other_side(
        self, statement: Statement, flow: pd.Series, reporter: pd.Series, other: pd.Series
    ) -> None:
        """Refuse an export that the importer reports as its own, and the other way round."""
        for place in np.flatnonzero(((reporter == other) & (reporter != "") & (flow != "")).to_numpy()):
            what, side = flow.iloc[place], "exporter" if flow.iloc[place] in _OUT else "importer"
            self.refusals.refuse(
                self.file, self.cells[LINE].iloc[place], statement.reporter.removeprefix("="),
                f"{what} reported by {reporter.iloc[place]}", f"{what} as its {side} reports it", "flow_of_other_side",
            )  # fmt: skip

    def _once(self, kind: str, column: str, read: object) -> pd.Series:
        if (kind, column) not in self._read:
            self._read[kind, column] = read()  # type: ignore[operator]
        return self._read[kind, column]

    def _text(self, column: str) -> pd.Series:
        if not column or column.startswith("="):
            return pd.Series(column.removeprefix("="), index=self.cells.index, dtype="str")
        return self.cells[column].str.strip()

    def _number(self, column: str) -> pd.Series:
        def read() -> pd.Series:
            values = parse_numbers(
                self.cells[column], file=self.file, column=column, lines=self.cells[LINE], refusals=self.refusals,
                decimal=self.options.decimal, thousands=self.options.thousands,
            )  # fmt: skip
            for place in np.flatnonzero(values < 0):
                line, found = self.cells[LINE].iloc[place], repr(self.cells[column].iloc[place])
                self.refusals.refuse(self.file, line, column, found, "a number of 0 or more", "negative")
            return pd.Series(np.where(values < 0, np.nan, values), index=self.cells.index)

        return self._once("number", column, read)

    def _period(self, column: str) -> pd.Series:
        return self._once("period", column, lambda: parse_periods(
            self._text(column), file=self.file, column=column.removeprefix("="), lines=self.cells[LINE], refusals=self.refusals
        ))  # fmt: skip

    def _good(self, column: str) -> pd.Series:
        def read() -> pd.Series:
            texts = self._text(column)
            if column.startswith("="):
                return texts
            whole = texts.str.casefold().isin(["total", "all", "all goods", "_total"])
            digits = {"hs6": 6, "cn8": 8, "hs4": 4, "hs2": 2}.get(column.lower())
            codes = parse_codes(
                texts[~whole],
                digits,
                file=self.file,
                column=column,
                lines=self.cells[LINE][~whole],
                refusals=self.refusals,
            )
            return pd.concat([codes, pd.Series(ALL_GOODS, index=texts.index[whole], dtype="str")]).reindex(
                texts.index
            )

        return self._once("good", column, read)

    def _country(self, column: str) -> pd.Series:
        def read() -> pd.Series:
            texts = self._text(column)
            found = {text: self._side(text) for text in texts.unique()}
            for text, code in found.items():
                if code is None:
                    like = did_you_mean(text, countries.every_name())
                    accepted = f"an ISO code (KZ, KAZ, 398) or an English or Russian name of a country{like}"
                    code_name = "nobody" if not text else "unknown_country"
                    for line in self.cells[LINE][texts == text]:
                        self.refusals.refuse(
                            self.file, line, column.removeprefix("="), repr(text), accepted, code_name
                        )
            return texts.map({text: code or "" for text, code in found.items()})

        return self._once("country", column, read)

    def _side(self, text: str) -> str | None:
        """Return the code of a country; of the rest or the world where the table is known to have them; else a group's name."""
        if text in self.rest:
            return countries.WORLD if countries.group(text) == "world" else f"{countries.REST} {text}"
        code = countries.country(text)
        if code is not None:
            return code
        # An aggregate keeps its name: whether it stands alone or among its members is seen when all rows are together.
        return text if countries.group(text) else None

    def _flow(self, column: str) -> pd.Series:
        if column in set(FLOWS.values()):
            return pd.Series(column, index=self.cells.index, dtype="str")
        return self._word(column, FLOWS, "flow")

    def _word(self, column: str, words: dict[str, str], what: str) -> pd.Series:
        texts = self._text(column).str.casefold()
        found = {text: words.get(text) for text in texts.unique()}
        for text, word in found.items():
            if word is None:
                accepted = ", ".join(dict.fromkeys(key for key in words if len(key) > 2))
                for line in self.cells[LINE][texts == text]:
                    self.refusals.refuse(
                        self.file, line, column.removeprefix("="), repr(text), accepted, f"unknown_{what}"
                    )
        return texts.map({text: word or "" for text, word in found.items()})

    def _edition(self, column: str, periods: pd.Series) -> pd.Series:
        return (
            periods.map({text: edition_of(text) for text in periods.unique()})
            if column == "=by year"
            else self._text(column)
        )

    def _currency(self, column: str) -> pd.Series:
        bare = column.removeprefix("=")
        if len(bare) == 3 and bare.isupper():
            return pd.Series(bare, index=self.cells.index, dtype="str")
        texts = self._text(column).str.upper()
        for text in texts.unique():
            if len(text) != 3 or not text.isalpha():
                accepted = "a code of three letters, such as EUR"
                for line in self.cells[LINE][texts == text]:
                    self.refusals.refuse(self.file, line, bare, repr(text), accepted, "no_currency")
                texts = texts.where(texts != text, "")
        return texts

    def _refuse_itself(self, statement: Statement, exporters: pd.Series, importers: pd.Series) -> None:
        for place in np.flatnonzero(((exporters == importers) & (exporters != "")).to_numpy()):
            line, found = self.cells[LINE].iloc[place], f"trade of {exporters.iloc[place]} with itself"
            self.refusals.refuse(
                self.file, line, statement.importer, found, "two different countries", "itself"
            )

    def _refuse_quantities(self, made: dict[str, pd.Series], statement: Statement) -> None:
        if "quantity" not in made:
            return
        bare = made["quantity"].notna() & (made["unit"] == "")
        for place in np.flatnonzero(bare.to_numpy()):
            accepted = "a column unit (kg, piece, …), or --set unit=kg"
            line = self.cells[LINE].iloc[place]
            self.refusals.refuse(
                self.file, line, statement.quantity, "a quantity without a unit", accepted, "no_unit"
            )


def edition_of(period: str) -> str:
    """Return the edition of the Harmonized System in force in a period; statistics follow it from January of its year."""
    if not period:
        return ""
    year = int(period[:4])
    return next((f"HS{start}" for start in (2022, 2017, 2012, 2007, 2002, 1996) if year >= start), "HS1992")
