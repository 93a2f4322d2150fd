"""Coalition values of cases: certificates against cold solves, access, options, outsiders, and known directions."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest

import straits
from straits.case import Case
from straits.engine import Session
from straits.errors import InfeasibleError
from straits.lp.states.division import parts_of
from straits.lp.states.relaxation import Relaxation
from straits.power import GameError, LazyGame, core_check, game, shapley
from straits.power.network.coalitionvalues import CaseValues
from straits.power.network.program import build_program

SIX = ("RUS", "UKR", "BLR", "TKM", "KAZ", "AZE", "TUR", "CHN")


@pytest.fixture(scope="module")
def gas() -> Case:
    return straits.load_case("eurasian-gas")


@pytest.fixture(scope="module")
def routes() -> Case:
    return straits.load_case("two-routes")


def cold_values(case: Case, players, **how) -> np.ndarray:
    """Value of every coalition by a solve of its own, from nothing, of the whole program."""
    program = build_program(case, players, **how)
    states = program.states(np.arange(2 ** len(program.players), dtype=np.int64))
    values = np.array([-Session(program.model).solve(program.bounds(s)).value / 1000.0 for s in states])
    return values - values[0]


@pytest.mark.parametrize("options", [False, True])
def test_certificates_equal_cold_solves(gas, options):
    """Proves: for 8 players, with and without options, every one of 256 values is that of a cold solve, from fewer
    than half the solves, and v never falls. Without it: a certificate could pass a state whose optimum differs."""
    solved = game(gas, SIX, options=options)
    np.testing.assert_allclose(
        solved.values, cold_values(gas, SIX, options=options), atol=1e-7 * solved.scale
    )
    assert solved.is_monotone()
    assert solved.parameters["solves"] < 128


def test_certificates_with_transit_storage_ramps_and_options(routes):
    """Proves: the same on a case with time: transit, a tank farm, ramps, a least output and unmet promises; companies
    apart from states. Without it: only flows of one step would be tried."""
    players = ["LND", "NBR", "pipeco", "oilco", "railco", "portco"]
    solved = game(routes, players)
    np.testing.assert_allclose(solved.values, cold_values(routes, players), atol=1e-7 * solved.scale)
    assert solved.is_monotone()


def test_what_the_state_bounds_prove_is_true_state_by_state(gas):
    """Proves: in any order of solving, the values of all states are those of single solves. Without it: the
    certificates could hold only from the top down."""
    program = build_program(gas, SIX, options=True)
    rng = np.random.default_rng(2)
    for part in parts_of(program.model, program.switches)[0][:2]:
        states = np.unique(rng.random((40, len(part.which))) < 0.6, axis=0)
        rng.shuffle(states)
        expected = [-Session(part.program).solve(part.bounds(s)).value for s in states]
        np.testing.assert_allclose(part.values(states)[0], expected, atol=1e-6 * np.abs(expected).max())


def _shared_case(seed: int) -> Case:
    """Three goods on a random network of nine places whose links have room for about one of them; the places belong to
    five states, some links to companies; a store carries goods from one month to the next."""
    rng = np.random.default_rng(seed)
    states, goods = [f"S{k}" for k in range(5)], ["x", "y", "z"]
    pairs = {(i, int(rng.integers(0, i))) for i in range(1, 9)} | {
        tuple(rng.permutation(9)[:2].tolist()) for _ in range(6)
    }
    links = [
        {
            "id": f"l{k}{way}",
            "name": "l",
            "from_place": f"p{a}",
            "to_place": f"p{b}",
            "mode": "rail",
            "commodities": "|".join(goods),
            "capacity": float(rng.integers(2, 9)),
            "capacity_unit": "unit/step",
            "cost": float(rng.integers(1, 9)) / 10,
            "cost_unit": "kUSD/unit",
        }
        for k, (i, j) in enumerate(sorted(pairs))
        for way, a, b in (("", i, j), ("r", j, i))
    ]
    supplies, markets = [], []
    for good in goods:
        seats = rng.permutation(9)
        supplies += [
            {
                "id": f"s{good}{r}",
                "name": "s",
                "place": f"p{seats[r]}",
                "commodity": good,
                "capacity": float(rng.integers(3, 9)),
                "capacity_unit": "unit/step",
                "cost": float(rng.integers(1, 9)) / 10,
                "cost_unit": "kUSD/unit",
            }
            for r in range(2)
        ]
        markets += [
            {
                "id": f"m{good}{r}",
                "name": "m",
                "place": f"p{seats[2 + r]}",
                "commodity": good,
                "buyer": "W",
                "demand_kind": "stepwise",
                "demand": float(rng.integers(3, 9)),
                "demand_unit": "unit/step",
                "price": float(rng.integers(30, 60)) / 10,
                "price_unit": "kUSD/unit",
            }
            for r in range(3)
        ]
    return Case.from_tables(
        {
            "actors": [{"id": a, "name": a, "kind": "state" if a[0] == "S" else "company"} for a in [*states, "C0", "C1", "W"]],
            "commodities": [{"id": g, "name": g, "unit": "unit", "tracked": False} for g in goods],
            "places": [{"id": f"p{i}", "name": f"p{i}", "kind": "junction", "territory": states[i % 5]} for i in range(9)],
            "links": links, "supplies": supplies, "markets": markets,
            "stores": [{"id": "h", "name": "h", "place": supplies[0]["place"], "commodity": "x", "capacity": 5,
                        "capacity_unit": "unit", "start": 2, "start_unit": "unit"}],
            "controls": [{"id": f"c{k}", "asset": row["id"], "actor": f"C{k % 2}", "role": "owner", "share": 1}
                         for k, row in enumerate(links[:6])],
        },
        id="shared", title="shared", time={"start": "2022-01-01", "end": "2022-03-01", "step": "month", "boundary": "empty"},
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_goods_that_share_links_are_joined_where_they_collide(seed):
    """Proves: on random networks whose links are too narrow for all goods, the goods are solved apart, some collide and
    are joined, and each of 128 values is that of a cold solve of the whole, asked together or one by one in any order.
    Without it: a limit left out could stay broken."""
    case, players = _shared_case(seed), ["S0", "S1", "S2", "S3", "S4", "C0", "C1"]
    expected = cold_values(case, players)
    program = build_program(case, players)
    together = CaseValues(program)
    values, _ = together.every()
    assert together.parts >= 3 and together.joined
    np.testing.assert_allclose(values, expected, atol=1e-9 * expected.max())
    single = CaseValues(program)
    for mask in np.random.default_rng(seed).permutation(128):
        assert single.one(int(mask)) == pytest.approx(expected[mask], abs=1e-9 * expected.max())


def _network_case(edges: list[tuple[str, str, int]], controls: list[dict] | None = None) -> Case:
    """A flow network from s to t in which a unit is worth 1000 USD; each arc belongs to a company of its own."""
    places = sorted({p for a, b, _ in edges for p in (a, b)})
    owners = [f"o{k}" for k in range(len(edges))]
    return Case.from_tables(
        {
            "actors": [{"id": o, "name": o, "kind": "company"} for o in [*owners, "world"]],
            "commodities": [{"id": "x", "name": "x", "unit": "unit", "tracked": False}],
            "places": [{"id": p, "name": p, "kind": "junction"} for p in places],
            "links": [
                {"id": f"a{k}", "name": f"a{k}", "from_place": a, "to_place": b, "mode": "rail", "commodities": "x",
                 "capacity": c, "capacity_unit": "unit/step", "cost": 0}
                for k, (a, b, c) in enumerate(edges)
            ],
            "supplies": [{"id": "in", "name": "in", "place": "s", "commodity": "x", "capacity": "unlimited", "cost": 0}],
            "markets": [{"id": "out", "name": "out", "place": "t", "commodity": "x", "buyer": "world", "demand_kind": "stepwise",
                         "demand": 1000, "demand_unit": "unit/step", "price": 1, "price_unit": "kUSD/unit"}],
            "controls": controls
            or [{"id": f"c{k}", "asset": f"a{k}", "actor": o, "role": "owner", "share": 1} for k, o in enumerate(owners)],
        },
        id="flow", title="flow", time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )  # fmt: skip


def test_min_cut_allocation_is_in_the_core_of_a_flow_game():
    """Proves: v of a flow game is the greatest flow of the coalition's arcs (networkx), and paying the owners of a
    least cut its capacities is in the core (Kalai and Zemel 1982). Without it: coalition values could hold together
    and be wrong."""
    edges = [
        ("s", "a", 4),
        ("s", "b", 3),
        ("a", "b", 2),
        ("a", "t", 2),
        ("b", "t", 5),
        ("a", "c", 2),
        ("c", "t", 1),
    ]
    owners = [f"o{k}" for k in range(len(edges))]
    solved = game(_network_case(edges), owners)
    for size in range(1, len(edges) + 1):
        for coalition in combinations(range(len(edges)), size):
            graph = nx.DiGraph()
            graph.add_nodes_from(["s", "t"])
            graph.add_edges_from((edges[k][0], edges[k][1], {"capacity": edges[k][2]}) for k in coalition)
            flow = nx.maximum_flow_value(graph, "s", "t")
            assert solved[[owners[k] for k in coalition]] == pytest.approx(flow / 1000.0, abs=1e-9)
    graph = nx.DiGraph()
    graph.add_edges_from((a, b, {"capacity": c}) for a, b, c in edges)
    _, (near, _) = nx.minimum_cut(graph, "s", "t")
    cut = [c / 1000.0 if a in near and b not in near else 0.0 for a, b, c in edges]
    assert core_check(solved, cut)


def test_owners_close_by_half_operators_alone():
    """Proves: owners outside close an asset when they hold half of it, an operator closes it alone. Worked by hand:
    on one arc of 10, A owns 50 %, B 30 %, C 20 %, D operates. A alone lacks D; A with D lacks B and C, who hold half;
    A, B, D lack only C's fifth: 10. Without it: a fifth could veto, or a half could not."""
    shares = {"A": 0.5, "B": 0.3, "C": 0.2}
    controls = [{"id": k, "asset": "a0", "actor": k, "role": "owner", "share": s} for k, s in shares.items()]
    controls.append({"id": "D", "asset": "a0", "actor": "D", "role": "operator"})
    case = _network_case([("s", "t", 10)], controls=[])
    tables = {name: table for name, table in case.tables.items() if len(table)}
    tables["actors"] = [{"id": k, "name": k, "kind": "company"} for k in (*"ABCD", "world")]
    tables["controls"] = controls
    case = Case.from_tables(
        tables,
        id="flow",
        title="flow",
        time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )
    solved = game(case, list("ABCD"))
    winning = {"".join(solved.coalition(m)) for m in range(16) if solved.values[m] > 0}
    assert winning == {"ABD", "ACD", "ABCD"}


