"""The scale of a column of money is what its name says, or the file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits.goods.readers.scales import is_kg, scale_of
from straits.goods.reading import options_of, read
from straits.goods.refusals import InputRefused


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("value", 1), ("value_eur", 1), ("valueeur", 1), ("EUR", 1), ("import_origin_usd", 1),
        ("value_2022_usd", 1), ("m_value_usd", 1),
        ("value_keur", 1e3), ("value_k_usd", 1e3), ("value_thousand_eur", 1e3), ("value_1000eur", 1e3),
        ("value_teur", 1e3), ("TEUR", 1e3),
        ("Wert in 1000 EUR", 1e3), ("Wert (1 000 EUR)", 1e3), ("Wert, Tsd. EUR", 1e3), ("USD '000", 1e3), ("value 000s usd", 1e3),
        ("Value (thousand USD, net)", 1e3), ("стоимость, тыс. USD", 1e3), ("valuekeur", 1e3),
        ("value_meur", 1e6), ("value_m_usd", 1e6), ("value_mio_eur", 1e6), ("value_mln_usd", 1e6), ("millions of USD", 1e6),
        ("value_1,000,000_usd", 1e6), ("млн USD", 1e6), ("value_bn_eur", 1e9), ("Mrd. EUR", 1e9),
        ("USD m", 1e6), ("Value (US$ m)", 1e6), ("€m", 1e6), ("value_eur_k", 1e3), ("EUR t", None),
        ("value_xeur", None), ("value_t_eur", None), ("thousand million usd", None), ("1000 mio EUR", None),
    ],
)  # fmt: skip
def test_scale_of_a_name(name: str, scale: float | None) -> None:
    """Proves: thousands, millions and milliards are read as statistics write them, and what could be two is none.
    Without it: `value_1000eur` and `TEUR` were euros, a thousand times too little."""
    assert scale_of(name) == scale


def test_a_file_is_read_by_the_scale_of_its_name(tmp_path: Path) -> None:
    """Proves: values come in units of the currency, whether the column is found or mapped, and an unclear scale is refused."""
    path = tmp_path / "a.csv"
    head = "exporter,importer,period,good,{}\nDE,KZ,2021,870323,5\n"
    for name in ("value_1000eur", "value_teur", "value_keur"):
        path.write_text(head.format(name))
        assert read(str(path))[0].frame["value"].tolist() == [5000], name
    path.write_text(head.format("Wert (1000 EUR)"))
    names = {"value": "Wert (1000 EUR)"}
    found = read(str(path), options=options_of(names, "rows", currency="EUR"))
    assert found[0].frame["value"].tolist() == [5000]
    path.write_text(head.format("value_xeur"))
    with pytest.raises(
        InputRefused,
        match=r"row 1, column value_xeur: found a scale that is not known; accepted: .*value_keur",
    ):
        read(str(path))


@pytest.mark.parametrize(
    ("name", "kg"),
    [
        ("kg", True),
        ("net_weight_kg", True),
        ("Eigenmasse", True),
        ("2023_kg", True),
        ("Gewicht (t)", False),
        ("tonnes", False),
        ("1000 kg", False),
    ],
)
def test_a_column_of_kilograms_is_one(name: str, kg: bool, tmp_path: Path) -> None:
    """Proves: a column that is mapped to kg and says that it holds tonnes is refused. Without it: a tonne was a kilogram."""
    assert is_kg(name) == kg
    path = tmp_path / "a.csv"
    path.write_text(f"exporter,importer,period,good,value_eur,{name}\nDE,KZ,2021,870323,5,7\n")
    options = options_of({"kg": name}, "rows")
    if kg:
        assert read(str(path), options=options)[0].frame["kg"].tolist() == [7]
    else:
        with pytest.raises(InputRefused, match="another unit than kg"):
            read(str(path), options=options)
