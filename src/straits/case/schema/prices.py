"""The tables that say how prices answer: world markets, their elasticities by horizon, and who is exposed to them outside."""

from __future__ import annotations

from typing import Literal

from straits.case.schema.fields import quantity, ref
from straits.case.schema.records import Sourced

#: How long a shortage lasts for which an elasticity holds.
Horizon = Literal["days", "months", "year"]


class WorldMarket(Sourced):
    """A market that joins markets of the case (column `world`): one price, which rises with what is missing in the world."""

    id: str
    name: str
    commodity: str = ref("commodities")
    volume: float = quantity("rate")
    """What the whole world buys at `price`."""
    volume_unit: str | None = None
    volume_low: float | None = None
    volume_high: float | None = None
    price: float = quantity("price")
    """World price at which the prices of the joined markets hold. Each keeps its distance from it."""
    price_unit: str | None = None
    price_profile: str | None = ref("profile", default=None)
    """Profile of `price` over time. Blank: the same all the time."""
    sold: float = quantity("rate")
    """What the joined markets of the case buy together at `price` when nothing is out. As much less raises the price, as much
    more lowers it. What measures of the baseline take of the supplies of the commodity is known to the price and raises
    nothing."""
    sold_unit: str | None = None
    horizon: Horizon = "months"
    """How long the shortages last that are asked about: which row of `price_responses` holds. Where a scenario changes it, what
    it is compared with is solved with the same, since the level of what those beyond the network gain hangs on it."""
    buyer: str | None = ref("actors", default=None)
    """Who stands in accounts for all buyers and sellers beyond the network. Blank: nobody, shown as `(nobody) world market`."""


class PriceResponse(Sourced):
    """An elasticity of a world market, by how long a shortage lasts: the one that a run uses, or what other studies found."""

    id: str
    world: str = ref("world_markets")
    horizon: Horizon
    """days: a storm, an order that is soon lifted. months: a season. year: a year or more."""
    side: Literal["both", "demand", "supply"] = "both"
    """both: per cent by which demand falls and supply elsewhere rises, together, for one per cent of price, as a negative number;
    the price rises by its inverse. demand, supply: one side alone, as studies give it; for reading, no run uses it."""
    elasticity: float
    elasticity_low: float | None = None
    """Lower end: the more negative, by which the price answers least."""
    elasticity_high: float | None = None
    """Upper end: the nearer to 0, by which the price answers most."""
    used: bool = True
    """Whether runs use it: one row of `both` for a world market and horizon. The others stand beside it."""
    study: str | None = None
    """Study that it is from."""


class Exposure(Sourced):
    """What an actor sells to the world, or buys, beyond the network: what a rise of the price brings it, or costs."""

    id: str
    actor: str = ref("actors")
    world: str = ref("world_markets")
    net_exports: float = quantity("rate")
    """Exports less imports outside the case; below 0 for an importer. What the case sells or buys must not be in it."""
    net_exports_unit: str | None = None
    net_exports_low: float | None = None
    net_exports_high: float | None = None
