"""Yields of processes as uncertain numbers: their ends, drawn together, and slips in them."""

from __future__ import annotations

import pytest

import straits
from refinerycase import GOODS, refinery, stop, trade
from small import market
from straits.case.answers import yields_of
from straits.errors import CaseError
from straits.stress.varied.numbers import uncertain_numbers, with_numbers
from straits.stress.varied.sensitivity import sensitivity
from straits.stress.varied.uncertain import uncertainty


def ranged(**more):
    """The refinery with a range for diesel, closed for a day, in a case that asks about diesel."""
    row = refinery(yields_low="diesel=0.4", yields_high="diesel=0.6", source="s", confidence="high") | more
    sources = [{"id": "s", "title": "s"}]
    focus = {"actor": "AAA", "commodity": "diesel", "scenario": "stop"}
    made = trade(converts=[row], sources=sources, scenarios=[stop()])
    tables = {name: table for name, table in made.tables.items() if len(table)}
    return straits.Case.from_tables(
        tables, scenarios=[stop()], id="small", title="small", focus=focus,
        time=made.settings.time.model_dump(exclude_defaults=True),
    )  # fmt: skip


def test_yields_are_uncertain_as_other_numbers_are():
    """Proves: a yield of 0.5 from 0.4 to 0.6 is a number that moves the answer, also where diesel is asked about: a day without
    the refinery costs 3.9 million, and 0.98 less or more; the others stay as they are; one with no source has its fifth.
    Without it: what a refinery makes would be the one number that is always right.
    """
    case = ranged()
    items = {i.key: i for i in uncertain_numbers(case, spread=0)}
    item = items["converts:ref:yields:diesel"]
    assert list(items) == ["converts:ref:yields:diesel"]
    assert (item.name, item.value, item.low, item.high, item.unit, item.basis, item.confidence) == (
        "Refinery, diesel", 0.5, 0.4, 0.6, "t/t", "interval", "high",
    )  # fmt: skip
    other = with_numbers(case, [(item, 0.4)])
    assert other.rows("converts")["ref"].yields == ("diesel=0.4", "fuel=0.3")
    assert other.tables["converts"]["yields"].tolist() == ["diesel=0.4|fuel=0.3"]
    table = sensitivity(case, "stop", spread=0)
    assert table["column"].tolist() == ["yields"]
    ends = table.loc[0, ["value_lost_low", "value_lost", "value_lost_high"]].tolist()
    assert ends == pytest.approx([2.92, 3.9, 4.88])
    drawn = uncertainty(case, draws=4, spread=0).draws["value lost"]
    assert drawn.between(2.92, 4.88).all() and drawn.nunique() == 4
    bare = {i.key: (i.low, i.high) for i in uncertain_numbers(trade()) if i.column == "yields"}
    assert bare["converts:ref:yields:diesel"] == pytest.approx((0.4, 0.6))
    assert bare["converts:ref:yields:fuel"] == pytest.approx((0.24, 0.36))


def test_yields_together_make_no_more_than_goes_in():
    """Proves: drawn at 0.6 and 0.6 of a tonne, diesel and fuel oil are half each; of 11 MWh that a tonne holds, 12 MWh are 11.
    Without it: a draw of all yields at their upper ends would make oil out of nothing.
    """
    case = trade()
    items = [i for i in uncertain_numbers(case) if i.column == "yields"]
    made = with_numbers(case, [(i, 0.6) for i in items]).rows("converts")["ref"]
    assert yields_of(made) == pytest.approx({"diesel": 0.5, "fuel": 0.5})
    goods = [*GOODS, {"id": "power", "name": "power", "unit": "GWh"}]
    goods[0] = goods[0] | {"mwh_per_t": 11}
    plant = refinery(yields="power=10")
    burnt = trade(
        commodities=goods,
        converts=[plant],
        markets=[market("m", "B", 1, commodity="power", price_unit="USD/MWh")],
    )
    (item,) = [i for i in uncertain_numbers(burnt) if i.column == "yields"]
    assert (item.high, item.unit) == (12.0, "MWh/t")
    assert with_numbers(burnt, [(item, item.high)]).rows("converts")["ref"].yields == ("power=11.0",)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("yields_low", "diesel=0.6", "found diesel=0.6, above its yield of 0.5"),
        ("yields_high", "fuel=0.2", "found fuel=0.2, below its yield of 0.3"),
        ("yields_low", "diesle=0.4", "expected COMMODITY=NUMBER of what it makes: diesel, fuel"),
        ("yields_high", "diesel", "found 'diesel'; expected"),
        ("yields_high", "diesel=-1", "found 'diesel=-1'; expected"),
    ],
)
def test_slips_in_ends_of_yields_are_told(column, cell, told):
    """Proves: an end on the wrong side, of what is not made, or that is no number is an error with its column.
    Without it: the end would be passed over, and the yield be held for certain.
    """
    with pytest.raises(CaseError) as error:
        trade(converts=[refinery(**{column: cell})])
    (found,) = error.value.findings
    assert (found.table, found.row, found.column) == ("converts", "ref", column)
    assert told in found.message
