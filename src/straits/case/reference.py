"""The format reference of a case, as Markdown, written from the row models and the registry of checks."""

from __future__ import annotations

import math
from typing import Any

from straits.case.checks import run  # noqa: F401 - registers the checks
from straits.case.checks.registry import CHECKS, READING_ERRORS, Check
from straits.case.schema.fields import LIST_SEPARATOR, UNLIMITED, Row, docs_of
from straits.case.schema.settings import (
    Change,
    Decision,
    Disruption,
    ExchangeRate,
    Focus,
    Refine,
    Scenario,
    Settings,
    TimeAxis,
)
from straits.case.schema.tables import ASSET_TABLES, FIXED_UNITS, REQUIRED_TABLES, TABLES, Column, columns
from straits.case.schema.threats import (
    Act,
    Amount,
    Demand,
    Guarantee,
    Package,
    SenderType,
    Stated,
    Strike,
    Third,
    Threat,
)
from straits.case.units.amounts import FAMILIES, M3_PER_BBL, MWH_PER_MMBTU, PERIODS, amount_units
from straits.case.units.prices import MONEY_PREFIXES

_HEADER = "| column | holds | blank | meaning |\n|---|---|---|---|"
#: What `threats/*.yaml` holds, by the name it has in the reference.
_OF_THREATS: dict[str, type[Row]] = {
    "threats/*.yaml": Threat,
    "act": Act,
    "disruptions of an act": Strike,
    "stated": Stated,
    "demand": Demand,
    "resolve": SenderType,
    "packages": Package,
    "guarantees": Guarantee,
    "secondary": Third,
    "amounts of a threat": Amount,
}
_NESTED: tuple[tuple[str, type[Row]], ...] = (
    ("time", TimeAxis),
    ("refine", Refine),
    ("exchange_rates", ExchangeRate),
    ("focus", Focus),
    ("decisions", Decision),
    ("disruptions", Disruption),
    ("changes", Change),
)

#: The room of goods lies above a case, which knows nothing of it: its folder is told here in words, and tests hold them to it.
_GOODS = """## Goods

Beside the tables of a case in a folder may lie a folder `goods/`: `goods/questions.yaml` is a list of questions on statistics,
ledgers and lists that lie in the same folder, and the report answers them in their order. The model and the checks of a case do not
read it, and a workbook does not hold it. Each question has these keys; all others are arguments of the function that answers it.

| key | holds | blank | meaning |
|---|---|---|---|
| `ask` | one of `growth`, `gap`, `surges`, `divert`, `reexport`, `trace`, `screen`, `claim`, `pick`, `to_case` | error | Function of `straits.goods` that answers. |
| `name` | text | `ask` and its number | Name of the answer, by which a later `to_case` finds it. |
| `title` | text | the question | Heading in the report. |
| `files` | names of files, in a list | error if the function needs them | What is asked; a list of `screen` is `lists`, quoted figures are `claims`, what can be inspected is `consignments`. No file outside the folder and no link is read. |
| `columns` | field: column | the names of the file | Column map of the files. |
| `set` | field: text | nothing | What the files do not say themselves, such as `currency: EUR`. |
| `diverted` | name of an earlier question | error for `to_case` | The diversion that is held against the links of the case. |"""  # noqa: E501


