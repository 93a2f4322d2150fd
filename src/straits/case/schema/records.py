"""The tables that describe rights, acts, promises, plans, measurements and sources."""

from __future__ import annotations

from datetime import date
from typing import Literal

from straits.case.schema.fields import Limit, Row, TextList, quantity, ref

Confidence = Literal["high", "medium", "low"]


class Sourced(Row):
    """What every record that rests on a document carries."""

    source: str | None = ref("sources", default=None)
    """Source that supports the row. Blank: nothing does, and the row counts as unsourced."""
    locator: str | None = None
    """Where in the source: page, section, paragraph, table."""
    confidence: Confidence = "low"
    """high: stated by a primary or several independent sources. medium: one secondary source. low: memory or inference."""
    note: str | None = None


class Control(Sourced):
    """Who can close an asset, and by what right."""

    id: str
    asset: str = ref("asset")
    """Link, place, supply, market, store, process, fleet or joint capacity. A control of a place holds for what stands there, not
    for links."""
    actor: str = ref("actors")
    role: Literal["owner", "operator", "territory", "regulator"]
    """By what right the actor can act. Operators, regulators and states (`territory`) may each close the asset alone, owners who
    hold half of it or more together. Owners share its profit by `share`; where there is none its operator has it, else nobody:
    then it stands in accounts as `(nobody) asset`."""
    share: float | None = None
    """Owner's share, from 0 to 1. Blank for other roles."""
    start: date | None = None
    """First day. Blank: since before the case. Accounts, `actor:X`, attackers and games heed it day by day, or step by step."""
    end: date | None = None
    """Day after the last. Blank: until after the case."""


class Contract(Sourced):
    """A least or greatest flow that was agreed: quota, ship-or-pay, transit agreement."""

    id: str
    name: str
    kind: Literal["least", "greatest"]
    asset: str = ref("asset")
    """Link (flow entering), supply (output), market (sales) or process (what goes in) that it binds."""
    commodity: str | None = ref("commodities", default=None)
    """Commodity that counts. Blank: all that the asset carries."""
    origins: TextList = ref("actors", default=())
    """Origins that count. Blank: all."""
    amount: float = quantity("rate")
    """Agreed amount as a rate; it is prorated to the part of the period that the case covers."""
    amount_unit: str | None = None
    per: Literal["period", "month", "step"] = "period"
    """Over what the amount must be reached or kept: the whole period, each month, or each step."""
    start: date | None = None
    """First day. Blank: start of the case."""
    end: date | None = None
    """Day after the last. Blank: end of the case."""
    penalty: float | None = quantity("price", default=None)
    """Least flows: cost of a unit that falls short. Blank: hard. Greatest flows are always hard."""
    penalty_unit: str | None = None
    payer: str | None = ref("actors", default=None)
    """Who bears what it costs to keep a least flow, and the penalty, or has what a greatest flow is worth. Blank: who keeps the
    scarcity of the asset (`scarcity_rule`); the penalty falls on its owners."""
    parties: TextList = ref("actors", default=())
    """Who agreed it."""


