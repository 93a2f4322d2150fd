"""Tables of the network of a case that is drawn at random: who, what, where, and by which way."""

from __future__ import annotations

import datetime as dt

from straits.testing.drawn.values import GOODS, PLACES, STATES, Row, Values, short


class Network(Values):
    """Draws actors, goods, places, links, supplies, markets, stores and processes."""

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
                row["seller"] = (None, "BBB", "coAAA")[int(row["regulated_price"]) % 3]
            if kind == "stepwise" and self.yes(0.4):
                price, demand = row["price"], row["demand"]
                parts = [(price * p, short(demand * q)) for p, q in ((1, 0.5), (0.6, 0.3), (0.2, 0.2))]
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
            row |= {"volume": short(row["sold"] * times), "volume_unit": row["sold_unit"]}
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
                        "yields": "|".join(f"{good}={short(share)}" for good, share in shares.items()),
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
