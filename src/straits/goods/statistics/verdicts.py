"""What a careful reader answers to one quoted figure: worked out again from its own numbers, or from statistics.

A figure is held against each way in which its words can be read: rounded, cut off, and "x times more" as so much on top.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from straits.errors import StraitsError
from straits.goods import countries, figures
from straits.goods.figures import last_digit as _last_digit
from straits.goods.reading import Files
from straits.goods.spans import months_of
from straits.goods.statistics.likeforlike import growth
from straits.wording import in_millions

CONSISTENT, CONTRADICTED, UNDECIDABLE = "consistent", "contradicted", "undecidable"
KINDS = ("factor", "growth_pct", "share", "part_whole", "sum", "level")


@dataclass(frozen=True)
class Verdict:
    """What a careful reader answers.

    Attributes
    ----------
    verdict : str
    why : str
    decides : str
        The number that decides, in words.
    measured, claimed : float
    reading : str
        How the words must be read for it to hold.
    """

    verdict: str
    why: str
    decides: str = ""
    measured: float = float("nan")
    claimed: float = float("nan")
    reading: str = ""


def judge(row: dict[str, Any], files: Files | None, vintage: str | None) -> Verdict:
    """Judge one claim, a mapping with every field (numbers as floats or NaN, texts as texts) whose kind is one of `KINDS`."""
    kind = row["kind"]
    if kind == "part_whole":
        return _part_of_whole(row)
    if kind == "sum":
        return _parts_add_up(row, row["value_b"]) or Verdict(
            UNDECIDABLE, "the statement does not give the parts of the sum"
        )
    if kind == "share":
        return _share(row)
    if kind == "level":
        return _level(row, files, vintage)
    return _grown(row, files, vintage)


def _grown(row: dict[str, Any], files: Files | None, vintage: str | None) -> Verdict:
    """Judge a factor or a growth in per cent."""
    a, b, said = row["value_a"], row["value_b"], row["factor_claimed"]
    own = b / a if a > 0 and b == b else float("nan")
    if own == own and said == said:
        low, high = _ratio_range(a, b)
        return _against(row, own, said, "its own two numbers", low, high)
    measured, why = _measured(row, files, vintage)
    if said == said and measured == measured:
        return _against(row, measured, said, why, measured, measured)
    if said == said and b == b:
        added = _parts_add_up(row, b)
        if added is not None:
            return added
    if own == own and measured == measured:
        low, high = _ratio_range(a, b)
        holds = low <= measured <= high
        told = f"its numbers give a factor of {own:.4g}; {why} gives {measured:.4g}"
        return Verdict(CONSISTENT if holds else CONTRADICTED, told, f"{measured:.4g}", measured, own)
    if own == own:
        told = f"factor {own:.4g} ({100 * (own - 1):+.1f} %) is right for its own two numbers; {why}"
        return Verdict(UNDECIDABLE, told, f"{own:.4g}", own, said)
    return Verdict(UNDECIDABLE, why, "", float("nan"), said)


def _against(
    row: dict[str, Any], measured: float, said: float, source: str, low: float, high: float
) -> Verdict:
    """Hold a measured factor against a claimed one under each reading of the words."""
    turned = figures.turned(row, said)
    if turned:
        return Verdict(UNDECIDABLE, turned, "", measured, said)
    readings = figures.readings(row, said)
    number = f"measured factor {measured:.4g}"
    for name, (least, most) in readings.items():
        if least <= high and low <= most:
            return Verdict(CONSISTENT, f"{number} from {source}", f"{measured:.4g}", measured, said, name)
    needs = _needed(row, said)
    return Verdict(
        CONTRADICTED, f"{number} from {source}, {said:g} claimed{needs}", f"{measured:.4g}", measured, said
    )


def _ratio_range(a: float, b: float) -> tuple[float, float]:
    """Return the least and greatest ratio that two rounded numbers allow."""
    half_a, half_b = _last_digit(a) / 2, _last_digit(b) / 2
    least = max(b - half_b, 0.0) / (a + half_a)
    return least, (b + half_b) / (a - half_a) if a > half_a else float("inf")


def _needed(row: dict[str, Any], said: float) -> str:
    later = row.get("_later", float("nan"))
    if not (later == later and said > 0):
        return ""
    return f"; a factor of {said:g} needs {in_millions(later / said, 1)} million in {row['period_a']}"


_SUBJECT = (
    re.compile(r"(?P<a>[\w .]+?)\s*[-–]\s*(?P<b>[\w .]+?)\s+(?P<what>turnover|trade)\b.*", re.IGNORECASE),
    re.compile(r"(?P<a>[\w .]+?)\s+to\s+(?P<b>[\w .]+?)(?P<what>\s+[a-z].*)?"),
)


_CODE = r"(?:,?\s+(?:of\s+)?(?:(?:hs|cn)\s*)?(?P<code>\d{2,10}))?"
#: Subjects of one direction: who sends and who receives, or who receives and from whom, and the code of a good.
_ONE_WAY = (
    ("export", re.compile(
        rf"(?:(?:exports?\s+)?(?:of|from|by)\s+)?(?P<of>[^,]+?)\s+(?:exports?\s+)?to\s+(?P<other>[^,]+?){_CODE}", re.IGNORECASE)),
    ("import", re.compile(
        rf"(?:imports?\s+(?:of|by|into|to)\s+)?(?P<of>[^,]+?)\s+(?:imports?\s+)?from\s+(?P<other>[^,]+?){_CODE}", re.IGNORECASE)),
)  # fmt: skip
#: Columns that say outright what statistics are asked for.
ASKED_FOR = ("exporter", "importer", "flow", "good")
_FLOWS = ("export", "import", "turnover")


def _measured(row: dict[str, Any], files: Files | None, vintage: str | None) -> tuple[float, str]:
    """Return the factor that statistics give for the subject and periods, and where it is from; NaN with the reason if
    they do not."""
    if files is None:
        return float("nan"), "no series is loaded"
    asked = _asked(row)
    if isinstance(asked, str):
        return float("nan"), asked
    unit = figures.unit_of(str(row["unit"]))
    if unit is None:
        return float("nan"), f"the figure is in {row['unit']}, the series in money"
    try:
        result = growth(files, before=row["period_a"], after=row["period_b"], vintage=vintage, **asked)
    except StraitsError as error:
        return float("nan"), str(error)
    if len(result.table) != 1 or result.refused["code"].isin(["missing_months"]).any():
        if len(result.table) > 1:
            return float("nan"), "several series fit: name flow, good or basis"
        first = result.refused["found"].iloc[0] if len(result.refused) else "no series fits"
        return float("nan"), f"no series decides: {first}"
    found = result.table.iloc[0]
    if unit[1] and unit[1] != found["currency"]:
        return float(
            "nan"
        ), f"the figure is in {unit[1]}, the series in {found['currency']}: their growth differs by the rate"
    row["_later"] = float(found["value_after"])
    return float(found["factor"]), ", ".join(Path(part).name for part in str(found["source"]).split(", "))


def _asked(row: dict[str, Any]) -> dict[str, Any] | str:
    if not row["period_a"] or not row["period_b"]:
        return "it does not say which periods it compares"
    if any(row.get(name) for name in ASKED_FOR):
        return _asked_outright(row)
    for flow, one_way in _ONE_WAY:
        match = one_way.fullmatch(row["subject"])
        if match is None or not all(_known(match[side]) for side in ("of", "other")):
            continue
        sides = [match["of"].strip(), match["other"].strip()]
        exporter, importer = sides if flow == "export" else sides[::-1]
        return {"exporter": exporter, "importer": importer, "good": match["code"] or "total", "flow": flow}
    for pattern in _SUBJECT:
        match = pattern.fullmatch(row["subject"])
        if match is None:
            continue
        sides = [match["a"].strip(), match["b"].strip()]
        if not all(map(_known, sides)):
            continue
        what = (match["what"] or "").strip().lower()
        if what in ("turnover", "trade"):
            return {"exporter": sides[0], "importer": sides[1], "flow": "turnover"}
        if what in ("total", "exports", "all goods"):
            return {"exporter": sides[0], "importer": sides[1], "good": "total", "flow": "export"}
        return f"no series of {what} is loaded: name an HS code, or bring the data"
    return (
        f"subject {row['subject']!r} names no two countries that are known, or not as in 'DE to KG 8703', 'KG from DE 8703' "
        "or 'KZ-RU turnover'; columns exporter and importer say it outright"
    )


def _known(name: str) -> bool:
    name = name.strip()
    return countries.country(name) is not None or countries.group(name) is not None


def _asked_outright(row: dict[str, Any]) -> dict[str, Any] | str:
    """Give what is asked of statistics by the columns that say it."""
    exporter, importer, flow, good = (row.get(name, "") for name in ASKED_FOR)
    flow, good = flow.lower(), good.lower()
    for side, name in (("exporter", exporter), ("importer", importer)):
        if not _known(name):
            return f"{side} {name!r} is no country or group that is known"
    if flow and flow not in _FLOWS:
        return f"flow {flow!r} is none of {', '.join(_FLOWS)}"
    if flow == "turnover":
        return {"exporter": exporter, "importer": importer, "flow": flow, **({"good": good} if good else {})}
    return {"exporter": exporter, "importer": importer, "good": good or "total", "flow": flow or "export"}


def _part_of_whole(row: dict[str, Any]) -> Verdict:
    """Judge a part (B) against its whole (A): over a time inside that of the whole it cannot be larger."""
    whole, part = row["value_a"], row["value_b"]
    if not (whole == whole and part == part):
        return Verdict(UNDECIDABLE, "part or whole is not given")
    inside = _inside(row["period_b"], row["period_a"])
    if inside is None:
        return Verdict(
            UNDECIDABLE, "it does not say which periods part and whole are of", f"{part:g}", part, whole
        )
    slack = (_last_digit(part) + _last_digit(whole)) / 2
    if part > whole + slack and inside:
        why = f"a part of {part:g} over {row['period_b']} is larger than its whole of {whole:g} over {row['period_a']}"
        return Verdict(
            CONTRADICTED,
            f"{why}: one definition, source or year differs",
            f"{part:g} > {whole:g}",
            part,
            whole,
        )
    if not inside:
        return Verdict(UNDECIDABLE, "the part's time is not inside the whole's", f"{part:g}", part, whole)
    return Verdict(
        CONSISTENT,
        f"the part {part:g} is not larger than its whole {whole:g}",
        f"{part:g} <= {whole:g}",
        part,
        whole,
    )


def _inside(part: str, whole: str) -> bool | None:
    try:
        return set(months_of(part)) <= set(months_of(whole))
    except StraitsError:
        return None


_PART = re.compile(
    r"(?:exports?|imports?|sales|purchases)\D{0,12}?(?:from\s+[\d.,]+\s+to\s+)?(\d+(?:[.,]\d+)?)",
    re.IGNORECASE,
)


def _parts_add_up(row: dict[str, Any], whole: float) -> Verdict | None:
    """Judge a whole by the parts that the statement names (exports and imports); None if it names fewer than two."""
    parts = [float(text.replace(",", ".")) for text in _PART.findall(row["statement"])]
    if len(parts) < 2 or whole != whole:
        return None
    total = sum(parts)
    slack = sum(_last_digit(part) for part in parts) / 2 + _last_digit(whole) / 2 + 1e-9
    told = f"{' + '.join(f'{part:g}' for part in parts)} = {total:g}, and {whole:g} is said"
    if abs(total - whole) > slack:
        return Verdict(CONTRADICTED, told, f"{total:g}", total, whole)
    said = row["factor_claimed"]
    if said == said and said > 0:
        told += f"; a factor of {said:g} implies {whole / said:,.4g} before"
    return Verdict(CONSISTENT, told, f"{total:g}", total, whole)


def _share(row: dict[str, Any]) -> Verdict:
    """Judge a share: part (B) of the whole (A), claimed as a factor or in per cent."""
    a, b, said = row["value_a"], row["value_b"], row["factor_claimed"]
    if not (a > 0 and b == b):
        return Verdict(UNDECIDABLE, "part or whole is not given", "", float("nan"), said)
    low, high = _ratio_range(a, b)
    if said != said:
        return Verdict(
            UNDECIDABLE,
            f"the share of its own numbers is {b / a:.4g}; none is claimed",
            f"{b / a:.4g}",
            b / a,
            said,
        )
    shares = figures.shares(row, said)
    holds = [share for share, step in shares if low <= share + step / 2 and share - step / 2 <= high]
    share = holds[0] if holds else shares[0][0]
    told = f"{b:g} of {a:g} is {b / a:.4g}, {share:.4g} is claimed"
    return Verdict(CONSISTENT if holds else CONTRADICTED, told, f"{b / a:.4g}", b / a, share)


def _level(row: dict[str, Any], files: Files | None, vintage: str | None) -> Verdict:
    """Judge a level against the series, in every vintage that is loaded."""
    said = row["value_b"] if row["value_b"] == row["value_b"] else row["value_a"]
    period = row["period_b"] or row["period_a"]
    if files is None:
        return Verdict(UNDECIDABLE, "no series is loaded", "", float("nan"), said)
    asked = _asked({**row, "period_a": period, "period_b": period})
    if isinstance(asked, str):
        return Verdict(UNDECIDABLE, asked, "", float("nan"), said)
    unit = figures.unit_of(str(row["unit"]))
    if unit is None or "%" in str(row["unit"]):
        return Verdict(
            UNDECIDABLE, f"the figure is in {row['unit']}, the series in money", "", float("nan"), said
        )
    size, currency = unit
    try:
        result = growth(files, before=period, after=period, vintage=vintage, **asked)
    except StraitsError as error:
        return Verdict(UNDECIDABLE, str(error), "", float("nan"), said)
    others = sorted(set(result.table["currency"]) - {currency}) if currency else []
    if others and currency not in set(result.table["currency"]):
        why = f"the figure is in {currency}, the series in {' and '.join(others)}: a table of rates is needed"
        return Verdict(UNDECIDABLE, why, "", float("nan"), said)
    table = result.table[result.table["currency"] == currency] if currency else result.table
    values = (table["value_after"] / size).dropna()
    if not len(values):
        first = result.refused["found"].iloc[0] if len(result.refused) else "no series fits"
        return Verdict(UNDECIDABLE, f"no series decides: {first}", "", float("nan"), said)
    half = _last_digit(said) / 2
    holds = bool(((values - said).abs() <= half + 1e-9).any())
    told = f"the series gives {', '.join(f'{value:,.4g}' for value in values)} {row['unit']} in {period}"
    return Verdict(
        CONSISTENT if holds else CONTRADICTED, told, f"{values.iloc[0]:,.4g}", float(values.iloc[0]), said
    )
