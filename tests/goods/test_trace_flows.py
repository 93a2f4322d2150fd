"""Least and most of what left, against a linear program that knows nothing of nodes, merging or maximum flows."""

import random

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from straits.goods.tracing.flows import bounds, origins_of
from straits.goods.tracing.legs import make_legs
from straits.goods.tracing.stock import stock_table, stocks
from straits.goods.tracing.verify import verify

HAND = """E1 entry A - 100 CN -
E2 entry A - 100 DE -
E3 transfer A B 120 - -
E4 use A - 50 - -
E5 exit B - 90 - RU
E6 exit A - 30 - RU
E7 exit B - 40 - UZ"""


def ledger(text):
    """Make events from lines of id, kind, holder, receiver, quantity, origin, destination; a line a day."""
    rows = []
    for day, line in enumerate(text.splitlines()):
        name, kind, holder, to, quantity, origin, destination = line.split()
        row = {
            "event_id": name,
            "time": str(pd.Timestamp("2023-01-01") + pd.Timedelta(days=day))[:10],
            "kind": kind,
            "holder": holder,
        }
        row |= {
            "to_holder": to,
            "hs6": "854231",
            "quantity": float(quantity),
            "unit": "piece",
            "origin": origin,
            "destination": destination,
        }
        rows.append({key: "" if value == "-" else value for key, value in row.items()})
    return pd.DataFrame(rows)


def solve(events, barred=("DE",), target="RU"):
    legs = make_legs(events)
    held = stocks(legs)
    return legs, held, bounds(events, legs, held, origins_of(barred), target)


def by_program(events, good, colour, barred, target):
    """Give the most of a colour that can have reached the target: one variable for every movement, one row for every event."""
    last, stock, nodes, ups, rows, costs = {}, {}, 0, [], [], []

    def add(upper, ends, cost=0.0):
        rows.append(ends)
        ups.append(upper)
        costs.append(cost)

    def step(account, change):
        nonlocal nodes
        here, nodes = nodes, nodes + 1
        if account in last:
            add(stock[account], [(last[account], -1), (here, 1)])
        stock[account] = max(0.0, stock.get(account, 0.0) + change)
        last[account] = here
        return here

    for e in events.to_dict("records"):
        account = (e["holder"], e["hs6"], e["unit"])
        if e["kind"] == "entry":
            here = step(account, e["quantity"])
            if not e["origin"] or (e["origin"] in barred) == (colour == "barred"):
                add(e["quantity"], [(here, 1)])
        elif e["kind"] == "transfer":
            here = step(account, -e["quantity"])
            add(e["quantity"], [(here, -1), (step((e["to_holder"], *account[1:]), e["quantity"]), 1)])
        elif e["kind"] == "processing":
            here = step(account, -e["quantity"])
            there = step((e["holder"], e["to_hs6"], e["to_unit"]), e["to_quantity"])
            # One input: its share is the share of what it gives.
            add(1.0, [(here, -e["quantity"]), (there, e["to_quantity"])])
        else:
            here = step(account, -e["quantity"])
            if e["kind"] == "exit" and e["destination"] == target and account[1:] == good:
                add(e["quantity"], [(here, -1)], -1.0)
    matrix = np.zeros((nodes, len(rows)))
    for column, ends in enumerate(rows):
        for node, value in ends:
            matrix[node, column] += value
    return -linprog(costs, A_ub=-matrix, b_ub=np.zeros(nodes), bounds=[(0, up) for up in ups]).fun


