"""Power: who loses what when whom withholds, shares of what all reach together, and how concentrated exports are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.analyses.failures import FORESIGHT, SCENARIO
from straits.app.analyses.registry import Analysis, Parameter, Tell, call, given_only
from straits.errors import ModelError

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.results import Result


def _players(case: Case) -> list[str]:
    focus = case.settings.focus
    if focus and focus.players:
        return list(focus.players)
    return [key for key, row in case.rows("actors").items() if row.kind == "state"][:8]


_PLAYERS = Parameter("players", "Players", "actors", _players, optional=False)
_ACCESS = ("host", "veto", "regulated")


def _leverage(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.power import leverage

    how = given_only(given)
    return leverage(case, how.pop("players"), **how, progress=tell)


def _shares(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.power import game
    from straits.power.network.summary import shares_table, shares_text
    from straits.results import Result, described

    how = given_only(given)
    players = how.pop("players")
    if len(players) > 12:
        raise ModelError(
            f"players: found {len(players)}; the page asks for at most 12, the command line samples more"
        )
    found = game(case, players, **how, progress=tell)
    games: Any = {"as it is": found}
    table = shares_table(games)
    money = f"million {case.settings.currency}"
    return Result(
        question=f"What does each of {', '.join(players)} bring to what all reach together?",
        method="Values of coalitions are optima of the linear model; Shapley, Banzhaf, prenucleolus and Gately of that game.",
        parameters={"players": players, **how},
        provenance={"case": case.settings.id, "case_hash": case.hash},
        tables={
            "shares": described(
                table, title="Shares of what all reach together",
                units=dict.fromkeys(("alone", "shapley", "banzhaf", "prenucleolus", "gately", "adds"), money),
            )
        },
        sentences=tuple(shares_text(games)),
    )  # fmt: skip


def _balance(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.engine.side import on_imports
    from straits.power import balance

    focus = case.settings.focus
    if focus is None:
        raise ModelError("the case names no focus, so that it is not known whose trade is meant")
    return balance(
        case,
        focus.actor,
        focus.commodity,
        extra_cost=given["extra_cost"] or 0.0,
        scenario=given["scenario"],
        imports=on_imports(case),
    )


def _no_focus(case: Case) -> str:
    return "" if case.settings.focus else "The case names no focus (whose trade in what)."


ANALYSES = (
    Analysis(
        "leverage",
        "Power: who can hurt whom",
        "What does each lose when each other withholds what it controls, and what does that cost who does?",
        (_PLAYERS, Parameter("access", "Rights", "choice", "host", _ACCESS), FORESIGHT, SCENARIO),
        _leverage,
        order=40,
        matrix=("actor", "target", "loss"),
        code=lambda name, given: call(
            "straits.power.leverage",
            name,
            {k: v for k, v in given.items() if k != "players"},
            f"case, {given.get('players')!r}",
        ),
    ),
    Analysis(
        "shares",
        "Power: shares",
        "What does each bring to what all reach together?",
        (_PLAYERS, Parameter("access", "Rights", "choice", "veto", _ACCESS), SCENARIO),
        _shares,
        order=45,
        chart=("player", "shapley"),
        code=lambda name, given: call(
            "straits.power.game",
            name,
            {k: v for k, v in given.items() if k != "players"},
            f"case, {given.get('players')!r}",
        ),
    ),
    Analysis(
        "balance",
        "Balance of trade",
        "How concentrated are exports, or of an importer imports, and how little could they be?",
        (
            Parameter("extra_cost", "What spreading may cost, million", "number", 0.0, least=0, most=1e6),
            SCENARIO,
        ),
        _balance,
        order=50,
        wanted=_no_focus,
        code=lambda name, given: call(
            "straits.power.balance",
            name,
            {k: v for k, v in given.items() if k != "extra_cost"},
            "case, case.settings.focus.actor, case.settings.focus.commodity, "
            f"extra_cost={given.get('extra_cost') or 0.0!r}, imports=straits.stress(case, []).direction == 'imports'",
        ),
    ),
)
