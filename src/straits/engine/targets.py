"""What analyses close, and when: windows as users write them, and lists of assets that fail together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from straits.errors import ModelError, did_you_mean
from straits.model import Model

#: Kinds of thing that can fail as one, in the plural as users name them.
GROUPS = ("links", "places", "supplies", "markets", "stores", "fleets", "actors", "territories", "transit")

Window = tuple[dt.date, dt.date]


def read_window(model: Model, window: str | Window | None) -> Window:
    """Give the first day and the day after the last of a window.

    Parameters
    ----------
    model : Model
    window : str, pair of dates or None
        `2022-07-01:30d` (also `4w`), `2022-07-01:2022-07-31` (the second is the day after the last), or two dates.
        Default: the whole time axis.

    Raises
    ------
    ModelError
        If it cannot be read, is empty, or does not lie on the time axis.
    """
    axis = model.case.settings.time
    if window is None:
        return axis.start, axis.end
    start, end = _parse(window) if isinstance(window, str) else window
    if end <= start:
        raise ModelError(f"window {start} to {end}: its end must be after its start")
    if start < axis.start or end > axis.end:
        raise ModelError(
            f"window {start} to {end} lies outside the time axis of case {model.case.settings.id}, {axis.start} to {axis.end}"
        )
    return start, end


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
        Groups (`links`, `places`, `supplies`, `markets`, `stores`, `fleets`, `actors`: all that an actor owns or operates,
        `territories`: all on a state's territory, `transit`: cargo of others through it), separated by commas; or ids of
        assets.

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
    actors = list(model.case.rows("actors"))
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
            return {"links": n.link_ids, "supplies": n.supplies.ids, "markets": n.markets.ids, "stores": n.stores.ids,
                    "fleets": n.fleets.ids}[group]  # fmt: skip


def controlled_by(model: Model, actor: str, window: Window) -> list[str]:
    """List what an actor may close during a window: assets that it controls in any role, and what stands at places of its.

    Raises
    ------
    ModelError
        If the actor is unknown or controls nothing then.
    """
    actors = model.case.rows("actors")
    if actor not in actors:
        raise ModelError(f"the case has no actor {actor!r}{did_you_mean(actor, actors)}")
    n = model.network
    start, end = window
    held = {
        row.asset
        for row in model.case.rows("controls").values()
        if row.actor == actor
        and (row.start is None or row.start < end)
        and (row.end is None or row.end > start)
    }
    found: list[str] = []
    for asset in sorted(held):
        if asset in n.place_ids:
            at_place = n.assets_of(asset) or []
            found += [n.name_of(kind, i) for kind, i in at_place if kind != "link"]
        elif n.assets_of(asset) is not None:
            found.append(asset)
    found = list(dict.fromkeys(found))
    if not found:
        raise ModelError(
            f"actor {actor} controls nothing from {start} to {end}, so it cannot close anything: table controls has no row that "
            "names it for a link, place, supply, market, store or fleet then"
        )
    return found
