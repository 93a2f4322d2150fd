"""Who belongs to whom, and who may close what on which day: from tables small enough to be read off."""

from __future__ import annotations

import datetime as dt

import pytest

from small import build, days, link, market, places, supply
from straits.case.ownership import closable_by, group_of, holdings_of, speaker_of, state_of
from straits.case.territory import hosts_of, is_transit, territories_of

DAY = dt.date(2022, 1, 1)


def _day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number - 1)


def _control(asset: str, actor: str, role: str = "owner", **more):
    share = {"share": more.pop("share", 1.0)} if role == "owner" else {}
    key = f"{asset}.{actor}.{role}.{more.get('start', '')}"
    return {"id": key, "asset": asset, "actor": actor, "role": role, **share, **more}


def _case(controls=(), actors=(), links=None, **more):
    """Field A in AAA, hub H in BBB, market at B, which lies nowhere; `pipe` from A to H and `last` from H to B."""
    return build(
        {
            "actors": [{"id": "ALL", "name": "ALL", "kind": "alliance"}, *actors],
            "places": places("A", "H", "B", H="BBB"),
            "links": links or [link("pipe", "A", "H", capacity=9), link("last", "H", "B", capacity=9)],
            "supplies": [supply("field", "A", 6)],
            "markets": [market("shop", "B", 100)],
            **({"controls": list(controls)} if controls else {}),
        },
        time=days(30),
        **more,
    )


FIRMS = [
    {"id": "AAA", "name": "AAA", "kind": "state", "member_of": "ALL"},
    {"id": "holding", "name": "holding", "kind": "company", "state": "AAA"},
    {"id": "firm", "name": "firm", "kind": "company", "state": "holding"},
    {"id": "club", "name": "club", "kind": "group", "state": "AAA"},
    {"id": "member", "name": "member", "kind": "company", "member_of": "club"},
    {"id": "lost", "name": "lost", "kind": "company"},
]


def test_belonging_in_several_steps():
    """Proves: a company of a holding of a state, and a member of a state's group, are the state's; a company without either is
    nobody's. Without it: a state would lose sight of what it holds in two steps."""
    case = _case(actors=FIRMS)
    assert [state_of(case, a) for a in ("firm", "member", "lost", "AAA", "ALL")] == [
        "AAA",
        "AAA",
        "lost",
        "AAA",
        "ALL",
    ]
    assert group_of(case, "AAA") == {"AAA", "holding", "firm", "club", "member"}
    assert group_of(case, "holding") == {"holding", "firm"}
    assert group_of(case, "ALL") == {"ALL", "AAA", "holding", "firm", "club", "member"}
    assert group_of(case, "BBB") == {"BBB"}


def test_the_nearest_speaks():
    """Proves: a firm whose holding plays is the holding's, not the state's; a member of two clubs that play is claimed by both.
    Without it: who speaks for whom would hang on the order of rows."""
    case = _case(
        actors=[
            *FIRMS,
            {"id": "two", "name": "two", "kind": "company", "member_of": "ALL|club", "state": "AAA"},
        ]
    )
    assert speaker_of(case, "firm", {"AAA": 0, "holding": 1}) == {1}
    assert speaker_of(case, "member", {"AAA": 0, "BBB": 1}) == {0}
    assert speaker_of(case, "two", {"ALL": 0, "club": 1}) == {0, 1}
    assert speaker_of(case, "two", {"ALL": 0, "AAA": 1}) == {0}
    assert speaker_of(case, "lost", {"AAA": 0}) == set()


def test_a_circle_of_states_ends():
    """Proves: two actors that name each other as state belong to none. Without it: a slip in a cell would hang the program."""
    ring = [
        {"id": "x", "name": "x", "kind": "company", "state": "y"},
        {"id": "y", "name": "y", "kind": "company", "state": "x"},
    ]
    case = _case(actors=ring)
    assert group_of(case, "AAA") == {"AAA"}
    assert state_of(case, "x") == "y"


