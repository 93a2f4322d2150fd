"""Figures about one code and one partner: asked for in the subject, or by columns, of whom it is that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits import goods

from ..common import write

SERIES = """reporter,partner,flow,good,period,value_usd
DE,KG,X,8703,2021,10000000
DE,KG,X,8703,2022,50000000
DE,KG,X,8704,2021,90000000
DE,KG,X,8704,2022,90000000
DE,KG,X,TOTAL,2021,200000000
DE,KG,X,TOTAL,2022,300000000
KG,DE,M,8703,2021,8000000
KG,DE,M,8703,2022,16000000
KG,DE,M,TOTAL,2021,100000000
KG,DE,M,TOTAL,2022,700000000
DE,KZ,X,8703,2021,1000000
DE,KZ,X,8703,2022,9000000
DE,KG,M,TOTAL,2021,20000000
DE,KG,M,TOTAL,2022,30000000
"""


def _row(**fields):
    return {"claim_id": "c", "kind": "factor", "statement": "", "subject": "", "period_a": "2021", "period_b": "2022",
            "factor_claimed": 5} | fields  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "columns", "factor"),
    [
        ("DE to KG 8703", {"exporter": "DE", "importer": "KG", "good": "8703"}, 5.0),
        ("Germany to Kyrgyzstan, HS 8703", {"exporter": "Germany", "importer": "KGZ", "flow": "export", "good": "8703"}, 5.0),
        ("exports of Germany to Kyrgyzstan of 8704", {"exporter": "DE", "importer": "KG", "good": "8704"}, 1.0),
        ("Germany exports to Kyrgyzstan", {"exporter": "DE", "importer": "KG"}, 1.5),
        ("exports from Germany to Kyrgyzstan 8703", {"exporter": "DE", "importer": "KG", "good": "8703"}, 5.0),
        ("imports by Kyrgyzstan from Germany 8703", {"exporter": "DE", "importer": "KG", "flow": "import", "good": "8703"}, 2.0),
        ("KG from DE hs8703", {"exporter": "DE", "importer": "KG", "flow": "import", "good": "8703"}, 2.0),
        ("KG imports from Germany of HS 8703", {"exporter": "DE", "importer": "KG", "flow": "import", "good": "8703"}, 2.0),
        ("imports of Kyrgyzstan from Germany", {"exporter": "DE", "importer": "KG", "flow": "import"}, 7.0),
        ("Germany to Kazakhstan 8703", {"exporter": "DE", "importer": "KZ", "good": "8703"}, 9.0),
        ("DE-KG turnover", {"exporter": "DE", "importer": "KG", "flow": "turnover", "good": "TOTAL"}, 330 / 220),
    ],
)  # fmt: skip
def test_a_figure_of_one_code_and_partner_is_measured(tmp_path: Path, subject, columns, factor):
    """Proves: a subject with a code is held against what its sender, or with `from` its receiver, says of that code and partner,
    and columns say the same; nothing else in the file counts.
    Without it: who checks "five times as many cars to Kyrgyzstan" got a verdict on all trade, or that no countries are named.
    """
    path = write(tmp_path, "s.csv", SERIES)
    if "turnover" in subject:
        path = write(
            tmp_path,
            "t.csv",
            "\n".join(r for r in SERIES.splitlines() if ",870" not in r and "KG,DE,M" not in r),
        )
    told = goods.claim([_row(subject=subject), _row(**columns)], path).table
    assert told["measured"].tolist() == pytest.approx([factor, factor]), told["why"].tolist()
    assert told["verdict"].tolist() == ["consistent" if factor == 5.0 else "contradicted"] * 2


def test_a_union_may_have_digits_in_its_name(tmp_path: Path):
    """Proves: a group and a code are told apart though both have digits, and a subject in other words is told how to be said.
    Without it: "EU27_2020 to KG 8703" was said to name no countries."""
    rows = ["EU27_2020,KG,X,8703,2021,10", "EU27_2020,KG,X,8703,2022,50"]
    path = write(tmp_path, "s.csv", "\n".join([SERIES.splitlines()[0], *rows]))
    told = goods.claim(
        [_row(subject="EU27_2020 to KG 8703"), _row(subject="cars sent by the EU")], path
    ).table
    assert told["verdict"].tolist() == ["consistent", "undecidable"]
    assert "'KG from DE 8703'" in told["why"].iloc[1]


def test_columns_are_read_from_a_file_and_what_is_wrong_in_them_is_told(tmp_path: Path):
    """Proves: a file of claims may have the columns; a country or a flow that is none, and a code that the file does not have,
    decide nothing and are named. Without it: a slip in a column would be answered by the subject, or by nothing."""
    path = write(tmp_path, "s.csv", SERIES)
    header = "claim_id,kind,subject,statement,value_a,value_b,unit,factor_claimed,period_a,period_b,exporter,importer,flow,good"
    rows = ["DE,KG,,8703", "DE,Atlantis,,8703", "DE,KG,sold,8703", "DE,,,8703", "DE,KG,,870323"]
    lines = [f"c{at},factor,cars to Kyrgyzstan,,,,,5,2021,2022,{row}" for at, row in enumerate(rows)]
    claims = write(tmp_path, "claims.csv", "\n".join([header, *lines]))
    told = goods.claim(claims, path).table
    assert told["verdict"].tolist() == ["consistent", *["undecidable"] * 4]
    why = told["why"].tolist()
    assert "importer 'Atlantis'" in why[1] and "flow 'sold' is none of export, import, turnover" in why[2]
    assert "importer ''" in why[3] and "no rows for" in why[4] and "870323" in why[4]
    level = _row(kind="level", subject="DE to KG 8703", value_b=50, unit="million USD", factor_claimed=None)
    assert goods.claim([level], path).table["verdict"].tolist() == ["consistent"]
