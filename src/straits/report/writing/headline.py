"""The first screen in five sentences: what it is, how bad, for whom, how sure, what helps. Each number leads to its table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from straits.case.ownership import states_of
from straits.lp.tolerance import NOTHING
from straits.report import format as fmt
from straits.report.registry import QUESTIONS, Headline, all_parts
from straits.report.study.answers import (
    OVER,
    account_range,
    answer_range,
    how_ranged,
    monies,
    open_range,
    ranged,
    spread,
    together_range,
    usual_range,
)
from straits.report.study.content import Study
from straits.report.study.words import SMALL_MONEY, actor_words, beyond_states, focus_words, quoted
from straits.wording import agreeing, capital

if TYPE_CHECKING:
    from straits.model import Solution

#: A number and the id of the section that holds its table.
_LINK = re.compile(r"\[([^\[\]]*)\]\(#([\w-]+)\)")


def headline(study: Study) -> list[str]:
    """Return the five sentences, with their links as `[number](#section)`; those with nothing to say are left out."""
    own = [
        Headline("what it is", _what_it_is),
        Headline("how bad", _how_bad),
        Headline("for whom", _for_whom),
        Headline("how sure", _how_sure),
    ]
    told = [*own, *(said for part in all_parts() for said in part.headlines)]
    found = []
    for question in QUESTIONS:
        asked = sorted((said for said in told if said.question == question), key=lambda said: said.rank)
        found.append(next((text for said in asked if (text := said.say(study))), ""))
    return [text for text in found if text]


def plain(text: str) -> str:
    """Return a sentence without its links."""
    return _LINK.sub(r"\1", text)


def linked(text: str, known: set[str]) -> str:
    """Return a sentence as HTML; what links to a section that is not in the page is plain text."""

    def link(found: re.Match[str]) -> str:
        return f'<a href="#{found[2]}">{found[1]}</a>' if found[2] in known else found[1]

    return _LINK.sub(link, escape(fmt.unbroken(text)))


def _what_it_is(study: Study) -> str:
    against = study.focus[2]
    good, actor = focus_words(study)
    exports = fmt.amount(study.exports, study.commodity_unit)
    text = f"In {study.period} {actor} exports [{exports}](#scenarios){usual_range(study)} of {good} in the baseline"
    totals = study.route_totals(study.baseline)
    if sum(totals.values()) > 0:
        name = max(totals, key=lambda route: totals[route])
        text += (
            f", [{fmt.percent(study.route_share(study.baseline, name))}](#routes) of it by one route, {name}"
        )
        measure = f"corridor:{name}:{study.focus[1]}:{study.focus[0]}"
        text += open_range(study, measure)
    around = study.bypass
    if against and len(around):
        rows = around[around["scenario"] == "baseline"].set_index("definition")
        share = {key: fmt.percent(float(rows["share"][key])) for key in ("ports", "territory")}
        state = actor_words(study, against)
        if share["ports"] == share["territory"]:
            text += (
                f"; [{share['ports']}](#bypass) goes round {state}, round its ports as round its territory"
            )
        else:
            text += (
                f"; [{share['ports']}](#bypass) goes round the ports of {state}, [{share['territory']}](#bypass) round its "
                "territory"
            )
    return text + "."


#: Share of exports, or of what those lost were worth, from which on another amount, or prices that moved, are told.
_MOVED = 0.01


def _how_bad(study: Study) -> str:
    if study.main is None:
        if study.failed:
            return "None of the scenarios has a solution, so nothing is compared."
        return "The case has no scenario, so nothing is compared."
    row = study.focus_summary[study.focus_summary["scenario"] == study.main]
    lost, share = float(row["lost_exports"].sum()), float(row["lost_share"].iloc[0]) if len(row) else math.nan
    actor, unit, name = actor_words(study, study.focus[0]), study.commodity_unit, quoted(study, study.main)
    if lost <= 1e-6 * max(study.exports, 1e-9):
        loses = agreeing(actor, "loses")
        cost = study.comparison.value_lost(study.main)
        dear = (
            f"; all actors and goods together lose "
            f"[{spread(study, 'value lost', monies(study), fmt.money(cost, study.currency))}](#gains)"
            if cost > NOTHING
            else ""
        )
        return f"In the scenario that this report leads with, {name}, {actor} {loses} [no exports](#scenarios){dear}."
    reference = study.comparison.reference_id(study.main)
    against = "" if reference == "baseline" else f", compared with “{study.scenario_title(reference)}”,"
    of = _of_what(study, float(row["exports"].sum()) + lost, reference)
    text = f"{name}{against} takes [{fmt.amount(lost, unit)}](#scenarios) of {of}, {fmt.percent(share)}"
    text += ranged(study)
    return f"{text}{_receipts(study, float(row['revenue_lost'].sum()))}."


def _of_what(study: Study, compared: float, reference: str) -> str:
    """Say which exports a share is of: those that were just told, unless the run compared with exports another amount."""
    if abs(compared - study.exports) <= _MOVED * study.exports:
        return "these exports"
    where = (
        "there"
        if reference != "baseline"
        else "in the baseline in the same shorter steps, where plans as good differ"
    )
    return f"the {fmt.amount(compared, study.commodity_unit)} exported {where}"


def _receipts(study: Study, lost: float) -> str:
    """Say what the exports that are lost were worth or, where prices move with what is sold, what all of them bring less."""
    from straits.stress.tables.measures import exports

    def sold(run: Solution) -> pd.DataFrame:
        table = exports(run)
        mine = (table["commodity"] == study.focus[1]) & (table["origin"] == study.focus[0])
        return table[mine].groupby(["market", "step"])[["amount", "revenue"]].sum()

    before, after = sold(study.reference(study.main or "")), sold(study.run(study.main or ""))
    both = before.add_suffix("_before").join(after.add_suffix("_after"), how="outer").fillna(0.0)
    price = (both["revenue_before"] / both["amount_before"]).where(
        both["amount_before"] > NOTHING, both["revenue_after"] / both["amount_after"]
    )
    worth = float(((both["amount_before"] - both["amount_after"]) * price).sum())

    def money(amount: float) -> str:
        return fmt.money(amount, study.currency)

    if abs(worth - lost) <= _MOVED * abs(worth):
        return f", worth {spread(study, 'revenue lost', monies(study), money(lost))} at the prices paid"
    told = spread(study, "revenue lost", monies(study), money(abs(lost)), 1.0 if lost > 0 else -1.0)
    return (
        f"; as prices {'rise' if lost < worth else 'fall'}, all that is sold brings {told} "
        f"{'less' if lost > 0 else 'more'}"
    )


def _for_whom(study: Study) -> str:
    if study.main is None:
        return ""
    table = study.comparison.states
    table = table[table["scenario"] == study.main]
    changes = {str(key): float(change) for key, change in zip(table["state"], table["change"], strict=True)}
    origin = study.focus[0]
    actor, own = actor_words(study, origin), changes.get(origin)
    parts = []
    own_states = states_of(study.case, origin)
    alone = own is not None and len(own_states) == 1
    if alone and own is not None and abs(own) > SMALL_MONEY:
        word = "worse" if own < 0 else "better"
        amount = fmt.money(abs(own), study.currency)
        parts.append(
            f"{actor} with its companies is [{amount}](#gains) {word} off{_account_range(study, origin)}"
        )
    actors = study.case.rows("actors")
    if not alone and (mine := [s for s in own_states if s in changes]):
        together = sum(changes[s] for s in mine)
        word = "worse" if together < 0 else "better"
        whose = f"the members of {actor}" if own is None else f"{actor} and its members"
        if abs(together) > SMALL_MONEY:
            over = _account_words(study, together_range(study, mine), OVER)
            parts.append(
                f"{whose} together are [{fmt.money(abs(together), study.currency)}](#gains) {word} off{over}"
            )
    others = [s for s in changes if s in actors and s != origin and s not in own_states]
    states = [s for s in others if actors[s].kind == "state"]
    parts += _largest(study, changes, states, " of another state")
    if not parts:
        # Of companies and groups that belong to no state.
        parts = _largest(study, changes, others, "")
    elif beyond := beyond_states(
        study, {s: changes[s] for s in others}, "[{}](#gains)", lambda actor: _account_range(study, actor)
    ):
        parts.append(beyond)
    if parts and study.comparison.direction == "imports":
        # Contracts at other prices are not known: a rise of the price is counted on all that is bought.
        parts[0] += ", if each unit is taken as bought at what one more is worth"
    first, over, rest = "; ".join(parts).partition(OVER)
    told = first + over + rest.replace(OVER, _OVER_AGAIN)
    return f"{capital(told)}." if told else ""


#: What a range of draws goes over, where a sentence has said it before.
_OVER_AGAIN = "in as many draws"


def _largest(study: Study, changes: Mapping[str, float], of: Sequence[str], whose: str) -> list[str]:
    """Tell the largest loss and the largest gain of some actors; a name in brackets needs no article, whatever it is."""
    parts = []
    for choose, word, sign in ((min, "loss", -1), (max, "gain", 1)):
        actor = choose(of, key=lambda s: changes[s], default=None)
        if actor is not None and sign * changes[actor] > SMALL_MONEY:
            amount = fmt.money(abs(changes[actor]), study.currency)
            name = study.name("actors", actor)
            over = _account_range(study, actor)
            who = f"{name}; {over[2:-1]}" if over else name
            parts.append(f"the largest {word}{whose} is [{amount}](#gains) ({who})")
            whose = ""
    return parts


def _account_range(study: Study, state: str) -> str:
    """Say between what numbers the change of a state's account could be, where prices leave it open."""
    drawn = account_range(study, state)
    if all(map(math.isfinite, drawn)):
        return _account_words(study, drawn, how_ranged(study, state))
    found = study.ranges
    known = study.main is not None and "measure" in found
    rows = (
        found[(found["scenario"] == study.main) & (found["measure"] == f"change:{state}") & found["open"]]
        if known
        else found
    )
    if not known or not len(rows):
        return " (prices leave it [open](#open))" if any(map(math.isinf, drawn)) else ""
    least, most = float(rows.iloc[0]["least"]), float(rows.iloc[0]["most"])
    if not (math.isfinite(least) and math.isfinite(most)):
        return " (prices leave it [open](#open))"
    if least * most <= 0:
        return " (its sign is [open](#open), since other prices are as good)"
    low, high = (fmt.money(end, study.currency) for end in sorted((abs(least), abs(most))))
    return f" ([{low} to {high}](#open) at other prices that are as good)" if low != high else ""


