"""What happens in a drawn case: profiles, measures, scenarios; and the case as a whole."""

from __future__ import annotations

import datetime as dt
import itertools

from straits.case import Case
from straits.testing.drawn.agreed import Agreed
from straits.testing.drawn.values import EXCHANGE, GOODS, PLACES, STATES, Row, short
from straits.testing.small import build


class Draw(Agreed):
    """Draws the tables of one case; parameters as of `Values`."""

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
                        found |= {"value": short(value * unit["value"]), "value_unit": unit["value_unit"]}
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
        change["value"] = short(row[column] * self.chance.choice([0.5, 2]) if row[column] else 1.0)
        if column == "capacity":
            # Half of it, cut to six digits, could lie below a least output of half.
            change["value"] = max(change["value"], row.get("min_output") or 0.0)
        if self.yes(0.8):
            change["start"] = first.isoformat()
        if self.yes(0.8) or "start" not in change:
            change["end"] = (first + dt.timedelta(days=self.chance.choice([1, 5, 40]))).isoformat()
        return change

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
