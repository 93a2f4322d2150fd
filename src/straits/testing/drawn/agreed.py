"""Tables of what binds the network of a drawn case: ships, joint capacities, contracts, rights and options."""

from __future__ import annotations

from typing import Any

from straits.testing.drawn.network import Network
from straits.testing.drawn.values import GOODS, STATES, Row


class Agreed(Network):
    """Draws fleets, joints, contracts, controls and options."""

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