def random_ledger(seed, processing=False, decimals=False):
    """Make a ledger in which stocks run out, goods go round in circles, and days hold several rows."""
    draw = random.Random(seed)
    holders, goods = "ABCD", ["854231", "851762"]
    rows, day = [], 0
    for number in range(draw.randint(3, 40)):
        day += draw.random() < 0.5
        kinds = ["entry", "entry", "transfer", "transfer", "transfer", "exit", "exit", "use"] + [
            "processing"
        ] * (2 * processing)
        kind, holder = draw.choice(kinds), draw.choice(holders)
        quantity = draw.randint(1, 60) / (draw.choice([1, 1, 4, 10]) if decimals else 1)
        row = {
            "event_id": f"E{number}",
            "time": str(pd.Timestamp("2023-01-01") + pd.Timedelta(days=day))[:10],
            "kind": kind,
        }
        row |= {
            "holder": holder,
            "to_holder": "",
            "hs6": draw.choice(goods),
            "quantity": quantity,
            "unit": "piece",
            "origin": "",
            "destination": "",
        }
        if kind == "entry":
            row["origin"] = draw.choice(["DE", "CN", "CN", ""])
        if kind == "transfer":
            row["to_holder"] = draw.choice([h for h in holders if h != holder])
        if kind == "exit":
            row["destination"] = draw.choice(["RU", "RU", "UZ"])
        if kind == "processing":
            row |= {
                "to_hs6": draw.choice([g for g in goods if g != row["hs6"]]),
                "to_quantity": float(draw.randint(1, 60)),
                "to_unit": "piece",
            }
        rows.append(row)
    return pd.DataFrame(rows)


def test_the_hand_ledger():
    """Proves: 120 went out, 100 of them at most lawful; the certificate names E5, E6 and E1.

    Without it: a share of each holder's stock would accuse or acquit by an assumption nobody made.
    """
    events = ledger(HAND)
    legs, held, (found,) = solve(events)
    assert (found.exits, found.least, found.most) == (120, 20, 100)
    (proof,) = found.certificates
    assert (proof.exits, proof.sources, proof.claim, proof.sources_total, proof.limits) == (
        ("E5", "E6"),
        ("E1",),
        120,
        100,
        (),
    )
    table = stock_table(legs, held).set_index("holder")
    assert table["deficit"].to_dict() == {"A": 0, "B": 10}
    assert table["end_stock"].to_dict() == {"A": 0, "B": 0}


@pytest.mark.parametrize("seed", range(150))
def test_bounds_equal_a_linear_program_and_every_certificate_adds_up(seed):
    """Proves: merged nodes and a maximum flow give what the plain program gives, and the certificates prove all of it.

    Without it: a merged stretch that hides a shortage (a deficit in its middle) gives too small a least.
    """
    events = random_ledger(seed, decimals=seed % 3 == 0)
    legs, _, found = solve(events)
    rule = origins_of(["DE"])
    assert bool(found) == bool(((events["kind"] == "exit") & (events["destination"] == "RU")).any())
    for one in found:
        good = tuple(legs.goods.iloc[one.good])
        assert one.exits - one.least == pytest.approx(
            by_program(events, good, "lawful", {"DE"}, "RU"), abs=1e-6
        )
        assert one.most == pytest.approx(by_program(events, good, "barred", {"DE"}, "RU"), abs=1e-6)
        assert sum(proof.shortfall for proof in one.certificates) == pytest.approx(one.least, abs=1e-6)
        for proof in one.certificates:
            holds, told = verify(events.to_dict("records"), proof.to_dict(), rule.may_be_lawful, "RU")
            assert holds, told


@pytest.mark.parametrize("seed", range(80))
def test_bounds_with_processing_equal_a_linear_program(seed):
    """Proves: yields, in both colours, and the dual values as certificate.

    Without it: goods that are worked into others would lose their origin.
    """
    events = random_ledger(1000 + seed, processing=True)
    legs, _, found = solve(events)
    for one in found:
        good = tuple(legs.goods.iloc[one.good])
        assert one.exits - one.least == pytest.approx(
            by_program(events, good, "lawful", {"DE"}, "RU"), abs=1e-6
        )
        assert one.most == pytest.approx(by_program(events, good, "barred", {"DE"}, "RU"), abs=1e-6)
        assert sum(proof.shortfall for proof in one.certificates) == pytest.approx(one.least, abs=1e-5)
        for proof in one.certificates:
            holds, told = verify(
                events.to_dict("records"), proof.to_dict(), origins_of(["DE"]).may_be_lawful, "RU"
            )
            assert holds, told


