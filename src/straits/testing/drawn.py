"""Small cases drawn at random, with every feature of the format that changes a number."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

from straits.case import Case
from straits.testing.small import build

Row = dict[str, Any]

STATES = ("AAA", "BBB", "CCC")
PLACES = "ABCDEFG"
#: Commodity: unit, and units in which rates, amounts and prices of it are written, with how many model units one is.
GOODS = {
    "oil": ("kt", [("kt", 1.0), ("t", 1e-3), ("kb", 1 / 7.5)]),
    "cond": ("kt", [("kt", 1.0), ("Mt", 1e3), ("wagon", 0.06)]),
    "gas": ("mcm", [("mcm", 1.0), ("1000 m3", 1e-3), ("GWh", 1 / 10.5), ("1000 m3 LNG", 6.8 / 10.5)]),
    "power": ("GWh", [("GWh", 1.0), ("MWh", 1e-3), ("MMBtu", 1055.05585262 / 3600 / 1e3)]),
    "box": ("TEU", [("TEU", 1.0), ("FEU", 2.0), ("train", 40.0)]),
}
EXCHANGE = [{"currency": "EUR", "rate": 1.25}]
PERIODS = {"d": 1.0, "week": 7.0, "month": 30.4, "y": 365.0, "h": 1 / 24}


class Draw:
    """Draws the tables of one case.

    Parameters
    ----------
    chance : random.Random
        Any source of chance, also one that a property test gives.
    generic : bool
        Whether amounts and prices have many digits, so that no two plans are equally good; else they are small whole numbers.
    """

    def __init__(self, chance: random.Random, *, generic: bool = False, hard: float = 0.1) -> None:
        self.chance, self.generic, self.hard = chance, generic, hard
        self.tables: dict[str, list[Row]] = {}
        self.goods = chance.sample(list(GOODS), chance.choice([1, 1, 2, 3]))
        self.time = self._time()
        self.start = dt.date.fromisoformat(self.time["start"])
        self.end = dt.date.fromisoformat(self.time["end"])

    # ------------------------------------------------------------------ small helps

    def yes(self, share: float = 0.5) -> bool:
        return self.chance.random() < share

    def number(self, least: int, most: int) -> float:
        if self.generic:
            return round(self.chance.uniform(least, most), 4) if most > least else float(least)
        return self.chance.randint(least, most)

    def some(self, members: Any, share: float = 0.5) -> str | None:
        """A list of some members as it stands in a cell, or a blank."""
        chosen = [m for m in members if self.yes(share)]
        return "|".join(chosen) or None

    def day(self, late: int = 0) -> dt.date:
        return self.start + dt.timedelta(days=self.chance.randint(-2, (self.end - self.start).days + late))

    def rate(self, row: Row, column: str, commodity: str, per_day: float, *, any_good: bool = False) -> None:
        """Write a rate in some unit; in one that needs no factor of the commodity where it may count for others too."""
        amount, size = GOODS[commodity][1][0] if any_good else self.chance.choice(GOODS[commodity][1])
        period = self.chance.choice([*PERIODS, "step"] if self.yes(0.3) else ["d", "d", "d", "y"])
        days = (
            {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}[self.time["step"]]
            if period == "step"
            else PERIODS[period]
        )
        unit = "MW" if (amount, period) == ("MWh", "h") else f"{amount}/{period}"
        row |= {column: _short(per_day / size * days), f"{column}_unit": unit}

    def amount(self, row: Row, column: str, commodity: str, value: float) -> None:
        amount, size = self.chance.choice(GOODS[commodity][1])
        row |= {column: _short(value / size), f"{column}_unit": amount}

    def price(self, row: Row, column: str, commodity: str, value: float, *, any_good: bool = False) -> None:
        """Write a price, given in thousands of the currency for a model unit."""
        amount, size = GOODS[commodity][1][0] if any_good else self.chance.choice(GOODS[commodity][1])
        money, worth = self.chance.choice([("USD", 1e-3), ("kUSD", 1.0), ("USD", 1e-3), ("EUR", 1.25e-3)])
        row |= {column: _short(value * size / worth), f"{column}_unit": f"{money}/{amount}"}

    # ------------------------------------------------------------------ tables

    def _time(self) -> Row:
        chance = self.chance
        step = chance.choice(["day", "day", "week", "month", "year"])
        start = chance.choice([dt.date(2022, 1, 1), dt.date(2023, 12, 20), dt.date(2024, 2, 10)])
        length = {"day": (2, 14), "week": (8, 50), "month": (40, 150), "year": (200, 800)}[step]
        end = start + dt.timedelta(days=chance.randint(*length))
        return {"start": start.isoformat(), "end": end.isoformat(), "step": step,
                "boundary": chance.choice(["steady", "empty"])}  # fmt: skip

    def actors(self) -> None:
        rows: list[Row] = [{"id": "ALL", "name": "ALL", "kind": "alliance"}]
        rows += [
            {"id": s, "name": s, "kind": "state", "member_of": "ALL" if self.yes(0.3) else None}
            for s in STATES
        ]
        rows += [{"id": f"co{s}", "name": f"co{s}", "kind": "company", "state": s} for s in STATES[:2]]
        self.tables["actors"] = rows

    def commodities(self) -> None:
        self.tables["commodities"] = [
            {"id": g, "name": g, "unit": GOODS[g][0], "tracked": self.yes(0.8), "bbl_per_t": 7.5 if g == "oil" else None,
             "t_per_wagon": 60 if g == "cond" else None, "teu_per_train": 40 if g == "box" else None,
             "kwh_per_m3": 10.5 if g == "gas" else None, "mwh_per_m3_lng": 6.8 if g == "gas" else None}
            for g in self.goods
        ]  # fmt: skip

    def places(self) -> None:
        self.tables["places"] = [
            {
                "id": p,
                "name": p,
                "kind": self.chance.choice(["junction", "port"]),
                "territory": self.chance.choice([*STATES, STATES[0], None]),
            }
            for p in PLACES
        ]

    def links(self) -> None:
        rows = []
        for i in range(self.chance.randint(3, 10)):
            a, b = self.chance.sample(PLACES, 2)
            good = self.chance.choice(self.goods)
            goods = [g for g in self.goods if GOODS[g][0] == GOODS[good][0]] if self.yes(0.6) else [good]
            row: Row = {"id": f"l{i}", "name": f"l{i}", "from_place": a, "to_place": b, "commodities": "|".join(goods),
                        "mode": self.chance.choice(["pipeline", "rail", "sea"]), "capacity": "unlimited"}  # fmt: skip
            if self.yes(0.85):
                row |= {"capacity": self.number(1, 12), "capacity_unit": f"{GOODS[good][0]}/d"}
                if len(goods) == 1:
                    self.rate(row, "capacity", good, row["capacity"])
            base = {"kt": "t", "mcm": "1000 m3", "GWh": "MWh", "TEU": "TEU"}[GOODS[good][0]]
            cost = self.number(0, 9) * (1 if base != "TEU" else 1000)
            row |= {"cost": cost, "cost_unit": f"USD/{base}"}
            if self.yes(0.5):
                row |= {
                    "tariff": self.number(0, 9) * (1 if base != "TEU" else 1000),
                    "tariff_unit": f"USD/{base}",
                }
                row["tariff_to"] = self.some(["coAAA", "BBB"], 0.3)
            if self.yes(0.25):
                row["loss"] = self.chance.choice([0.1, 0.02])
            if self.yes(0.4):
                row["transit_days"] = self.chance.choice([1, 1.5, 4, 9])
            row["length_km"] = 500 if self.yes() else None
            row["origins"] = self.some(STATES, 0.6) if self.yes(0.2) else None
            row["territory"] = self.some(STATES, 0.4) if self.yes(0.3) else None
            row["corridor"] = self.chance.choice(["north", "south"]) if self.yes(0.2) else None
            rows.append(row)
        self.tables["links"] = rows

    def supplies(self) -> None:
        rows = []
        for i in range(self.chance.randint(1, 4)):
            good = self.goods[i] if i < len(self.goods) else self.chance.choice(self.goods)
            place = (
                self.chance.choice(self.tables["links"])["from_place"]
                if self.yes(0.8)
                else self.chance.choice(PLACES)
            )
            row: Row = {"id": f"s{i}", "name": f"s{i}", "place": place, "commodity": good}
            row["origin"] = self.origin(place)
            self.rate(row, "capacity", good, self.number(1, 20))
            self.price(row, "cost", good, self.number(0, 20))
            if self.yes(0.4):
                least = row["capacity"] * self.chance.choice([0.25, 0.5])
                row |= {"min_output": least, "min_output_unit": row["capacity_unit"]}
            if self.yes(0.4):
                row["ramp_down"] = self.chance.choice([0.02, 0.1, 0.3])
            if self.yes(0.3):
                row["ramp_up"] = self.chance.choice([0.02, 0.1])
            if not self.yes(self.hard):
                self.price(row, "forced_cost", good, self.number(5, 40))
            rows.append(row)
        self.tables["supplies"] = rows

    def origin(self, place: str) -> str | None:
        land = next(p["territory"] for p in self.tables["places"] if p["id"] == place)
        return self.chance.choice(STATES) if land is None or self.yes(0.2) else None

    def markets(self) -> None:
        rows = []
        for i in range(self.chance.randint(2, 4)):
            good = self.goods[i] if i < len(self.goods) else self.chance.choice(self.goods)
            ends = [r["to_place"] for r in self.tables["links"] if good in r["commodities"].split("|")]
            place = self.chance.choice(ends) if ends and self.yes(0.9) else self.chance.choice(PLACES)
            kind = self.chance.choice(["stepwise", "stepwise", "linear", "elastic", "fixed"])
            row: Row = {
                "id": f"m{i}",
                "name": f"m{i}",
                "place": place,
                "commodity": good,
                "demand_kind": kind,
            }
            row["bbl_per_t"] = 7.0 if good == "oil" and self.yes(0.3) else None
            self.price(row, "price", good, self.number(20, 120))
            self.rate(row, "demand", good, self.number(1, 12))
            if kind == "linear":
                row["elasticity"] = self.chance.choice([-0.3, -1.0, -2.5])
            if kind == "elastic":
                row["elasticity"] = self.chance.choice([-0.1, -1.0, -1.7])
                unit = row["price_unit"]
                row |= {"choke_price": row["price"] * self.chance.choice([1, 4]), "choke_price_unit": unit}
                if self.yes():
                    row |= {
                        "floor_price": row["price"] * self.chance.choice([0.5, 1]),
                        "floor_price_unit": unit,
                    }
            if self.yes(0.2):
                self.price(row, "regulated_price", good, self.number(10, 60))
            if kind == "stepwise" and self.yes(0.4):
                price, demand = row["price"], row["demand"]
                parts = [(price * p, _short(demand * q)) for p, q in ((1, 0.5), (0.6, 0.3), (0.2, 0.2))]
                row |= {
                    "steps": "|".join(f"{p:.12g}:{q:.12g}" for p, q in parts),
                    "demand": sum(q for _, q in parts),
                }
            elif kind == "stepwise" and self.yes(0.3):
                row["demand"] = "unlimited"
                del row["demand_unit"]
            if kind == "fixed" and not self.yes(self.hard):
                self.price(row, "unmet_price", good, self.number(0, 200))
            row["origins"] = self.some(STATES, 0.6) if self.yes(0.25) else None
            row["buyer"] = self.chance.choice([None, None, "coAAA", "CCC"])
            rows.append(row)
        self.tables["markets"] = rows

    def world_markets(self) -> None:
        """Join the markets of a good to a world market, whose price need not be that of any of them."""
        self.tables |= {"world_markets": [], "price_responses": []}
        if not self.yes(0.4):
            return
        good = self.chance.choice(self.goods)
        for market in self.tables["markets"]:
            if market["commodity"] == good and self.yes(0.7):
                market["world"] = "world"
        row: Row = {"id": "world", "name": "world", "commodity": good, "horizon": self.chance.choice(["days", "year", None]),
                    "buyer": self.chance.choice([None, "CCC"])}  # fmt: skip
        self.price(row, "price", good, self.number(40, 90))
        sold = self.number(1, 15)
        self.rate(row, "sold", good, sold)
        times = self.chance.choice([1.5, 4, 60])
        self.rate(row, "volume", good, sold * times)
        if (
            "step" in row["sold_unit"] + row["volume_unit"]
        ):  # steps differ in length, and the world is never the smaller
            row |= {"volume": _short(row["sold"] * times), "volume_unit": row["sold_unit"]}
        self.tables["world_markets"] = [row]
        self.tables["price_responses"] = [
            {"id": f"{h}-{side}", "world": "world", "horizon": h, "elasticity": e, "side": side, "used": side == "both"}
            for h, e, side in (("days", -0.2, "both"), ("months", -0.8, "both"), ("year", -1.5, "both"),
                               ("days", -9, "demand"), ("months", -9, "supply"))
        ]  # fmt: skip

    def stores(self) -> None:
        rows = []
        for i in range(self.chance.choice([0, 1, 1, 2])):
            good, place = self.chance.choice(self.goods), self.chance.choice(PLACES)
            row: Row = {
                "id": f"t{i}",
                "name": f"t{i}",
                "place": place,
                "commodity": good,
                "start_origin": self.origin(place),
            }
            least = self.chance.choice([0, 0, 2])
            start = least + self.chance.choice([0, 5, 12]) if self.yes(0.8) else least
            self.amount(row, "capacity", good, 20 + least)
            self.amount(row, "start", good, start)
            if least:
                row |= {
                    "min_level": row["start"] * least / start if start else 0,
                    "min_level_unit": row["start_unit"],
                }
            for column in ("in_rate", "out_rate"):
                if self.yes(0.5):
                    self.rate(row, column, good, self.number(1, 6))
            if self.yes(0.5):
                self.price(row, "cost", good, self.number(0, 100))
            if self.yes(0.4):
                self.amount(row, "reserve", good, least + self.chance.choice([0, 4, 10, 18]))
                if not self.yes(self.hard):
                    self.price(row, "release_price", good, self.number(5, 90))
                    row["releaser"] = self.chance.choice([None, "BBB", "coAAA"])
                    first = self.day()
                    last = first + dt.timedelta(days=self.chance.choice([3, 60]))
                    if self.yes(0.3):
                        row["release_start"] = first.isoformat()
                    if self.yes(0.3):
                        row["release_end"] = last.isoformat()
            if self.yes(self.hard):
                self.amount(row, "end_level", good, least + self.chance.choice([1, 3] if least else [0, 3]))
            rows.append(row)
        self.tables["stores"] = rows

    def converts(self) -> None:
        """Processes that make one good, or two, of another; most of what they make finds a buyer where it is made."""
        rows: list[Row] = []
        size = {"kt": 1e3, "mcm": 1e3, "GWh": 1e3, "TEU": 1.0}
        for i in range(self.chance.choice([0, 1, 2]) if len(self.goods) > 1 else 0):
            taken = self.chance.choice(self.goods)
            made = self.chance.sample(
                [g for g in self.goods if g != taken],
                1 if len(self.goods) < 3 else self.chance.choice([1, 2]),
            )
            at = self.chance.choice(self.tables["links"])["to_place" if self.yes(0.8) else "from_place"]
            state = next(p["territory"] for p in self.tables["places"] if p["id"] == at)
            shares = {
                good: self.chance.choice([0.3, 0.5]) * size[GOODS[good][0]] / size[GOODS[taken][0]]
                for good in made
            }
            row: Row = {"id": f"v{i}", "name": f"v{i}", "place": at, "commodity": taken, "capacity": "unlimited",
                        "yields": "|".join(f"{good}={_short(share)}" for good, share in shares.items()),
                        "origin": self.chance.choice([None, "CCC"] if state else ["AAA"])}  # fmt: skip
            if self.yes(0.8):
                self.rate(row, "capacity", taken, self.number(1, 9))
            self.price(row, "cost", taken, self.number(0, 9))
            if self.yes(0.3):
                self.price(row, "tariff", taken, self.number(0, 5))
                row["tariff_to"] = self.chance.choice([None, "AAA|coBBB"])
            if self.yes(0.2):
                row["start"] = self.day().isoformat()
            if self.yes(0.2):
                row["end"] = (self.end - dt.timedelta(days=1)).isoformat()
                row["start"] = None
            rows.append(row)
            for good in made if self.yes(0.8) else ():
                buyer: Row = {"id": f"mv{i}{good}", "name": f"mv{i}{good}", "place": at, "commodity": good,
                              "demand_kind": "stepwise", "demand": "unlimited", "buyer": "BBB"}  # fmt: skip
                self.price(buyer, "price", good, self.number(20, 200))
                self.tables["markets"].append(buyer)
        self.tables["converts"] = rows

    def fleets(self) -> None:
        rows = []
        for i in range(self.chance.choice([0, 1, 2])):
            good = self.chance.choice(self.goods)
            served = [r for r in self.tables["links"] if good in r["commodities"].split("|")]
            served = [r for r in served if self.yes(0.6)] or served
            if not served:
                continue
            for r in served:
                if not r.get("transit_days"):
                    r["length_km"] = 500
            row: Row = {"id": f"f{i}", "name": f"f{i}", "kind": "vessel", "commodity": good,
                        "links": "|".join(r["id"] for r in served), "count": self.chance.randint(1, 6),
                        "speed_knots": self.chance.choice([8, 12]), "turnaround_days": self.chance.choice([None, 1, 2.5]),
                        "availability": self.chance.choice([None, 0.8]),
                        "returns": self.chance.choice([None, "free"])}  # fmt: skip
            self.amount(row, "payload", good, self.number(2, 9))
            rows.append(row)
        self.tables["fleets"] = rows

    def joints(self) -> None:
        rows: list[Row] = []
        for i in range(self.chance.choice([0, 0, 1, 2])):
            held = self.chance.sample(
                self.tables["links"], min(len(self.tables["links"]), self.chance.choice([1, 2, 3]))
            )
            goods = {good for r in held for good in r["commodities"].split("|")}
            alike = len({GOODS[good][0] for good in goods}) == 1
            weights = [f"{good}={self.chance.choice([0, 0.001, 0.004, 0.01])}" for good in sorted(goods)]
            plain = alike and self.yes(0.3)
            rows.append(
                {"id": f"j{i}", "name": f"j{i}", "links": "|".join(r["id"] for r in held), "unit": "call",
                 "weights": None if plain else "|".join(weights), "capacity": self.number(1, 9) * (1000 if plain else 3),
                 "toll": None if self.yes(0.5) else self.chance.choice([1, 20]),
                 "toll_to": self.chance.choice([None, "AAA|BBB", "coAAA"])}
            )  # fmt: skip
        self.tables["joints"] = rows

    def contracts(self) -> None:
        rows = []
        assets = [("links", r["id"], r["commodities"].split("|")[0]) for r in self.tables["links"]]
        assets += [("supplies", r["id"], r["commodity"]) for r in self.tables["supplies"]]
        assets += [("markets", r["id"], r["commodity"]) for r in self.tables["markets"]]
        assets += [("converts", r["id"], r["commodity"]) for r in self.tables["converts"]]
        for i in range(self.chance.choice([0, 1, 2, 3])):
            _, asset, good = self.chance.choice(assets)
            kind = self.chance.choice(["least", "greatest"])
            row: Row = {"id": f"c{i}", "name": f"c{i}", "kind": kind, "asset": asset,
                        "per": self.chance.choice(["period", "month", "step"]),
                        "payer": self.chance.choice([None, "AAA"])}  # fmt: skip
            self.rate(row, "amount", good, self.number(1, 8) * (0.3 if kind == "least" else 1), any_good=True)
            if self.yes(0.3):
                row["commodity"] = good
            if self.yes(0.3):
                row["origins"] = self.some(STATES, 0.7)
            if self.yes(0.4):
                first, last = sorted([self.day(), self.day(5)])
                if first < last:
                    row |= {"start": first.isoformat(), "end": last.isoformat()}
            if kind == "least" and not self.yes(self.hard):
                self.price(row, "penalty", good, self.number(5, 80), any_good=True)
            rows.append(row)
        self.tables["contracts"] = rows

    def controls(self) -> None:
        rows: list[Row] = []
        for asset in (
            r["id"]
            for t in ("links", "supplies", "stores", "converts", "fleets", "joints", "places")
            for r in self.tables[t]
        ):
            if self.yes(0.5):
                rows += self.owners(asset, len(rows))
            if self.yes(0.15):
                rows.append(self.right(asset, len(rows), "operator"))
            if self.yes(0.05):
                rows.append(self.right(asset, len(rows), "regulator"))
        self.tables["controls"] = rows

    def right(self, asset: str, number: int, role: str) -> Row:
        row: Row = {
            "id": f"r{number}",
            "asset": asset,
            "actor": self.chance.choice(["AAA", "BBB", "coAAA", "coBBB"]),
            "role": role,
        }
        if self.yes(0.3):
            row["start"] = self.day().isoformat()
        return row

    def owners(self, asset: str, number: int) -> list[Row]:
        """One owner, two, or one who sells to another on a day."""

        def owner(at: int, actor: str, share: float, **more: Any) -> Row:
            return {
                "id": f"r{number + at}",
                "asset": asset,
                "actor": actor,
                "role": "owner",
                "share": share,
                **more,
            }

        first, second = self.chance.sample(["AAA", "BBB", "coAAA", "coBBB"], 2)
        how = self.chance.choice(["one", "two", "sold"])
        if how == "one":
            return [owner(0, first, 1.0)]
        if how == "two":
            share = self.chance.choice([0.5, 0.3])
            return [owner(0, first, share), owner(1, second, 1 - share)]
        day = self.day().isoformat()
        return [owner(0, first, 1.0, end=day), owner(1, second, 1.0, start=day)]

    def options(self) -> None:
        rows: list[Row] = []
        home = {r["id"]: r for t in ("links", "supplies", "markets", "converts") for r in self.tables[t]}
        for table in ("links", "supplies", "stores", "converts", "fleets", "joints", "contracts"):
            for r in self.tables[table]:
                if not self.yes(0.15) or r.get("capacity") == "unlimited" or r.get("kind") == "least":
                    continue
                row: Row = {"id": f"o{len(rows)}", "name": "more", "asset": r["id"],
                            "years_to_build": self.chance.choice([None, 0.02, 1.01]),
                            "life_years": self.chance.choice([None, 0.05, 1, 20])}  # fmt: skip
                of = home[r["asset"]] if table == "contracts" else r
                good = of["commodities"].split("|")[0] if "commodities" in of else of.get("commodity", "")
                if table in ("fleets", "joints"):
                    row["adds"] = 2
                elif table == "stores":
                    self.amount(row, "adds", good, 5)
                else:
                    self.rate(row, "adds", good, self.number(1, 5), any_good=True)
                rows.append(row)
        self.tables["options"] = rows

    # ------------------------------------------------------------------ over time

    def profiles(self) -> None:
        """Let some numbers follow a profile, of factors or of numbers with a unit."""
        self.tables["profiles"] = []
        followed = [("links", "capacity"), ("links", "cost"), ("links", "tariff"), ("supplies", "capacity"), ("supplies", "cost"),
                    ("markets", "demand"), ("markets", "price"), ("stores", "in_rate"), ("stores", "out_rate"),
                    ("stores", "cost"), ("stores", "reserve"), ("converts", "capacity"), ("converts", "cost"),
                    ("world_markets", "price")]  # fmt: skip
        for table, column in followed:
            for row in self.tables[table]:
                if not self.yes(0.15) or (column not in ("capacity", "cost") and row.get(column) is None):
                    continue
                good = row["commodities"].split("|")[0] if table == "links" else row["commodity"]
                value = row.get(column)
                factors = (column == "reserve" or self.yes(0.6)) and value not in (None, "unlimited")
                if factors and table == "markets" and row["demand_kind"] == "elastic" and column == "price":
                    values = [1.0] if row["choke_price"] == row["price"] else [1.0, 1.5, 4.0]
                elif (
                    table == "markets"
                    and column == "price"
                    and (not factors or row["demand_kind"] == "elastic")
                ):
                    continue
                elif column == "reserve":
                    values = [0.0, 0.5, 1.0]
                elif factors or table == "world_markets":
                    factors, values = True, [0.5, 1.0, 1.5] if column == "price" else [0.0, 0.5, 1.0, 2.0]
                else:
                    values = [0.0, 1.0, 4.0, 9.0]
                name = f"p{len({r['profile'] for r in self.tables['profiles']})}"
                row[f"{column}_profile"] = name
                unit: Row = {}
                if not factors:
                    write = self.price if column in ("cost", "tariff") else self.rate
                    write(unit, "value", good, 1.0, any_good=table == "links")
                for stretch in self.stretches():
                    number = len(self.tables["profiles"])
                    value = self.chance.choice(values)
                    if self.generic and value not in (0.0, 1.0, 4.0) and column not in ("price", "reserve"):
                        value = self.number(1, 3)
                    found: Row = {"id": f"{name}-{number}", "profile": name, "value": value, **stretch}
                    if table == "markets" and column == "price" and row["demand_kind"] == "elastic":
                        found["growth"] = (
                            None  # over years it would pass the price at which the buyer goes without
                        )
                    if unit:
                        found |= {"value": _short(value * unit["value"]), "value_unit": unit["value_unit"]}
                    self.tables["profiles"].append(found)

    def stretches(self) -> list[Row]:
        """Times that cover the axis: the same every year, or cut at some days, or one step after another."""
        how = self.chance.choice(["every", "cut", "step"])
        if how == "every":
            days = sorted(
                self.chance.sample(
                    [(1, 1), (2, 10), (3, 1), (7, 15), (12, 25)], self.chance.choice([1, 2, 3])
                )
            )
            firsts = [dt.date(2021, *day) for day in days]
            ends = [*firsts[1:], firsts[0].replace(year=2022)]
            growth = self.chance.choice([None, None, 0.25, -0.1])
            return [
                {"start": a.isoformat(), "end": b.isoformat(), "every": "year", "growth": growth}
                for a, b in zip(firsts, ends, strict=True)
            ]
        if how == "cut":
            inner = {self.day() for _ in range(self.chance.choice([0, 1, 2]))}
            edges = sorted({self.start - dt.timedelta(days=3), self.end, *(d for d in inner if d < self.end)})
            return [{"start": a.isoformat(), "end": b.isoformat()} for a, b in itertools.pairwise(edges)]
        # Years day by day are hundreds of rows, which the plain program looks through on each day.
        lengths = ["day", "week", "month", "quarter", "year"][2 * (self.time["step"] == "year") :]
        step, found, first = self.chance.choice(lengths), list[Row](), self.start
        while first < self.end:
            found.append({"start": first.isoformat(), "step": step})
            if step in ("day", "week"):
                first += dt.timedelta(days=1 if step == "day" else 7)
            else:
                month = first.month - 1 + {"month": 1, "quarter": 3, "year": 12}[step]
                first = first.replace(year=first.year + month // 12, month=month % 12 + 1)
        return found

    def for_a_time(self) -> Row:
        """A change of a scenario that holds for a time."""
        table, column = self.chance.choice(
            [("links", "cost"), ("supplies", "capacity"), ("supplies", "cost")]
        )
        row = self.chance.choice(self.tables[table])
        first = self.day()
        change: Row = {"table": table, "row": row["id"], "column": column}
        change["value"] = _short(row[column] * self.chance.choice([0.5, 2]) if row[column] else 1.0)
        if self.yes(0.8):
            change["start"] = first.isoformat()
        if self.yes(0.8) or "start" not in change:
            change["end"] = (first + dt.timedelta(days=self.chance.choice([1, 5, 40]))).isoformat()
        return change

    # ------------------------------------------------------------------ disruptions

    def effect(self) -> Row:
        """What is struck, how far, and when, of a measure or a disruption."""
        chance, t = self.chance, self.tables
        scope = chance.choice(["link", "link", "cargo", "other", "place", "transit", "territory", "actor"])
        row: Row = {"factor": chance.choice([0, 0, 0.5, 0.25])}
        capped = [r for r in t["links"] if r["capacity"] != "unlimited"] or t["links"]
        actor = chance.choice(["AAA", "BBB", "CCC", "coAAA", "ALL"] if scope == "actor" else STATES)
        others = [
            r for name in ("supplies", "stores", "markets", "converts", "fleets", "joints") for r in t[name]
        ]
        row["asset"] = {
            "link": chance.choice(capped)["id"], "cargo": chance.choice(capped)["id"], "other": chance.choice(others)["id"],
            "place": chance.choice(PLACES), "transit": f"transit:{actor}", "territory": f"territory:{actor}",
            "actor": f"actor:{actor}",
        }[scope]  # fmt: skip
        if scope == "cargo" or (scope in ("transit", "territory", "actor") and self.yes(0.3)):
            if self.yes():
                row["origins"] = chance.sample(STATES, chance.choice([1, 2]))
            else:
                row["commodity"] = chance.choice(self.goods)
        first, last = self.day(), self.day(8)
        if first >= last:
            first, last = last, first + dt.timedelta(days=1)
        if self.time["step"] != "day" or self.yes(0.7):
            self.close_unlimited(row)
        return row | {"start": first, "end": last}

    def close_unlimited(self, row: Row) -> None:
        """Strike nothing that is unlimited: a part of it has no meaning. Closures of whole days have one, so days keep them."""
        whole = self.time["step"] == "day" and row["factor"] == 0
        if whole or ":" in row["asset"] or row["asset"] in PLACES:
            row["factor"] = 0
            return
        rows = {
            r["id"]: r
            for name in ("links", "supplies", "stores", "markets", "converts", "fleets", "joints")
            for r in self.tables[name]
        }
        found = rows[row["asset"]]
        rates = ("in_rate", "out_rate") if row["asset"].startswith("t") else ("capacity", "demand", "count")
        if "unlimited" in found.values() or not any(found.get(r) is not None for r in rates):
            row["asset"] = self.tables["supplies"][0]["id"]

    def measures(self) -> None:
        rows = []
        for i in range(self.chance.choice([0, 1, 2])):
            effect = self.effect()
            if ":" in effect["asset"]:
                continue
            row: Row = {"id": f"x{i}", "name": f"x{i}", "kind": "ban", "status": "in_force", "asset": effect["asset"],
                        "factor": effect["factor"] if self.yes(0.9) else None, "commodity": effect.get("commodity"),
                        "origins": "|".join(effect.get("origins", [])) or None, "start": effect["start"].isoformat(),
                        "end": effect["end"].isoformat() if self.yes(0.7) else None, "baseline": self.yes(0.4)}  # fmt: skip
            if self.yes(0.3):
                row["effect_start"] = (effect["start"] + dt.timedelta(days=1)).isoformat()
                row["effect_end"] = (effect["end"] + dt.timedelta(days=3)).isoformat()
            rows.append(row)
        self.tables["measures"] = rows

    def premiums(self) -> None:
        """Let some measures add to costs: those on links and joint capacities, and fresh ones."""
        dear = {r["id"] for table in ("links", "joints") for r in self.tables[table]}
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            link = self.chance.choice(self.tables["links"])
            effect = self.effect() | {"asset": link["id"], "origins": None}
            if self.tables["joints"] and self.yes(0.3):
                effect["asset"] = self.tables["joints"][0]["id"]
            row: Row = {"id": f"x{len(self.tables['measures'])}-dear", "name": "dear", "kind": "attack",
                        "status": "not_legal", "asset": effect["asset"], "start": effect["start"].isoformat(),
                        "end": effect["end"].isoformat(), "baseline": self.yes(0.4),
                        "origins": self.some(STATES, 0.6) if self.yes(0.6) else None}  # fmt: skip
            self.tables["measures"].append(row)
        for row in self.tables["measures"]:
            if row["asset"] not in dear or not (row.get("factor") is None or self.yes(0.3)):
                continue
            joint = next((r for r in self.tables["joints"] if r["id"] == row["asset"]), None)
            links = [
                r
                for r in self.tables["links"]
                if r["id"] in (joint["links"].split("|") if joint else [row["asset"]])
            ]
            goods = sorted({g for r in links for g in r["commodities"].split("|")})
            if len({GOODS[g][0] for g in goods}) > 1 or (
                joint and row.get("factor") is None and self.yes(0.3)
            ):
                row["commodity"] = row.get("commodity") or goods[0]
            if row.get("commodity") and joint and row.get("factor") is not None:
                row["factor"] = None  # a joint capacity is not struck for one good only
            good = row.get("commodity") or goods[0]
            self.price(row, "cost", good, self.number(0, 30), any_good=True)
            row["cost_to"] = self.some(["coAAA", "BBB"], 0.4)

    def scenarios(self) -> list[Row]:
        scenario: Row = {"id": "stop", "title": "stop", "disruptions": []}
        for _ in range(self.chance.choice([1, 2, 3])):
            effect = self.effect()
            effect["expected_days"] = self.chance.choice([None, None, 2, 30])
            scenario["disruptions"].append({k: v for k, v in effect.items() if v is not None})
        scenario["measures"] = [m["id"] for m in self.tables["measures"] if self.yes()]
        scenario["options"] = [o["id"] for o in self.tables["options"] if self.yes()]
        scenario["decisions"] = [
            {
                "option": o,
                "day": (self.day() - dt.timedelta(days=self.chance.choice([0, 0, 9, 400]))).isoformat(),
            }
            for o in scenario["options"]
            if self.yes(0.4)
        ]
        if self.yes(0.2):
            market = self.chance.choice(self.tables["markets"])
            if market.get("steps") is None and market["demand_kind"] != "elastic":
                scenario["changes"] = [
                    {"table": "markets", "row": market["id"], "column": "price", "value": market["price"] + 1}
                ]
        if self.yes(0.3):
            scenario.setdefault("changes", []).append(self.for_a_time())
        if self.yes(0.25):
            self.time["refine"] = [self.finer()]
        if self.yes(0.25):
            scenario["refine"] = [self.finer()]
        return [scenario]

    def finer(self) -> Row:
        """A time with shorter steps, which may reach beyond the axis."""
        start = self.day()
        end = start + dt.timedelta(days=self.chance.choice([1, 5, 12, 30]))
        return {
            "from": start.isoformat(),
            "to": end.isoformat(),
            "step": self.chance.choice(["day", "week", "month"]),
        }

    def case(self) -> Case:
        """Draw the whole case."""
        return self.accepted(self.rows(), self.chance.choice(["paid", "internal"]))

    def rows(self) -> list[Row]:
        """Draw the rows of all tables, and give the scenarios."""
        for table in (
            self.actors, self.commodities, self.places, self.links, self.supplies, self.markets, self.world_markets, self.stores,
            self.converts, self.fleets, self.joints, self.contracts, self.controls, self.options, self.measures, self.profiles,
            self.premiums,
        ):  # fmt: skip
            table()
        return self.scenarios()

    def accepted(self, scenarios: list[Row], tariffs: str) -> Case:
        """Build the case, without the effects that have no meaning: a part of what is unlimited, some origins of a store."""
        effects = scenarios[0]["disruptions"]
        while True:
            tables = {name: rows for name, rows in self.tables.items() if rows}
            case = build(
                tables, time=self.time, scenarios=scenarios, tariffs=tariffs, exchange_rates=EXCHANGE
            )
            if not {"part_stops", "origins_of_store"} & {f.code for f in case.check().errors}:
                return case
            if effects:
                effects.pop()
            else:
                self.tables["measures"] = [m | {"factor": None} for m in self.tables["measures"]]


def _short(value: float) -> float:
    """A number as a person would write it."""
    return float(f"{value:.6g}")


def random_case(chance: int | random.Random = 0, *, generic: bool = False, hard: float = 0.1) -> Case:
    """Draw a small case with any of the features of the format.

    Parameters
    ----------
    chance : int or random.Random
        The same number draws the same case. A property test can give its own source, such as `hypothesis.strategies.randoms()`.
    generic : bool
        Whether numbers have many digits, so that the best plan is the only one.
    hard : float
        Share of promises, least outputs and ramps that nothing can buy off; these can make a case infeasible.

    Returns
    -------
    Case
        With one scenario, `stop`. It passes `check`; it may be infeasible.
    """
    source = chance if isinstance(chance, random.Random) else random.Random(chance)
    return Draw(source, generic=generic, hard=hard).case()
