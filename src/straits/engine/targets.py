"""What analyses close, and when: windows as users write them, and lists of assets that fail together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from straits.case.ownership import REGIMES, Access, Closable, closable_by
from straits.case.timeaxis import day_of
from straits.errors import ModelError, did_you_mean
from straits.model import Model

if TYPE_CHECKING:
    from straits.case.case import Case

#: Kinds of thing that can fail as one, in the plural as users name them.
GROUPS = (
    "links",
    "places",
    "supplies",
    "markets",
    "stores",
    "fleets",
    "joints",
    "converts",
    "actors",
    "territories",
    "transit",
)

#: Access where it is asked what an actor can close by acting: a host keeps running what lies on its land.
DEFAULT_ACCESS: Access = "host"

Window = tuple[dt.date, dt.date]


def window_of(case: Case, window: str | Window | None) -> Window:
    """Give the first day and the day after the last of a window.

    Parameters
    ----------
    case : Case
    window : str, pair of dates or None
        `2022-07-01:30d` (also `4w`), `2022-07-01:2022-07-31` (the second is the day after the last), or two dates, or texts of
        dates.
        Default: the whole time axis.

    Raises
    ------
    ModelError
        If it cannot be read, is empty, or does not lie on the time axis.
    """
    axis = case.settings.time
    if window is None:
        return axis.start, axis.end
    start, end = _parse(window) if isinstance(window, str) else _pair(window)
    if end <= start:
        raise ModelError(f"window {start} to {end}: its end must be after its start")
    if start < axis.start or end > axis.end:
        raise ModelError(
            f"window {start} to {end} lies outside the time axis of case {case.settings.id}, {axis.start} to {axis.end}"
        )
    return start, end


def _pair(window: Sequence[str | dt.date]) -> Window:
    """Read a first day and the day after the last."""
    days = [day_of(day, "window") for day in window] if len(window) == 2 else []
    first, last = days or (None, None)
    if first is None or last is None:
        raise ModelError(f"window {window!r}: expected a first day and the day after the last")
    return first, last


def _parse(text: str) -> Window:
    first, _, last = text.partition(":")
    try:
        start = dt.date.fromisoformat(first)
        if match := re.fullmatch(r"(\d+)([dw])", last):
            return start, start + dt.timedelta(days=int(match[1]) * {"d": 1, "w": 7}[match[2]])
        return start, dt.date.fromisoformat(last)
    except (ValueError, OverflowError) as error:
        raise ModelError(
            f"window {text!r}: expected a first day and a length or a day after the last, such as 2022-07-01:30d, "
            "2022-07-01:4w or 2022-07-01:2022-07-31"
        ) from error


def failures(model: Model, over: str | Sequence[str]) -> list[str]:
    """List what can fail, each as one, as assets of `Effect`.

    Parameters
    ----------
    model : Model
    over : str or sequence of str
        Groups (`links`, `places`, `supplies`, `markets`, `stores`, `fleets`, `joints`, `converts`, `actors`: all that an
        actor and who belongs to it own or operate, `territories`: all on a state's territory, `transit`: cargo of others through
        it), separated by commas; or ids of assets.

    Raises
    ------
    ModelError
        If a group or asset is unknown, or nothing is left.
    """
    wanted = [w.strip() for w in over.split(",")] if isinstance(over, str) else list(over)
    found: list[str] = []
    for item in wanted:
        found += _members(model, item) if item in GROUPS else [_asset(model, item)]
    found = list(dict.fromkeys(found))
    if not found:
        raise ModelError(f"over={over!r}: the case has nothing of this kind")
    return found


def _asset(model: Model, asset: str) -> str:
    scope, _, actor = asset.partition(":")
    known = (scope == "transit" and actor in model.case.rows("actors")) or model.network.assets_of(
        asset
    ) is not None
    if not known:
        hint = did_you_mean(asset, GROUPS)
        raise ModelError(
            f"{asset!r} is neither a group ({', '.join(GROUPS)}){hint}, nor an asset: {model.network.unknown_asset(asset)}"
        )
    return asset


def _members(model: Model, group: str) -> list[str]:
    n = model.network
    actors = sorted(model.case.rows("actors"))
    match group:
        case "actors":
            return [f"actor:{a}" for a in actors if n.assets_of(f"actor:{a}")]
        case "territories":
            return [f"territory:{a}" for a in actors if n.assets_of(f"territory:{a}")]
        case "transit":
            return [f"transit:{a}" for a in actors if n.transit_links(a)]
        case "places":
            return list(n.place_ids)
        case _:
            processes = n.case.rows("converts")
            return {"links": [key for key in n.link_ids if key not in processes],
                    "converts": [key for key in n.link_ids if key in processes],
                    "supplies": n.supplies.ids, "markets": n.markets.ids, "stores": n.stores.ids,
                    "fleets": [key for key, joint in zip(n.fleets.ids, n.fleets.joint, strict=True) if not joint],
                    "joints": [key for key, joint in zip(n.fleets.ids, n.fleets.joint, strict=True) if joint]}[group]  # fmt: skip


def controlled_by(
    model: Model, actor: str, window: Window, access: Access = DEFAULT_ACCESS
) -> dict[str, list[Closable]]:
    """Give what an actor, and who belongs to it, may close during a window: when, and by what rights, by asset.

    Parameters
    ----------
    model : Model
    actor : str
    window : (date, date)
    access : {"host", "veto", "regulated"}
        Which rights hold; see `straits.case.ownership`.

    Raises
    ------
    ModelError
        If the actor or the access is unknown, or the actor may close nothing then.
    """
    actors = model.case.rows("actors")
    if actor not in actors:
        raise ModelError(f"the case has no actor {actor!r}{did_you_mean(actor, actors)}")
    check_access(access)
    found: dict[str, list[Closable]] = {}
    for item in closable_by(model.case, actor, *window, access=access):
        found.setdefault(item.asset, []).append(item)
    if not found:
        start, end = window
        raise ModelError(
            f"actor {actor} controls nothing from {start} to {end} under access {access}, so it cannot close anything: it is no "
            "operator, regulator or owner of half in table controls then, nothing lies on its territory, and it buys at no market"
        )
    return found


def check_access(access: str) -> None:
    """Refuse what is no access.

    Raises
    ------
    ModelError
    """
    if access not in REGIMES:
        raise ModelError(
            f"access={access!r}: expected {', '.join(map(repr, REGIMES))}{did_you_mean(str(access), REGIMES)}"
        )
