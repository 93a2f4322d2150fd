"""The table of processes: what turns one commodity into others at a place."""

from __future__ import annotations

from datetime import date
from typing import Literal

from straits.case.schema.fields import Limit, TextList, quantity, ref
from straits.case.schema.records import Sourced


class Convert(Sourced):
    """A process that turns one commodity into others at a place: a refinery, a regasification terminal, a power plant. It is
    closed, owned, ranked, attacked and built as a link is. What it makes keeps the origin of what goes in, so that a stop of
    crude is seen as diesel of the same origin."""

    id: str
    name: str
    place: str = ref("places")
    """Where it stands: what goes in is taken there, and what it makes is there."""
    commodity: str = ref("commodities")
    """What goes in. Amounts, capacity, cost and tariff count what goes in."""
    yields: TextList
    """What one customary unit (t, 1000 m3, MWh, TEU) of it gives, in customary units of what is made, as
    `diesel=0.45|petrol=0.25|fuel-oil=0.25`. All of it is made together, and must be sold, kept or moved on: what is thrown away
    needs a market at price 0."""
    yields_low: TextList = ()
    """Lower ends of plausible yields, of all that is made or of some, as `diesel=0.42`."""
    yields_high: TextList = ()
    """Upper ends of plausible yields, likewise. Where several at once would give more than goes in, all take their part of it."""
    capacity: Limit = quantity("rate")
    """Most that goes in. A number, or `unlimited`."""
    capacity_unit: str | None = None
    capacity_low: float | None = None
    capacity_high: float | None = None
    capacity_profile: str | None = ref("profile", default=None)
    """Profile of `capacity` over time. What options add comes on top. Blank: the same all the time."""
    cost: float = quantity("price")
    """Cost of processing one unit of what goes in. Zero must be written as 0."""
    cost_unit: str | None = None
    cost_low: float | None = None
    cost_high: float | None = None
    cost_profile: str | None = ref("profile", default=None)
    """Profile of `cost` over time. Blank: the same all the time."""
    tariff: float = quantity("price", default=0.0)
    """What the owner of the cargo pays to have it processed, beyond the cost. A transfer between actors. Default 0."""
    tariff_unit: str | None = None
    tariff_to: TextList = ref("actors", default=())
    """Who receives the tariff, in equal parts. Blank: the owners of the process by their shares."""
    origin: str | None = ref("actors", default=None)
    """Origin of what it makes, where customs rules give it a new one. Blank: that of what goes in; where that is not tracked, the
    territory of the place."""
    start: date | None = None
    """First day on which it works. Blank: since before the case."""
    end: date | None = None
    """Day after the last. Blank: until after the case."""
    scarcity_rule: Literal["tariff", "scarcity"] | None = None
    """Who keeps what its capacity is worth beyond the tariff when it is scarce. tariff: who holds a right to it (table rights),
    else the owners of the cargo, in proportion to what they have processed. scarcity: its owners. Blank: tariff where somebody
    holds a right to it or it has a tariff, else scarcity."""

    # What a link says and a process need not: to the model it is a link that begins and ends at its place.

    @property
    def from_place(self) -> str:
        """Where what goes in is taken."""
        return self.place

    @property
    def to_place(self) -> str:
        """Where what it makes is."""
        return self.place

    @property
    def commodities(self) -> tuple[str, ...]:
        """What goes in."""
        return (self.commodity,)

    @property
    def mode(self) -> str:
        """How cargo moves: not at all."""
        return "process"

    @property
    def loss(self) -> float:
        """None: yields say what is left."""
        return 0.0

    @property
    def transit_days(self) -> float:
        """None."""
        return 0.0

    @property
    def length_km(self) -> None:
        """None."""
        return

    @property
    def origins(self) -> tuple[str, ...]:
        """All."""
        return ()

    @property
    def territory(self) -> tuple[str, ...]:
        """That of its place."""
        return ()

    @property
    def corridor(self) -> None:
        """None."""
        return