def test_rights_by_role_and_day():
    """Proves: an owner of half, with a sister firm's share counted, closes the pipe while it holds half; the operator, the
    state of the land and the buyer always; an owner of less never. Without it: a right sold on the 2nd would close on the 20th.
    """
    controls = [
        _control("pipe", "firm", share=0.3, end="2022-01-11"),
        _control("pipe", "holding", share=0.2, end="2022-01-11"),
        _control("pipe", "lost", share=0.5, end="2022-01-11"),
        _control("pipe", "lost", start="2022-01-11"),
        _control("field", "BBB", "operator", start="2022-01-21"),
    ]
    case = _case(controls, FIRMS)
    own = [(c.asset, c.start, c.end, c.why) for c in closable_by(case, "AAA")]
    assert own == [
        ("pipe", _day(1), _day(11), "territory, owner of 50%"),
        ("pipe", _day(11), _day(31), "territory"),
        ("field", _day(1), _day(31), "territory"),
    ]
    assert [(c.start, c.end, c.why) for c in closable_by(case, "lost")] == [
        (_day(1), _day(11), "owner of 50%"),
        (_day(11), _day(31), "owner of 100%"),
    ]
    assert [
        (c.asset, c.start, c.why)
        for c in closable_by(case, "BBB", _day(15), _day(25))
        if c.table == "supplies"
    ] == [("field", _day(21), "operator")]
    assert closable_by(case, "holding", _day(12)) == []
    assert closable_by(case, "lost", access="host") == []  # both states of the pipe keep it running
    assert closable_by(case, "lost", access="regulated") == []


def test_a_place_holds_for_what_stands_there_and_not_for_links():
    """Proves: who owns the place closes field, not pipe; a buyer its shop. Without it: a yard's owner would close the line."""
    case = _case([_control("A", "lost")], FIRMS)
    assert [c.asset for c in closable_by(case, "lost")] == ["field"]
    shop = build(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B")],
            "supplies": [supply("field", "A", 6)],
            "markets": [market("shop", "B", 100, buyer="CCC")],
        }
    )
    assert [(c.asset, c.why) for c in closable_by(shop, "CCC")] == [("shop", "buyer")]


def test_who_earns():
    """Proves: owners, else owners of the place, else the operator, else nobody, who is named. Without it: the profit of what
    nobody owns would go to some state by the alphabet."""
    controls = [
        _control("A", "lost"),
        _control("last", "firm", "operator"),
        _control("pipe", "firm", start="2022-01-11"),
    ]
    held = holdings_of(_case(controls, FIRMS))
    assert held.earners("field", DAY) == {"lost": 1.0}
    assert held.earners("last", DAY) == {"firm": 1.0}
    assert held.earners("pipe", DAY) == {"(nobody) pipe": 1.0}
    assert held.earners("pipe", _day(11)) == {"firm": 1.0}
    assert state_of(_case(), "(nobody) pipe") == "(nobody)"


@pytest.mark.parametrize(
    ("listed", "lies", "transit"),
    [
        (None, {"AAA", "BBB"}, {"AAA"}),
        ("CCC", {"CCC"}, {"AAA", "CCC"}),
        ("BBB", {"BBB"}, {"AAA"}),
        ("AAA|CCC", {"AAA", "CCC"}, {"AAA", "CCC"}),
    ],
)
def test_territory_of_a_link(listed, lies, transit):
    """Proves: a link lies where its list says, or else at its ends; transit is what leaves a state or crosses it, by the list and
    the start. Without it: checks and runs would mean different links by one scope."""
    case = _case(
        links=[link("pipe", "A", "H", capacity=9, territory=listed), link("last", "H", "B", capacity=9)]
    )
    row = case.rows("links")["pipe"]
    assert territories_of(case, "links", row) == lies
    assert {a for a in ("AAA", "BBB", "CCC") if is_transit(case, row, a)} == transit
    assert hosts_of(case, "links", row) == lies
    assert hosts_of(case, "links", row.model_copy(update={"mode": "sea"})) == set()
