"""One page that works from disk: the map, the scenarios, and every single closure solved beforehand.

The built script and style stand in the page itself, the answers as gzipped JSON in base64. Of each answer only what differs from
the undisturbed case is kept.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from straits.app.views.answer import answer_view
from straits.app.views.scene import scene_of
from straits.app.world.question import Closure, Question
from straits.case import load_case
from straits.case.case import Case
from straits.engine import Warm
from straits.engine.targets import failures
from straits.errors import SolveError, StraitsError
from straits.files import write_text
from straits.stress.comparison import Comparison

#: What can be switched in the page, each by itself.
_OVER = "links,places,supplies,markets,stores,fleets,actors,territories,transit"
_STATIC = Path(__file__).parent / "static"
#: Inline is all there is: nothing is fetched, and no other script runs than the one that the page brings.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def export_page(
    case: str | Path | Case,
    path: str | Path,
    *,
    window: tuple[dt.date, dt.date] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write one page that works from disk.

    Parameters
    ----------
    case : str, Path or Case
    path : str or Path
        Ends in .html.
    window : (date, date), optional
        First day of the closures and the day after the last. Default: a month in the middle of the case.
    progress : callable, optional
        Called with the name of each closure and scenario when it is solved.

    Returns
    -------
    Path

    Raises
    ------
    StraitsError
        If the front end is not built, or the file cannot be written.
    CaseError, ModelError, SolveError
        As `straits.solve`, of the undisturbed case. A closure or scenario without an answer is left out.
    """
    script, style = _built()
    path = Path(path)
    loaded = case if isinstance(case, Case) else load_case(case)
    held = held_answers(loaded, window or month_of(loaded), progress)
    packed = base64.b64encode(gzip.compress(_json(held), 9, mtime=0)).decode()
    title = re.sub(r"[<>&]", "", loaded.settings.title)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} – straits</title>\n'
        f'<style>{style}</style></head><body><div id="app"></div>\n'
        f'<script type="application/octet-stream" id="straits-data">{packed}</script>\n'
        f'<script type="module">{script}</script></body></html>\n'
    )
    try:
        write_text(path, page)
    except OSError as error:
        raise StraitsError(f"{path}: the page cannot be written: {error.strerror or error}") from error
    return path


def _built() -> tuple[str, str]:
    """Give the built script and style, safe to stand inside a page."""
    scripts, styles = sorted(_STATIC.glob("assets/*.js")), sorted(_STATIC.glob("assets/*.css"))
    if len(scripts) != 1 or len(styles) != 1:
        raise StraitsError(
            "the front end is not built: in a checkout `make front` builds it; an installed package brings it along"
        )
    script = scripts[0].read_text("utf-8").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return script, styles[0].read_text("utf-8").replace("</style", "<\\/style")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str).encode()


def month_of(case: Case) -> tuple[dt.date, dt.date]:
    """Give thirty days from the first of the month in the middle of a case: the window that the page has at first."""
    axis = case.settings.time
    long = min(30, (axis.end - axis.start).days)
    middle = axis.start + (axis.end - axis.start) // 2 + dt.timedelta(days=15)
    first = min(max(middle.replace(day=1), axis.start), max(axis.start, axis.end - dt.timedelta(days=long)))
    return first, min(first + dt.timedelta(days=long), axis.end)


def held_answers(
    case: Case, window: tuple[dt.date, dt.date], progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Solve all scenarios and every single closure, and give what the page holds.

    Parameters
    ----------
    case : Case
    window : (date, date)
    progress : callable, optional

    Returns
    -------
    dict
        data, window, scenarios, failures.
    """
    from straits.app.world.opened import answer_of

    warm = Warm(case)
    baseline = answer_view(Comparison(case, warm.baseline, {}), "baseline")
    start, end = window
    held: dict[str, Any] = {"scenarios": {}, "failures": {}}
    questions = [("scenarios", key, Question(scenario=key)) for key in case.scenarios]
    questions += [
        ("failures", asset, Question(closures=[Closure(asset=asset, start=start, end=end)]))
        for asset in failures(warm.baseline.model, _OVER)
    ]
    for kind, name, question in questions:
        try:
            held[kind][name] = packed(answer_view(*answer_of(warm, question)), baseline)
        except SolveError:
            continue
        finally:
            if progress:
                progress(name)
    data = {
        "key": case.settings.id, "name": case.name, "writable": False, "mark": "", "hash": case.hash,
        "default_days": (end - start).days, "scene": scene_of(case, warm.baseline), "baseline": baseline,
    }  # fmt: skip
    return {"data": data, "window": {"start": start.isoformat(), "end": end.isoformat()}, **held}


def packed(answer: dict[str, Any], baseline: dict[str, Any]) -> dict[str, Any]:
    """Give an answer without what is as in the baseline."""
    goods = {}
    for key, own in answer["goods"].items():
        usual = baseline["goods"][key]
        goods[key] = {
            "largest": own["largest"],
            "links": {k: v for k, v in own["links"].items() if v != usual["links"].get(k)},
            **{when: _moved(own[when], usual[when]) for when in ("before", "after")},
        }
    usual_routes = {(r["corridor"], r["commodity"], r["origin"]): r for r in baseline["routes"]}
    routes = [
        r for r in answer["routes"] if r != usual_routes.get((r["corridor"], r["commodity"], r["origin"]))
    ]
    usual_stores = {s["store"]: s for s in baseline["storage"]}
    storage = [
        {k: s[k] for k in ("store", "after", "moved")}
        if s["before"] == usual_stores[s["store"]]["before"]
        else s
        for s in answer["storage"]
        if s != usual_stores.get(s["store"])
    ]
    return answer | {"goods": goods, "routes": routes, "storage": storage}


def _moved(own: dict[str, list[float]], usual: dict[str, list[float]]) -> dict[str, list[float]]:
    """Give the series that are not the usual ones; nothing flows where there is none any more."""
    return {
        k: own[k] if k in own else [0.0] * len(usual[k])
        for k in {**usual, **own}
        if own.get(k) != usual.get(k)
    }
