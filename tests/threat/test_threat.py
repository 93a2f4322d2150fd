"""Threats of a case: verdicts, tables, guarantees, third parties, sentences, bad input."""

from __future__ import annotations

import random

import pytest

import straits
from straits import results
from straits.errors import GameError, InfeasibleError, StraitsError
from straits.threat import solve, threat
from straits.threat.network.interval import Interval

from .threatened import BASE, STATED, asked


@pytest.fixture(scope="module")
def found(case):
    return threat(case, asked())


def test_each_state_is_solved_once(case, found):
    """Proves: programs solved are two for each distinct network and one for the act twice over, whatever the horizon. Without
    it: a long horizon would cost a solve for each node."""
    assert found.provenance["programs_solved"] == 5
    assert threat(case, asked(), horizon=120).provenance["programs_solved"] == 5
    steps = []
    threat(case, asked(), progress=lambda done, of, left: steps.append((done, of)))
    assert steps == [(1, 2), (2, 2)]


def test_the_answer_in_tables(found):
    """Proves: leverage falls when the berth is built in month 24 and not before, the ends hold the points, and all tables
    that have a meaning are there. Without it: decay could be shown a year early."""
    decay = found.decay.query("package == 'berth'").set_index("step")["loss"]
    assert decay[23] == decay[0] > decay[24] == decay[35]
    assert (found.decay["loss_least"] <= found.decay["loss"]).all()
    assert (found.decay["loss"] <= found.decay["loss_most"]).all()
    before, after = (
        found.destroyed.query(f"what == 'leverage {w}'")["amount"].item() for w in ("before", "after")
    )
    assert before > 0 and after > 0
    assert set(found.verdicts["scarcity"]) == {"case", "owners", "tariffs"}
    assert len(found.path) == 36
    assert found.tables["payoffs"].attrs["units"]["loss"] == "million USD"
    assert "intends" not in " ".join(found.sentences[:-1])


def test_an_answer_is_saved_and_read(found, tmp_path):
    """Proves: a saved answer reads back with tables, tree and texts. Without it: `found.efg()` would fail on what is loaded."""
    again = results.load(found.save(tmp_path / "answer.zip"))
    assert type(again) is type(found)
    assert again.efg() == found.efg() and again.nfg() == found.nfg()
    assert again.sentences == found.sentences


def test_the_tree_of_one_round_has_the_verdict(case):
    """Proves: the round that `tree` gives has a threat in equilibrium exactly if the verdict says that it would work. Without
    it: the text handed to Gambit would be of another game."""
    for retreat, worth in ((100, 100), (300, 100), (300, 600), (100, 600)):
        found = threat(case, asked(STATED, retreat_cost=retreat, demand={"worth": worth, "cost": worth}))
        works = found.verdicts.query(
            "question.str.startswith('the threat would work') and scarcity == 'case'"
        )
        path = solve(found.tree).path()
        assert (works["verdict"].item() == "yes") == (path == ("threaten", "comply"))
        assert (found.equilibria["complied"].item() == 36) == (path == ("threaten", "comply"))


def test_verdicts_hold_at_corners_and_points():
    """Proves: a verdict of yes or no holds at all corners and at random points of the intervals, and an open one holds at
    some and not at others. Without it: a verdict could be one of the middle alone."""
    rng = random.Random(1)
    seen = {"yes": 0, "no": 0, "open": 0}
    for _ in range(200):
        a, b = (Interval(*sorted(m + rng.randint(0, 4) for _ in range(3))) for m in (rng.randint(-9, 9), 0))
        gaps = [x - y for x in (a.low, a.high) for y in (b.low, b.high)]
        gaps += [rng.uniform(a.low, a.high) - rng.uniform(b.low, b.high) for _ in range(20)]
        said = (a - b).verdict
        seen[said] += 1
        if said == "yes":
            assert min(gaps) > 0
        elif said == "no":
            assert max(gaps) < 0
        else:
            assert min(gaps) <= 0 <= max(gaps)
    assert min(seen.values()) > 20, seen


def test_a_larger_own_cost_never_makes_it_more_credible(case):
    """Proves: as the sender's own cost grows, the verdict goes from yes over open to no and never back. Without it: a sign
    could be wrong."""
    order = {"yes": 0, "open": 1, "no": 2}
    said = []
    for own in range(0, 700, 100):
        act = {"stated": [{"actor": "LND", "loss": 500}, {"actor": "NBR", "loss": own}]}
        found = threat(case, asked(STATED, act=act, retreat_cost={"low": 200, "high": 400}))
        said.append(order[found.verdicts["verdict"].iloc[0]])
    assert said == sorted(said) and set(said) == {0, 1, 2}