def test_verifier_finds_a_certificate_that_claims_too_much():
    """Proves: the verifier adds up for itself.

    Without it: it would repeat what it is told, and a wrong accusation would pass as proved.
    """
    events = ledger(HAND)
    (found,) = solve(events)[2]
    told = found.certificates[0].to_dict()
    rows, rule = events.to_dict("records"), origins_of(["DE"]).may_be_lawful
    assert verify(rows, told, rule, "RU")[0]
    assert not verify(rows, {**told, "shortfall": 20.5}, rule, "RU")[0]
    # A region without the account of B: what B sent out cannot be claimed there.
    smaller = [leg for leg in told["region"] if leg[1] == "A"]
    assert not verify(rows, {**told, "region": smaller}, rule, "RU")[0]
    assert not verify(rows, told, origins_of(["XX"]).may_be_lawful, "RU")[0]
    assert not verify(rows, told, rule, "UZ")[0]


def test_lawful_goods_that_were_used_up_explain_no_later_exit():
    """Proves: stock between events is a capacity. A uses up its 100 lawful pieces, takes in 100 barred ones, and sends out 100.

    Without it: the used pieces would explain the exit.
    """
    events = ledger("E1 entry A - 100 CN -\nE2 use A - 100 - -\nE3 entry A - 100 DE -\nE4 exit A - 100 - RU")
    (found,) = solve(events)[2]
    assert (found.least, found.most) == (100, 100)


def test_a_deficit_is_counted_once_and_not_charged_to_later_entries():
    """Proves: B sends out 10 that it does not have, then 30 that came in: 10 lack a source, not 20.

    Without it: a running balance below zero would swallow the entry that follows, and accuse twice.
    """
    events = ledger("E1 exit B - 10 - RU\nE2 entry B - 30 CN -\nE3 exit B - 30 - RU")
    legs, held, (found,) = solve(events)
    assert found.least == 10
    assert stock_table(legs, held)["deficit"].tolist() == [10]


def test_rows_of_one_day_happen_in_file_order():
    """Proves: on one day, an exit written before the entry lacks a source, and written after it does not.

    Without it: sorting by time alone could turn the two round.
    """
    late = ledger("E1 exit A - 10 - RU\nE2 entry A - 10 CN -").assign(time="2023-01-01")
    early = ledger("E2 entry A - 10 CN -\nE1 exit A - 10 - RU").assign(time="2023-01-01")
    assert solve(late)[2][0].least == 10
    assert solve(early)[2][0].least == 0


def test_quantities_beyond_whole_numbers_of_32_bits():
    """Proves: three thousand million grams are traced, by the linear program.

    Without it: the maximum flow of SciPy would overflow.
    """
    events = ledger("E1 entry A - 3000000001 CN -\nE2 entry A - 7 DE -\nE3 exit A - 3000000005 - RU")
    (found,) = solve(events)[2]
    assert (found.least, found.most) == (4, 7)
    assert found.certificates[0].shortfall == 4


def test_two_inputs_are_lawful_only_as_far_as_both_are():
    """Proves: 10 boards from 10 chips, half of them lawful, and 10 lawful cases: at most 5 lawful; at most 5 with barred chips.

    Without it: the lawful cases would cover for the chips.
    """
    rows = [
        ("E1", "entry", "854231", 5, "CN", "", "", "", ""),
        ("E2", "entry", "854231", 5, "DE", "", "", "", ""),
        ("E3", "entry", "847330", 10, "CN", "", "", "", ""),
        ("E4", "processing", "854231", 10, "", "", "P", "", ""),
        ("E5", "processing", "847330", 10, "", "", "P", "853400", 10),
        ("E6", "exit", "853400", 10, "", "RU", "", "", ""),
    ]
    names = [
        "event_id",
        "kind",
        "hs6",
        "quantity",
        "origin",
        "destination",
        "process",
        "to_hs6",
        "to_quantity",
    ]
    events = pd.DataFrame(rows, columns=names).assign(
        time="2023-01-01", holder="A", to_holder="", unit="piece", to_unit="piece"
    )
    (found,) = solve(events)[2]
    assert (found.least, found.most) == (5, 5)
    told = found.certificates[0]
    assert verify(events.to_dict("records"), told.to_dict(), origins_of(["DE"]).may_be_lawful, "RU")[0]
