"""BACI of CEPII (Gaulier, Zignago 2010): t year, i exporter, j importer, k HS6, v thousand USD, q tonnes.

Its values are reconciled from both sides, so that it has no gap to show: the flow of its rows is `reconciled`, and
`gap` refuses it. Edition and vintage are read from the name of the file, `BACI_HS17_Y2022_V202401b.csv`.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.goods.cells import LINE, read_cells
from straits.goods.readers.base import Options, Reader
from straits.goods.rows import complete
from straits.goods.statements import Statement, say_all

if TYPE_CHECKING:
    from straits.goods.readers.base import Source
    from straits.goods.refusals import Refusals

HEADER = ("t", "i", "j", "k", "v", "q")
_NAME = re.compile(r"HS(\d\d)(?:.*?_V(\w+))?", re.IGNORECASE)


def _read(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    cells = read_cells(source, refusals)
    if cells is None:
        return complete(pd.DataFrame({LINE: pd.Series(dtype="int64")}), source.file), ()
    # R writes NA for a missing number, filled with spaces.
    cells["q"] = cells["q"].str.strip().where(cells["q"].str.strip() != "NA", "")
    named = _NAME.search(PurePath(source.file).name)
    edition = options.more.get("edition", _edition(named[1]) if named else "")
    vintage = options.more.get("vintage", f"BACI {named[2].split('.')[0]}" if named and named[2] else "")
    statement = Statement(
        value="v", flow="export", reporter="i", exporter="i", importer="j", period="t", good="k", edition=f"={edition}",
        currency="USD", scale=1000.0, kg="q", vintage=f"={vintage}", valuation="=FOB", source="=BACI",
    )  # fmt: skip
    told = Options(options.columns, options.format, options.decimal or ".", options.thousands, options.more)
    frame = say_all(cells.rename(columns={"k": "hs6"}), (_six(statement),), source.file, told, refusals)
    frame = frame.assign(flow="reconciled", reporter="BACI", kg=frame["kg"] * 1000.0)
    why = "CEPII reconciles both sides: disagreement between them cannot be seen here"
    assumed = [("values of BACI", "reconciled, FOB", why)]
    if not edition:
        assumed.append(
            ("edition of HS", "not said", "the name of the file does not tell it; --set edition=HS2017 does")
        )
    return frame, tuple(assumed)


def _six(statement: Statement) -> Statement:
    from dataclasses import replace

    return replace(statement, good="hs6")


def _edition(digits: str) -> str:
    year = int(digits)
    return f"HS{1900 + year if year > 50 else 2000 + year}"


READERS = (Reader("baci", "trade", "BACI (t, i, j, k, v, q)", lambda s: tuple(s.header) == HEADER, _read),)
