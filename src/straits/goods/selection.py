"""Rows that a question is about: countries and groups, one direction, one good, one basis, one currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from straits.errors import StraitsError, did_you_mean
from straits.goods import countries
from straits.wording import counted

if TYPE_CHECKING:
    from straits.goods.refusals import Refusals


def side(text: str) -> tuple[str, frozenset[str] | None]:
    """Return the label of a country or group that a user names, and the members of a group.

    Raises
    ------
    StraitsError
        A name that is neither.
    """
    code = countries.country(text)
    if code is not None:
        return code, None
    group = countries.group(text)
    if group == "world":
        return countries.WORLD, None
    if group is not None:
        return text, countries.members(text)
    raise StraitsError(
        f"{text!r} is no country or group that is known{did_you_mean(text, countries.every_name())}"
    )


def on_side(rows: pd.DataFrame, column: str, name: str) -> tuple[pd.DataFrame, str]:
    """Return the rows of one country or group, and its label.

    Of a group its own rows are taken where there are any, else those of its members.
    """
    label, members = side(name)
    if members is None and countries.group(name) in (None, "world"):
        return rows[rows[column] == label], label
    group = countries.group(name)
    own = [text for text in rows[column].unique() if countries.group(text) == group]
    if own:
        return rows[rows[column].isin(own)], label
    return rows[rows[column].isin(members or frozenset())], label


def select(
    rows: pd.DataFrame,
    *,
    exporter: str | None = None,
    importer: str | None = None,
    good: str | None = None,
    flow: str | None = None,
    basis: str | None = None,
    vintage: str | None = None,
) -> pd.DataFrame:
    """Return the rows of a question, with `exporter` and `importer` as the user calls them where a group was named.

    Without `vintage` the newest of several is not guessed: rows of more than one stay, and `one_vintage` refuses them.
    """
    found = rows
    for column, name in (("exporter", exporter), ("importer", importer)):
        if name is not None:
            found, label = on_side(found, column, name)
            found = found.assign(**{f"{column}_label": label})
    for column, wanted in (("good", good), ("flow", flow), ("basis", basis), ("vintage", vintage)):
        if wanted is not None:
            found = found[found[column] == wanted]
    for column in ("exporter", "importer"):
        if f"{column}_label" not in found:
            found = found.assign(**{f"{column}_label": found[column]})
    return found


def to_currency(
    rows: pd.DataFrame, currency: str | None, rates: pd.DataFrame | None, refusals: Refusals
) -> pd.DataFrame:
    """Return rows in one currency; refuse two without a table of rates.

    Parameters
    ----------
    rows : DataFrame
    currency : str or None
        Wanted; None: that of the rows, or of the first if a table of rates is given.
    rates : DataFrame or None
        Columns currency, per, period, rate: units of `currency` for one of `per`; a month without a rate takes its year's.
    refusals : Refusals
    """
    used = [text for text in rows["currency"].unique() if text]
    wanted = currency.strip().upper() if currency else (used[0] if used else "")
    others = [text for text in used if text != wanted]
    if not others:
        return rows
    if rates is None:
        accepted = "one currency, or a table of rates: --rates FILE with columns currency, per, period, rate"
        refusals.refuse("question", "", "currency", " and ".join(sorted(used)), accepted, "two_currencies")
        return rows.iloc[:0]
    factor = {}
    for currency_, period in (
        rows[["currency", "period"]].drop_duplicates().itertuples(index=False, name=None)
    ):
        found = 1.0 if currency_ == wanted else _rate(rates, currency_, wanted, period)
        if found is None:
            what = f"no rate of {currency_} to {wanted} for {period}"
            refusals.refuse("rates", "", "rate", what, "a rate for the month or its year", "no_rate")
        factor[currency_, period] = found if found is not None else float("nan")
    keys = list(zip(rows["currency"], rows["period"], strict=True))
    return rows.assign(value=rows["value"] * [factor[key] for key in keys], currency=wanted)


def _rate(rates: pd.DataFrame, source: str, target: str, period: str) -> float | None:
    """Return how many units of `target` one unit of `source` is worth."""
    for when in (period, period[:4]):
        there = rates[(rates["period"] == when)]
        straight = there[(there["currency"] == target) & (there["per"] == source)]
        if len(straight):
            return float(straight["rate"].iloc[0])
        back = there[(there["currency"] == source) & (there["per"] == target)]
        if len(back):
            return 1.0 / float(back["rate"].iloc[0])
    return None


def one_vintage(rows: pd.DataFrame, refusals: Refusals, *, bases_apart: bool = True) -> bool:
    """Refuse rows that say the same thing twice, since they would be added up.

    These are two vintages of a statistic, unless one was chosen; two who report the same trade in one direction, such as a state
    and its union; one code in two editions of the nomenclature; and imports by origin beside the same by consignment, where the
    question does not answer each (`bases_apart`).
    """
    key = ["reporter", "flow", "exporter", "importer", "good", "edition", "period", "basis"]
    for several, column, code, accepted in (
        ([], "vintage", "two_vintages", "one vintage: --vintage NAME"),
        (["reporter"], "reporter", "two_reporters", "one who reports it: leave the rows of the other out"),
        (
            ["edition"],
            "edition",
            "two_editions",
            "one edition of the nomenclature: leave the rows of the other out",
        ),
        *(
            ()
            if bases_apart
            else ((["basis"], "basis", "two_bases", "one basis: --basis origin, or consignment"),)
        ),
    ):
        alike = [name for name in key if name not in several]
        twice = rows[rows.duplicated(alike, keep=False)]
        if not len(twice):
            continue
        first = twice.iloc[0]
        same = twice[(twice[alike] == first[alike]).all(axis=1)]
        names = ", ".join(repr(text) for text in same[column].unique())
        what = {"vintage": "vintages or currencies", "basis": "bases"}.get(column, f"{column}s")
        found = f"{counted(len(twice), 'row')} in several {what}: {names}"
        refusals.refuse(str(first["file"]), first["line"], column, found, accepted, code)
        return False
    return True


def without_parts(rows: pd.DataFrame, refusals: Refusals, *sides: str) -> pd.DataFrame:
    """Return rows of which none is a part of another, as far as files hold both, for sums over partners and directions.

    Re-exports are a part of exports and re-imports of imports (United Nations, International Merchandise Trade
    Statistics 2010). Rows with the whole world
    on one of the `sides` are the sum of those of countries: of a good and period that has both, the world is kept, which also
    holds what is assigned to no country.

    Parameters
    ----------
    rows : DataFrame
    refusals : Refusals
        Notes how many rows are left out.
    *sides : {"exporter", "importer"}
    """
    for part, whole in (("re-export", "export"), ("re-import", "import")):
        within = rows["flow"] == part
        if within.any() and (rows["flow"] == whole).any():
            meaning = f"left out: a part of {whole}s"
            refusals.note(
                "question",
                "",
                "flow",
                f"{counted(int(within.sum()), 'row')} of {part}s",
                meaning,
                "parts_beside_totals",
            )
            rows = rows[~within]
    for side_ in sides:
        key = [
            "reporter",
            "flow",
            "importer" if side_ == "exporter" else "exporter",
            "good",
            "period",
            "basis",
        ]
        world = (rows[side_] == countries.WORLD) & rows["value"].notna()
        if not world.any() or world.all():
            continue
        wholes = pd.MultiIndex.from_frame(rows.loc[world, key])
        within = (rows[side_] != countries.WORLD) & pd.MultiIndex.from_frame(rows[key]).isin(wholes)
        if within.any():
            found = f"{counted(int(within.sum()), 'row')} of single countries beside the world"
            refusals.note("question", "", side_, found, "left out: parts of the world", "parts_beside_totals")
            rows = rows[~within]
    return rows


def without_world(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of countries and groups where there are any, for questions that answer each; else those of the world."""
    apart = (rows["exporter"] != countries.WORLD) & (rows["importer"] != countries.WORLD)
    return rows[apart] if apart.any() else rows
