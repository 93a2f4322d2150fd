"""Drawn histories: means against closed forms, quantiles by hand, the same seed the same answer."""

from __future__ import annotations

import numpy as np
import pytest

import small
import straits
from closedcase import closing
from linescase import case
from straits.contingency import ensemble
from straits.contingency.estimates import Estimates, quantile
from straits.contingency.hazards import Event, read_hazards
from straits.contingency.histories import _answered
from straits.errors import ModelError


def with_hazards(*rows, days=20, tank=0.0):
    base = case(days=days, tank=tank)
    tables = {name: frame for name, frame in base.tables.items() if len(frame)}
    full = [
        {"id": f"h{i}", "name": f"h{i}", "duration_shape": "fixed", "duration_days": 1, **row}
        for i, row in enumerate(rows)
    ]
    return straits.Case.from_tables(tables | {"hazards": full}, **base.settings.model_dump())


def test_mean_is_the_closed_form():
    """Proves: a ship that is out a day at rate r loses 10 kt (1 million) on each day that any event hits, so the expected loss
    over 20 days is 20 (1 - exp(-r/365)) million; the estimate lies within 4 standard errors, and the error falls with draws.
    Without it: conditioning on something happening could bias the mean."""
    rate = 12.0
    truth = 20 * (1 - np.exp(-rate / 365))
    found = ensemble(with_hazards({"assets": "ship", "rate_per_year": rate}), draws=600, rng=1)
    mean, error = found.summary.iloc[0][["value", "standard_error"]]
    assert abs(mean - truth) < 4 * error
    assert error < 0.1 * truth
    assert found.convergence["standard_error"].iloc[-1] < found.convergence["standard_error"].iloc[0]
    assert found.summary.iloc[1]["value"] == pytest.approx(1 - np.exp(-rate * 20 / 365))


def test_number_of_events_is_poisson():
    """Proves: with the stratum without events put back, the number of events has the mean and variance of a Poisson number."""
    hazards = read_hazards(with_hazards({"assets": "ship", "rate_per_year": 30}))
    counts = np.array([len(h) for h in hazards.draw(np.random.default_rng(0), 20_000)])
    mean = 30 * 20 / 365
    assert counts.min() == 1
    assert hazards.chance * counts.mean() == pytest.approx(mean, rel=0.02)
    assert hazards.chance * (counts**2).mean() == pytest.approx(mean + mean**2, rel=0.04)


def test_common_cause_and_contributions():
    """Proves: a hazard that takes both lines at once loses 10 kt a day, one of a single line 4 kt; the marginal contributions of
    two hazards that never matter together add up to the expected loss.
    Without it: a common cause would be counted as two lucky escapes."""
    found = ensemble(
        with_hazards({"assets": "one|two", "rate_per_year": 0.5}, {"assets": "one", "rate_per_year": 0.5}),
        draws=400,
        rng=2,
    )
    single = found.histories[found.histories["events"].str.count("@") == 1]
    assert set(np.round(single["loss"], 6)) == {1.0, 0.4}
    parts = found.contributions.set_index("hazard")["marginal"]
    assert parts["h0"] > parts["h1"] > 0
    assert parts.sum() <= found.summary["value"][0] * 1.001


def test_parts_and_whole_lean_on_the_same_means():
    """Proves: where every history has events of one hazard alone, the shares of two hazards add up to one, and what they add up
    to the expected loss that is told, which is not that of the plain mean.
    Without it: a share would be one of a loss that no table shows.
    """
    rare = with_hazards(
        {"assets": "one", "rate_per_year": 1e-4},
        {"assets": "two", "rate_per_year": 1e-4, "duration_days": 4},
    )
    found = ensemble(rare, draws=100, rng=5, check=0)
    assert not found.histories["events"].str.contains(" ").any()
    whole = found.summary.set_index("statistic")["value"]
    assert whole["expected loss"] != pytest.approx(whole["expected loss, plain mean"], rel=1e-3)
    assert found.contributions["marginal"].sum() == pytest.approx(whole["expected loss"])
    assert found.contributions["share"].sum() == pytest.approx(1.0)


def test_months_and_shapes():
    """Proves: events begin only in the months given, and lengths have the mean asked for."""
    c = with_hazards({"assets": "ship", "rate_per_year": 5, "months": "2"}, days=28)
    with pytest.raises(ModelError, match="no hazard can happen"):
        read_hazards(c)
    hazards = read_hazards(with_hazards({"assets": "ship", "rate_per_year": 5, "duration_shape": "lognormal", "duration_days": 9,
                                         "duration_spread": 0.8}))  # fmt: skip
    days = [e.days for h in hazards.draw(np.random.default_rng(0), 20_000) for e in h]
    assert np.mean(days) == pytest.approx(9, rel=0.03)
    assert np.std(days) / np.mean(days) == pytest.approx(0.8, rel=0.08)


