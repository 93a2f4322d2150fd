"""The tables that describe the network: who, what, where, and how it moves. One class is one table, one field one column.

The docstring of a field is its text in the format reference. `ref` says which table an id must come from, `quantity`
that the number has its own unit column.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from straits.case.schema.fields import Limit, Row, TextList, quantity, ref


class Actor(Row):
    """A state, company, alliance, court or authority that owns, runs, hosts, regulates, sells or buys."""

    id: str
    """Identifier. States use their ISO 3166-1 alpha-3 code."""
    name: str
    """Name in reports."""
    kind: Literal["state", "company", "alliance", "court", "authority", "group"]
    """What sort of actor it is."""
    state: str | None = ref("actors", default=None)
    """The state that the actor belongs to: a company's home, an authority's government. Blank for states and alliances."""
    iso3: str | None = None
    """ISO 3166-1 alpha-3 code of a state."""
    member_of: TextList = ref("actors", default=())
    """Alliances and groups that the actor belongs to."""
    aliases: TextList = ()
    """Other names under which documents mention it."""
    note: str | None = None


class Commodity(Row):
    """What moves. Amounts of a commodity are kept in `unit`; other units convert by the factors given here."""

    id: str
    name: str
    unit: Literal["kt", "mcm", "GWh", "TEU", "unit"]
    """Unit of the model and of results: kt (mass), mcm (million cubic metres of gas), GWh (energy: power, or gas by its energy),
    TEU (containers), unit (abstract)."""
    tracked: bool = True
    """Whether cargo keeps its origin through the network. If not, all of it is one cargo."""
    bbl_per_t: float | None = None
    """Barrels per tonne. Needed when barrels or cubic metres of a liquid appear for this commodity."""
    t_per_wagon: float | None = None
    """Tonnes in one rail wagon. Needed when wagons appear."""
    teu_per_train: float | None = None
    """TEU on one block train. Needed when trains appear."""
    kwh_per_m3: float | None = None
    """Calorific value of a gas: energy in one cubic metre, gross or net, at the temperature at which its volumes are counted.
    Needed where energy appears for a gas kept in mcm, or cubic metres for one kept in GWh."""
    mwh_per_t: float | None = None
    """Calorific value: energy in one tonne. Needed where energy appears for what is kept in kt, or tonnes for what is kept in
    GWh."""
    mwh_per_m3_lng: float | None = None
    """Energy in one cubic metre of liquefied gas. Needed where m3 of LNG appear, besides the calorific value that leads from
    energy to `unit`."""
    aliases: TextList = ()
    note: str | None = None


class Place(Row):
    """A point of the network."""

    id: str
    name: str
    kind: Literal[
        "field", "mine", "plant", "station", "junction", "border", "terminal", "port", "refinery", "storage", "market",
        "city",
    ]  # fmt: skip
    """What stands there. Port and terminal matter to the measures that speak of ports."""
    lon: float | None = None
    """Longitude, degrees east. Only for maps: distances are never taken from coordinates."""
    lat: float | None = None
    """Latitude, degrees north."""
    precision_km: float | None = None
    """How far the true point may be from the given one, km."""
    territory: str | None = ref("actors", default=None)
    """The state on whose territory it lies. Blank for the open sea and for aggregate markets. A region that its state does not
    hold can be an actor by itself, of kind `state`."""
    aliases: TextList = ()
    note: str | None = None


class Link(Row):
    """A directed arc on which cargo moves. The other direction is another link."""

    id: str
    name: str
    from_place: str = ref("places")
    """Where it starts."""
    to_place: str = ref("places")
    """Where it ends."""
    mode: Literal["pipeline", "rail", "sea", "road", "loading", "transfer"]
    """How cargo moves; a power line is a `pipeline`. `loading` is a berth or mooring from which tankers leave; `transfer` changes
    mode at a place."""
    commodities: TextList = ref("commodities")
    """Commodities it can carry. They share its capacity and so must have the same unit."""
    capacity: Limit = quantity("rate")
    """Largest flow of all its cargoes together, as they enter: what is under way arrives. A number, or `unlimited`."""
    capacity_unit: str | None = None
    capacity_low: float | None = None
    """Lower end of the plausible `capacity`, same unit."""
    capacity_high: float | None = None
    """Upper end of the plausible `capacity`, same unit."""
    capacity_profile: str | None = ref("profile", default=None)
    """Profile of `capacity` over time. What options add comes on top. Blank: the same all the time."""
    cost: float = quantity("price")
    """Resource cost of moving one unit along the whole link: energy, crew, wear. Zero must be written as 0."""
    cost_unit: str | None = None
    cost_low: float | None = None
    """Lower end of the plausible cost, same unit as `cost`."""
    cost_high: float | None = None
    """Upper end of the plausible cost, same unit as `cost`."""
    cost_profile: str | None = ref("profile", default=None)
    """Profile of `cost` over time. Blank: the same all the time."""
    tariff: float = quantity("price", default=0.0)
    """What a shipper pays to use it, beyond the resource cost. A transfer between actors. Default 0."""
    tariff_unit: str | None = None
    tariff_low: float | None = None
    """Lower end of the plausible tariff, same unit as `tariff`."""
    tariff_high: float | None = None
    """Upper end of the plausible tariff, same unit as `tariff`."""
    tariff_profile: str | None = ref("profile", default=None)
    """Profile of `tariff` over time. Blank: the same all the time."""
    tariff_to: TextList = ref("actors", default=())
    """Who receives the tariff, in equal parts. Blank: the owners of the link by their shares."""
    loss: float = 0.0
    """Share of what enters that does not arrive, from 0 to below 1. Default 0."""
    transit_days: float = 0.0
    """Days from entry to arrival of the volume. Default 0, right for a full pipeline, which delivers as it receives."""
    length_km: float | None = None
    """Length along the route, km."""
    origins: TextList = ref("actors", default=())
    """Origins whose cargo it may carry. Blank: all."""
    territory: TextList = ref("actors", default=())
    """States whose territory it crosses, its ends included: the whole list, wherever territory counts. Blank: the territories of
    its two places."""
    corridor: str | None = None
    """Export route under which flow on this link is counted. Cargo must meet at most one link of any corridor."""
    scarcity_rule: Literal["tariff", "scarcity"] | None = None
    """Who keeps what its capacity is worth beyond the tariff when it is scarce. tariff: who holds a right to it (table rights),
    else the shippers (the owners of the supplies that the cargo comes from), in proportion to what they move. scarcity: its
    owners, as if it were auctioned. Blank: tariff where a row of rights, a tariff, or mode pipeline, rail or loading says so,
    else scarcity."""
    note: str | None = None


class Supply(Row):
    """A field, mine or inflow from outside that can put a commodity into a place."""

    id: str
    name: str
    place: str = ref("places")
    commodity: str = ref("commodities")
    origin: str | None = ref("actors", default=None)
    """The state that the cargo originates from. Blank: the territory of the place."""
    capacity: Limit = quantity("rate")
    """Largest output. A number, or `unlimited`."""
    capacity_unit: str | None = None
    capacity_low: float | None = None
    capacity_high: float | None = None
    capacity_profile: str | None = ref("profile", default=None)
    """Profile of `capacity` over time. What options add comes on top; where it leaves less than `min_output`, all of it is the
    least. Blank: the same all the time."""
    cost: float = quantity("price")
    """Cost saved when a unit less is produced (avoidable lifting cost)."""
    cost_unit: str | None = None
    cost_low: float | None = None
    cost_high: float | None = None
    cost_profile: str | None = ref("profile", default=None)
    """Profile of `cost` over time. Blank: the same all the time."""
    min_output: float = quantity("rate", default=0.0)
    """Least output while available. Default 0."""
    min_output_unit: str | None = None
    ramp_down: float | None = None
    """Fastest fall of output without an emergency, as share of capacity per day. Blank: no limit."""
    ramp_up: float | None = None
    """Fastest rise of output, as share of capacity per day. Blank: no limit."""
    forced_cost: float | None = quantity("price", default=None)
    """Cost of a unit of output lost by emergency shut-in, faster than `ramp_down` or below `min_output`. Blank: both are
    hard limits, and a case that needs more is infeasible."""
    forced_cost_unit: str | None = None
    note: str | None = None


class Market(Row):
    """A buyer at a place. Demand is fixed (a promise), stepwise, linear, or elastic."""

    id: str
    name: str
    place: str = ref("places")
    commodity: str = ref("commodities")
    buyer: str | None = ref("actors", default=None)
    """Who buys and keeps the buyer's surplus. Blank: the territory of the place."""
    origins: TextList = ref("actors", default=())
    """Origins that the buyer accepts. Blank: all."""
    demand_kind: Literal["fixed", "stepwise", "linear", "elastic"]
    """fixed: `demand` is promised, what is not delivered is unmet. stepwise: buys up to `demand` at `price`, or the steps
    of `steps`. linear: inverse demand through (`demand`, `price`) with `elasticity` there. elastic: `elasticity` everywhere, from
    `choke_price` down to `floor_price`."""
    demand: Limit = quantity("rate")
    """Demand at `price`. `unlimited` is allowed for stepwise demand only."""
    demand_unit: str | None = None
    demand_low: float | None = None
    demand_high: float | None = None
    demand_profile: str | None = ref("profile", default=None)
    """Profile of `demand` over time, of all its steps alike. Blank: the same all the time."""
    price: float = quantity("price")
    """Price at `demand`. For fixed demand, what a delivered unit is worth."""
    price_unit: str | None = None
    price_low: float | None = None
    price_high: float | None = None
    price_profile: str | None = ref("profile", default=None)
    """Profile of `price` over time, of all steps of `steps` alike; `choke_price` and `floor_price` stay. Blank: the same all the
    time."""
    elasticity: float | None = None
    """Price elasticity of linear demand at (`demand`, `price`), or of elastic demand everywhere; negative."""
    elasticity_low: float | None = None
    """Lower end of the plausible `elasticity`: the more negative."""
    elasticity_high: float | None = None
    """Upper end of the plausible `elasticity`: the nearer to 0."""
    choke_price: float | None = quantity("price", default=None)
    """Elastic demand: price at which the buyer turns to something else, or goes without; nothing is bought above it."""
    choke_price_unit: str | None = None
    choke_price_low: float | None = None
    choke_price_high: float | None = None
    floor_price: float | None = quantity("price", default=None)
    """Elastic demand: price below which the buyer takes no more. Blank: `price`, so that no more than `demand` is bought; where
    more could come, the local price is what the last unit costs, and the buyer keeps the rest of what it is worth to it."""
    floor_price_unit: str | None = None
    steps: TextList = ()
    """Steps of a stepwise demand, each `price:demand`, in the units of `price` and `demand`, price falling. If given,
    `price` and `demand` are the first step's price and the sum of demands."""
    unmet_price: float | None = quantity("price", default=None)
    """Fixed demand: cost of a promised unit that does not arrive, beyond its lost price. Blank: the promise is hard and a
    case that cannot keep it is infeasible."""
    unmet_price_unit: str | None = None
    regulated_price: float | None = quantity("price", default=None)
    """Price that the buyer pays and the seller gets by order, whatever a unit is worth there; it divides money and changes no
    behaviour. Blank: the local price, which is that of unmet demand where some is unmet."""
    regulated_price_unit: str | None = None
    regulated_price_low: float | None = None
    regulated_price_high: float | None = None
    seller: str | None = ref("actors", default=None)
    """Who sells here by `regulated_price`, such as a company that brings gas in and delivers it to homes: it has, or bears, what
    lies between that and the local price, and bears royalties on sales here. Blank: the owners of the supplies that the cargo
    comes from."""
    world: str | None = ref("world_markets", default=None)
    """World market that it belongs to: its price keeps its distance from the world's and moves with it."""
    bbl_per_t: float | None = None
    """Barrels per tonne of the grade sold here, where it differs from the commodity's. Barrels of all that is said of the market
    count so: demand, prices, duties, contracts on it, observations of it."""
    note: str | None = None


