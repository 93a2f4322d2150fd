"""Checks of the network as a whole: what is reached, what is promised, who controls it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from straits.case.answers import weights_of
from straits.case.checks.registry import Problem, check
from straits.case.conversion import made_of
from straits.case.ownership import NOBODY, holdings_of, nobody, rule_of, state_of
from straits.case.units.quantities import commodities_of
from straits.errors import did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.converts import Convert

#: A cargo is a commodity and the origin it keeps; None where origins are not tracked.
Cargo = tuple[str, str | None]


@dataclass(frozen=True)
class _Inflow:
    """A supply or a store that is not empty at the start."""

    table: str
    id: str
    place: str
    cargo: Cargo


def inflows(case: CaseData) -> list[_Inflow]:
    commodities, places = case.rows("commodities"), case.rows("places")
    found = []
    for table, name in (("supplies", "origin"), ("stores", "start_origin")):
        for key, row in case.rows(table).items():
            if (
                row.commodity not in commodities
                or row.place not in places
                or (table == "stores" and row.start == 0)
            ):
                continue
            origin = getattr(row, name) or places[row.place].territory
            cargo = (row.commodity, origin if commodities[row.commodity].tracked else None)
            found.append(_Inflow(table, key, row.place, cargo))
    return found


def carries(link: Any, cargo: Cargo) -> bool:
    commodity, origin = cargo
    return commodity in link.commodities and (not link.origins or origin is None or origin in link.origins)


def accepts(market: Any, cargo: Cargo) -> bool:
    commodity, origin = cargo
    return market.commodity == commodity and (
        not market.origins or origin is None or origin in market.origins
    )


def reach(starts: Iterable[str], arcs: dict[str, list[str]]) -> set[str]:
    """Give every place that can be reached from some starts, themselves included."""
    seen = set(starts)
    queue = deque(seen)
    while queue:
        for following in arcs.get(queue.popleft(), ()):
            if following not in seen:
                seen.add(following)
                queue.append(following)
    return seen


def arcs_of(case: CaseData, cargo: Cargo, *, turned: bool = False) -> dict[str, list[str]]:
    """Give where links lead a cargo from each place; `turned`, from where they lead it there."""
    arcs = defaultdict(list)
    for link in case.rows("links").values():
        if carries(link, cargo):
            a, b = (link.to_place, link.from_place) if turned else (link.from_place, link.to_place)
            arcs[a].append(b)
    return arcs


def sources(case: CaseData) -> dict[Cargo, set[str]]:
    """Give the places at which each cargo comes in: from supplies and filled stores, and from processes that something
    reaches."""
    found: dict[Cargo, set[str]] = {}
    for inflow in inflows(case):
        found.setdefault(inflow.cargo, set()).add(inflow.place)
    processes = _known_processes(case)
    arcs: dict[Cargo, dict[str, list[str]]] = {}
    waiting = list(found)
    while waiting and processes:
        cargo = waiting.pop()
        if cargo not in arcs:
            arcs[cargo] = arcs_of(case, cargo)
        reached = reach(found[cargo], arcs[cargo])
        for row in processes:
            if row.commodity != cargo[0] or row.place not in reached:
                continue
            for made in made_of(case, row, cargo):
                if row.place not in found.setdefault(made, set()):
                    found[made].add(row.place)
                    waiting.append(made)
    return found


def goals(case: CaseData, cargoes: Iterable[Cargo], *, stores: bool = False) -> dict[Cargo, set[str]]:
    """Give the places at which each cargo is used: where a market accepts it, or a process takes it all of whose products find a
    use in turn; with `stores`, also where it can be kept."""
    tanks = case.rows("stores").values() if stores else ()
    found = {
        cargo: {row.place for row in case.rows("markets").values() if accepts(row, cargo)}
        | {row.place for row in tanks if row.commodity == cargo[0]}
        for cargo in cargoes
    }
    processes = _known_processes(case)
    back = {cargo: arcs_of(case, cargo, turned=True) for cargo in found} if processes else {}
    changed = bool(processes)
    while changed:
        changed = False
        used = {cargo: reach(found[cargo], back[cargo]) for cargo in found}
        for row in processes:
            for cargo in found:
                if row.commodity != cargo[0] or row.place in found[cargo]:
                    continue
                if all(row.place in used.get(made, ()) for made in made_of(case, row, cargo)):
                    found[cargo].add(row.place)
                    changed = True
    return found


def _known_processes(case: CaseData) -> list[Convert]:
    """Give the processes whose commodity and place exist."""
    goods, places = case.rows("commodities"), case.rows("places")
    return [r for r in case.rows("converts").values() if r.commodity in goods and r.place in places]


class _Reached:
    """Which places each cargo reaches, and which supplies find a market."""

    def __init__(self, case: CaseData) -> None:
        self.inflows = inflows(case)
        self.places: dict[Cargo, set[str]] = {}
        self.served: set[str] = set()
        self.stranded: list[_Inflow] = []
        markets, starts = case.rows("markets"), sources(case)
        ends = goals(case, starts)
        for cargo, begins in starts.items():
            own = [inflow for inflow in self.inflows if inflow.cargo == cargo]
            self.places[cargo] = reach(begins, arcs_of(case, cargo))
            self.served |= {
                key
                for key, market in markets.items()
                if accepts(market, cargo) and market.place in self.places[cargo]
            }
            used = reach(ends[cargo], arcs_of(case, cargo, turned=True))
            self.stranded += [inflow for inflow in own if inflow.place not in used]


@check("supply_stranded", "warning", whole=True)
def supply_stranded(case: CaseData) -> Iterator[Problem]:
    """A supply that reaches no market which accepts its cargo."""
    for inflow in _Reached(case).stranded:
        if inflow.table == "supplies":
            commodity, origin = inflow.cargo
            what = f"{commodity} of {origin}" if origin else commodity
            message = f"no links lead {what} from {inflow.place!r} to a market that accepts it"
            if case.rows("converts"):
                message += ", or to a process all of whose products find one"
            yield Problem(message, "supplies", inflow.id, "place")


@check("market_unreached", "warning", whole=True)
def market_unreached(case: CaseData) -> Iterator[Problem]:
    """A market that no supply or store reaches with cargo it accepts."""
    served = _Reached(case).served
    for key, market in case.rows("markets").items():
        if key not in served:
            yield Problem(
                f"no supply of {market.commodity} that it accepts reaches it", "markets", key, "place"
            )


@check("place_unreached", "warning", whole=True)
def place_unreached(case: CaseData) -> Iterator[Problem]:
    """A place that no cargo reaches."""
    reached = set().union(*_Reached(case).places.values())
    for key in case.rows("places"):
        if key not in reached:
            yield Problem("no cargo of any supply or store reaches this place", "places", key)


@check("link_leads_nowhere", "warning", whole=True)
def link_leads_nowhere(case: CaseData) -> Iterator[Problem]:
    """A link from whose end no market, store or process for its cargo can be reached."""
    uses: dict[str, set[str]] = defaultdict(set)
    for table in ("markets", "stores", "converts"):
        for row in case.rows(table).values():
            uses[row.commodity].add(row.place)
    alive: dict[str, set[str]] = {}
    for commodity in case.rows("commodities"):
        back = defaultdict(list)
        for link in case.rows("links").values():
            if commodity in link.commodities:
                back[link.to_place].append(link.from_place)
        alive[commodity] = reach(uses[commodity], back)
    for key, link in case.rows("links").items():
        if not any(link.to_place in alive.get(commodity, ()) for commodity in link.commodities):
            message = f"from {link.to_place!r} no market, store or process for {', '.join(link.commodities)} can be reached"
            yield Problem(message, "links", key, "to_place")


@check("corridor_twice", "warning", whole=True)
def corridor_twice(case: CaseData) -> Iterator[Problem]:
    """A path on which one cargo meets two links of a corridor, so that it would be counted twice."""
    corridors: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for key, link in case.rows("links").items():
        if link.corridor:
            corridors[link.corridor].append((key, link))
    arcs_by_cargo = {cargo: arcs_of(case, cargo) for cargo in _Reached(case).places}
    for corridor, members in corridors.items():
        for cargo, arcs in arcs_by_cargo.items():
            pair = _second_meeting([(key, link) for key, link in members if carries(link, cargo)], arcs)
            if pair:
                again = (
                    f"links {pair[0]!r} and {pair[1]!r}" if pair[0] != pair[1] else f"link {pair[0]!r} twice"
                )
                message = f"{cargo[0]} can meet {again} of corridor {corridor!r} on one path, and would be counted twice"
                yield Problem(message, "links", pair[1], "corridor")
                break


def _second_meeting(members: list[tuple[str, Any]], arcs: dict[str, list[str]]) -> tuple[str, str] | None:
    for first, link in members:
        reached = reach([link.to_place], arcs)
        for second, other in members:
            if second != first and other.from_place in reached:
                return first, second
    return None


@check("hard_promise", "warning")
def hard_promise(case: CaseData) -> Iterator[Problem]:
    """Fixed demand without an unmet price: a case that cannot deliver it is infeasible."""
    for key, market in case.rows("markets").items():
        if market.demand_kind == "fixed" and market.unmet_price is None:
            message = "fixed demand without unmet_price is a hard promise: if it cannot be kept, there is no solution"
            yield Problem(message, "markets", key, "unmet_price")


@check("joint_weights", "error", whole=True)
def joint_weights(case: CaseData) -> Iterator[Problem]:
    """Weights of a joint capacity that are no numbers, of what no link of it carries, or missing for what one carries."""
    commodities = case.rows("commodities")
    for key, row in case.rows("joints").items():
        weights = weights_of(row)
        carried = sorted({c.id for c in commodities_of(case, "joints", row)})
        named = [text.partition("=")[0].strip() for text in row.weights]
        if not row.links:
            yield Problem("found no links; expected the ids of those that it holds", "joints", key, "links")
        if len(named) != len(weights) or len(set(row.links)) < len(row.links):
            bad = row.weights if len(named) != len(weights) else row.links
            column = "weights" if bad is row.weights else "links"
            expected = "COMMODITY=NUMBER, 0 or more, each once" if column == "weights" else "each link once"
            yield Problem(f"found {'|'.join(bad)!r}; expected {expected}", "joints", key, column)
            continue
        units = sorted({commodities[c].unit for c in carried})
        if not weights and len(units) > 1:
            message = f"its links carry goods in {' and '.join(units)}, which do not add up: "
            message += f"give a weight for {', '.join(carried)}"
            yield Problem(message, "joints", key, "weights")
        for name in weights if row.links else ():
            if name not in carried:
                message = f"none of its links carries {name!r}{did_you_mean(name, carried)}; they carry {', '.join(carried)}"
                yield Problem(message, "joints", key, "weights")
        missing = [c for c in carried if weights and c not in weights]
        if missing:
            message = f"no weight for {', '.join(missing)}, which its links carry; 0 if it takes nothing of the capacity"
            yield Problem(message, "joints", key, "weights")


@check("fleet_days", "warning", whole=True)
def fleet_days(case: CaseData) -> Iterator[Problem]:
    """A link of a fleet on which a voyage takes no time, so that the fleet does not limit it."""
    links = case.rows("links")
    for key, fleet in case.rows("fleets").items():
        for name in fleet.links:
            link = links.get(name)
            if link is None or fleet.turnaround_days > 0 or link.transit_days > 0:
                continue
            if fleet.speed_knots is None or not link.length_km:
                message = f"a voyage on link {name!r} takes no time: it has no transit_days, and length_km or speed is missing"
                yield Problem(message, "fleets", key, "links")


@check("fleet_goods", "error", refers=True)
def fleet_goods(case: CaseData) -> Iterator[Problem]:
    """A fleet on a link whose goods are kept in another unit than its own, so that its payload says nothing of them."""
    goods, links = case.rows("commodities"), case.rows("links")
    for key, fleet in case.rows("fleets").items():
        own = goods.get(fleet.commodity)
        if own is None:
            continue
        for name in fleet.links:
            others = [goods[c] for c in links[name].commodities if c in goods] if name in links else []
            for other in others:
                if other.unit != own.unit:
                    told = f"link {name!r} carries {other.id!r}, kept in {other.unit}, and the payload counts {own.unit}; "
                    yield Problem(told + "give such goods a fleet of their own", "fleets", key, "links")
                    break


@check("uncontrolled", "warning", whole=True)
def uncontrolled(case: CaseData) -> Iterator[Problem]:
    """A link, supply, store, process or fleet without an owner on some days: its operator earns its profit, else nobody."""
    assets = [
        (table, key)
        for table in ("links", "supplies", "stores", "converts", "fleets", "joints")
        for key in case.rows(table)
    ]
    if not case.rows("controls"):
        if assets:
            yield Problem(
                f"the case has no controls: nobody owns its {len(assets)} links, supplies, stores, processes, fleets "
                f"and joint capacities; what they earn stands in accounts as {NOBODY!r}",
                "controls",
            )
        return
    held = holdings_of(case)
    for table, key in assets:
        periods = held.periods(key)
        unowned = [first for first, _ in periods if sum(map(len, held.on(key, first).owned)) == 0]
        if not unowned:
            continue
        since = f" from {unowned[0]}" if len(periods) > 1 else ""
        earns = " and ".join(held.earners(key, unowned[0]))
        what = "what it earns"
        if table != "supplies" and rule_of(case, table, case.rows(table)[key]) == "tariff":
            what = "its tariff (what it is worth beyond that is not its owner's, by the rule `tariff`)"
        taken = f"{what} stands in accounts as {earns!r}"
        if earns != nobody(key):
            taken = f"its operator {earns} is taken to earn its profit"
        yield Problem(f"no row of controls names an owner{since}; {taken}", table, key)


@check("territory_of_part", "warning", whole=True)
def territory_of_part(case: CaseData) -> Iterator[Problem]:
    """Land of an actor who belongs to a state: it is told apart from the state's, its accounts are not."""
    told: set[str] = set()
    for table in ("places", "links"):
        for key, row in case.rows(table).items():
            for actor in (row.territory,) if isinstance(row.territory, str) else row.territory or ():
                state = state_of(case, actor)
                if state != actor and actor not in told:
                    told.add(actor)
                    yield Problem(
                        f"{actor!r} belongs to {state!r} (column state of actors): what is used, brought in and crossed on its "
                        f"land is told as {actor}'s, what it earns and pays as {state}'s; give it kind `state` to tell all "
                        f"apart, or give {state!r} as territory to tell all together",
                        table,
                        key,
                        "territory",
                    )
