"""Units behind numbers: what they measure, and per what time.

Symbols are read with their case: Mt is a million tonnes, MT and mt are tonnes where the number says so, kt is a speed beside
words of wind and sailing. What is left open is no unit. A rate keeps its period, wherever it stands: "40 mcm/d", "67 million
tonnes of oil a year", "annual exports of 67 Mt".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

#: Of a power for an hour: "МВт·ч", "МВт-ч", "МВт ч".
_HOUR = r"\s?[·⋅∙•×*-]?\s?ч(?:ас\w*)?"

#: Tonnes of oil or coal equivalent are an energy, of whatever weighs what it does: "т н.э.", "т у.т.".
_NO_FUEL = (
    r"(?!\s+of\s+(?:oil|coal)\s+equivalent|\s+н(?:ефтяного\s+эквив|\.\s?э\b)"
    r"|\s+у(?:словного\s+топл|\.\s?т\b)|\.\s?н\.\s?э\b)"
)

#: What is past, ahead or the age of somebody: "два года назад", "через" stands before.
_NOT_BEFORE = r"(?!\s+(?:назад|спустя|тому|от\s+роду|ночи|дня|утра|вечера)\b)"

_UNITS: list[tuple[str, str, str, float]] = [  # words, unit, measure, factor
    (
        r"(?i:percentage[\s-]points?\b|(?:per\s?cent|%)[\s-]points?\b|p\.p\.|ppts?\b|pp\b|процентн\w+\s+пункт\w*|п\.\s?п\.|пп\b)",
        "percentage point",
        "change",
        1,
    ),
    (r"%|(?i:per\s?cent\b|percent\b|процент\w*)|(?<=\d)pc\b", "%", "share", 1),
    (r"(?i:b/d|bpd|bbl/d|bopd)\b", "bbl/d", "rate", 1),
    (r"(?i:kb/d|kbpd|kbd)\b", "bbl/d", "rate", 1e3),
    (r"(?:mb/d|(?i:mmb/d|mmbpd|mmbbl/d))\b", "bbl/d", "rate", 1e6),
    (r"(?i:tpd)\b", "t/d", "rate", 1),
    (r"(?i:tpy|tpa)\b", "t/y", "rate", 1),
    (r"(?i:ktpa)\b", "t/y", "rate", 1e3),
    (r"(?i:mtpa|mmtpa)\b", "t/y", "rate", 1e6),
    (r"(?i:bcma)\b", "m3/y", "rate", 1e9),
    (r"(?i:mcmd|mmcmd)\b", "m3/d", "rate", 1e6),
    (r"(?i:tcm)\b", "m3", "volume", 1e12),
    (r"(?i:bcm)\b", "m3", "volume", 1e9),
    (r"(?i:mcm|mmcm)\b", "m3", "volume", 1e6),
    (r"[Kk]t\b|KT\b|(?i:kilotons?|kilotonnes?)\b", "t", "mass", 1e3),
    (r"(?:MMT|MMt|mmt)\b", "t", "mass", 1e6),
    (r"Mt\b|(?i:megatons?|megatonnes?)\b", "t", "mass", 1e6),
    (r"(?:MT|mt|MTs|mts)\b", "t", "mass", 1),
    (r"(?i:barrels?|bbls?)\b(?!\s+of\s+oil\s+equivalent)|(?i:баррел\w*)", "bbl", "volume", 1),
    (rf"(?i:(?:metric\s+)?(?:tons?|tonnes?)\b|тонн\w*){_NO_FUEL}", "t", "mass", 1),
    (r"t(?![\w’'-]|\.\w)", "t", "mass", 1),
    # not "т. е.", "т. д.", "т. п.", "т. к.", "т. н."
    (rf"т(?![\w’'-]|\.\s?[едпкн]\.){_NO_FUEL}", "t", "mass", 1),
    (r"(?i:kilograms?|kg|килограмм\w*|кг)\b", "kg", "mass", 1),
    (
        r"(?i:cubic\s+met(?:er|re)s?|m3|cu\.?\s?m)\b|[mм]³|(?i:кубометр\w*|куб(?:\.|ических)?\s*м(?:етр\w*|\b))",
        "m3",
        "volume",
        1,
    ),
    (r"(?i:kilomet(?:er|re)s?|km|километр\w*|км)\b", "km", "length", 1),
    (r"(?i:nautical\s+miles?)\b", "nautical mile", "length", 1),
    (r"(?i:miles?)\b", "mile", "length", 1),
    (rf"(?:TWh|(?i:terawatt-hours?)|ТВт{_HOUR})\b", "MWh", "energy", 1e6),
    (rf"(?:GWh|(?i:gigawatt-hours?)|ГВт{_HOUR})\b", "MWh", "energy", 1e3),
    (rf"(?:MWh|(?i:megawatt-hours?)|МВт{_HOUR})\b", "MWh", "energy", 1),
    (r"(?:GW|(?i:gigawatts?)|ГВт)\b", "MW", "energy", 1e3),
    (r"(?:MW|(?i:megawatts?)|МВт)\b", "MW", "energy", 1),
    (r"(?i:TEUs?|ДФЭ)\b", "TEU", "count", 1),
    (r"(?i:hours?\b(?!\s+ago))", "hour", "duration", 1),
    (r"(?i:days?\b(?!\s+ago)|дн(?:ей|я)\b)", "day", "duration", 1),
    (r"(?i:weeks?\b(?!\s+ago))", "week", "duration", 1),
    (r"(?i:months?\b(?!\s+(?:ago|of)))", "month", "duration", 1),
    (r"(?i:years?\b(?!\s+(?:ago|old)))", "year", "duration", 1),
    (rf"(?i:час(?:а|ов)?\b){_NOT_BEFORE}", "hour", "duration", 1),
    (rf"(?i:(?:день|сут(?:ки|ок))\b){_NOT_BEFORE}", "day", "duration", 1),
    (rf"(?i:недел[яиью]\b|недель\b){_NOT_BEFORE}", "week", "duration", 1),
    (rf"(?i:месяц(?:а|ев)?\b){_NOT_BEFORE}", "month", "duration", 1),
    (rf"(?i:(?:года?|лет)\b){_NOT_BEFORE}", "year", "duration", 1),
    (r"(?i:times\b|-?fold\b)", "times", "factor", 1),
]
_UNIT = re.compile("|".join(f"(?P<u{i}>{words})" for i, (words, *_) in enumerate(_UNITS)))
#: Words of speed near "15 kt"; a unit of mass has something it is of.
_SPEED = re.compile(
    r"\b(?:sail|steam|cruis|speed|knots?|wind|gust|blow|drift|current|pace\b|headway|breeze|gale|storm|convoy|mov(?:e|ing)|travel|mak(?:e|ing)\s+way|proceed|slow|transit(?:ed|ing)\s+at)",
    re.I,
)
_OF = re.compile(r"\s+of\s+(?!wind|speed)|\s+(?:in|via|through|from|to)\s", re.I)
#: Tonnes beyond which "Mt" cannot be a million tonnes, and below which "MT" need not be one tonne.
_MOST_TONNES, _LEAST_MT = 1e10, 1e3
#: Barrels a day beyond which "mb/d" cannot be a million: the world uses half of it, and some write m for a thousand.
_MOST_BARRELS = 2e8

_PERIODS = {
    "hour": "h", "day": "d", "week": "week", "month": "month", "quarter": "quarter", "year": "y", "annum": "y",
    "hourly": "h", "daily": "d", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "y", "annually": "y",
    "annual": "y", "h": "h", "hr": "h", "d": "d", "w": "week", "wk": "week", "m": "month", "mo": "month", "mth": "month",
    "q": "quarter", "y": "y", "yr": "y", "a": "y", "p.a.": "y", "p/a": "y", "pa": "y",
    "сутки": "d", "сут": "d", "день": "d", "час": "h", "ч": "h", "неделю": "week", "месяц": "month", "квартал": "quarter",
    "год": "y", "ежесуточно": "d", "ежедневно": "d", "еженедельно": "week", "ежемесячно": "month", "ежеквартально": "quarter",
    "ежегодно": "y",
}  # fmt: skip
_NAMES = r"hour|day|week|month|quarter|year|annum"
_OFTEN = r"hourly|daily|weekly|monthly|quarterly|yearly|annually|annual"
_NOT_PAST = r"(?!\s+(?:ago|earlier|later|before|after|previously|old|long|from\s+now|on\b))"
#: "5.7 млн кубометров в сутки"; before a noun it is the time of something ("в год пандемии", "в день открытия").
_NOT_OF = (
    r"(?!\s+(?!(?:и|из|на|по|для|с|от|через|до|к|или|а|но|что|при|в|за|у|об?|со|против|без|вместо|вместе|около|более|менее|уже|чем|как|если|когда|пока)\b)"
    r"[а-яё]|\s+рожд)"
)
_RUSSIAN = (
    rf"\s+в\s+(?P<ru>сутки|(?:день|час|неделю|месяц|квартал|год){_NOT_OF})\b"
    r"|\s+(?P<ru_often>еже(?:суточно|дневно|недельно|месячно|квартально|годно))\b"
)
_RUSSIAN_LATER = re.compile(
    r"(?:\s+(?!(?:и|а|но|или|что|как|когда|если|за|был[аио]?|есть|в)\b)[а-яё-]+){1,4}?"
    + f"(?:{_RUSSIAN.replace('?P<', '?P<later_')})",
    re.I,
)
_RUSSIAN_FLOW = (
    r"(?:объ[её]м|мощност|экспорт|импорт|добыч|поставк|прокачк|пропускн|потреблени|производств|оборот|транзит|перевалк|погрузк|отгрузк|лимит|квот|доход|выручк"
    r"|расход|потребност|переработк|грузооборот|прибыл|убыт|выпуск|спрос|закупк|план)[а-яё]*"
)
_ABOUT = r"(?:(?:около|примерно|порядка|почти|более|свыше|менее|до|не\s+(?:менее|более)|на|в|по)\s+)*"
_RUSSIAN_BEFORE = re.compile(
    rf"\b(?:(?P<often>ежегодно|ежесуточно|ежедневно|ежемесячно|еженедельно|ежеквартально)\s+(?:[а-яё-]+\s+){{0,4}}?|(?:средне)?(?P<of>ежегодн|годов|ежесуточн|суточн|ежедневн"
    rf"|дневн|ежемесячн|месячн|еженедельн|недельн|ежеквартальн|квартальн)(?:ый|ая|ое|ые|ого|ой|ому|ым|ую|ых|ыми|ом|ий|его|ей)\s+(?:[а-яё-]+\s+){{0,2}}?{_RUSSIAN_FLOW}"
    rf"[^.,;:()\d]{{0,45}}?[:—–-]?\s*|(?:^|(?<=[.;,:—–-])\s*|\s)в\s+(?P<ru>сутки|день|час|неделю|месяц|квартал|год)\s+(?:[а-яё-]+(?:ют|ет|ит|ят|ат|ал[аи]?|ил[аи]?|ют?ся|ется|лось|лся)\s+)?)"
    rf"{_ABOUT}$",
    re.I,
)
_RUSSIAN_OFTEN = {"год": "y", "сут": "d", "дн": "d", "месяч": "month", "недел": "week", "кварт": "quarter"}
_SLASH = re.compile(
    r"\.?\s?/\s?(?P<p>hour|hr|h|day|d|week|wk|w|month|mth|mo|quarter|q|year|yr|y|annum|a|сутки|сут|год|час|ч)\b",
    re.I,
)
_DIRECT = re.compile(
    rf"(?:\s+|-)(?:(?:per|an?|each|every|in\s+an?|(?:for|on)\s+(?:each|every))(?:\s+|-)(?:(?:calendar|single)\s+)?(?P<p>{_NAMES})\b{_NOT_PAST}"
    rf"|(?P<often>{_OFTEN})\b|(?P<pa>p\.\s?a\.|p/a\b|pa\b))|{_RUSSIAN}",
    re.I,
)
#: Something else that an amount is of each ("30 m3/s", "3 tonnes per capita", "80 tonnes each", "20 trains twice a day"): it is
#: no amount, and its unit is not known here.
_OF_EACH = re.compile(
    rf"\s?/\s?\w|(?:\s+|-)per(?:\s+|-)\w|(?:\s+|-)(?:apiece|each|every)\b(?!\s+(?:{_NAMES})\b)|(?:\s+|-)every\s+(?:{_NAMES})\s+(?:and|or)\b"
    r"|\s+(?:once|twice|thrice|(?:two|three|four|five|six|\d+)\s+times)\s+(?:an?|per|every|each|in)\b"
    r"|(?:\s+|-)(?:(?:semi|bi|half)-?(?:annual|year|month|week|quarter)(?:ly)?|fortnightly)\b"
    r"|(?:\s+|-)an?(?:\s+|-)(?:second|minute|fortnight|half|hectare|acre|head|person|trip|wagon|railcar|car|ship|vessel|tanker|train|truck|container|voyage"
    r"|share|barrel|tonne|ton|piece|season|shift|flight|cargo|batch|well|marketing|crop|fiscal|financial|working|trading|business|\d+-)\b"
    r"|\s+в\s+(?:секунду|минуту|полугодие|смену|рейс|навигацию)\b|\s+(?:с|на)\s+(?:гектара?|душу|человека|единицу)\b|\s+(?:каждый|каждая|каждое)\b",
    re.I,
)
#: A unit that is multiplied by another: "tonne-kilometres", "vessel-days", "тонно-километр"; not a "month-long" time.
_PRODUCT = re.compile(
    r"[-‐‑–·⋅∙•×*](?:kilomet(?:er|re)s?|km|nautical|miles?|hours?|days?|months?|years?|километр\w*|км|миля?\w*|час\w*|сут\w*)\b",
    re.I,
)
#: Of each of two things: "per tonne per 1,000 km", "a day per vessel".
_EACH_AGAIN = re.compile(r"\s?/\s?\w|(?:\s+|-)per(?:\s+|-)(?!cent\b)\w", re.I)
_LATER = re.compile(
    rf"(?<!\bon)(?<!\bfor)(?<!\bafter)(?<!\bwithin)(?<!\bthan)(?<!\bhalf)(?<!\bover)\s+(?:(?:per|an?|each|every)\s+(?P<p>{_NAMES})\b{_NOT_PAST}"
    rf"|(?P<often>{_OFTEN})\b|(?P<pa>p\.\s?a\.))",
    re.I,
)
_GAP_END = re.compile(r"[.;:()“”\"\n\d]|,\s|\s[–—-]\s")
_GAP_BARRED = re.compile(
    r"\b(?:and|but|or|which|that|while|when|after|before|because|if|said|says|was|were|is|are|has|have|had|will|would|could|may|than|compared|against)\b",
    re.I,
)
_GAP_STARTS = re.compile(r"\s+(?:of|from|to|via|through|in|into|on|by|at|for|worth|out|across|over)\b", re.I)
_FLOW = (
    r"(?:capacit(?:y|ies)|output|production|exports?|imports?|volumes?|throughput|flows?|shipments?|deliver(?:y|ies)|suppl(?:y|ies)|sales|"
    r"consumption|demand|turnover|trade|rates?|quotas?|limits?|ceiling|cap|loadings?|transit|average|needs|requirements?|traffic|intake|"
    r"purchases|revenues?|incomes?|loss(?:es)?|costs?|profits?|budget|fees?|rent|payments?|spending|extraction|pumping)"
)
#: A change, or the first of two levels, between the word of a flow and the level: "fell 5% to", "rises by 5 million tonnes to".
_CHANGED = (
    r"(?:\d[\d.,]*\s?(?:%|(?:per\s?cent|(?:thousand|million|billion|mln|bn)?\s?[a-z]+)\b)"
    r"\s+(?:to|from)\s+(?:about\s+|some\s+|around\s+)?)?"
)
_BEFORE = re.compile(
    rf"\b(?:(?P<often>{_OFTEN})\s+(?:(?:[\w’'-]+\s+){{0,3}}?{_FLOW}\b[^.,;:()\d]{{0,45}}{_CHANGED}(?::\s{{0,3}})?|(?:about|around|some|nearly|almost|up\s+to|at\s+least|over)?\s*"
    rf"|(?:[a-z]+s|[a-z]+ed)\s+(?:about\s+|some\s+|up\s+to\s+|over\s+)?)"
    rf"|(?:each|every|\bper)\s+(?P<p>{_NAMES})\b[^.;:()\d]{{0,60}})$",
    re.I,
)
#: What has been counted before "each day": the period is that of the other amount, "1.2 million barrels per day and 10 tankers".
_COUNTED = re.compile(r"(?<!\d)(?!(?:19|20)\d\d\b)\d[^,.;:()]*$")
_PRICED = re.compile(
    r"(?:\s?/\s?|(?:\s+|-)(?:per|a|an|for\s+(?:a|each|every))(?:\s+|-))(?P<each>(?:metric\s+)?(?:tonne|ton|mt|t)|barrel|bbl|MWh|megawatt[\s-]hour|TEU|kg|kilogram|cubic\s+met(?:er|re)|m3)\b"
    rf"|(?:\s?/\s?|\s+за\s+)(?P<ru>тонну|т|баррель|барр|МВт{_HOUR}|ДФЭ|кг|кубометр|м3)\b",
    re.I,
)
_PRICE_UNITS = {
    "barrel": "bbl",
    "bbl": "bbl",
    "mwh": "MWh",
    "teu": "TEU",
    "kg": "kg",
    "kilogram": "kg",
    "m3": "m3",
    "тонну": "t",
    "т": "t",
    "баррель": "bbl",
    "барр": "bbl",
    "дфэ": "TEU",
    "кг": "kg",
    "кубометр": "m3",
    "м3": "m3",
}
#: Other things that a price may be of; without a unit for them there is no price.
_PRICED_OTHERWISE = re.compile(
    rf"\s?/\s?\w|(?:\s+|-)(?:apiece|each)\b(?!\s+(?:{_NAMES})\b)|(?:\s+|-)per(?:\s+|-)(?!(?:{_NAMES})\b)\w|(?:\s+|-)an?(?:\s+|-)(?:lit(?:er|re)|gallon|share|kilo|pound|ounce|bushel|head|unit|ticket|day-?trip|million|"
    r"thousand|container|wagon|car|vessel|ship|tanker|voyage|trip|head|person|piece|kilowatt\w*|megawatt\w*"
    rf"|gigajoule|mmbtu|therm|lb|cubic|wagon|railcar|truck|train|tanker|cargo|hectare|acre)\b"
    r"|\s+за\s+(?:тыс\w*|1\s?(?:000|тыс)|кубических|куб|литр|галлон|унцию|киловатт|кВт|контейнер|вагон|рейс|штуку|единицу|акцию)\b",
    re.I,
)


@dataclass(frozen=True)
class UnitHit:
    """A unit behind a number."""

    end: int
    name: str
    measure: str
    factor: float
    of: str | None = None
    """What stands between the unit and its period: what is measured."""
    start: int | None = None
    """Where a period begins that stands before the number."""


def unit_at(text: str, at: int, end: int, value: float, scaled: bool) -> UnitHit | None:
    """Give the unit that begins at `at`, or None: no unit, or one that can be read in two ways.

    Parameters
    ----------
    value : float
        The number before it, scale words worked in.
    scaled : bool
        Whether there was a scale word.
    """
    m = _UNIT.match(text, at, end)
    if m is None or m.lastgroup is None or _PRODUCT.match(text, m.end(), end):
        return None
    words, (_, name, measure, factor) = m[0], _UNITS[int(m.lastgroup[1:])]
    if words in ("Mt", "MT", "mt") and value * factor >= _MOST_TONNES:
        return None
    if words in ("MT", "mt") and not scaled and value < _LEAST_MT:
        return None
    if name == "bbl/d" and value * factor >= _MOST_BARRELS:
        return None
    if words.lower() == "kt" and not _is_mass(text, at, m.end(), end):
        return None
    return UnitHit(m.end(), name, measure, factor)


def _is_mass(text: str, at: int, stop: int, end: int) -> bool:
    """Tell kilotonnes from knots."""
    before, behind = text[max(0, at - 70) : at], text[stop : min(end, stop + 40)]
    if _SLASH.match(behind) or _DIRECT.match(behind):
        return True
    if re.match(r"\s+of\s+(?!wind|speed)", behind, re.I):
        return True
    if _SPEED.search(before) or _SPEED.search(behind):
        return False
    return not re.search(
        r"\b(?:at|do(?:es|ing)?|did|ma(?:kes?|king|de))\s+(?:only\s+|just\s+)?(?:about\s+|around\s+|some\s+|up\s+to\s+)?[\d.,–-]+\s?$",
        before,
        re.I,
    )


def with_period(text: str, unit: UnitHit, number: int, first: int, end: int) -> UnitHit | None:
    """Give the unit with the period that stands behind it or before the number; None for what has none with a period ("8 hours a
    day").

    Parameters
    ----------
    number : int
        Where the number begins.
    first, end : int
        Part of the text that may be looked at.
    """
    if unit.measure == "rate":
        return unit
    m = _SLASH.match(text, unit.end, end) or _DIRECT.match(text, unit.end, end)
    if m:
        if unit.measure in ("duration", "factor") or unit.name == "percentage point":
            return None
        return None if _EACH_AGAIN.match(text, m.end(), end) else _per(unit, _period(m), m.end())
    if _OF_EACH.match(text, unit.end, end):
        return None
    if unit.measure in ("share", "change", "factor", "duration", "length"):
        return unit
    m = _RUSSIAN_LATER.match(text, unit.end, end)
    if m:
        words = text[unit.end : m.start("later_ru") if m["later_ru"] else m.start("later_ru_often")]
        period = _PERIODS[(m["later_ru"] or m["later_ru_often"]).lower()]
        return replace(_per(unit, period, m.end()), of=re.sub(r"\s+в\s*$", "", words).strip())
    gap = _gap(text, unit.end, end)
    m = _LATER.search(text, unit.end, gap)
    while m:
        between = text[unit.end : m.start()]
        if _GAP_STARTS.match(between) and len(between.split()) <= 9 and not _GAP_BARRED.search(between):
            of = re.match(r"\s+of\s+(.+?)(?:\s+in)?$", between, re.S)
            return replace(_per(unit, _period(m), m.end()), of=of[1].strip() if of else None)
        m = _LATER.search(text, m.end(), gap)
    before = _BEFORE.search(text[max(first, number - 110) : number])
    start = max(first, number - 110) + (before.start() if before else 0)
    if before and not (before["p"] and _COUNTED.search(text[max(first, start - 60) : start])):
        return replace(_per(unit, _period(before), unit.end), start=start)
    before = _RUSSIAN_BEFORE.search(text[max(first, number - 110) : number])
    if before:
        start = max(first, number - 110) + before.start()
        start += len(text[start:number]) - len(text[start:number].lstrip())
        return replace(_per(unit, _russian_period(before), unit.end), start=start)
    return unit


def _russian_period(m: re.Match[str]) -> str:
    """Give the period that stands before a number in Russian ("годовой объем", "в сутки")."""
    if m["of"]:
        stem = m["of"].lower().removeprefix("еже")
        return next(period for head, period in _RUSSIAN_OFTEN.items() if stem.startswith(head))
    return _PERIODS[(m["often"] or m["ru"]).lower()]


def period_at(text: str, at: int, end: int) -> tuple[str, int] | None:
    """Give the period that stands at `at` ("a day", "/y", "в год") and where it ends."""
    m = _SLASH.match(text, at, end) or _DIRECT.match(text, at, end)
    return (_period(m), m.end()) if m else None


def _gap(text: str, start: int, end: int) -> int:
    stop = _GAP_END.search(text, start, min(end, start + 90))
    return stop.start() if stop else min(end, start + 90)


def _period(m: re.Match[str]) -> str:
    groups = m.groupdict()
    return _PERIODS[
        next((groups[k] for k in ("p", "often", "pa", "ru", "ru_often") if groups.get(k)), "p.a.")
        .lower()
        .replace(" ", "")
    ]


def _per(unit: UnitHit, period: str, end: int) -> UnitHit:
    measure = unit.measure if unit.measure in ("share", "change") else "rate"
    return replace(unit, end=end, name=f"{unit.name}/{period}", measure=measure)


def money_unit(text: str, code: str, at: int, number: int, first: int, end: int) -> UnitHit | None:
    """Give the unit of money that ends at `at`: an amount, a rate or a price; None for a price of what has no unit here."""
    priced = _PRICED.match(text, at, end)
    if priced:
        each = (priced["each"] or priced["ru"]).lower()
        each = "mwh" if each.startswith(("мвт", "megawatt")) else each
        per = _PRICE_UNITS.get(each) or ("m3" if each.startswith("cubic") else "t")
        if _EACH_AGAIN.match(text, priced.end(), end) or _PRODUCT.match(text, priced.end(), end):
            return None
        return UnitHit(priced.end(), f"{code}/{per}", "price", 1.0)
    if not _SLASH.match(text, at, end) and _PRICED_OTHERWISE.match(text, at, end):
        return None
    return with_period(text, UnitHit(at, code, "money", 1.0), number, first, end)


__all__ = ["UnitHit", "money_unit", "period_at", "unit_at", "with_period"]
