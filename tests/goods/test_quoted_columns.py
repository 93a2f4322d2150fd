"""A table that nearly is one of straits says what it lacks."""

from __future__ import annotations

from pathlib import Path

from straits import goods


def test_a_nearly_known_table_says_what_it_lacks(tmp_path: Path) -> None:
    """Proves: quoted figures without three of their columns are refused with these; a table that has little in common with any
    format is not told of one.
    Without it: a reader was sent through a list of formats, none of which said what it needs."""
    (tmp_path / "claims.csv").write_text(
        "claim_id,kind,subject,statement,value_a,value_b,unit\nc1,level,A,b,1,,t\n"
    )
    told = goods.claim(tmp_path / "claims.csv").refused["accepted"].iloc[0]
    assert told.endswith("; for claims it lacks factor_claimed, period_a, period_b")
    (tmp_path / "other.csv").write_text("claim_id,when\nc1,now\n")
    assert "lacks" not in goods.claim(tmp_path / "other.csv").refused["accepted"].iloc[0]
