"""The command `trace` on whole ledgers, and what its readers refuse."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits import goods
from straits.cli import app
from straits.goods.refusals import InputRefused
from straits.goods.tracing.flows import origins_of
from straits.goods.tracing.verify import verify

DATA = Path(__file__).parent / "data"
HEAD = "event_id,time,kind,holder,to_holder,hs6,quantity,unit,origin,destination,document"


def write(folder, *rows, head=HEAD, name="ledger.csv"):
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


@pytest.mark.parametrize("name", ["ledger_clean", "ledger_leaks"])
def test_made_ledgers_give_their_answers(name):
    """Proves: deficits, end stocks, least and most are those with which the ledgers were made; a clean one accuses nobody.

    Without it: a pro-rata share would accuse the clean ledger.
    """
    asked = json.loads((DATA / f"{name}_answer.json").read_text())
    result = goods.trace(DATA / f"{name}.csv", target=asked["target"], barred=asked["banned_origins"])
    table = result.table.set_index("hs6")
    assert table["least_unexplained"].sum() == asked["least_unexplained_total"]
    stock, short = result.tables["end_stock"], result.tables["deficits"]
    for code, one in asked["by_hs6"].items():
        row = table.loc[code]
        assert row["to_target"] == one["exits_to_target"]
        assert row["least_unexplained"] == one["least_unexplained"]
        assert row["most_of_barred_origin"] == one["most_of_banned_origin"]
        assert short[short["hs6"] == code].groupby("holder")["missing"].sum().to_dict() == one["deficits"]
        assert (
            stock[stock["hs6"] == code].set_index("holder")["end_stock"].to_dict()
            == one["declared_end_stock"]
        )
    rule = origins_of(asked["banned_origins"]).may_be_lawful
    rows = goods.read(DATA / f"{name}.csv")[0].frame.to_dict("records")
    for proof in result.parameters["certificates"]:
        holds, told = verify(rows, proof, rule, asked["target"])
        assert holds, told
    assert (
        sum(proof["shortfall"] for proof in result.parameters["certificates"])
        == asked["least_unexplained_total"]
    )


def test_hand_ledger_from_the_command_line(tmp_path):
    """Proves: the command prints the certificate and the caveat; countries may be named in any way."""
    packed = tmp_path / "hand.csv.gz"
    packed.write_bytes(gzip.compress((DATA / "hand.csv").read_bytes()))
    ran = CliRunner().invoke(app, ["goods", "trace", str(packed), "--target", "Russia", "--barred", "DEU"])
    assert ran.exit_code == 0, ran.output
    assert (
        "these exits claim 120: E5, E6; lawful sources total 100: E1; 20 without a lawful source"
        in ran.output
    )
    assert "pattern is not proof" in ran.output
    ran = CliRunner().invoke(
        app, ["goods", "trace", str(packed), "--target", "RU", "--barred", "DE", "--json"]
    )
    told = json.loads(ran.stdout)
    assert told["tables"]["goods"][0]["least_unexplained"] == 20
    asked = json.loads((DATA / "hand_answer.json").read_text())["certificate"]
    proof = told["parameters"]["certificates"][0]
    assert {name: proof[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("E1,2023-13-01,entry,A,,854231,1,piece,CN,,", "time", "date"),
        ("E1,01.04.2023,entry,A,,854231,1,piece,CN,,", "time", "date"),
        ("E1,20230401,entry,A,,854231,1,piece,CN,,", "time", "date"),
        ("E1,2023-04-01,entri,A,,854231,1,piece,CN,,", "kind", "unknown_kind"),
        ("E1,2023-04-01,entry,,,854231,1,piece,CN,,", "holder", "missing_holder"),
        (",2023-04-01,entry,A,,854231,1,piece,CN,,", "event_id", "missing_id"),
        ("E1,2023-04-01,transfer,A,,854231,1,piece,,,", "to_holder", "transfer_to_nobody"),
        ("E1,2023-04-01,transfer,A,A,854231,1,piece,,,", "to_holder", "transfer_to_itself"),
        ("E1,2023-04-01,exit,A,B,854231,1,piece,,RU,", "to_holder", "receiver_without_transfer"),
        ("E1,2023-04-01,entry,A,,854231,0,piece,CN,,", "quantity", "quantity_not_positive"),
        ("E1,2023-04-01,entry,A,,854231,-3,piece,CN,,", "quantity", "quantity_not_positive"),
        ("E1,2023-04-01,entry,A,,854231,,piece,CN,,", "quantity", "missing_quantity"),
        ('E1,2023-04-01,entry,A,,854231,"1,5",piece,CN,,', "quantity", "number_ambiguous"),
        ("E1,2023-04-01,entry,A,,854231,1.234,piece,CN,,", "quantity", "number_ambiguous"),
        ("E1,2023-04-01,entry,A,,854231,1,,CN,,", "unit", "missing_unit"),
        ("E1,2023-04-01,entry,A,,10121,1,piece,CN,,", "hs6", "hs_lost_zero"),
        ("E1,2023-04-01,entry,A,,8542,1,piece,CN,,", "hs6", "mixed_levels"),
        ("E0,2023-04-01,entry,A,,854232,9,piece,CN,,", "event_id", "conflicting_key"),
        ("E0,2023-04-01,entry,A,,854231,9,piece,CN,,", "event_id", "duplicate_key"),
        ("E1,2023-04-01,entry,A,,854231,1,kg,CN,,", "unit", "mixed_quantity_units"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(tmp_path, row, column, code):
    """Proves: each kind of bad row is refused, with file, row, column, what stands there and what is accepted.

    Without it: a ledger with a hole or a slip would accuse somebody.
    """
    path = write(tmp_path, "E0,2023-04-01,entry,A,,854231,9,piece,CN,,", row)
    refused = goods.check(path).refused
    assert [(r.column, r.code) for r in refused.itertuples()] == [(column, code)]
    assert refused["row"].tolist() == ["3"]
    assert refused["accepted"].str.len().min() > 5
    with pytest.raises(InputRefused):
        goods.trace(path, target="RU", barred=["DE"])


def test_one_id_in_two_files_is_refused(tmp_path):
    """Proves: files are checked together.

    Without it: a ledger given twice would double every source.
    """
    row = "E0,2023-04-01,entry,A,,854231,9,piece,CN,,"
    first, second = write(tmp_path, row), write(tmp_path, row, name="again.csv")
    with pytest.raises(InputRefused, match="E0' again"):
        goods.trace([first, second], target="RU", barred=["DE"])


def test_negative_stock_and_a_document_used_twice_are_findings(tmp_path):
    """Proves: both are said and neither stops the answer."""
    path = write(
        tmp_path,
        "E1,2023-04-01,entry,A,,854231,5,piece,CN,,D1",
        "E2,2023-04-02,entry,A,,854231,5,piece,CN,,D1",
        "E3,2023-04-03,exit,A,,854231,12,piece,,RU,X1",
    )
    result = goods.trace(path, target="RU", barred=["DE"])
    assert sorted(result.tables["findings"]["code"]) == ["document_used_twice", "negative_stock"]
    assert len(result.refused) == 0
    assert result.table["least_unexplained"].tolist() == [2]


def test_exits_that_cite_entries(tmp_path):
    """Proves: X1 takes 60 of D1; X2 may take of D1 or D2, and X3, which may only take of D1, still finds its 40.

    Without it: X2 served from D1 first would make X3 look false.
    """
    path = write(
        tmp_path,
        "E1,2023-04-01,entry,A,,854231,100,piece,CN,,D1,",
        "E2,2023-04-01,entry,A,,854231,50,piece,CN,,D2,",
        "X1,2023-04-02,exit,A,,854231,60,piece,,RU,W1,D1",
        "X2,2023-04-03,exit,A,,854231,50,piece,,RU,W2,D1;D2",
        "X3,2023-04-04,exit,A,,854231,40,piece,,RU,W3,D1",
        "X4,2023-04-05,exit,A,,854231,5,piece,,RU,W4,D2; D9",
        head=HEAD + ",cites",
    )
    told = goods.trace(path, target="RU", barred=["DE"]).tables["citations"].set_index("event_id")
    assert told["short"].to_dict() == {"X1": 0, "X2": 0, "X3": 0, "X4": 5}
    assert told["unknown_documents"].to_dict()["X4"] == "D9"


def test_goods_past_their_deadline(tmp_path):
    """Proves: 100 had to leave by 10 April; 30 left in time, 20 late: at least 70 on the day, and 50 at the end.

    Without it: goods that came without a deadline, and left, would be taken for those that were due.
    """
    path = write(
        tmp_path,
        "E1,2023-04-01,entry,A,,854231,100,piece,CN,,D1,2023-04-10",
        "E2,2023-04-02,transfer,A,B,854231,50,piece,,,W1,",
        "E3,2023-04-05,exit,B,,854231,30,piece,,UZ,X1,",
        "E4,2023-04-12,exit,A,,854231,20,piece,,UZ,X2,",
        "E5,2023-04-15,entry,C,,854231,80,piece,CN,,D2,",
        "E6,2023-04-16,exit,C,,854231,80,piece,,UZ,X3,",
        head=HEAD + ",deadline",
    )
    told = goods.trace(path, target="RU", barred=["DE"]).tables["deadlines"].set_index("day")
    assert told["overdue_at_least"].to_dict() == {"2023-04-10": 70, "2023-04-16": 50}
    early = goods.trace(path, target="RU", barred=["DE"], as_of="2023-04-09").tables
    assert "deadlines" not in early


def test_citations_move_along_a_chain(tmp_path):
    """Proves: X1 and X2, of which each may take of two documents, give way one after the other so that X3 finds its goods in D1;
    what moves is no more than the one between has; X4 asks for 15 and finds the 10 that are left. An exit with the document of an
    entry cites it. Without it: who came first would decide who is short, or 15 would be moved where only 10 are.
    """
    path = write(
        tmp_path,
        "E1,2023-04-01,entry,A,,854231,10,piece,CN,,D1,",
        "E2,2023-04-01,entry,A,,854231,10,piece,CN,,D2,",
        "E3,2023-04-01,entry,A,,854231,20,piece,CN,,D3,",
        "E4,2023-04-01,entry,A,,854232,7,piece,CN,,D1,",
        "X1,2023-04-02,exit,A,,854231,10,piece,,RU,W1,D1;D2",
        "X2,2023-04-03,exit,A,,854231,10,piece,,RU,W2,D2;D3",
        "X3,2023-04-04,exit,A,,854231,10,piece,,RU,W3,D1",
        "X4,2023-04-05,exit,A,,854231,15,piece,,RU,W4,D2;D3;D3",
        "X5,2023-04-06,exit,A,,854232,3,piece,,RU,D1,",
        head=HEAD + ",cites",
    )
    told = goods.trace(path, target="RU", barred=["DE"]).tables["citations"].set_index("event_id")
    assert told["short"].to_dict() == {"X1": 0, "X2": 0, "X3": 0, "X4": 5, "X5": 0}
    assert told.loc["X5", ["cites", "entered", "served"]].tolist() == ["D1", 7, 3]
    assert told.loc["X4", ["cites", "entered", "served"]].tolist() == ["D2; D3; D3", 30, 10]


def test_an_event_with_its_goods_and_what_entered(tmp_path):
    """Proves: `entered` is what entered, good by good and not what left; deadlines are told good by good in order, each on
    its day and all of them at the end.
    Without it: what left would be called what came."""
    path = write(
        tmp_path,
        "E1,2023-04-01,entry,A,,854232,9,piece,CN,,,2023-04-05",
        "E2,2023-04-01,entry,A,,854231,5,piece,CN,,,2023-04-03",
        "E3,2023-04-02,entry,A,,854231,2,piece,CN,,,2023-04-06",
        "E4,2023-04-04,exit,A,,854232,4,piece,,UZ,,",
        "E5,2023-04-06,exit,A,,854231,1,piece,,RU,,",
        "E6,2023-04-08,use,A,,854231,1,piece,,,,",
        head=HEAD + ",deadline",
    )
    result = goods.trace(path, target="RU", barred=["DE"])
    assert result.table[["hs6", "entered", "to_target"]].values.tolist() == [
        ["854231", 7, 1],
        ["854232", 9, 0],
    ]
    late = result.tables["deadlines"]
    columns = ["hs6", "day", "due", "left_at_most", "overdue_at_least", "entries"]
    assert late[columns].values.tolist() == [
        ["854231", "2023-04-03", 5, 0, 5, "E2"], ["854231", "2023-04-06", 7, 1, 6, "E2; E3"], ["854231", "2023-04-08", 7,
        1, 6, "E2; E3"],
        ["854232", "2023-04-05", 9, 4, 5, "E1"], ["854232", "2023-04-08", 9, 4, 5, "E1"],
    ]  # fmt: skip
    used = goods.trace(path, target="RU", barred=["DE"], released_by=("exit", "use")).tables["deadlines"]
    assert used["overdue_at_least"].tolist() == [5, 6, 5, 5, 5]
    early = goods.trace(path, target="RU", barred=["DE"], as_of="2023-04-04").tables["deadlines"]
    assert early[["day", "due"]].values.tolist() == [["2023-04-03", 5], ["2023-04-04", 5]]


def test_epcis_document_is_a_ledger():
    """Proves: entry, transfer, processing and exit of the example are read; a place and its party are one holder.

    Without it: a holder's stock would lie under two names, and every exit would lack a source.
    """
    frame = goods.read(DATA / "epcis_example.json")[0].frame
    assert frame["kind"].tolist() == ["entry", "transfer", "processing", "processing", "exit"]
    result = goods.trace(DATA / "epcis_example.json", target="RU", barred=["DE"])
    assert result.table.set_index("hs6").loc["854231", ["to_target", "least_unexplained"]].tolist() == [50, 0]
    stock = result.tables["end_stock"]
    assert sorted(stock["end_stock"]) == [5, 40]
    barred = goods.trace(DATA / "epcis_example.json", target="RU", barred=["CN"])
    assert barred.table.set_index("hs6").loc["854231", "least_unexplained"] == 50


def test_epcis_pallets_errors_and_other_events(tmp_path):
    """Proves: what is packed travels with its pallet, an event declared wrong is left out, an unknown type is refused."""
    box = "urn:epc:id:sscc:0000000.0000000001"
    chips = {"epcClass": "https://id.gs1.org/01/00000000854231/10/LOT1", "quantity": 10}
    holder = {"id": "https://id.gs1.org/414/0000000000017"}
    events = [
        {"type": "ObjectEvent", "eventID": "a", "action": "ADD", "eventTime": "2023-04-01T08:00:00Z", "bizLocation": holder,
         "quantityList": [chips], "ilmd": {"cbvmda:countryOfOrigin": "CN", "ex:hs6": "854231"}},
        {"type": "AggregationEvent", "eventID": "b", "action": "ADD", "eventTime": "2023-04-02T08:00:00Z", "parentID": box,
         "childQuantityList": [{**chips, "quantity": 4}]},
        {"type": "ObjectEvent", "eventID": "c", "action": "DELETE", "bizStep": "departing", "eventTime": "2023-04-03T08:00:00Z",
         "bizLocation": holder, "epcList": [box], "destinationList": [{"type": "location", "destination": "urn:x:country:RU"}]},
        {"type": "ObjectEvent", "eventID": "d", "action": "DELETE", "eventTime": "2023-04-04T08:00:00Z", "bizLocation": holder,
         "quantityList": [chips]},
        {"type": "ObjectEvent", "eventID": "d", "action": "DELETE", "eventTime": "2023-04-04T08:00:00Z", "bizLocation": holder,
         "quantityList": [chips], "errorDeclaration": {"declarationTime": "2023-04-05T08:00:00Z"}},
    ]  # fmt: skip
    document = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": events}}
    path = tmp_path / "events.json"
    path.write_text(json.dumps(document))
    (read,) = goods.read(path)
    assert read.frame[["event_id", "kind", "quantity"]].to_numpy().tolist() == [
        ["a", "entry", 10],
        ["c", "exit", 4],
    ]
    document["epcisBody"]["eventList"].append({"type": "MoodEvent"})
    path.write_text(json.dumps(document))
    refused = goods.check(path).refused
    assert refused[["row", "column", "code"]].to_numpy().tolist() == [["6", "type", "epcis_event_type"]]
    path.write_text(json.dumps(document)[:-20])
    assert goods.check(path).refused["code"].tolist() == ["unreadable_file"]


@pytest.mark.parametrize(
    "asked",
    [
        {"target": "Atlantis", "barred": ["DE"]},
        {"target": "RU"},
        {"target": "RU", "barred": ["DE"], "lawful": ["CN"]},
        {"target": "RU", "barred": ["DE"], "as_of": "1 April"},
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(asked):
    """Proves: an unknown country, no rule or two rules, and a day that is none end with a text."""
    from straits.errors import StraitsError

    with pytest.raises(StraitsError):
        goods.trace(DATA / "hand.csv", **asked)


def placed(folder, origin, destination="RU", **asked):
    """Trace a ledger of one entry of 100 and one exit of 50."""
    entry = f"E1,2023-04-01,entry,A,,854231,100,piece,{origin},,"
    ledger = write(folder, entry, f"E2,2023-04-08,exit,A,,854231,50,piece,,{destination},")
    found = goods.trace(ledger, target="RU", **asked)
    return found, found.table[["least_unexplained", "most_of_barred_origin"]].values.tolist()[0]


def test_a_country_that_is_none_is_refused(tmp_path):
    """Proves: an origin or a destination that no country has is refused with what it may mean; what is not specified is unknown.
    Without it: a slip in the origin would make barred goods lawful, and one in the destination hide an exit."""
    for origin, destination in (("Kyrgzstan", "RU"), ("KG", "Rusia")):
        with pytest.raises(InputRefused, match="did you mean") as refused:
            placed(tmp_path, origin, destination, barred=["KG"])
        assert "unknown_country" in str(refused.value)
    assert placed(tmp_path, "KG", barred=["KG"])[1] == [50, 50] and placed(tmp_path, "KG", barred=["DE"])[
        1
    ] == [0, 0]
    assert placed(tmp_path, "unknown", barred=["KG"])[1] == [0, 50] and placed(tmp_path, "", lawful=["KG"])[
        1
    ] == [0, 50]


def test_an_origin_that_is_a_group(tmp_path):
    """Proves: goods of the EU are barred if all members are, lawful if none is, and may be either if some are, whichever way
    the question is put; a group that is asked about stands for its members.
    Without it: an origin EU would be lawful where Germany is barred, and barred where Germany alone is lawful."""
    told = {}
    for how in ("barred", "lawful"):
        for who in ("DE", "EU", "CN"):
            found, told[how, who] = placed(tmp_path, "EU", **{how: [who]})
            assert found.sentences[0].startswith("854231: 50 pieces went to the Russian Federation; at least")
    assert told["barred", "DE"] == told["lawful", "DE"] == [0, 50]
    assert told["barred", "EU"] == told["lawful", "CN"] == [50, 50]
    assert told["barred", "CN"] == told["lawful", "EU"] == [0, 0]
