"""How fast ledgers of consignments are added up and traced, and how fast names are compared.

    python benchmarks/goods_trace_bench.py [--events 2000000] [--traced 200000] [--pairs 50000]

Ledgers are generated (seeded): holders that import, sell on, use and send out, with stock nearly always enough. Prints, with
the ratio to a named alternative in the same run, in seconds of processor time (other work on the machine does not count):

- the stock ledger (legs, stocks, deficits, end stock) beside the same in plain Python, an account at a time in a dictionary,
  which is run on a twentieth and scaled;
- least, most and certificates beside the same maximum flow by `networkx` (preflow-push) on a small ledger;
- pairs of names scored, preparation included, beside `rapidfuzz.fuzz.WRatio` on lower-case names, which knows no scripts, forms
  or initials.
"""

from __future__ import annotations

import argparse
import random
from time import process_time as clock

import networkx as nx
import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from straits.goods.screening.names.prepare import prepare
from straits.goods.screening.names.score import score
from straits.goods.tracing.flows import bounds, origins_of
from straits.goods.tracing.legs import make_legs
from straits.goods.tracing.stock import deficit_table, stock_table, stocks


def ledger(count: int, holders: int, goods: int, seed: int = 0) -> pd.DataFrame:
    """Make a ledger: entries are large and what leaves is small, so that few holders run short. `goods` divides `holders`."""
    draw = np.random.default_rng(seed)
    kind = draw.choice(["entry", "transfer", "exit", "use"], count, p=[0.3, 0.4, 0.2, 0.1])
    holder = draw.integers(0, holders, count)
    # Each holder deals in one good, and sells to others who do.
    to = (holder + goods * draw.integers(1, holders // goods, count)) % holders
    names = np.array([f"H{i:05d}" for i in range(holders)], dtype=object)
    codes = np.array([f"85{i:04d}" for i in range(goods)], dtype=object)
    days = (
        (pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(365), "D"))
        .strftime("%Y-%m-%d")
        .to_numpy(dtype=object)
    )
    return pd.DataFrame(
        {
            "event_id": np.char.add("E", np.arange(count).astype(str)).astype(object),
            "time": days[np.sort(draw.integers(0, 365, count))],
            "kind": kind.astype(object),
            "holder": names[holder],
            "to_holder": np.where(kind == "transfer", names[to], ""),
            "hs6": codes[holder % goods],
            "quantity": np.where(
                kind == "entry", draw.integers(200, 400, count), draw.integers(1, 60, count)
            ).astype(float),
            "unit": "piece",
            "origin": np.where(kind == "entry", draw.choice(["CN", "DE", "VN", "US"], count), "").astype(
                object
            ),
            "destination": np.where(kind == "exit", draw.choice(["RU", "UZ"], count), "").astype(object),
        }
    )


def plain_stocks(events: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Add up the ledger as a script would."""
    stock: dict[tuple[str, str, str], float] = {}
    columns = ["kind", "holder", "to_holder", "hs6", "unit", "quantity"]
    for kind, holder, to, code, unit, amount in events[columns].itertuples(index=False, name=None):
        account = (holder, code, unit)
        change = amount if kind == "entry" else -amount
        stock[account] = max(0.0, stock.get(account, 0.0) + change)
        if kind == "transfer":
            other = (to, code, unit)
            stock[other] = stock.get(other, 0.0) + amount
    return stock


def by_networkx(events: pd.DataFrame, barred: set[str]) -> float:
    """Give the most lawful goods that can have reached the target, event by event, for one good."""
    graph: nx.DiGraph = nx.DiGraph()
    last: dict[str, int] = {}
    stock: dict[str, float] = {}
    graph.add_nodes_from(["source", "sink"])
    number = 0

    def step(holder: str, change: float) -> int:
        nonlocal number
        number += 1
        if holder in last:
            graph.add_edge(last[holder], number, capacity=int(stock[holder]))
        stock[holder] = max(0.0, stock.get(holder, 0.0) + change)
        last[holder] = number
        return number

    for event in events.itertuples(index=False):
        here = step(event.holder, event.quantity if event.kind == "entry" else -event.quantity)
        if event.kind == "entry" and event.origin not in barred:
            graph.add_edge("source", here, capacity=int(event.quantity))
        elif event.kind == "transfer":
            graph.add_edge(here, step(event.to_holder, event.quantity), capacity=int(event.quantity))
        elif event.kind == "exit" and event.destination == "RU":
            graph.add_edge(here, "sink", capacity=int(event.quantity))
    return float(nx.maximum_flow_value(graph, "source", "sink"))


def name_pairs(count: int) -> list[tuple[str, str]]:
    """Make pairs of names of which about half are one with slips."""
    draw = random.Random(1)
    given = [
        "Anna",
        "Boris",
        "Clara",
        "Dmitri",
        "Elena",
        "Farid",
        "Gulnara",
        "Hugo",
        "Irina",
        "Jamal",
        "Pyotr",
        "Mohammed",
    ]
    stems = ["Vol", "Kar", "Nas", "Tem", "Ber", "Lin", "Dor", "Sam", "Rud", "Pet", "Mar", "Gor", "Zim", "Hal"]
    ends = ["kov", "imov", "sky", "enko", "berg", "ari", "usen", "adze", "yan", "ic", "qvist", "ov"]
    pairs = []
    for _ in range(count):
        name = f"{draw.choice(given)} {draw.choice(stems)}{draw.choice(ends)} {draw.choice(stems)}{draw.choice(ends)}"
        other = list(name)
        if draw.random() < 0.5:
            del other[draw.randrange(len(other))]
        else:
            other = list(f"{draw.choice(given)} {draw.choice(stems)}{draw.choice(ends)}")
        pairs.append((name, "".join(other)))
    return pairs


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--traced", type=int, default=200_000)
    options.add_argument("--pairs", type=int, default=50_000)
    given = options.parse_args()

    events = ledger(given.events, 5_000, 200)
    start = clock()
    legs = make_legs(events)
    held = stocks(legs)
    table, short = stock_table(legs, held), deficit_table(legs, held, events)
    ours = clock() - start
    part = events.head(max(1, given.events // 20))
    start = clock()
    plain_stocks(part)
    plain = (clock() - start) * given.events / len(part)
    print(
        f"stock ledger, {given.events:,} events, {len(table):,} accounts, {len(short):,} deficits: {ours:.2f} s"
    )
    print(f"  plain Python, balances only, scaled: {plain:.2f} s, ratio {plain / ours:.2f}")

    events = ledger(given.traced, 400, 40)
    start = clock()
    legs = make_legs(events)
    held = stocks(legs)
    found = bounds(events, legs, held, origins_of(["DE", "US"]), "RU")
    whole = clock() - start
    proofs = sum(len(one.certificates) for one in found)
    print(f"traced, {given.traced:,} events, {len(found)} goods, {proofs:,} certificates: {whole:.2f} s")
    small = ledger(4_000, 60, 1)
    start = clock()
    legs = make_legs(small)
    one = bounds(small, legs, stocks(legs), origins_of(["DE", "US"]), "RU")[0]
    ours = clock() - start
    start = clock()
    other = by_networkx(small, {"DE", "US"})
    theirs = clock() - start
    assert one.exits - one.least == other
    print(
        f"  4,000 events of one good: {ours:.3f} s; networkx, the least alone: {theirs:.2f} s, ratio {theirs / ours:.1f}"
    )

    pairs = name_pairs(given.pairs)
    start = clock()
    for one_name, other_name in pairs:
        score(prepare(one_name, "person"), prepare(other_name, "person"), "person")
    ours = clock() - start
    start = clock()
    for one_name, other_name in pairs:
        fuzz.WRatio(one_name.lower(), other_name.lower())
    theirs = clock() - start
    print(
        f"names: {len(pairs) / ours:,.0f} pairs/s; WRatio {len(pairs) / theirs:,.0f} pairs/s, ratio {theirs / ours:.2f}"
    )


if __name__ == "__main__":
    main()