class Measure(Sourced):
    """A dated act: ban, quota, tariff, sanction, court order, works, accident. An order is not a stop: the legal status and
    the physical effect are separate."""

    id: str
    name: str
    kind: Literal[
        "ban", "quota", "tariff", "sanction", "court_order", "order", "maintenance", "accident", "weather", "attack",
        "demining", "embargo", "other",
    ]  # fmt: skip
    actor: str | None = ref("actors", default=None)
    """Who acts."""
    asset: str | None = ref("asset", default=None)
    """Asset that it is aimed at. Blank for acts on no modelled asset."""
    status: Literal["threatened", "ordered", "in_force", "lifted", "not_legal"]
    """Furthest legal status reached within the case. `not_legal` for acts of nature, accidents and works."""
    start: date
    """Day from which it was ordered or in force."""
    end: date | None = None
    """Day on which it ended. Blank: not within the case."""
    factor: float | None = None
    """Physical effect: share of the asset's capacity that remained, 0 for a stop. Blank: none is taken."""
    cost: float | None = quantity("price", default=None)
    """What each unit that passes the asset, a link or any link of a joint capacity, costs more while the effect lasts, if the
    measure strikes it: a war-risk premium, pay for danger, an escort. Nothing is closed: cargo leaves where another way is
    cheaper. Blank: nothing."""
    cost_unit: str | None = None
    cost_low: float | None = None
    """Lower end of the plausible `cost`, same unit."""
    cost_high: float | None = None
    """Upper end of the plausible `cost`, same unit."""
    cost_to: TextList = ref("actors", default=())
    """Who receives it, in equal parts, as a tariff. Blank: nobody; it is used up, as fuel is."""
    effect_start: date | None = None
    """First day of the effect, on capacity and on cost. Blank: `start`."""
    effect_end: date | None = None
    """Day after the effect. Blank: `end`."""
    commodity: str | None = ref("commodities", default=None)
    """Commodity that it strikes. Blank: all."""
    origins: TextList = ref("actors", default=())
    """Origins that it strikes. Blank: all."""
    known: date | None = None
    """Day on which the effect became known (surprise foresight). Blank: its first day."""
    expected_days: float | None = None
    """Duration that was then expected (surprise foresight). Blank: its true duration."""
    baseline: bool = False
    """Whether the effect belongs to every run. If not, it acts only where a scenario names the measure."""

    @property
    def acts(self) -> bool:
        """Whether it has an effect at all, on the capacity of its asset or on the cost of using it."""
        return self.asset is not None and (self.factor is not None or self.cost is not None)


class Hazard(Sourced):
    """What closes assets at random: how often, for how long, in which months. Several assets are one common cause."""

    id: str
    name: str
    assets: TextList = ref("asset")
    """Assets that one event strikes together: a storm over a port, a quarrel over a territory."""
    rate_per_year: float
    """Events in a year, on average. Within the months given, if there are any, they are evenly spread."""
    duration_days: float
    """Mean length of an event, days."""
    duration_shape: Literal["exponential", "lognormal", "fixed"] = "exponential"
    """Distribution of the length. exponential: most are short. lognormal: with `duration_spread`. fixed: all are equal."""
    duration_spread: float | None = None
    """Standard deviation of the length divided by its mean; needed for `lognormal`."""
    factor: float = 0.0
    """Share of capacity that remains during an event. Default 0."""
    months: TextList = ()
    """Months in which events can begin, as numbers 1 to 12. Blank: all."""
    events_known: float | None = None
    """How many events that happened the rate rests on; 0: none was ever seen. Blank: not said. No input of the model."""


class Option(Sourced):
    """An investment or agreement that a scenario can switch on, and `hedge` can choose."""

    id: str
    name: str
    asset: str = ref("asset or contract")
    """Link, supply, store, process, fleet or joint capacity that grows, or contract of a greatest flow whose amount does: an
    agreement is an option. A new route is a link with capacity 0 and an option that adds to it."""
    adds: float = quantity("rate")
    """What it adds to the asset's capacity, or to the agreed amount (a rate for links, processes, supplies and contracts, an
    amount for stores, a count for fleets, a plain number in its own `unit` for joint capacities)."""
    adds_unit: str | None = None
    divisible: bool = False
    """Whether any part of `adds` can be built, at that part of `capital_cost` and `yearly_cost`. If not, all of it or nothing."""
    capital_cost: float | None = quantity("money", default=None)
    """Capital cost. Blank: unknown."""
    capital_cost_unit: str | None = None
    fixed_cost: float = quantity("money", default=0.0)
    """Capital cost that is paid besides, whole, if any part is built."""
    fixed_cost_unit: str | None = None
    yearly_cost: float = quantity("payment", default=0.0)
    """What it costs to keep, or to be allowed, while it stands: money per time."""
    yearly_cost_unit: str | None = None
    years_to_build: float | None = None
    """Years from the decision until it works. Blank: it works at once."""
    life_years: float | None = None
    """Years that it works, over which capital is paid back."""
    requires: TextList = ref("options", default=())
    """Options without which it cannot be built."""
    excludes: TextList = ref("options", default=())
    """Options beside which it cannot be built, whichever of the two names the other."""
    actor: str | None = ref("actors", default=None)
    """Who would build it."""