def _account_words(study: Study, drawn: tuple[float, float], over: str) -> str:
    """Say in brackets between what numbers draws put a change of an account; empty where nothing was drawn."""
    if not all(map(math.isfinite, drawn)):
        return ""
    if drawn[0] * drawn[1] <= 0:
        low, high = (fmt.money(end, study.currency, plus=True) for end in sorted(drawn))
        return f" (its sign hangs on [numbers that are uncertain](#intervals): {low} to {high} {over})"
    low, high = (fmt.money(end, study.currency) for end in sorted(map(abs, drawn)))
    return f" ([{low} to {high}](#intervals) {over})" if low != high else ""


def _how_sure(study: Study) -> str:
    parts = []
    tests = study.comparison.back_test
    if len(tests):
        near = int((tests["error"].abs() <= 0.1).sum())
        parts.append(
            f"Of {fmt.plural(len(tests), 'measured amount')} the model tells [{near}](#back-test) within 10 %, the worst with an "
            f"error of [{fmt.percent(float(tests['error'].abs().max()))}](#back-test)"
        )
    else:
        parts.append("No measured amounts of the period were there to test the model")
    if study.main is not None and not math.isfinite(answer_range(study)[0]):
        parts.append(
            "no interval of unknown costs was tried, so how far the answer moves with them is not known"
        )
    unsourced = 0 if study.findings is None else len(study.findings.unsourced)
    if unsourced:
        parts.append(f"no source supports [{fmt.plural(unsourced, 'number')}](#weak-numbers) of the case")
    return f"{'; '.join(parts)}."


__all__ = ["headline", "linked", "plain"]
