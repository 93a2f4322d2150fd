"""A case as the CSV folder of a PyPSA network: a bus for each place and commodity. Says what PyPSA's network cannot hold.

The origins of a commodity share its buses. That changes no optimum as long as nothing asks where cargo comes from: any flow of
the commodity can then be divided into flows of its origins (Ahuja, Magnanti and Orlin, Network Flows, 1993, theorem 3.5).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.errors import StraitsError
from straits.model.availability import factors_of

if TYPE_CHECKING:
    from straits.model import Model

#: Stands for an unlimited capacity, unit per day, where no amount of the case is larger: small enough for a solver.
_LARGE = 1e6
#: By how much it is above the largest amount of the case otherwise.
_ABOVE = 10.0

_NOTES = """{title}

A network of PyPSA, written by straits. Read it with

    import pypsa
    network = pypsa.Network()
    network.import_from_csv_folder("FOLDER")
    network.optimize(solver_name="highs")

Buses are places and commodities. Amounts are in the unit of the commodity per day ({units}), money is thousand {currency}
per unit, and each snapshot is weighted by its days. Sales are generators of sign -1 with the price as negative cost.

What shippers gain in straits, million {currency}, is  -(network.objective + {constant!r}) / 1000
(the constant is the penalty of keeping no promise at all, which PyPSA's objective does not hold).

{verdict}
"""


def pypsa_files(model: Model) -> dict[str, bytes]:
    """Return the files of the folder by name: those that PyPSA reads, `left_out.csv` and `README.txt`.

    Parameters
    ----------
    model : Model
        A case compiled under a scenario, or none; what acts on capacities is carried over step by step.

    Raises
    ------
    StraitsError
        If two places or assets would have one name in PyPSA.
    """
    made = _Folder(model)
    made.buses()
    made.links()
    made.supplies()
    made.markets()
    made.stores()
    left = left_out(model)
    verdict = (
        "Nothing was left out: both programs have the same optimum."
        if not left
        else "Left out, so that the optimum is another one (see left_out.csv):\n"
        + "\n".join(f"- {what}: {how}" for what, how, _ in left)
    )
    case = model.case
    text = _NOTES.format(
        title=case.settings.title,
        units=", ".join(f"{key} {row.unit}" for key, row in case.rows("commodities").items()),
        currency=case.settings.currency,
        constant=made.constant,
        verdict=verdict,
    )
    return {
        **made.files(),
        "left_out.csv": _table(("what", "how", "rows"), left),
        "README.txt": text.encode("utf-8"),
    }


def left_out(model: Model) -> list[tuple[str, str, int]]:
    """Return what the network of PyPSA does not hold: what, what was done in its place, and how many rows it concerns."""
    n = model.network
    links = n.case.arcs
    several = sum(
        len({n.cargoes[k].commodity for k in n.pair_cargo[n.pair_link == a]}) > 1
        for a in range(len(n.link_ids))
    )
    picky = sum(bool(links[key].origins) for key in n.link_ids)
    picky += sum(bool(n.case.rows("markets")[key].origins) for key in n.markets.ids)
    new_origins = sum(row.origin is not None for row in n.case.rows("converts").values())
    joint = int(np.sum(n.fleets.joint))
    dearer = _dearer_for_some(model)
    s = n.supplies

    def rows_with(mask: np.ndarray) -> int:
        return int(np.sum(mask.reshape(len(mask), -1).any(axis=1))) if len(mask) else 0

    bounded = int(model.formulation.boundary is not None)
    rates = rows_with(np.isfinite(n.stores.in_rate) | np.isfinite(n.stores.out_rate))
    of_cargo = len(factors_of(n, model.effects).by_kind["pair"])
    found = [
        ("transit time", "cargo arrives in the step in which it leaves", int(np.sum(n.link_transit > 0))),
        ("the state before the start and after the end", "stores and routes are worth nothing at the end", bounded),
        ("fleets", "as many vessels as are needed", len(n.fleets.ids) - joint),
        ("joint capacities", "each link has its own alone", joint),
        ("costs of some origins on a link", "the first origin's are all's", dearer),
        ("contracts", "not held to", len(n.contracts.rows)),
        ("duties", "not paid", len(n.payments)),
        ("world markets", "their prices do not answer to what is sold", len(n.markets.worlds)),
        ("links and markets that take only some origins", "they take all", picky),
        ("capacity that commodities share", "each has the whole of it", several),
        ("ramps of supplies", "output may jump", rows_with(np.isfinite(s.ramp_down) | np.isfinite(s.ramp_up))),
        ("least outputs", "output may be nothing", rows_with(s.min_output > 0)),
        ("holding costs of stores that change over time", "the first holds all the time", rows_with(np.diff(n.stores.cost) != 0)),
        ("reserves and end levels of stores", "not held", rows_with(n.stores.reserve > 0)),
        ("rates of stores", "filled and emptied at any speed", rates),
        ("origins that processes give what they make", "all that is made is one", new_origins),
        ("disruptions of some cargo of a link", "the link stays open to all", of_cargo),
    ]  # fmt: skip
    return [row for row in found if row[2]]


def _dearer_for_some(model: Model) -> int:
    """Count the links that cost some origins of a commodity another amount than others, as a premium of some does."""
    n, first, found = model.network, dict[tuple[int, str], np.ndarray](), set[int]()
    paid = n.pair_cost + n.pair_premium + n.pair_tariff
    for a, k, cost in zip(n.pair_link.tolist(), n.pair_cargo.tolist(), paid, strict=True):
        if not np.array_equal(first.setdefault((a, n.cargoes[k].commodity), cost), cost):
            found.add(a)
    return len(found)


class _Folder:
    """The tables of a network, by component."""

    def __init__(self, model: Model) -> None:
        self.model, self.n = model, model.network
        self.days = self.n.steps.days
        self.factors = factors_of(self.n, model.effects)
        self.when = [day.isoformat() for day in self.n.steps.dates]
        self.constant = 0.0
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.over_time: dict[tuple[str, str], dict[str, np.ndarray]] = {}
        self.known: set[str] = set()
        self.at: dict[str, tuple[str, str]] = {}
        self.large = self._unlimited()

    def _unlimited(self) -> float:
        """Return what stands for an unlimited capacity: above any amount that the case gives, per day, or in store."""
        n = self.n
        tranches = [tranche.width for market in n.markets.tranches for tranche in market]
        given = [n.link_capacity, n.supplies.capacity, n.stores.capacity * self.days, *tranches]
        rates = np.concatenate([np.ravel(amounts / self.days) for amounts in given] + [n.stores.stock_start])
        return max(_LARGE, _ABOVE * float(np.max(rates, where=np.isfinite(rates), initial=0.0)))

    def bus(self, place: int, cargo: int) -> str:
        parts = self.n.place_ids[place], self.n.cargoes[cargo].commodity
        name = " ".join(parts)
        if self.at.setdefault(name, parts) != parts:
            found = " and ".join(f"{good} at {at}" for at, good in (self.at[name], parts))
            raise StraitsError(
                f"two buses, {found}, would both be named {name!r} in PyPSA; give a place another id"
            )
        return name

    def add(self, component: str, name: str, **values: Any) -> None:
        rows = self.rows.setdefault(component, [])
        if (key := f"{component} {name}") in self.known:
            raise StraitsError(f"two {component} would both be named {name!r} in PyPSA")
        self.known.add(key)
        rows.append({"name": name, **values})

    def limited(self, component: str, name: str, rate: np.ndarray, cost: np.ndarray, **values: Any) -> None:
        """Add a component whose limit (T,), per day, and cost (T,) may vary."""
        rate = np.minimum(rate, self.large)
        most = float(rate.max(initial=0.0))
        self.add(component, name, p_nom=most, marginal_cost=float(cost[0]), **values)
        if np.ptp(cost) > 0:
            self.over_time.setdefault((component, "marginal_cost"), {})[name] = cost
        if most > 0 and np.ptp(rate) > 1e-9 * most:
            self.over_time.setdefault((component, "p_max_pu"), {})[name] = rate / most

    def buses(self) -> None:
        f = self.model.formulation
        places = self.n.case.rows("places")
        seen: dict[str, tuple[int, int]] = {}
        for i, k in zip(f.balance_place, f.balance_cargo, strict=True):
            seen.setdefault(self.bus(int(i), int(k)), (int(i), int(k)))
        for name, (at, cargo) in seen.items():
            place = places[self.n.place_ids[at]]
            self.add("buses", name, carrier=self.n.cargoes[cargo].commodity,
                     x=0.0 if place.lon is None else place.lon, y=0.0 if place.lat is None else place.lat)  # fmt: skip
        for commodity in dict.fromkeys(known.commodity for known in self.n.cargoes):
            self.add("carriers", commodity)

    def links(self) -> None:
        n = self.n
        rate = self.factors.apply("link", n.link_capacity) / self.days
        seen = set()
        for p, (a, k) in enumerate(zip(n.pair_link, n.pair_cargo, strict=True)):
            commodity = n.cargoes[k].commodity
            if (a, commodity) in seen:
                continue
            seen.add((a, commodity))
            goods = n.case.arcs[n.link_ids[a]].commodities
            name = n.link_ids[a] if len(goods) == 1 else f"{n.link_ids[a]} {commodity}"
            self.limited(
                "links", name, rate[a], n.pair_cost[p] + n.pair_premium[p] + n.pair_tariff[p], bus0=self.bus(n.link_tail[a], k),
                carrier=commodity, **self.ends(p),
            )  # fmt: skip

    def ends(self, pair: int) -> dict[str, str | float]:
        """Give where what enters a pair comes out, and how much of it: PyPSA's links may have several ends."""
        n, found = self.n, dict[str, str | float]()
        landed = np.flatnonzero(n.landing.pair == pair)
        for number, v in enumerate(landed, start=1):
            name = "efficiency" if number == 1 else f"efficiency{number}"
            found[f"bus{number}"] = self.bus(n.link_head[n.pair_link[pair]], int(n.landing.cargo[v]))
            found[name] = float(n.landing.share[v])
        return found

    def supplies(self) -> None:
        s = self.n.supplies
        rate = self.factors.apply("supply", s.capacity) / self.days
        for j, ident in enumerate(s.ids):
            k = s.cargo[j]
            self.limited("generators", ident, rate[j], s.cost[j], bus=self.bus(s.place[j], k),
                         carrier=self.n.cargoes[k].commodity, sign=1.0)  # fmt: skip

    def markets(self) -> None:
        m = self.n.markets
        struck = self.factors.by_kind["market"]
        for i, ident in enumerate(m.ids):
            cargoes = m.sale_cargo[m.sale_market == i]
            share = struck.get(i, np.ones(self.n.T))
            promised = m.kind[i] == "fixed"
            if not len(cargoes):  # nothing can reach it: a promise to it is never kept
                if promised:
                    amount = sum(float(np.sum(tranche.width * share)) for tranche in m.tranches[i])
                    self.constant += float(m.unmet_price[i]) * amount
                continue
            bus, commodity = self.bus(m.place[i], cargoes[0]), self.n.cargoes[cargoes[0]].commodity
            if promised and np.isnan(m.unmet_price[i]):
                wanted = sum(tranche.width for tranche in m.tranches[i]) * share / self.days
                self.add("loads", ident, bus=bus, carrier=commodity)
                self.over_time.setdefault(("loads", "p_set"), {})[ident] = wanted
                paid = sum(float(np.sum(tranche.price * tranche.width * share)) for tranche in m.tranches[i])
                # What a load brings is no decision and so no part of PyPSA's objective.
                self.constant -= paid
                continue
            penalty = float(m.unmet_price[i]) if promised else 0.0
            for number, tranche in enumerate(m.tranches[i]):
                rate = tranche.width * share / self.days
                if promised:
                    self.constant += float(penalty * (rate @ self.days))
                name = ident if len(m.tranches[i]) == 1 else f"{ident} {number + 1}"
                self.limited(
                    "generators",
                    name,
                    rate,
                    -(tranche.price + penalty),
                    bus=bus,
                    carrier=commodity,
                    sign=-1.0,
                )

    def stores(self) -> None:
        s = self.n.stores
        for h, ident in enumerate(s.ids):
            own = np.flatnonzero(s.stock_store == h)
            if not len(own):
                continue
            k = s.stock_cargo[own[0]]
            room = np.minimum(s.capacity[h], self.large)
            most = float(room.max())
            if most > 0 and np.ptp(room) > 1e-9 * most:
                self.over_time.setdefault(("stores", "e_max_pu"), {})[ident] = room / most
            self.add("stores", ident, bus=self.bus(s.place[h], k), carrier=self.n.cargoes[k].commodity,
                     e_nom=most, e_initial=float(s.stock_start[own].sum()), e_cyclic=False,
                     marginal_cost_storage=float(s.cost[h][0]))  # fmt: skip

    def files(self) -> dict[str, bytes]:
        days = [float(d) for d in self.days]
        out = {
            "network.csv": _table(("name", "srid"), [(self.n.case.settings.id, 4326)]),
            "snapshots.csv": _table(
                ("snapshot", "objective", "stores", "generators"),
                [(when, d, d, d) for when, d in zip(self.when, days, strict=True)],
            ),
        }
        for component, rows in self.rows.items():
            names = list(dict.fromkeys(key for row in rows for key in row))
            out[f"{component}.csv"] = _table(names, [[row.get(name, "") for name in names] for row in rows])
        for (component, attribute), columns in self.over_time.items():
            values = np.column_stack(list(columns.values()))
            rows_over = [[when, *map(float, row)] for when, row in zip(self.when, values, strict=True)]
            out[f"{component}-{attribute}.csv"] = _table(["snapshot", *columns], rows_over)
        return out


def _table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
