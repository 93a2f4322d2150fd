"""What a union adds, beside what its members could have otherwise: no union, pairs, one member leaving, waiting, less cargo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.case.schema.settings import Disruption, Scenario
from straits.errors import did_you_mean
from straits.model import find_scenario
from straits.power.games.game import Game, GameError
from straits.power.network.casegame import game
from straits.wording import as_money

if TYPE_CHECKING:
    from straits.case.case import Case

COLUMNS = ["beside", "value", "adds"]


def members_of(case: Case, names: Sequence[str]) -> list[str]:
    """Give the members of a union: alliances stand for the actors whose `member_of` names them, in the order of the table.

    Parameters
    ----------
    case : Case
    names : sequence of str
        Ids of actors.

    Raises
    ------
    GameError
        An alliance without members.
    """
    rows, found = case.rows("actors"), []
    for name in names:
        if name in rows and rows[name].kind == "alliance":
            mine = [key for key, row in rows.items() if name in row.member_of]
            if not mine:
                raise GameError(f"union: no actor of case {case.settings.id} is a member of {name}")
            found += mine
        else:
            found.append(name)
    return list(dict.fromkeys(found))


def what_it_adds(
    case: Case,
    members: Sequence[str] | Mapping[str, Sequence[str]],
    solved: Game,
    apart: Sequence[str],
    how: Mapping[str, Any],
) -> pd.DataFrame:
    """Set the value of a union beside what there would be otherwise.

    Parameters
    ----------
    case : Case
    members : sequence of actor ids, or mapping
    solved : Game
        Among the members.
    apart : sequence of str
        Origins whose cargo is left out once, to tell what of the union rests on carrying it.
    how : mapping
        Arguments of `game`, as of `solved`.

    Returns
    -------
    DataFrame
        beside, value (of that, million currency), adds (what the union has beyond it). *no union*: each alone. *pair A and B*:
        these two together, the others alone. *without A*: the others together, A alone. *waiting*: the union on the network as
        it is, nothing built, if options count. *no cargo of X*: each alone and the union are both worked out without it; `value`
        is the union's then, and `adds` what it adds then beyond each alone.
    """
    names = list(solved.players)
    alone = dict(zip(names, solved.alone.tolist(), strict=True))
    rows: list[tuple[str, float]] = [("no union", sum(alone.values()))]
    if len(names) > 2:
        for pair in combinations(names, 2):
            rest = sum(value for name, value in alone.items() if name not in pair)
            rows.append((f"pair {pair[0]} and {pair[1]}", solved[pair[0], pair[1]] + rest))
        for leaver in names:
            others = [name for name in names if name != leaver]
            rows.append((f"without {leaver}", solved[tuple(others)] + alone[leaver]))
    if how.get("options"):
        now = game(case, {"union": _all(members)}, **{**how, "options": False})
        assert isinstance(now, Game)
        rows.append(("waiting", now.grand))
    found = [(beside, value, solved.grand - value) for beside, value in rows]
    for origin in apart:
        less = game(case, members, **{**how, "scenario": _without(case, how.get("scenario"), origin)})
        assert isinstance(less, Game)
        found.append((f"no cargo of {origin}", less.grand, less.grand - float(less.alone.sum())))
    return pd.DataFrame(found, columns=COLUMNS)


def _all(members: Sequence[str] | Mapping[str, Sequence[str]]) -> list[str]:
    if isinstance(members, Mapping):
        return [actor for actors in members.values() for actor in actors]
    return list(members)


def _without(case: Case, scenario: Scenario | str | None, origin: str) -> Scenario:
    """Give a scenario in which nothing of an origin is put out."""
    supplies, places = case.rows("supplies"), case.rows("places")
    mine = [key for key, row in supplies.items() if (row.origin or places[row.place].territory) == origin]
    if not mine:
        known = sorted({str(r.origin or places[r.place].territory) for r in supplies.values()})
        raise GameError(f"union: apart: no supply has the origin {origin!r}{did_you_mean(origin, known)}")
    found = find_scenario(case, scenario) or Scenario(id="apart", title="apart")
    axis = case.settings.time
    stops = tuple(Disruption(asset=key, factor=0.0, start=axis.start, end=axis.end) for key in mine)
    return found.model_copy(update={"disruptions": (*found.disruptions, *stops)})


def adds_text(table: pd.DataFrame, currency: str) -> list[str]:
    """Say what the union adds over no union, over its pairs, over waiting, and how much of it is cargo of others."""
    rows = table.set_index("beside")["adds"]
    told = [f"Over no union, each alone, it adds {as_money(rows['no union'])} million {currency}."]
    pairs = rows[[str(key).startswith("pair ") for key in rows.index]]
    if len(pairs):
        best = str(pairs.idxmin()).removeprefix("pair ")
        told.append(
            f"Over its best pair, {best}, it adds {as_money(pairs.min())}."
            if pairs.min() >= 0
            else f"Its best pair, {best}, with the others alone, reaches {as_money(-pairs.min())} more."
        )
    leaving = rows[[str(key).startswith("without ") for key in rows.index]]
    if len(leaving):
        who = str(leaving.idxmax()).removeprefix("without ")
        told.append(f"If {who} leaves, {as_money(leaving.max())} of it goes: more than if any other does.")
        idle = [
            str(key).removeprefix("without ")
            for key, x in leaving.items()
            if abs(x) < 1e-6 * max(abs(rows["no union"]), 1.0)
        ]
        if idle:
            told.append(f"Without {', '.join(idle)} it would be worth as much.")
    if "waiting" in rows:
        told.append(f"Over waiting, with nothing built, it adds {as_money(rows['waiting'])}.")
    for key, adds in rows.items():
        if str(key).startswith("no cargo of "):
            origin = str(key).removeprefix("no cargo of ")
            told.append(
                f"Without cargo of {origin}, which only passes or is bought, it would add {as_money(adds)} over no union: "
                + (
                    f"{as_money(rows['no union'] - adds)} of what it adds is that cargo."
                    if rows["no union"] >= adds
                    else f"{as_money(adds - rows['no union'])} more than with it."
                )
            )
    return told


__all__ = ["adds_text", "members_of", "what_it_adds"]