class Store(Row):
    """A tank farm or storage at a place."""

    id: str
    name: str
    place: str = ref("places")
    commodity: str = ref("commodities")
    capacity: Limit = quantity("amount")
    """Largest content of all origins together. Cubic metres are converted by the commodity's barrels per tonne."""
    capacity_unit: str | None = None
    start: float = quantity("amount")
    """Content at the start. Zero must be written as 0."""
    start_unit: str | None = None
    start_origin: str | None = ref("actors", default=None)
    """Origin of the content at the start. Blank: the territory of the place."""
    min_level: float = quantity("amount", default=0.0)
    """Least content (dead stock, reserve). Default 0."""
    min_level_unit: str | None = None
    reserve: float = quantity("amount", default=0.0)
    """Content, `min_level` included, that is held back: less is held only where `release_price` is worth paying. With a profile
    it is a target by the season. What lacks at the start may lack. Default 0."""
    reserve_unit: str | None = None
    reserve_profile: str | None = ref("profile", default=None)
    """Profile of `reserve` over time. Blank: the same all the time."""
    release_price: float | None = quantity("price", default=None)
    """The reserve is drawn on where one more unit is worth so much more now than later. A price between what markets usually pay
    and what they pay with `unmet_price` on top opens it for missed promises only. What is not filled of a target that rises
    costs as much, on any day. Blank: it stays closed, and a target that rises must be filled."""
    release_price_unit: str | None = None
    releaser: str | None = ref("actors", default=None)
    """Who may release the reserve, such as a government or an agency: it bears the release price, and can refuse. Refused,
    nothing of the reserve is drawn; attackers and those who withhold know this as `release:STORE`. Blank: whoever earns of the
    store."""
    release_start: date | None = None
    """First day on which the reserve may be drawn on. Blank: since before the case."""
    release_end: date | None = None
    """Day after the last on which it may be drawn on. Blank: until after the case."""
    end_level: float | None = quantity("amount", default=None)
    """Least content at the end of the case. Blank: what it is worth then decides."""
    end_level_unit: str | None = None
    in_rate: Limit = quantity("rate", default=float("inf"))
    """Fastest filling. Default `unlimited`."""
    in_rate_unit: str | None = None
    in_rate_profile: str | None = ref("profile", default=None)
    """Profile of `in_rate` over time. Blank: the same all the time."""
    out_rate: Limit = quantity("rate", default=float("inf"))
    """Fastest emptying. Default `unlimited`."""
    out_rate_unit: str | None = None
    out_rate_profile: str | None = ref("profile", default=None)
    """Profile of `out_rate` over time. Blank: the same all the time."""
    cost: float = quantity("price", default=0.0)
    """Cost of holding one unit for one year. Default 0."""
    cost_unit: str | None = None
    cost_profile: str | None = ref("profile", default=None)
    """Profile of `cost` over time. Blank: the same all the time."""
    scarcity_rule: Literal["tariff", "scarcity"] | None = None
    """Who keeps what its capacity is worth beyond the tariff when it is scarce. tariff: who holds a right to it (table rights),
    else the shippers (the owners of the supplies that the cargo comes from), in proportion to what they move. scarcity: its
    owners, as if it were auctioned. Blank: tariff where somebody holds a right to it, else scarcity."""
    note: str | None = None