def test_same_seed_same_answer():
    """Proves: the seed decides; workers do not."""
    c = with_hazards({"assets": "ship", "rate_per_year": 12})
    a, b = ensemble(c, draws=60, rng=5, check=0), ensemble(c, draws=60, rng=5, workers=2, check=0)
    assert a.histories.equals(b.histories)
    assert not ensemble(c, draws=60, rng=6, check=0).histories.equals(a.histories)


def test_surprise_is_no_better_than_foresight():
    """Proves: history by history, what comes as a surprise costs at least as much as what is known; with a tank that could have
    been emptied before, it costs more.
    Without it: the option would do nothing."""
    c = with_hazards({"assets": "ship", "rate_per_year": 8, "duration_days": 3}, tank=12)
    a = ensemble(c, draws=25, rng=3, check=0, contributions=False)
    b = ensemble(c, draws=25, rng=3, foresight="surprise", contributions=False)
    assert (b.histories["loss"] >= a.histories["loss"] - 1e-9).all()


@pytest.mark.parametrize(("known", "told"), [(None, 2.4), ("2022-01-01", 0.0)])
def test_news_of_the_case_itself_is_no_loss_of_a_history(known, told):
    """Proves: a field that stops for four days before which nobody stored costs 4 x 6 kt at 100 USD/t, 2.4 million, beside a case
    that knows of it; a history in which what is not needed closes besides loses nothing, whether the stop is news or not.
    Without it: every history would lose what the case loses by not knowing of its own measures.
    """
    base = with_hazards({"assets": "one", "rate_per_year": 12}, tank=30)
    tables = {name: frame for name, frame in base.tables.items() if len(frame)}
    tables["markets"] = tables["markets"].assign(demand=6.0)
    stop = {"id": "stop", "name": "stop", "kind": "maintenance", "status": "not_legal", "asset": "field", "factor": 0,
            "start": "2022-01-08", "end": "2022-01-12", "known": known, "baseline": True}  # fmt: skip
    whole = straits.Case.from_tables(tables | {"measures": [stop]}, **base.settings.model_dump())
    late = closing("one", "2022-01-17", "2022-01-18", foresight="surprise")
    assert straits.stress(whole, [late], refine=False).value_lost(late.id) == pytest.approx(told)
    found = ensemble(whole, draws=8, rng=3, foresight="surprise", contributions=False).histories
    starts = found["events"].str.findall(r"@(\d+)").map(lambda days: min(map(int, days)))
    assert (starts >= 11).any() and (starts < 7).any()
    # Of what is news, nothing was stored before that a closure could have kept from being stored.
    lost = found["loss"][(starts >= 11) | (known is None)]
    assert lost.to_numpy() == pytest.approx(np.zeros(len(lost)), abs=1e-9)


def test_quantile_by_hand():
    """Proves: with 40 % chance of nothing and losses 1, 2, 3 equally likely else, the quantiles are those of the mixture."""
    loss = np.array([3.0, 1.0, 2.0])
    assert [quantile(loss, 0.6, level) for level in (0.3, 0.4, 0.41, 0.6, 0.61, 0.8, 0.81, 0.999)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
    ]


def test_exceedance_and_tails():
    """Proves: the exceedance curve starts at the chance of any loss and ends at 0, and CVaR is not below VaR."""
    found = ensemble(with_hazards({"assets": "ship", "rate_per_year": 12}), draws=200, rng=0, check=0)
    assert found.exceedance["probability"].is_monotonic_decreasing
    assert found.exceedance["probability"].iloc[0] == pytest.approx(found.stats["chance"])
    assert found.exceedance["probability"].iloc[-1] == 0
    value = found.summary.set_index("statistic")["value"]
    assert value["CVaR 0.95"] >= value["VaR 0.95"] and value["CVaR 0.99"] >= value["CVaR 0.95"]


def test_nothing_lost_is_more_than_a_gain():
    """Proves: with 40 % chance of nothing and gains of 4 and 1 equally likely else, more than -4 is lost with 0.7, more than -1
    with 0.4, more than 0 never; half of the time no more than -1, and the mean of the other half is 0.4 of nothing and 0.1 of -1.
    Without it: where an event is somebody's gain, what happens when there is none would be left out of his tail.
    """
    nothing = np.zeros((2, 0))
    found = Estimates(np.array([-4.0, -1.0]), 0.6, nothing, nothing[0])
    assert found.exceedance().to_numpy().tolist() == [
        pytest.approx(r) for r in ([-4, 0.7], [-1, 0.4], [0, 0])
    ]
    value = found.summary([0.5], np.random.default_rng(0)).set_index("statistic")["value"]
    assert value["VaR 0.5"] == -1.0 and value["CVaR 0.5"] == pytest.approx((0.4 * 0 + 0.1 * -1) / 0.5)


