"""Tables of the answers on goods, for the report, the workbook and the folder of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from straits.report.table import Table

if TYPE_CHECKING:
    from straits.goods.questions import Answered
    from straits.report.study.content import Study


def goods_tables(study: Study) -> list[Table]:
    """Return every table of every answer, for the workbook and the folder of tables."""
    made = []
    for one in study.goods:
        if one.result is None:
            continue
        for name, frame in one.result.tables.items():
            if len(frame):
                made.append(goods_table(one, name, frame))
    return made


def goods_table(one: Answered, name: str, frame: pd.DataFrame) -> Table:
    """Return a table of an answer as the report shows it."""
    attrs = frame.attrs
    title = f"{one.title}: {attrs.get('title', name)}"
    return Table(
        f"goods_{one.name}_{name}", title, frame, dict(attrs.get("units", {})), str(attrs.get("note", ""))
    )
