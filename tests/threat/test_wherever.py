"""What happens in the repeated threat wherever its numbers lie: by hand, and against backward induction at points."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from straits.threat.network.interval import Interval
from straits.threat.network.packages import Numbers
from straits.threat.network.play import Course, Terms, play
from straits.threat.network.wherever import BUILT, DONE, LASTS, MADE, MET, ended, outcomes, verdicts

NOW = Course("", 0.0, (10.0,), (4.0,))
#: A sender who can take 10 at an own cost of 4, asks 6, and loses 5 by backing down; four steps.
TERMS = Terms(4, 1.0, 6.0, 6.0, 5.0, 0.0, NOW)
#: After two steps an act takes 2 alone.
ROUND = Course("round", 1.0, (10.0, 10.0, 2.0), (4.0, 4.0, 4.0))


def numbers(cost=(6, 6, 6), retreat=(5, 5, 5), worth=(6, 6, 6), threat=(0, 0, 0)) -> Numbers:
    return Numbers(*(Interval(*map(float, x)) for x in (worth, cost, retreat, threat)))


def told(terms, asked, losses=None):
    """Verdict and turning values by question."""
    found = verdicts([terms] if losses is None else ended(terms, losses), asked)
    return {v.question: (v.verdict, dict(v.turns)) for v in found}


def test_numbers_that_are_points_give_the_play_at_points():
    """Proves: with points, a credible demand below the loss is met to the end, nothing carried out, nothing turns. Without
    it: an interval of no length would be open."""
    assert told(TERMS, numbers()) == {
        MADE: ("yes", {}), MET: ("yes", {}), LASTS: ("yes", {}), DONE: ("no", {}), BUILT: ("no", {}),
    }  # fmt: skip


def test_each_number_turns_where_it_must():
    """Proves: a threat is made up to a demand of the loss, 10, and from a retreat cost of the own cost, 4; both say so, and
    what one gives alone is found. Without it: the table would name values at which nothing changes."""
    found = told(TERMS, numbers(cost=(1, 6, 20), retreat=(0, 5, 9)))
    assert found[MADE] == ("open", {"demand.cost": pytest.approx(10.0), "retreat_cost": pytest.approx(4.0)})
    assert found[BUILT] == ("no", {})


def test_the_target_builds_between_two_demands():
    """Proves: at a demand of 1.9 and of 12 nothing is built, at 6 something is: from 2 (the sustainable demand) to 10 (the
    most that can be asked); corners alone say no. Without it: `no` would be said of an interval within which it builds."""
    terms = replace(TERMS, packages=(ROUND,))
    asked = numbers(cost=(1.9, 6, 12))
    corners = [told(replace(terms, cost=c, worth=c), numbers(cost=(c, c, c)))[BUILT][0] for c in (1.9, 12.0)]
    found = told(terms, asked)
    assert corners == ["no", "no"] and found[BUILT][0] == "open"
    assert found[BUILT][1]["demand.cost"] == pytest.approx(2.0)
    assert found[f"{BUILT} package round"] == found[BUILT]


def test_losses_that_prices_leave_open_are_tried_at_both_ends():
    """Proves: with a loss of 5 to 10 a demand of 6 may be met or not though no number of the file turns it. Without it: what
    prices leave open would be left out of the play."""
    losses = [[(Interval(5.0, 10.0, 10.0), Interval.at(4.0))]]
    assert told(TERMS, numbers(), losses)[MET] == ("open", {})


def test_a_sender_who_gains_by_the_act_carries_it_out():
    """Proves: with an own cost of −1 and a demand above the loss the act is carried out in every step. Without it: verdicts
    would know threats that work alone."""
    terms = replace(TERMS, now=Course("", 0.0, (10.0,), (-1.0,)))
    found = told(terms, numbers(cost=(12, 12, 12)))
    assert found[DONE] == ("yes", {}) and found[MET] == ("no", {})


def random_box(rng: random.Random):
    def some(n, low=0.0):
        return tuple(round(rng.uniform(low, 10.0), 3) for _ in range(n))

    def ends():
        a, b = sorted(some(2))
        return (a, b) if rng.random() < 0.7 else (a, a)

    packages = tuple(
        Course(str(k), rng.uniform(0.0, 2.0), some(n), some(n, -1.0))
        for k in range(rng.randint(0, 2))
        for n in [rng.randint(1, 3)]
    )
    now = Course("", 0.0, some(1), some(1, -1.0))
    terms = Terms(rng.randint(1, 6), rng.choice((1.0, 0.9)), 0.0, 0.0, 0.0, 0.0, now, packages)
    return terms, (ends(), ends(), ends(), (0.0, rng.choice((0.0, 1.0))))


def at(terms: Terms, cost: float, retreat: float, worth: float, threat: float) -> list[dict[str, bool]]:
    """All that can happen at one point, by backward induction."""
    found = play(replace(terms, cost=cost, worth=worth, retreat=retreat, threat=threat))
    answers = []
    for k in range(len(found.outcomes)):
        moves = [m for _, _, m in found.path(k)]
        started = [m.starts for m in moves if m.starts >= 0]
        answers.append({
            MADE: any(m.threat for m in moves), MET: any(m.complied for m in moves), LASTS: moves[-1].complied,
            DONE: any(m.carried_out for m in moves), BUILT: bool(started),
            **{f"{BUILT} package {c.id}": started[:1] == [p] for p, c in enumerate(terms.packages)},
        })  # fmt: skip
    return answers


def test_every_point_of_a_box_is_foreseen_and_everything_foreseen_has_a_point():
    """Proves: on 150 random boxes what backward induction gives at 12 random points is among the outcomes of the box, and
    each outcome of the box is that of backward induction at its own point. Without it: a verdict could be yes where a point
    says no, or open where all agree."""
    rng, kinds = random.Random(7), 0
    for _ in range(150):
        terms, box = random_box(rng)
        found = [(o, [0.5 * (a + b) for a, b in parts]) for o, *parts in outcomes([terms], *box)]
        for _ in range(12):
            point = [rng.uniform(*ends) for ends in box]
            for answer in at(terms, *point):
                assert any(o == answer for o, _ in found), (terms, point, answer)
        wide = [e[1] > e[0] for e in box]
        for outcome, point in found:
            if all(low < x < high or not w for x, (low, high), w in zip(point, box, wide, strict=True)):
                assert outcome in at(terms, *point), (terms, point, outcome)
                kinds += 1
    assert kinds > 500