@pytest.mark.parametrize(
    ("cost", "retreat", "keeps", "least"),
    [(50, 100, "yes", 350), (100, 50, "no", 200), ({"low": 20, "high": 80}, 50, "open", 200)],
)
def test_an_ally_counts_as_far_as_it_would_act(case, cost, retreat, keeps, least):
    """Proves: retaliation of 150 raises the sender's own cost of 200 if the ally keeps its word, not at all if that costs it
    more than breaking it, and widens it where that is open. Without it: a promise that nobody would keep would deter."""
    guarantee = {"by": "LND", "kind": "retaliation", "amount": 150, "cost": cost, "retreat_cost": retreat}
    found = threat(case, asked(STATED, guarantees=[guarantee]))
    assert found.guarantees["keeps_its_word"].item() == keeps
    row = found.thresholds.iloc[0]
    assert row["retreat_least"] == least
    assert row["retreat_most"] == (200 if keeps == "no" else 350)


def test_insurance_lowers_what_can_be_asked(case):
    """Proves: insurance of 150 takes the most that can be asked from 500 to 350. Without it: an insured target would pay as
    before."""
    guarantee = {"by": "NBR", "kind": "insurance", "amount": 150, "cost": 1, "retreat_cost": 2}
    assert threat(case, asked(STATED, guarantees=[guarantee])).thresholds["asked"].item() == 350


def test_third_parties_choose_between_market_and_trade(case):
    """Proves: who has more of the market than of the trade yields; the value at which it turns is that of the trade. Without
    it: secondary sanctions would work on everybody."""
    rows = [{"actor": "buyers", "market": m, "trade": 60} for m in (100, 20, {"low": 50, "high": 70})]
    found = threat(case, asked(STATED, secondary=rows))
    assert list(found.secondary["yields"]) == ["yes", "no", "open"]
    assert set(found.secondary["turns_at"]) == {60.0}


def test_a_threat_of_the_united_states_by_name():
    """Proves: who takes an article has it in every sentence, and the note on a bargain speaks of Shapley values only where there
    are any. Without it: `carrying out costs United States` would be quoted."""
    caspian = straits.load_case("caspian")
    found = threat(caspian, "secondary-sanctions")
    said = " ".join(found.sentences)
    assert said.count("the United States") == said.count("United States") >= 3
    assert found.bargain["shapley"].isna().all() and "shapley" not in found.bargain.attrs["note"]
    wagons = threat(caspian, "coal-wagons").bargain
    assert wagons["shapley"].notna().all() and "shapley" in wagons.attrs["note"]


def test_bargain_by_hand(case):
    """Proves: with losses of 500 and 200 the target pays half the difference, 150; a bystander who loses 90 pays too, and the
    sum is what all have together. Without it: the value would not be that of Kalai and Kalai."""
    found = threat(case, asked(STATED)).bargain.set_index("actor")
    assert found["value"].to_dict() == {"NBR": 150.0, "LND": -150.0}
    assert found["threat_point"].to_dict() == {"NBR": -200.0, "LND": -500.0}
    act = {"stated": [*STATED["act"]["stated"], {"actor": "buyers", "loss": 90}]}
    three = threat(case, asked(STATED, act=act, third=["buyers"])).bargain.set_index("actor")["value"]
    # δ of the sender alone: max(0, 500 + 90 − 200) = 390, with the target 90 − … : by the formula of Kohlberg and Neyman.
    assert three.sum() == pytest.approx(0.0)
    assert three["buyers"] < 0 < three["NBR"]