@pytest.mark.parametrize(
    ("rows", "more", "text"),
    [
        ([], {}, "no table hazards"),
        ([{"assets": "ship", "rate_per_year": 1, "months": "13"}], {}, "numbers from 1 to 12"),
        ([{"assets": "ship", "rate_per_year": 1, "duration_shape": "lognormal"}], {}, "duration_spread"),
        ([{"assets": "ship", "rate_per_year": 0}], {}, "no hazard can happen"),
        ([{"assets": "ship", "rate_per_year": 1}], {"draws": 0}, "draws"),
        ([{"assets": "ship", "rate_per_year": 1}], {"levels": [1.5]}, "levels"),
        ([{"assets": "ship", "rate_per_year": 1}], {"measure": "profit"}, "unknown measure"),
        ([{"assets": "ship", "rate_per_year": 1}], {"foresight": "none"}, "foresight"),
    ],
)
def test_bad_ensembles_are_refused(rows, more, text):
    """Proves: a case without hazards, or hazards that cannot be, are refused in words."""
    with pytest.raises(ModelError, match=text):
        ensemble(with_hazards(*rows) if rows else case(), **({"draws": 10} | more))


def test_nan_rates_are_refused():
    """Proves: a rate that is no number is an error of the case, with its row and column."""
    with pytest.raises(straits.errors.CaseError, match="rate_per_year"):
        with_hazards({"assets": "ship", "rate_per_year": float("nan")})


@pytest.mark.parametrize(
    "hazard",
    [
        {"duration_shape": "fixed", "duration_days": 6.4},
        {"duration_shape": "exponential", "duration_days": 5},
        {"duration_shape": "lognormal", "duration_days": 4, "duration_spread": 1.5},
    ],
)
def test_closed_days_have_the_mean_that_is_said_to_be_known(hazard):
    """Proves: over many drawn histories, for each shape of length, days closed (cut off at the end of the axis) average what is
    worked out in closed form, within four standard errors.
    Without it: the correction by known means would shift every expected loss."""
    hazards = read_hazards(with_hazards({"assets": "ship", "rate_per_year": 25, **hazard}))
    days = np.array([hazards.closed_days(h)[0] for h in hazards.draw(np.random.default_rng(3), 20_000)])
    error = hazards.chance * days.std() / np.sqrt(len(days))
    assert abs(hazards.chance * days.mean() - hazards.expected_days()[0]) < 4 * error


def test_known_means_lower_the_error_honestly():
    """Proves: over 300 samples of losses that mostly follow a control, the corrected mean is not biased, spreads as much as its
    standard error says (within a fifth), and its error is less than a third of the plain one.
    Without it: a smaller error could be claimed than is true."""
    rng = np.random.default_rng(0)
    means, errors, plain = [], [], []
    for _ in range(300):
        control = rng.exponential(2.0, (200, 1))
        loss = 3 * control[:, 0] + 0.2 * control[:, 0] ** 2 + rng.normal(0, 1, 200)
        found = Estimates(loss, 0.5, control, np.array([2.0]))
        means.append(found.mean()[0])
        errors.append(found.mean()[1])
        plain.append(found.plain_mean()[1])
    truth = 0.5 * (3 * 2 + 0.2 * 8)
    assert abs(np.mean(means) - truth) < 4 * np.std(means) / np.sqrt(300)
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.2)
    assert np.mean(errors) < np.mean(plain) / 3


def test_few_draws_are_not_fitted():
    """Proves: with fewer than twenty draws for each number fitted, the plain mean is given, and also if nothing varies."""
    few = Estimates(np.arange(10.0), 1.0, np.arange(10.0)[:, None], np.array([4.0]))
    assert few.mean() == few.plain_mean()
    alike = Estimates(np.arange(50.0), 1.0, np.ones((50, 1)), np.array([1.0]))
    assert alike.mean() == pytest.approx(alike.plain_mean())