def _one_line(text: str) -> str:
    """Join lines and escape what would end a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", r"\|")


def _holds(column: Column) -> str:
    words = {
        "text": "text",
        "choice": "one of " + ", ".join(f"`{choice}`" for choice in column.choices),
        "list": f"texts separated by `{LIST_SEPARATOR}`",
        "number": "number",
        "limit": f"number or `{UNLIMITED}`",
        "flag": "`true` or `false`",
        "date": "date, YYYY-MM-DD",
    }[column.kind]
    if column.refers:
        words = "ids of " if column.kind == "list" else "id of "
        named = {
            "asset": "any asset",
            "asset or contract": "any asset, or of `contracts`",
            "profile": "a profile: column `profile` of `profiles`",
        }
        words += named.get(column.refers, f"`{column.refers}`")
        words += f", separated by `{LIST_SEPARATOR}`" if column.kind == "list" else ""
    if column.dimension:
        words += f"; {column.dimension}, unit in `{column.unit_column}`"
    elif column.unit_column:
        words += f"; unit in `{column.unit_column}`"
    elif column.name in FIXED_UNITS:
        words += f"; {FIXED_UNITS[column.name]}"
    return _one_line(words)


def _blank(column: Column) -> str:
    if column.required:
        return "error"
    default = column.default
    if default is None or default == ():
        return "nothing"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, float) and math.isinf(default):
        return f"`{UNLIMITED}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _meaning(table: str, column: Column) -> str:
    """Give the docstring of a field, or for the many plain ones the words that go without saying."""
    if column.doc:
        return _one_line(column.doc)
    base = column.name.removesuffix("_unit").removesuffix("_low").removesuffix("_high")
    if column.name == "id":
        return "Identifier, unique in its table" + (
            " and among all assets." if table in ASSET_TABLES else "."
        )
    if column.name.endswith("_unit"):
        return f"Unit of `{base}`."
    if column.name.endswith(("_low", "_high")):
        return f"{'Lower' if column.name.endswith('_low') else 'Upper'} end of the plausible `{base}`, same unit."
    plain = {
        "name": "Name in reports.",
        "aliases": "Other names under which documents mention it.",
        "note": "Anything a reader should know.",
    }
    return plain.get(column.name, column.name.replace("_", " ").capitalize() + ".")


def table_reference(table: str) -> str:
    """Describe one table.

    Parameters
    ----------
    table : str

    Returns
    -------
    str
        Markdown: heading, what a row is, and a line for each column.
    """
    lines = [f"## {table}", "", _one_line(TABLES[table].__doc__ or ""), "", _HEADER]
    lines += [
        f"| `{column.name}` | {_holds(column)} | {_blank(column)} | {_meaning(table, column)} |"
        for column in columns(table).values()
    ]
    return "\n".join(lines)


def _settings_reference(title: str, model: type[Row], under: str = "") -> str:
    lines = [
        f"### {title}",
        "",
        _one_line(model.__doc__ or ""),
        "",
        "| name | blank | meaning |",
        "|---|---|---|",
    ]
    for name, info in model.model_fields.items():
        default: Any = None if info.is_required() else info.default
        blank = "error" if info.is_required() else "nothing" if default in (None, (), "") else f"`{default}`"
        nested = dict(_NESTED).get(name)
        meaning = _one_line(docs_of(model).get(name) or name.replace("_", " ").capitalize() + ".")
        meaning += f" See `{name}` below." if nested else ""
        lines.append(f"| `{under}{info.alias or name}` | {blank} | {meaning} |")
    return "\n".join(lines)


def units_reference() -> str:
    """Describe the units that cells may use.

    Returns
    -------
    str
        Markdown.
    """
    lines = ["## Units", "", "| commodity kept in | amounts may be given in |", "|---|---|"]
    lines += [f"| `{kept}` | {', '.join(f'`{unit}`' for unit in amount_units(kept))} |" for kept in FAMILIES]
    lines += [
        "",
        f"A rate is an amount per {', '.join(f'`/{period}`' for period in PERIODS)}; `/y` is the amount of a full calendar year, "
        "`/month` a twelfth of it. `MW` and `GW` are rates by themselves: MWh and GWh an hour.",
        "A price is money per amount, such as `USD/t`, `USD/bbl`, `USD/1000 m3`, `EUR/MWh`, `USD/MMBtu`, `kUSD/TEU`.",
        f"Money is the currency of the case with the prefix {', '.join(f'`{prefix}`' for prefix in MONEY_PREFIXES if prefix)}, "
        "or none; or another currency that has its rate under `exchange_rates`.",
        "",
        "`kb` is a thousand barrels, `mb` a million, `mcm` a million cubic metres, `bcm` a thousand million. Upper and lower "
        "case matter.",
        f"A barrel is {M3_PER_BBL} m3, an MMBtu {MWH_PER_MMBTU:.10f} MWh. Barrels become tonnes by `bbl_per_t`, cubic metres of "
        "a liquid by barrels; wagons and trains by `t_per_wagon` and `teu_per_train`; energy becomes cubic metres of gas by "
        "`kwh_per_m3`, tonnes by `mwh_per_t`, m3 of LNG by `mwh_per_m3_lng`, and back. Without the factor, the unit is an error.",
        "Zero and `unlimited` need no unit.",
    ]
    return "\n".join(lines)


def checks_reference() -> str:
    """List every error and warning with its code.

    Returns
    -------
    str
        Markdown.
    """
    lines = ["## Checks", "", "| code | severity | what is wrong |", "|---|---|---|"]
    lines += [f"| `{code}` | error | {_one_line(doc)} |" for code, doc in READING_ERRORS.items()]
    lines += [
        f"| `{check.code}` | {check.severity} | {_one_line(check.doc)} |"
        for check in sorted(CHECKS.values(), key=_order)
    ]
    return "\n".join(lines)


def _order(check: Check) -> tuple[str, str]:
    return check.severity, check.code


def format_reference() -> str:
    """Give the whole format reference.

    Returns
    -------
    str
        Markdown: tables, settings, scenarios, units, checks.
    """
    needed = " and ".join(f"`{table}`" for table in REQUIRED_TABLES)
    parts = [
        "# Format of a case",
        "A case is a folder with `case.yaml`, one CSV file per table, `scenarios/*.yaml` and, if wanted, `threats/*.yaml`, "
        f"`routes.geojson` and a folder `goods/`; or one XLSX workbook with sheets of the same names. {needed} are required.",
        *(table_reference(table) for table in TABLES),
        "## Settings and scenarios",
        _settings_reference("case.yaml", Settings),
        _settings_reference("time", TimeAxis, "time."),
        _settings_reference("refine", Refine),
        _settings_reference("exchange_rates", ExchangeRate),
        _settings_reference("focus", Focus, "focus."),
        _settings_reference("scenarios/*.yaml", Scenario),
        _settings_reference("decisions", Decision),
        _settings_reference("disruptions", Disruption),
        _settings_reference("changes", Change),
        "## Threats",
        *(_settings_reference(name, model) for name, model in _OF_THREATS.items()),
        _GOODS,
        units_reference(),
        checks_reference(),
    ]
    return "\n\n".join(parts) + "\n"