def test_regulated_access_opens_transport_only(gas):
    """Proves: under regulated transit a transit state has no power, producers and buyers keep theirs; opening one
    link alone does less. Without it: the regime could open fields too, or nothing."""
    veto, free = game(gas, SIX), game(gas, SIX, access="regulated")
    assert shapley(veto)["UKR"] > 1000
    assert shapley(free)["UKR"] == pytest.approx(0.0, abs=1e-6)
    assert shapley(free)["TKM"] > shapley(veto)["TKM"]
    assert free["RUS"] == pytest.approx(free.grand - free[[p for p in SIX if p != "RUS"]], rel=0.5)
    one = game(gas, SIX, access={"south": "regulated"})
    assert shapley(one)["UKR"] == pytest.approx(0.0, abs=1e-6)
    assert shapley(one)["BLR"] > 0
    np.testing.assert_allclose(
        one.values, cold_values(gas, SIX, access={"south": "regulated"}), atol=1e-7 * one.scale
    )


def test_spokesmen_of_states_and_alliances(routes):
    """Proves: a group acts as one; whoever is named apart is apart. Without it: a company could be counted for two."""
    together = game(routes, {"all": ["LND", "NBR", "pipeco", "oilco", "railco", "portco"]})
    apart = game(routes, ["LND", "NBR", "pipeco", "oilco", "railco", "portco"])
    assert together.grand == pytest.approx(apart.grand)