def test_more_unmet_demand_is_a_loss():
    """Proves: a closed day on the only way to a promise of 3 kt at 300 USD/t costs 0.9 million, as a loss above zero."""
    tables = {
        "places": small.places("A", "B"),
        "links": [small.link("pipe", "A", "B")],
        "supplies": [small.supply("field", "A", 5)],
        "markets": [small.market("buyer", "B", 200, demand=3, demand_kind="fixed", unmet_price=300)],
        "hazards": [{"id": "h", "name": "h", "assets": "pipe", "rate_per_year": 9, "duration_shape": "fixed",
                     "duration_days": 1}],
    }  # fmt: skip
    found = ensemble(small.build(tables, time=small.days(6)), draws=30, measure="unmet_cost")
    days = found.histories["events"].str.findall(r"@(\d+)").map(lambda starts: len(set(starts)))
    assert found.histories["loss"].to_numpy() == pytest.approx(0.9 * days.to_numpy())


def test_the_same_event_twice_is_two_events():
    """Proves: an event that leaves half of the capacity, drawn twice for the same day, leaves a quarter of it, known or not.
    Without it: what is known beforehand would be hurt less than what comes as a surprise, for no reason."""
    case = with_hazards({"assets": "one", "rate_per_year": 1500, "factor": 0.5}, days=2)
    known, surprised = (
        ensemble(case, draws=20, rng=1, foresight=how, contributions=False).histories for how in ("perfect", "surprise")
    )  # fmt: skip
    assert known["events"].map(lambda text: len(text.split()) > len(set(text.split()))).any()
    assert known["loss"].to_numpy() == pytest.approx(surprised["loss"].to_numpy())


def test_one_hazard_contributes_all_of_it():
    """Proves: with one hazard its marginal contribution and the standard error of it are those of the expected loss, its share is
    one, and the weights of the histories add up to the chance that anything happens.
    Without it: the error of contributions could be off by the number of draws.
    """
    found = ensemble(with_hazards({"assets": "ship", "rate_per_year": 12}), draws=50, rng=4, check=0)
    mean = found.summary.set_index("statistic").loc["expected loss"]
    (row,) = found.contributions.to_dict("records")
    assert row["marginal"] == pytest.approx(mean["value"])
    assert row["standard_error"] == pytest.approx(mean["standard_error"])
    losses = found.histories["loss"].to_numpy()
    plain = found.summary.set_index("statistic").loc["expected loss, plain mean"]
    assert plain["standard_error"] == pytest.approx(found.stats["chance"] * losses.std(ddof=1) / np.sqrt(50))
    assert row["share"] == pytest.approx(1.0)
    assert row["expected_events"] == pytest.approx(12 * 20 / 365)
    assert found.histories["weight"].sum() == pytest.approx(found.stats["chance"])


def test_tail_and_its_error_by_hand():
    """Proves: with losses 1 to 10 and a chance of one half, VaR at 80 % is 6, CVaR the mean of 7 to 10, and its error that of the
    mean of what lies beyond: 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, divided by a fifth.
    Without it: a factor in the tail would be seen by nobody.
    """
    found = Estimates(np.arange(1.0, 11.0), 0.5, np.zeros((10, 1)), np.zeros(1)).summary(
        [0.8], np.random.default_rng(0)
    )
    table = found.set_index("statistic")
    assert table.loc["VaR 0.8", "value"] == 6
    assert table.loc["CVaR 0.8", "value"] == pytest.approx(8.5)
    assert table.loc["CVaR 0.8", "standard_error"] == pytest.approx(0.5 * np.sqrt(20 / 9) / 0.2 / np.sqrt(10))
    assert table.loc["expected loss, plain mean", "value"] == pytest.approx(0.5 * 5.5)


def test_histories_without_an_answer_are_left_out_with_those_that_need_them():
    """Proves: of three histories, one without an answer goes; where contributions are asked for, so does one whose rest without a
    hazard has none.
    Without it: the histories that were answered could be the ones that are left out.
    """
    storm, strike = Event("storm", 1, 2), Event("strike", 3, 1)
    drawn = [(storm,), (strike,), (storm, strike)]
    assert _answered(drawn, {(strike,)}, contributions=False) == [(storm,), (storm, strike)]
    assert _answered(drawn, {(strike,)}, contributions=True) == [(storm,)]
    assert _answered(drawn, {(storm, strike)}, contributions=True) == [(storm,), (strike,)]


def test_unit_of_what_is_lost():
    """Proves: exports are lost in the unit of their commodity, value in millions of the currency. Without it: 20 kt would read as
    20 million USD."""
    found = ensemble(
        with_hazards({"assets": "ship", "rate_per_year": 12}), draws=3, check=0, measure="exports:oil:AAA"
    )
    assert found.unit == "kt"
    assert set(found.histories["loss"] % 10) == {0.0}
    assert (
        ensemble(with_hazards({"assets": "ship", "rate_per_year": 12}), draws=3, check=0).unit
        == "million USD"
    )
