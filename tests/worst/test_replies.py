"""Replies divided among workers, and kept in a store: the same answers, to the last digit."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

import straits
from attackedcases import random_case
from straits.engine.store import Store, StoreError
from straits.errors import ModelError
from straits.worst import protect, worst
from straits.worst.question import ask
from straits.worst.replies import all_replies

pytest.importorskip("pyarrow.parquet")

HOW = {"target": "LND", "window": "2022-07-02:28d", "assets": "links,stores,supplies"}
#: What differs from run to run.
RUN = ["solves", "seconds"]


@pytest.fixture(scope="module")
def case():
    return straits.load_case("two-routes")


@pytest.fixture(scope="module")
def alone(case):
    return worst(case, budget=3, **HOW)


def same(found, alone) -> None:
    pd.testing.assert_frame_equal(
        found.curve.drop(columns=RUN), alone.curve.drop(columns=RUN), check_exact=True
    )
    pd.testing.assert_frame_equal(found.ties, alone.ties)


def test_accounts_do_not_depend_on_workers(case, alone):
    """Proves: with two processes, and with threads of an executor, the curve is that of one process to the last digit, and the
    progress ends at all branches. Without it: an account, which prices may leave open, would hang on who solved it."""
    seen: list[tuple[int, int]] = []
    same(
        worst(
            case, budget=3, **HOW, workers=2, progress=lambda done, every, left: seen.append((done, every))
        ),
        alone,
    )
    assert len(seen) > 2 and seen[-1] == (len(seen), len(seen))
    with ThreadPoolExecutor(2) as pool:
        same(worst(case, budget=3, **HOW, executor=pool), alone)


SAYS = r"closing .*: the store says .*, and solving it says"
KILLED = """
    import os, sys
    import straits
    from straits.worst import replies, worst
    replies._WRITE = 0.0
    node, calls = replies._Walk.node, []
    def until(self, path, forbidden):
        calls.append(path)
        if len(calls) == int(sys.argv[2]):
            os._exit(9)
        return node(self, path, forbidden)
    replies._Walk.node = until
    worst(straits.load_case("two-routes"), budget=3, store=sys.argv[1], **{how!r})
"""


def test_a_killed_search_goes_on_from_its_store(case, alone, tmp_path):
    """Proves: of a process killed in the middle, all replies but those of the last moment are in the store; another goes on from
    them and says what nobody stopped says, to the last digit. Without it: the minutes of a large account would be lost."""
    script = tmp_path / "asks.py"
    script.write_text(textwrap.dedent(KILLED).format(how=HOW))
    store, question = tmp_path / "store", ask(case, **HOW)
    for at in ("5", "8"):
        killed = subprocess.run([sys.executable, str(script), str(store), at], check=False)
        assert killed.returncode == 9
    first = all_replies(question, 3, store=store)
    assert 3 < first.stored < len(first.nodes) == first.stored + first.solves
    again = all_replies(question, 3, store=store)
    assert again.nodes == first.nodes == all_replies(question, 3).nodes and again.solves == 0
    same(worst(case, budget=3, **HOW, store=store), alone)


@pytest.mark.parametrize("seed", [1, 3, 5, 7])
def test_a_part_of_a_store_changes_nothing(seed, tmp_path):
    """Proves: of random cases with promises, any part of the replies in the store leads to the same replies, also with threads
    that write there. Without it: what is solved after a stop could start from elsewhere and end at other prices."""
    case = random_case(seed, promises=True)
    question = ask(case, target=next(iter(case.rows("actors"))), window="2022-01-01:2d", objective="account")
    whole = all_replies(question, 2)
    kept = []
    write = Store.write

    def some(self, rows):
        kept.extend(rows)
        write(self, rows[::3])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Store, "write", some)
        all_replies(question, 2, store=tmp_path)
    assert len(kept) == len(whole.nodes)
    with ThreadPoolExecutor(2) as pool:
        later = all_replies(question, 2, store=tmp_path, executor=pool)
    assert later.nodes == whole.nodes and 0 < later.stored < len(whole.nodes)


def test_a_spoiled_store_is_refused(case, tmp_path, monkeypatch):
    """Proves: a store with a wrong account, with assets said not to be needed that are, or with what is no reply, is refused by
    name; a store of another question answers nothing. Without it: whoever can write there could choose the answer."""
    question, write = ask(case, **HOW), Store.write

    def wrong(*row):
        return (*row[:5], (row[5][0] + 0.01, row[5][1]))

    def idle(key, *row):
        return f"{key.split()[0]} ffff", *row

    def none(key, *row):
        return "no reply", *row

    spoils = {"account": (wrong, SAYS), "idle": (idle, SAYS), "none": (none, r"'no reply' is no reply")}
    for name, (spoil, message) in spoils.items():
        with monkeypatch.context() as patched:
            patched.setattr(Store, "write", lambda self, rows: write(self, [spoil(*row) for row in rows]))  # noqa: B023
            all_replies(question, 2, store=tmp_path / name)
        with pytest.raises(StoreError, match=message):
            all_replies(question, 2, store=tmp_path / name)
    other = ask(case, **(HOW | {"window": "2022-07-02:56d"}))
    assert all_replies(other, 2, store=tmp_path).stored == 0
    assert all_replies(question, 1, store=tmp_path).stored == 0


def test_a_search_keeps_nothing_and_says_so(case, tmp_path):
    """Proves: a store for what is searched in seconds is refused with words, and nothing is made there."""
    with pytest.raises(ModelError, match="the search for 'value' takes seconds and keeps nothing"):
        worst(case, budget=1, store=tmp_path / "store")
    assert not Path(tmp_path / "store").exists()


def test_what_is_made_safe_tells_its_progress(case):
    """Proves: `protect` calls the progress for each number of safe assets, the last time with nothing left. Without it: who waits
    for a large case sees nothing."""
    seen: list[tuple[int, int, float]] = []
    protect(case, protect=2, budget=1, progress=lambda *told: seen.append(told))
    assert [told[:2] for told in seen] == [(1, 3), (2, 3), (3, 3)] and seen[-1][2] == 0.0


def test_the_command_has_workers_and_a_store(tmp_path):
    """Proves: `straits worst attack --workers --store` prints what it prints without, the second time from the store; a store for
    a search ends in words. Without it: the options would be of Python alone."""
    from typer.testing import CliRunner

    from straits.cli import app

    def printed(*more):
        asked = [
            "worst",
            "attack",
            "two-routes",
            "--target",
            "LND",
            "--budget",
            "2",
            "--window",
            "2022-07-02:28d",
        ]
        return CliRunner().invoke(app, [*asked, *more])

    plain, store = printed(), str(tmp_path / "store")
    assert plain.exit_code == 0, plain.output
    assert (
        printed("--workers", "2", "--store", store).output == plain.output == printed("--store", store).output
    )
    assert list((tmp_path / "store").rglob("*.parquet"))
    refused = printed("--objective", "volume", "--store", store)
    assert refused.exit_code == 1 and "takes seconds and keeps nothing" in " ".join(refused.stderr.split())