def test_sampled_game_of_a_case(gas):
    """Proves: a lazy game of a case has the exact game's values, and its sample ends near the exact answer. Without
    it: more than 20 players would be out of reach."""
    lazy, exact = game(gas, SIX, sample=True), game(gas, SIX)
    assert isinstance(lazy, LazyGame)
    for coalition in (["RUS"], ["RUS", "UKR"], ["RUS", "UKR", "TKM", "KAZ"], list(SIX)):
        assert lazy[coalition] == pytest.approx(exact[coalition], abs=1e-6)
    solved, truth = shapley(lazy, sample=20, rng=4), shapley(exact)
    assert (np.abs(solved.values - truth.values) <= 4 * solved.errors + 1e-6 * exact.scale).all()


# ---------------------------------------------------------------- known directions (Hubert, Ikonnikova, Cobanli)


def test_transit_states_are_strong_on_the_existing_network(gas):
    """Proves: without options the transit states together get more than a third of what the three share, and the
    larger more. Without it: the case would not show what the literature found."""
    solved = shapley(game(gas, SIX))
    assert solved["UKR"] > solved["BLR"] > 0
    assert solved["UKR"] + solved["BLR"] > (solved["UKR"] + solved["BLR"] + solved["RUS"]) / 3


def test_options_move_power_to_the_producer(gas):
    """Proves: with all options to build, the producer gains and the main transit state loses, though little is built
    when all agree. Without it: options could act only by being used."""
    before, after = shapley(game(gas, SIX)), shapley(game(gas, SIX, options=True))
    assert after["RUS"] > before["RUS"]
    assert after["UKR"] < before["UKR"]


