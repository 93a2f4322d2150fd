"""The tables that say who gets what of the value: fiscal terms, and rights to capacity that is scarce."""

from __future__ import annotations

from datetime import date
from typing import Literal

from straits.case.schema.fields import quantity, ref
from straits.case.schema.records import Sourced

#: Who keeps the scarcity of an asset: its owner earns the tariff alone, or the scarcity as well.
Rule = Literal["tariff", "scarcity"]

#: Tables of assets whose capacity can be scarce, so that somebody may hold a right to it.
SCARCE = ("links", "stores", "converts", "fleets", "joints")


class Fiscal(Sourced):
    """What a treasury, or another taker, takes of an asset: royalty, duty, fixed payment, share of the margin."""

    id: str
    name: str | None = None
    """Instrument, such as mineral extraction tax. It tells rows of one asset, taker and kind apart."""
    asset: str = ref("asset")
    """Supply, link, market or process on which it is levied. On a process: fixed and profit_share."""
    taker: str = ref("actors")
    """Who receives it. What states and authorities take is their budget."""
    kind: Literal["royalty", "export_duty", "excise", "fixed", "profit_share"]
    """royalty: share of the value at the local price of what a supply puts out, enters a link, or is sold at a market.
    export_duty, excise: per unit, seen by shippers as a tariff is, only of what leaves the state of the taker; an export duty on
    a link spares cargo of other origins. fixed: money for a time. profit_share: share of what is left of the asset's margin after
    these. Royalty, fixed and profit_share change no behaviour: they divide what a plan brings."""
    rate: float = quantity("price")
    """A share from 0 to 1 for royalty and profit_share, a price for export_duty and excise, money per time for fixed."""
    rate_unit: str | None = None
    rate_low: float | None = None
    """Lower end of the plausible rate, same unit as `rate`."""
    rate_high: float | None = None
    """Upper end of the plausible rate, same unit as `rate`."""
    start: date | None = None
    """First day. Blank: since before the case."""
    end: date | None = None
    """Day after the last. Blank: until after the case."""


class Right(Sourced):
    """Who holds a right to the capacity of an asset, and so keeps what it is worth when it is scarce."""

    id: str
    asset: str = ref("asset")
    """Link, store, process, fleet or joint capacity."""
    actor: str = ref("actors")
    """Who holds the right."""
    share: float | None = None
    """Part of the capacity, from 0 to 1. Give this or `amount`. What no row gives away is the shippers'."""
    amount: float | None = quantity("rate", default=None)
    """The same as an amount: a rate on a link or process, a content of a store, a number of vessels of a fleet. It counts as its
    part of the whole capacity, so that all rights shrink alike when some of it is lost."""
    amount_unit: str | None = None
    start: date | None = None
    """First day. Blank: since before the case."""
    end: date | None = None
    """Day after the last. Blank: until after the case."""