class Joint(Row):
    """One capacity that several links share: both directions of a strait, several goods, several straits of one canal. It is
    closed, owned, ranked and attacked as one asset; the links keep capacities of their own."""

    id: str
    name: str
    links: TextList = ref("links")
    """Links that it holds."""
    capacity: float
    """What enters all its links together in a day at most, in `unit`."""
    unit: str
    """What it is counted in: a ship call, a slot, t, TEU. Any word."""
    weights: TextList = ()
    """How much of it one customary unit (t, 1000 m3, MWh, TEU) of each commodity takes, as `oil=0.00001|box=0.0001`. Blank: 1
    of each, for links whose commodities have one unit."""
    capacity_low: float | None = None
    """Lower end of the plausible capacity."""
    capacity_high: float | None = None
    """Upper end of the plausible capacity."""
    toll: float = 0.0
    """What a shipper pays for one unit of it, in the currency of the case. A transfer between actors. Default 0."""
    toll_to: TextList = ref("actors", default=())
    """Who receives the toll, in equal parts. Blank: the owners by their shares."""
    scarcity_rule: Literal["tariff", "scarcity"] | None = None
    """Who keeps what its capacity is worth beyond the toll when it is scarce. tariff: who holds a right to it (table rights),
    else the shippers (the owners of the supplies that the cargo comes from), in proportion to what they move. scarcity: its
    owners, as if it were auctioned. Blank: tariff where somebody holds a right to it or it has a toll, else scarcity."""
    note: str | None = None