def test_a_bypass_of_one_transit_state_is_worth_less_than_direct_access(gas):
    """Proves: the producer gains less from a line that only exchanges one transit state for the other, who gains.
    Without it: direct and indirect ways would count alike."""
    before = shapley(game(gas, SIX))
    direct = shapley(game(gas, SIX, options=["build-north"]))
    bypass = shapley(game(gas, SIX, options=["build-yamal"]))
    assert direct["RUS"] - before["RUS"] > 1.5 * (bypass["RUS"] - before["RUS"]) > 0
    assert bypass["BLR"] > before["BLR"]
    assert direct["BLR"] < before["BLR"]


def test_eastward_and_westward_projects_hardly_interact_while_supply_is_slack(gas):
    """Proves: the producer behind gains from both pipelines about the sum of what it gains from each; when its gas is
    scarce, the gains eat each other. Without it: an interaction could come from the method."""
    from straits.case.schema.settings import Change

    def gains(case):
        none = shapley(game(case, SIX))["TKM"]
        east, west, both = (
            shapley(game(case, SIX, options=o))["TKM"] - none
            for o in (["build-east"], ["build-caspian"], ["build-east", "build-caspian"])
        )
        return east, west, both

    east, west, both = gains(gas)
    assert abs(both - east - west) < 0.02 * (east + west)
    scarce = gas.with_changes(
        [Change(table="supplies", row="gas-turkmenistan", column="capacity", value=45.0)]
    )
    east, west, both = gains(scarce)
    assert both < 0.9 * (east + west)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"players": ["RUS", "UKRR"]}, r"'UKRR' is not in table actors.*did you mean 'UKR'"),
        ({"players": ["RUS", "RUS"]}, r"named more than once: RUS"),
        ({"players": {"a": ["RUS"], "b": ["RUS"]}}, r"'RUS' belongs to two players"),
        ({"players": {"a": []}}, r"player 'a' has no actors"),
        (
            {"players": ["RUS", "UKR"], "access": "free"},
            r"expected 'veto', 'host', 'regulated'; found 'free'",
        ),
        ({"players": ["RUS", "UKR"], "access": {"sauth": "regulated"}}, r"'sauth' is not in the case.*south"),
        (
            {"players": ["RUS", "UKR"], "access": {"caucasus": "regulated"}},
            r"no player controls asset 'caucasus'",
        ),
        (
            {"players": ["RUS", "UKR"], "options": ["build-noth"]},
            r"'build-noth' is not in table options.*build-north",
        ),
        (
            {"players": ["RUS", "UKR"], "outsiders": "asleep"},
            r"expected 'absent' or 'baseline', found 'asleep'",
        ),
        ({"players": ["RUS", "UKR"], "options": True, "discount_rate": -0.1}, r"discount_rate.*-0.1"),
    ],
)
def test_bad_questions(gas, how, message):
    """Proves: each question that cannot be meant is refused with its reason. Without it: an answer would come out of
    a slip."""
    with pytest.raises(GameError, match=message):
        game(gas, **how)


