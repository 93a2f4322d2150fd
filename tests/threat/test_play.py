"""The repeated threat: by hand, against trees written out, and the sustainable demand."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as F

import pytest

from straits.threat.games.perfect import solve
from straits.threat.games.tree import Decision, End, Tree
from straits.threat.network.informed import kinds, readings
from straits.threat.network.play import Course, Terms, play, sustainable, with_demand

NOW = Course("", 0.0, (10.0,), (4.0,))


def terms(**changes) -> Terms:
    """A sender who can take 10 at an own cost of 4, asks 6, and loses 5 by backing down."""
    return replace(Terms(4, 1.0, 6.0, 6.0, 5.0, 0.0, NOW), **changes)


def told(found, which=0):
    """Each step in a letter: quiet, met (c), carried out (x), bluffed (b); with the package that is started."""
    letter = {
        (False, False, False): "q",
        (True, True, False): "c",
        (True, False, True): "x",
        (True, False, False): "b",
    }
    return [letter[m[:3]] + (str(m.starts) if m.starts >= 0 else "") for _, _, m in found.path(which)]


def test_a_credible_threat_is_met_each_time():
    """Proves: with carrying out cheaper than backing down and a demand below the loss, each step is met, worth 24 and −24.
    Without it: values or signs could be wrong."""
    found = play(terms())
    assert [told(found)] == [["c"] * 4] and len(found.outcomes) == 1
    assert (found.outcomes[0].sender, found.outcomes[0].target) == (24.0, -24.0)


@pytest.mark.parametrize("changes", [{"retreat": 3.0}, {"cost": 11.0}, {"worth": 0.5, "threat": 1.0}])
def test_what_is_incredible_too_much_or_not_worth_it_is_not_said(changes):
    """Proves: a threat that would not be carried out, asks more than the loss, or costs more than it brings, is not made.
    Without it: the path would show threats that nobody would make."""
    found = play(terms(**changes))
    assert told(found) == ["q"] * 4 and found.outcomes[0].sender == 0.0


def test_a_tie_leaves_both_equilibria():
    """Proves: where carrying out and backing down cost the same, one equilibrium has the threat met and one has none. Without
    it: a tie would be decided by the order of the code."""
    found = play(terms(steps=1, retreat=4.0))
    assert sorted(told(found, k) for k in range(len(found.outcomes))) == [["c"], ["q"]]


def test_who_asks_much_is_built_round():
    """Proves: with a package that takes leverage to 2 after two steps, at 1 a step, the target of 4 steps builds at a demand
    of 6: it saves two demands (12) for 4; at a demand of 1.9 it pays to the end. Without it: the target would wait or build
    for nothing."""
    course = Course("round", 1.0, (10.0, 10.0, 2.0), (4.0, 4.0, 4.0))
    found = play(terms(packages=(course,)))
    assert told(found) == ["c0", "c", "q", "q"]
    assert (found.outcomes[0].sender, found.outcomes[0].target) == (12.0, -16.0)
    assert told(play(terms(packages=(course,), worth=1.9, cost=1.9))) == ["c"] * 4
    # max(loss left 2, 4 / (4 − 2)) = 2, and above it the target builds.
    assert sustainable(terms(packages=(course,))) == (2.0, 0)
    assert told(play(terms(packages=(course,), worth=2.1, cost=2.1)))[0] == "c0"


def test_grab_or_milk():
    """Proves: with a dear package the sender has 12 of grabbing (6, twice) and 20 of milking (5 four times), by hand. Without
    it: the sustainable demand would not be what pays."""
    course = Course("round", 2.5, (10.0, 10.0, 0.0), (4.0, 4.0, 4.0))
    grab = play(terms(packages=(course,)))
    milk = play(terms(packages=(course,), worth=4.99, cost=4.99))
    assert sustainable(terms(packages=(course,)))[0] == pytest.approx(5.0)
    assert grab.outcomes[0].sender == 12.0 and told(grab) == ["c0", "c", "q", "q"]
    assert milk.outcomes[0].sender == pytest.approx(19.96) and told(milk) == ["c"] * 4


def written_out(t: Terms) -> Tree:
    """The whole repeated threat as a tree."""
    d = F(t.discount)

    def after(step, p, age, sender, target, start):
        q, a = (start, 1) if start >= 0 else (p, age + 1 if p >= 0 else 0)
        return node(step + 1, q, a, sender, target)

    def paid(step, p, start):
        return F(t.course(start if start >= 0 else p).cost) * d**step

    def node(step, p, age, sender, target):
        if step == t.steps:
            return End(sender, target)
        w = d**step
        loss, own = (F(x) for x in t.course(p).at(age))
        starts = [-1] if p >= 0 else [-1, *range(len(t.packages))]
        quiet = {f"start {s}": after(step, p, age, sender, target - paid(step, p, s), s) for s in starts}
        replies = {}
        for s in starts:
            rest = target - paid(step, p, s)
            threatened = sender - w * F(t.threat)
            replies[f"comply {s}"] = after(step, p, age, threatened + w * F(t.worth), rest - w * F(t.cost), s)
            replies[f"defy {s}"] = Decision("S", {
                "out": after(step, p, age, threatened - w * own, rest - w * loss, s),
                "back": after(step, p, age, threatened - w * F(t.retreat), rest, s),
            })  # fmt: skip
        return Decision("S", {"quiet": Decision("T", quiet), "threat": Decision("T", replies)})

    return Tree(("S", "T"), node(0, -1, 0, F(0), F(0)))


def random_terms(rng: random.Random, steps: int, size: int) -> Terms:
    def some(n):
        return tuple(float(rng.randint(0, size)) for _ in range(n))

    packages = tuple(
        Course(str(k), rng.randint(0, size) / 4, some(n), some(n))
        for k in range(rng.randint(0, 2))
        for n in [rng.randint(2, 3)]
    )
    worth, cost, retreat = some(3)
    return Terms(
        steps, 0.5, worth, cost, retreat, rng.randint(0, 2) / 4, Course("", 0.0, some(1), some(1)), packages
    )


def test_backward_induction_is_that_of_the_whole_tree():
    """Proves: on 60 random threats the values of the induction over step, package and age are those of the game written out
    as a tree; where moves tie, each of them is among those of the tree. Without it: a package could be charged twice, or an
    age be off by one."""
    rng, single = random.Random(5), 0
    for number in range(60):
        t = random_terms(rng, 3 if number % 4 == 0 else 2, 1000 if number % 2 else 4)
        found, whole = play(t), solve(written_out(t))
        theirs = {p.payoffs for p in whole.equilibria}
        ours = {(F(o.sender), F(o.target)) for o in found.outcomes}
        if whole.stops:
            continue
        assert ours <= theirs
        if len(theirs) == 1:
            assert ours == theirs
            single += 1
    assert single > 20


def test_the_path_pays_what_it_says():
    """Proves: the payoffs along a path, discounted, are the values of its equilibrium. Without it: the path shown could be
    another than the one that was valued."""
    rng = random.Random(8)
    for _ in range(50):
        t = random_terms(rng, 6, 50)
        found = play(t)
        for k, outcome in enumerate(found.outcomes):
            sender = target = 0.0
            for step, (p, age, m) in enumerate(found.path(k)):
                loss, own = t.course(p).at(age)
                w = t.discount**step
                if m.threat:
                    sender += (
                        w * (t.worth if m.complied else -(own if m.carried_out else t.retreat)) - w * t.threat
                    )
                    target -= w * (t.cost if m.complied else loss if m.carried_out else 0.0)
                target -= w * t.course(m.starts if m.starts >= 0 else p).cost
            assert (sender, target) == pytest.approx((outcome.sender, outcome.target), abs=1e-6)


def random_course(rng: random.Random, loss: float) -> Course:
    lead = rng.randint(1, 5)
    ends = sorted((rng.uniform(0, loss) for _ in range(2)), reverse=True)
    return Course(
        "p", rng.uniform(0, 3), (loss,) * lead + (ends[0], ends[1]), (rng.uniform(0, 6),) * (lead + 2)
    )


def test_above_the_sustainable_demand_the_target_builds():
    """Proves: just below the sustainable demand nothing is built on the path, just above it (and still below what can be
    asked) something is, by backward induction, with discounting. Without it: the formula would be of another game."""
    rng, seen = random.Random(3), 0
    for _ in range(60):
        t = Terms(
            rng.randint(3, 12), rng.choice((1.0, 0.97)), 1.0, 1.0, 5.0, 0.0, NOW,
            tuple(random_course(rng, 10.0) for _ in range(rng.randint(1, 2))),
        )  # fmt: skip
        most, which = sustainable(t)
        for factor in (0.999, 1.001):
            if not 0.001 < most * factor < 10.0 or (factor > 1 and which < 0):
                continue
            path = play(with_demand(t, most * factor)).path()
            assert any(m.starts >= 0 for _, _, m in path) == (factor > 1)
            seen += 1
    assert seen > 60


def test_the_sustainable_demand_never_rises_with_a_better_package():
    """Proves: a cheaper package, a faster one or one more never raises what can be asked for long. Without it: building would
    help the sender."""
    rng = random.Random(6)
    for _ in range(80):
        course = random_course(rng, 10.0)
        t = Terms(rng.randint(2, 15), 0.99, 1.0, 1.0, 5.0, 0.0, NOW, (course,))
        before, _ = sustainable(t)
        cheaper = replace(course, cost=course.cost * 0.7)
        faster = replace(course, loss=course.loss[1:], own=course.own[1:])
        for packages in ((cheaper,), (faster,), (course, random_course(rng, 10.0))):
            assert sustainable(replace(t, packages=packages))[0] <= before + 1e-9


def test_a_lasting_credible_threat_has_the_closed_form():
    """Proves: max(loss left, cost of building / (steps − lead)) where the threat stays credible and nothing is discounted,
    started at once. Without it: the sentence of the documentation would not hold."""
    rng = random.Random(2)
    for _ in range(50):
        steps, lead, cost, left = rng.randint(3, 20), rng.randint(1, 2), rng.uniform(0, 2), rng.uniform(0, 10)
        course = Course("p", cost, (10.0,) * lead + (left,), (4.0,) * (lead + 1))
        t = Terms(steps, 1.0, 1.0, 1.0, 5.0, 0.0, NOW, (course,))
        # Started at once is best: later it costs the same for each step and saves in fewer of them.
        assert sustainable(t)[0] == pytest.approx(min(10.0, max(left, cost * steps / (steps - lead))))


def test_success_is_likelier_when_threatened_than_when_carried_out():
    """Proves: in one round, for random types, P(success | threatened) is at least P(success | carried out) (Lacy and Niou
    2004), and bluffs come from types that would back down. Without it: the columns could be swapped."""
    rng, seen = random.Random(4), 0
    for _ in range(60):
        types = kinds([(i, p, rng.randint(0, 9), rng.randint(0, 9)) for i, p in (("a", 0.25), ("b", 0.75))])
        for r in readings(
            types, rng.randint(1, 9), rng.randint(1, 9), rng.choice((0, 1)), rng.randint(1, 12)
        ):
            if r.threatened:
                assert r.success >= r.success_carried_out
                assert (r.bluff == 0) == all(
                    r.acts[t] for t, sends in r.equilibrium.sends.items() if sends.get("threat")
                )
                seen += 1
    assert seen > 30
