"""One page from disk: every answer it holds is that of the server, unpacked as its script unpacks it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import pytest

import straits
from straits.app import onefile
from straits.app.views.answer import answer_view
from straits.app.world.opened import answer_of
from straits.app.world.question import Closure, Question
from straits.engine import Warm
from straits.errors import StraitsError


def unpacked(packed: dict, baseline: dict) -> dict:
    """Do what `offline.ts` does."""
    goods = {
        good: {
            "largest": packed["goods"][good]["largest"],
            "links": {**usual["links"], **packed["goods"][good]["links"]},
            "before": {**usual["before"], **packed["goods"][good]["before"]},
            "after": {**usual["after"], **packed["goods"][good]["after"]},
        }
        for good, usual in baseline["goods"].items()
    }
    stores = {s["store"]: s for s in packed["storage"]}
    return packed | {
        "goods": goods,
        "storage": [{**s, **stores.get(s["store"], {})} for s in baseline["storage"]],
    }


def test_what_a_page_holds_is_what_the_server_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: for every single closure and scenario the page's answer has the flows, headline, gains and storage that the server
    gives, texts of a case cannot end its script, and nothing in it is fetched. Without it: a page sent by mail would say
    something else than the model."""
    built = tmp_path / "static" / "assets"
    built.mkdir(parents=True)
    (built / "index-1.js").write_text("const x = '</script><!--';")
    (built / "style-1.css").write_text("a{}")
    monkeypatch.setattr(onefile, "_STATIC", tmp_path / "static")
    case = straits.load_case("two-routes")
    told: list[str] = []
    path = onefile.export_page(case, tmp_path / "page.html", progress=told.append)
    text = path.read_text("utf-8")
    assert text.count("</script>") == 2 and "</script><!--" not in text
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)
    match = re.search(r'id="straits-data">([^<]*)<', text)
    assert match
    held = json.loads(gzip.decompress(base64.b64decode(match[1])))
    start, end = onefile.month_of(case)
    assert (
        (held["window"]["start"], held["window"]["end"])
        == (str(start), str(end))
        == ("2022-07-01", "2022-07-31")
    )
    warm = Warm(case)
    assert {"pipe", "rail", "transit:NBR", "territory:NBR", "actor:NBR"} <= set(held["failures"]) <= set(told)
    for kind, name in [("failures", n) for n in held["failures"]] + [
        ("scenarios", n) for n in held["scenarios"]
    ]:
        question = (
            Question(scenario=name)
            if kind == "scenarios"
            else Question(closures=[Closure(asset=name, start=start, end=end)])
        )
        expected = json.loads(json.dumps(answer_view(*answer_of(warm, question))))
        found = unpacked(held[kind][name], held["data"]["baseline"])
        assert found["headline"] == expected["headline"] and found["states"] == expected["states"], name
        for good, flows in expected["goods"].items():
            assert found["goods"][good]["links"] == flows["links"], name
            for when in ("before", "after"):
                shown = {link: series for link, series in found["goods"][good][when].items() if any(series)}
                assert shown == flows[when], (name, when)
        by = {s["store"]: s for s in expected["storage"]}
        assert all(s["after"] == by[s["store"]]["after"] for s in found["storage"]), name


def test_a_page_needs_the_built_front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: without the built script the error says how to build it, and no file is written."""
    monkeypatch.setattr(onefile, "_STATIC", tmp_path)
    with pytest.raises(StraitsError, match="make front"):
        onefile.export_page("two-routes", tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_link_that_only_a_closure_uses_is_kept() -> None:
    """Proves: flow on a link that is idle in the baseline, and flow before that is not the baseline's, are in the page. Without
    it: the reference case could not be exported, and a scenario beside another would show the wrong flows before."""
    none = {"largest": 1.0, "links": {}, "before": {"a": [1.0]}, "after": {"a": [1.0]}}
    own = {"largest": 1.0, "links": {}, "before": {"a": [2.0], "c": [1.0]}, "after": {"b": [3.0]}}
    empty = {"routes": [], "storage": []}
    found = onefile.packed({"goods": {"g": own}, **empty}, {"goods": {"g": none}, **empty})["goods"]["g"]
    assert found["after"] == {"a": [0.0], "b": [3.0]} and found["before"] == {"a": [2.0], "c": [1.0]}