class Fleet(Row):
    """Vessels or wagons. Flow on the links they serve is limited by vessel-days."""

    id: str
    name: str
    kind: Literal["vessel", "wagon", "train"]
    commodity: str = ref("commodities")
    """Commodity in whose unit `payload` counts."""
    links: TextList = ref("links")
    """Links served."""
    count: float
    """How many there are."""
    payload: float = quantity("amount")
    """What one carries on one voyage."""
    payload_unit: str | None = None
    speed_knots: float | None = None
    """Speed under way. With a link's `length_km` it gives the sailing days; without, the link's `transit_days` are used."""
    turnaround_days: float = 0.0
    """Days in port and waiting per round trip. Default 0."""
    returns: Literal["empty", "free"] = "empty"
    """How they come back. empty: each voyage on a link is a round trip, empty on its way back. free: from where a voyage ends
    they go on with any cargo of their links, over several links, or sail those links empty in either direction, so that in each
    step as many come to a place as leave it. Half of `turnaround_days` is then spent at each end of a link, none at a junction or
    border."""
    availability: float = 1.0
    """Share of days a unit works (maintenance, weather), above 0 up to 1. Default 1."""
    scarcity_rule: Literal["tariff", "scarcity"] | None = None
    """Who keeps what its capacity is worth beyond the tariff when it is scarce. tariff: who holds a right to it (table rights),
    else the shippers (the owners of the supplies that the cargo comes from), in proportion to what they move. scarcity: its
    owners, as if it were auctioned. Blank: tariff where somebody holds a right to it, else scarcity."""
    note: str | None = None