def test_types_are_read_from_the_file(case):
    """Proves: a resolved type of chance 3/10 and a bluffer give the equilibria of the signalling game, with the chance of a
    bluff. Without it: types of the file would not reach the game."""
    types = [{"id": "resolved", "probability": 0.3, "own_cost": 0}, {"id": "other", "probability": 0.7}]
    found = threat(case, asked(STATED, resolve=types, retreat_cost=100, demand={"worth": 100, "cost": 200}))
    mixed = found.beliefs.query("kind == 'semi-separating'").set_index("type")
    # Indifferent target: belief in resolve 200/500; so bluffers threaten in (3/7)·(3/2) = 9/14 of cases.
    assert mixed.loc["other", "threatens"] == pytest.approx(9 / 14)
    assert mixed.loc["other", "bluff"] == pytest.approx(0.6)
    assert mixed.loc["other", "success"] == pytest.approx(0.5)
    assert "information" not in found.efg() and found.efg().count('"threatened"') == 2


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: threat(c, "stopp"), "has no threat 'stopp'; it has none"),
        (lambda c: threat(c, asked(), packages=["bert"]), "did you mean 'berth'"),
        (lambda c: threat(c, asked(), horizon=0), "1 or more"),
        (lambda c: threat(c, asked(), demand=float("nan")), "a number of million"),
        (lambda c: threat(c, asked(start="2022-12-30")), "accepted: within the time of the case"),
        (lambda c: threat(c, asked(packages=[{"id": "a", "options": ["bert"]}])), "did you mean 'berth'"),
        (lambda c: threat(c, {**BASE, "days": "long"}), "threats/stop, column days: found 'long'"),
        (lambda c: threat(c, {"title": "no id"}), "column id: this value is missing"),
        (lambda c: threat(c, asked(act={"withhold": True}, start="2022-03-05", days=1)), "has its middle"),
    ],
)
def test_what_makes_no_sense_is_refused(case, call, said):
    """Proves: unknown threats and packages, horizons and numbers that make no sense, and acts outside the axis are refused
    with what is accepted. Without it: another question would be answered."""
    with pytest.raises(StraitsError, match=said):
        call(case)


@pytest.mark.parametrize(
    ("changes", "how", "said"),
    [
        ({"days": 28.9}, {}, "column days: found 28.9; accepted: a whole number of days"),
        ({"days": 0.5}, {}, "column days: found 0.5"),
        ({"third": ["LND"]}, {}, r"column third\.0: found 'LND', which is the target already"),
        ({"third": ["NBR"]}, {}, r"column third\.0: found 'NBR', which is the sender already"),
        ({}, {"horizon": 5000}, "column horizon: found 5000"),
        ({}, {"packages": ["berth", "berth"]}, "berth, berth; accepted: each once"),
    ],
)
def test_slips_name_the_place_in_the_threat(case, changes, how, said):
    """Proves: a part of a day, which dates would drop, a player named twice, and what is asked instead of the file's are
    refused as in a file. Without it: 28.9 days would be told and 28 acted, or the answer would end with a trace."""
    with pytest.raises(StraitsError, match=said):
        threat(case, {**BASE, **changes}, **how)


def test_a_threat_can_be_given_as_a_mapping(case, found):
    """Proves: the fields of a threat give the same answer as the threat, and the case keeps its own. Without it: a notebook
    would need the schema."""
    assert threat(case, BASE).sentences == found.sentences
    assert set(case.with_threat(BASE).threats) == {"stop"} and not case.threats


def test_a_target_without_account_is_refused(case):
    """Proves: a target who has nothing in the network is refused. Without it: it would lose 0, as if it were safe."""
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    tables["actors"].append({"id": "FAR", "name": "Far", "kind": "state"})
    far = straits.Case.from_tables(tables, **case.settings.model_dump())
    with pytest.raises(GameError, match="target FAR has no account"):
        threat(far, asked(target="FAR"))


def test_a_state_without_a_plan_is_named(case):
    """Proves: where a hard promise cannot be kept during the act, the error names threat and network. Without it: a solver's
    word would be all."""
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    row = {
        "id": "must",
        "name": "Promise",
        "kind": "least",
        "asset": "pipe",
        "amount": 60,
        "amount_unit": "kt/d",
        "per": "step",
    }
    schema = case.tables["contracts"].columns
    tables["contracts"] = [{k: v for k, v in row.items() if k in schema}]
    bound = straits.Case.from_tables(tables, **case.settings.model_dump())
    with pytest.raises(InfeasibleError, match="threats/stop, the network as it is"):
        threat(bound, asked())


def test_the_shapley_value_beside_the_bargain_is_that_of_power(case, found):
    """Proves: the bargain shows what `power` gives each over the time of the case, for the length of one step. Without it:
    two analyses would answer one question with two numbers."""
    shares = straits.power.shapley(straits.power.game(case, ["NBR", "LND"], access="host"))
    time = case.settings.time
    part = (365.0 / 12) / (time.end - time.start).days
    shown = dict(zip(found.bargain["actor"], found.bargain["shapley"], strict=True))
    assert shown == pytest.approx({name: shares[name] * part for name in ("NBR", "LND")})
    assert threat(case, asked(STATED)).bargain["shapley"].isna().all()