class Regime(Sourced):
    """A state of the world that lasts for some years and then gives way to another: how often hazards strike in it, and how
    likely the attacker does. For the question whether to build now or to wait."""

    id: str
    name: str | None = None
    start_probability: float = 0.0
    """Probability that the first year is in it. Those of all regimes add up to 1."""
    hazard_factor: float = 1.0
    """What the rates of all hazards are multiplied by."""
    strike_probability: float = 0.0
    """Probability that the attacker strikes in a year of it."""
    transitions: TextList = ()
    """Where the next year goes: `regime:probability`, such as `calm:0.9|tense:0.1`. They add up to 1. Blank: it stays."""


class Observation(Sourced):
    """A measured flow or stock, for back-tests. Never an input of the run it tests."""

    id: str
    name: str
    target_kind: Literal["corridor", "link", "supply", "market", "store", "process", "exports", "production"]
    """What was measured; of a process, what it takes in. `exports` and `production` are totals of an origin."""
    target: str | None = None
    """Corridor name or asset id. Blank for `exports` and `production`."""
    commodity: str = ref("commodities")
    origin: str | None = ref("actors", default=None)
    """Origin that was counted. Blank: all."""
    start: date
    """First day of the period measured."""
    end: date
    """Day after the last."""
    value: float = quantity("amount")
    value_unit: str | None = None
    use: Literal["back_test", "context"] = "back_test"
    """back_test: compared with the run that covers the period. context: shown only."""


class Event(Sourced):
    """Something that happened, for time lines. It changes nothing in the model; a measure does."""

    id: str
    title: str
    """What happened, in our own words."""
    kind: str
    """Type: closure, restriction, lifting, ban, agreement, investment, refusal, visit, unrest, statement, sanction, flow."""
    start: date
    end: date | None = None
    precision: Literal["day", "month", "year"] = "day"
    """How exactly `start` is known."""
    actors: TextList = ref("actors", default=())
    asset: str | None = ref("asset", default=None)
    measure: str | None = ref("measures", default=None)
    """The measure that models it, if one does."""
    disputed: str | None = None
    """What other sources say against it, in our own words."""


class Person(Sourced):
    """Who held an office of a state, and when: press reports name people, records name states. Added to the people that are known
    anyway; whoever is named here is known by these rows alone."""

    id: str
    name: str
    """Name in full."""
    aliases: TextList = ()
    """Other spellings; a surname alone is a name only if it stands here."""
    office: str
    state: str = ref("actors")
    start: date | None = None
    """First day in office. Blank: always before."""
    end: date | None = None
    """Last day in office. Blank: until today."""


class Claim(Row):
    """One statement about one field of one row. Several claims about one field are competing claims; one is chosen."""

    id: str
    table: str
    """Table of the field."""
    row: str
    """Id of the row."""
    column: str
    """Column of the field."""
    value: str
    """What is claimed, as it would stand in the cell."""
    unit: str | None = None
    """Unit of the value. Blank: the unit of the cell."""
    period: str | None = None
    """Time the claim speaks of, as an EDTF date or interval."""
    source: str | None = ref("sources", default=None)
    """Where it comes from. Blank: nothing supports it."""
    locator: str | None = None
    """Where in the source."""
    confidence: Confidence = "low"
    chosen: bool = True
    """Whether the case uses this claim. Exactly one claim of a field is chosen."""
    note: str | None = None


class Source(Row):
    """A document or data set."""

    id: str
    title: str
    publisher: str | None = None
    date: str | None = None
    """Publication date as written or inferred."""
    kind: str | None = None
    """document, company report, operator, news, analysis, ..."""
    reliability: Literal["primary", "secondary", "partisan", "unknown"] = "unknown"
    """What sort of witness it is on its subject."""
    address: str | None = None
    """Where it can be found."""
    note: str | None = None


__all__ = [
    "Claim",
    "Contract",
    "Control",
    "Event",
    "Hazard",
    "Limit",
    "Measure",
    "Observation",
    "Option",
    "Regime",
    "Source",
]