def test_players_without_any_right():
    """Proves: if no player controls anything, the question is refused. Without it: all values would be zero without a
    word."""
    case = _network_case(
        [("s", "t", 1), ("s", "t", 1)], [{"id": "c", "asset": "a0", "actor": "o0", "role": "operator"}]
    )
    with pytest.raises(GameError, match=r"no asset of case flow is controlled by o1"):
        game(case, ["o1"])
    assert game(case, ["o0", "o1"]).parameters["null_players"] == ["o1"]


@pytest.mark.parametrize("buyer", ["o0", "world"])
def test_a_promise_that_nobody_can_keep(buyer):
    """Proves: a hard promise at a place that nothing reaches is an error which names it, whether a player may close that market
    or nobody; without the promise the game has a value. Without it: a program that has no solution would have one."""
    case = _network_case([("s", "t", 1)])
    tables = {name: table for name, table in case.tables.items() if len(table)}
    promise = {"id": "far", "name": "far", "place": "u", "commodity": "x", "buyer": buyer, "demand_kind": "fixed",
               "demand": 1, "demand_unit": "unit/step", "price": 1, "price_unit": "kUSD/unit"}  # fmt: skip
    tables["places"] = [*tables["places"].to_dict("records"), {"id": "u", "name": "u", "kind": "junction"}]
    tables["markets"] = [*tables["markets"].to_dict("records"), promise]
    promised = Case.from_tables(
        tables,
        id="flow",
        title="flow",
        time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )
    assert game(case, ["o0"]).grand == pytest.approx(0.001)
    with pytest.raises(InfeasibleError, match=r"demand\(far\): 1 unit cannot be had"):
        game(promised, ["o0"])


def test_promises_of_other_goods_are_no_part_of_a_game_of_one():
    """Proves: with a promise of y and an agreed flow of y, both hard and out of reach, the game of x has its value; the game of
    all goods has none. Without it: nobody could ask about gas where the oil is promised to all."""
    case = _network_case([("s", "t", 1)])
    tables = {name: table.to_dict("records") for name, table in case.tables.items() if len(table)}
    tables["commodities"] = [{"id": c, "name": c, "unit": "unit", "tracked": False} for c in "xy"]
    tables["links"][0]["commodities"] = "x|y"
    tables["markets"].append({"id": "far", "name": "far", "place": "t", "commodity": "y", "buyer": "world",
                              "demand_kind": "fixed", "demand": 1, "demand_unit": "unit/step", "price": 1,
                              "price_unit": "kUSD/unit"})  # fmt: skip
    tables["contracts"] = [{"id": "k", "name": "k", "kind": "least", "asset": "a0", "commodity": "y", "amount": 1,
                            "amount_unit": "unit/step"}]  # fmt: skip
    owed = Case.from_tables(
        tables,
        id="flow",
        title="flow",
        time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )
    assert game(owed, ["o0"], commodity="x").grand == pytest.approx(0.001)
    for commodity in (None, "y"):
        with pytest.raises(InfeasibleError, match="cannot hold"):
            game(owed, ["o0"], commodity=commodity)


def test_too_many_players(gas):
    """Proves: above 20 players an exact game is refused and the way out named. Without it: 2^21 solves would start."""
    with pytest.raises(GameError, match=r"21 players.*at most 20.*sample=True"):
        game(gas, [f"p{k}" for k in range(21)])


def test_collisions_of_more_items_than_a_word_has_bits():
    """Proves: of 70 optima, the last two break one row together, the first and the third another: those pairs collide, no others.
    Without it: with more than 63 parts a collision could be overlooked, and a coalition be worth more than it can have.
    """
    count, rows = 70, 2
    use = np.zeros((count, rows))
    use[[68, 69], 0] = use[[0, 2], 1] = 1.0
    items = [SimpleNamespace(use=u) for u in use]
    relaxed = SimpleNamespace(most=np.full(rows, 1.5), _broken=np.zeros(rows, dtype=bool))
    assert sorted(Relaxation.collisions(relaxed, items)) == [(0, 2), (68, 69)]
    assert relaxed._broken.all()