def test_play_over_intervals_stands_beside_the_play_at_points(case):
    """Proves: with a retreat cost on both sides of the own cost, whether a threat is made is open, turns at the own cost, and
    a sentence says so. Without it: the path at points would pass for all there is."""
    answer = threat(case, asked(retreat_cost={"value": 300, "low": 0, "high": 500}))
    row = answer.play.set_index("question").loc["a threat is made"]
    own = answer.parameters["numbers"]["own_cost"]
    assert (row["verdict"], row["at_points"], row["turns_on"]) == ("open", "yes", "retreat_cost")
    assert row["turns_at"] == pytest.approx(own)
    assert any(
        s.startswith("Within the intervals") and "whether a threat is made" in s for s in answer.sentences
    )
    firm = threat(case, asked())
    assert set(firm.play["verdict"]) == {"yes", "no"}


def test_one_type_is_the_sender(case):
    """Proves: of a single type, tree and matrix have that type's costs, and of two types the matrix is refused. Without it:
    Gambit would be given a round of another sender."""
    one = threat(
        case, asked(STATED, resolve=[{"id": "hard", "probability": 1, "own_cost": 5, "retreat_cost": 1}])
    )
    ends = [s.node.payoffs for s in one.tree if not s.moves]
    assert (-5, -500) in ends and (-1, 0) in ends and not any(-200 in p for p in ends)
    assert "-5" in one.nfg() and "-200" not in one.nfg()
    two = [{"id": i, "probability": 0.5, "own_cost": i} for i in ("5", "600")]
    two = threat(case, asked(STATED, resolve=[{**t, "own_cost": float(t["id"])} for t in two]))
    assert "600" in two.efg()
    with pytest.raises(GameError, match=r"types 5, 600.*accepted: the tree"):
        two.nfg()


def test_the_gap_of_all_parts_is_the_least_of_theirs(case):
    """Proves: `would work` is open, yes or no as its own gap is, at both ends. Without it: a row could be open though its
    least gap is above nought, where a part that is weaker at an end is not the weakest at its point."""
    # Carrying out may beat backing down by -50 to 400, the demand's worth its cost by 90 to 110.
    found = threat(
        case,
        asked(
            STATED,
            retreat_cost={"low": 150, "high": 600},
            demand={"worth": {"low": 90, "high": 110}, "cost": 9},
        ),
    )
    row = found.verdicts.query("question.str.contains('would work')").iloc[0]
    assert (row["verdict"], row["gap_least"], row["gap"], row["gap_most"]) == ("open", -50, 100, 110)
    assert row["turns_on"] == "demand.worth"


def test_sentences_follow_from_losses_of_any_sign(case):
    """Proves: an act that takes nothing is halved by no package and nothing can be asked for it, though it is credible; one that
    brings its target money says so; a sender who would gain says so; what only a believed threat could get says so. Without
    it: the answer would say that -50 million could be asked, or that a credible threat is not."""

    def said(loss, own=0, **changes):
        act = {"stated": [{"actor": "LND", "loss": loss}, {"actor": "NBR", "loss": own}]}
        return " ".join(threat(case, asked(act=act, **changes)).sentences)

    nothing = said(0)
    assert "halves that" not in nothing and "the act takes nothing from Landlocked" in nothing
    assert "not credible" not in nothing
    gift = said(-50)
    assert (
        "would bring Landlocked 50 million USD" in gift and "it would bring all together 50 million" in gift
    )
    assert "-50" not in gift
    assert "would gain by the act, and carries out unless backing down brings it more than 20" in said(
        50, -20
    )
    assert "asked of who believes the threat is 50" in said(50, 500)


def test_who_never_backs_down_makes_no_ties(case):
    """Proves: a cost of backing down of 1e15 million gives the play of one of 1e6. Without it: beside it losses and demands would
    count as equal, and every outcome as open."""
    rough, plain = (threat(case, asked(STATED, retreat_cost=x)) for x in (1e15, 1e6))
    assert rough.equilibria.equals(plain.equilibria) and rough.play.equals(plain.play)
