"""Goods and parties against lists as of a day, and what stops a bad copy."""

import gzip

import pytest
from typer.testing import CliRunner

from straits import goods
from straits.cli import app
from straits.errors import StraitsError
from straits.goods.refusals import InputRefused

NOTHING = ",-0- " * 7
SDN = [
    f'101,"NORTH SEA TRADING LLC",-0- ,"TEST"{NOTHING},"Registration Number 1081690080450 (Russia)."',
    f'102,"VOLKOV, Pyotr Ilyich","individual","TEST"{NOTHING},"DOB 1 Jan 1960; Passport 722759197 (Russia)."',
    f'103,"MORNING STAR","vessel","TEST"{NOTHING},"Vessel Registration Identification IMO 9187629."',
]


def sdn(folder, day, rows, end=b"\r\n\x1a"):
    path = folder / f"sdn_{day}.csv"
    path.write_bytes("\r\n".join(rows).encode() + end)
    return path


def chpl(folder, *rows):
    path = folder / "chpl.csv"
    path.write_text("\n".join(["list,edition,hs6,tier", *rows]) + "\n")
    return path


def status(table, day, asked, lists, **more):
    result = goods.screen(lists, as_of=day, **{table: [asked]}, **more)
    return result.table["status"].tolist()


@pytest.fixture
def two_editions(tmp_path):
    return chpl(
        tmp_path,
        "CHPL,2023-05-19,854231,1",
        "CHPL,2023-05-19,854800,2",
        "CHPL,2024-02-23,854231,1",
        "CHPL,2024-02-23,848210,3B",
    )


@pytest.mark.parametrize(
    ("day", "code", "expected"),
    [
        ("2023-05-18", "854231", "unknown"),
        ("2023-05-18", "010121", "unknown"),
        ("2023-05-19", "854231", "hit"),
        ("2023-05-19", "848210", "clear"),
        ("2023-05-20", "854231", "hit"),
        ("2023-05-20", "848210", "unknown"),
        ("2023-12-31", "010121", "unknown"),
        ("2024-02-23", "848210", "hit"),
        ("2024-02-23", "854800", "clear"),
        ("2025-01-01", "848210", "hit"),
        ("2025-01-01", "010121", "clear"),
    ],
)
def test_a_code_as_of_a_day(two_editions, day, code, expected):
    """Proves: the last edition on or before the day counts; before the first, and between two, what is not there is unknown.

    Without it: a code listed between two known editions would have passed as clear.
    """
    assert status("goods", day, code, two_editions) == [expected]


def test_an_answer_names_copy_hash_and_days(two_editions):
    """Proves: edition, file, SHA-256, tier, since when at the latest, since when at the earliest, first day of a hit."""
    import hashlib

    row = goods.screen(two_editions, as_of="2024-03-01", goods=["848210", "8542.31"]).table.set_index("asked")
    told = row.loc["848210"]
    assert told[["copy", "tier", "since", "not_before", "first_hit"]].tolist() == [
        "2024-02-23",
        "3B",
        "2024-02-23",
        "2023-05-19",
        "2024-02-23",
    ]
    assert told["copy_sha256"] == hashlib.sha256(two_editions.read_bytes()).hexdigest()
    assert row.loc["854231", ["since", "not_before"]].tolist() == ["2023-05-19", ""]


def test_longer_and_shorter_codes(tmp_path):
    """Proves: a CN8 code inside a listed HS6 is a hit; an HS6 around a listed CN8 is near; so are headings."""
    cn8 = tmp_path / "regulation_2022-10-07.csv"
    cn8.write_text("cn8,description\n85423111,a\n84821010,b\n")
    both = [chpl(tmp_path, "CHPL,2022-10-07,854800,2"), cn8]
    told = goods.screen(
        both, as_of="2022-10-07", goods=["85480090", "854231", "8542", "85423119", "84821010"]
    ).table
    told = told.set_index(["asked", "list"])["status"].to_dict()
    assert told[("85480090", "CHPL")] == "hit"
    assert told[("854231", "regulation")] == "near"
    assert told[("8542", "regulation")] == "near"
    assert told[("85423119", "regulation")] == "clear"
    assert told[("84821010", "regulation")] == "hit"


def test_codes_that_were_renumbered(tmp_path):
    """Proves: a predecessor and a sibling of a listed code are near, a code that kept its meaning is a hit, waste is clear.

    Without it: goods booked under last year's code would pass.
    """
    table = tmp_path / "hs.csv"
    table.write_text(
        "hs2022,hs2017,relationship,conversion\n852581,852580,n:1,1\n852589,852580,n:1,1\n854231,854231,1:1,1\n"
        "854930,852589,n:n,0\n854930,854231,n:n,1\n854930,854810,n:1,0\n"
    )
    lists = chpl(tmp_path, "CHPL,2023-05-19,852589,3A", "CHPL,2023-05-19,854231,1")

    def asked(code, edition):
        return status("goods", "2023-05-19", code, lists, edition=edition, concordance=table)

    assert asked("852580", "HS2017") == ["near"]
    assert asked("852581", "HS2022") == ["near"]
    assert asked("852589", "CN2022") == ["hit"]
    assert asked("854231", "HS2017") == ["hit"]
    assert asked("854930", "HS2022") == ["clear"]
    assert asked("999999", "HS2017") == ["unknown"]
    assert asked("854231", "HS2012") == ["near"]
    assert asked("010121", "HS2012") == ["unknown"]
    with pytest.raises(StraitsError, match="HS2022"):
        asked("854231", "2022")


def test_parties_by_number_first(tmp_path):
    """Proves: a vessel under a new name is found by its IMO number, one with the same name and another number is not a hit.

    Without it: ships, which change names, would pass; and namesakes would be accused.
    """
    copy = sdn(tmp_path, "2023-05-19", SDN)
    asked = tmp_path / "asked.csv"
    asked.write_text(
        "name,kind,imo,registration\nBLUE WAVE,vessel,IMO 9187629,\nMORNING STAR,vessel,9000000,\nMorning Star,vessel,,\n"
        "Some Other Firm,entity,,1081690080450\n"
    )
    told = goods.screen(copy, as_of="2023-05-19", asked=asked).table
    assert told["status"].tolist() == ["hit", "clear", "hit", "hit"]
    assert told["by"].tolist() == ["imo 9187629", "", "name", "registration 1081690080450"]
    assert told["entry"].tolist()[3] == "NORTH SEA TRADING LLC"


def test_parties_by_name_and_alias(tmp_path):
    """Proves: other scripts, order, legal forms and aliases of the raw file find their entry; an unlike name does not."""
    copy = sdn(tmp_path, "2023-05-19", SDN)
    alias = tmp_path / "alt.csv"
    alias.write_bytes(b'102,9,"aka","WOLF, Peter",-0- \r\n\x1a')
    names = [
        "Пётр Ильич Волков",
        "Pyotr Volkov",
        "Peter Wolf",
        "North Sea Trading Limited Liability Company",
        "Jane Rivers",
    ]
    told = goods.screen([copy, alias], as_of="2023-05-19", parties=names).table
    assert told["status"].tolist() == ["hit"] * 4 + ["clear"]
    assert told["by"].tolist()[2] == "alias"


def test_parties_in_time(tmp_path):
    """Proves: who came and went between copies; the unbroken time on the list is told; replay gives the first day.

    Without it: a payment of last year would be judged by the list of today.
    """
    first = sdn(tmp_path, "2022-01-10", SDN[:1])
    second = sdn(tmp_path, "2022-02-10", [SDN[0].replace("Russia", "Russian Federation"), SDN[1]])
    third = sdn(tmp_path, "2022-03-10", SDN[1:])
    lists = [third, first, second]

    def on(day, name):
        return goods.screen(lists, as_of=day, parties=[name], kind="").table.iloc[0]

    firm, man = "North Sea Trading LLC", "Pyotr Ilyich Volkov"
    assert [on(d, firm)["status"] for d in ("2022-01-09", "2022-01-10", "2022-02-20", "2022-03-10")] == [
        "unknown",
        "hit",
        "hit",
        "clear",
    ]
    assert [on(d, man)["status"] for d in ("2022-01-10", "2022-01-20", "2022-02-10", "2023-01-01")] == [
        "clear",
        "unknown",
        "hit",
        "hit",
    ]
    assert on("2022-02-10", firm)[["since", "first_hit", "first_hit_censored"]].tolist() == [
        "2022-01-10",
        "2022-01-10",
        True,
    ]
    assert on("2022-01-20", man)[["first_hit", "first_hit_censored"]].tolist() == ["2022-02-10", False]
    assert on("2023-01-01", man)[["since", "not_before", "copy"]].tolist() == [
        "2022-02-10",
        "2022-01-10",
        "2022-03-10",
    ]


def test_history_with_the_days_of_its_copies(tmp_path):
    """Proves: a day without a copy is unknown for who is not on the copy before it, and clear on the day of a copy."""
    history = tmp_path / "history.csv"
    history.write_text(
        "ent_num,name,type,program,first_seen,not_seen_from,left_censored\n1,ALPHA WORKS LLC,entity,T,2022-01-01,2022-03-01,1\n"
        "2,BETA YARD JSC,entity,T,2022-02-15,,0\n"
    )
    days = tmp_path / "days.csv"
    days.write_text("snapshot_day\n2022-01-01\n2022-02-01\n2022-02-15\n2022-03-01\n2022-04-01\n")
    lists = [history, days]
    told = {
        d: status("parties", d, "Beta Yard", lists)[0]
        for d in ("2021-12-31", "2022-02-01", "2022-02-10", "2022-02-15", "2022-05-01")
    }
    assert list(told.values()) == ["unknown", "clear", "unknown", "hit", "hit"]
    told = {
        d: status("parties", d, "Alpha Works", lists)[0]
        for d in ("2022-01-01", "2022-02-28", "2022-03-01", "2022-03-15", "2022-06-01")
    }
    assert list(told.values()) == ["hit", "hit", "clear", "unknown", "clear"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\x1a", None),
        (("\r\n".join(SDN[1:])).encode(), "cut_off_file"),
        (("\r\n".join(SDN)).encode()[:-30], "cut_off_file"),
        (b"<!DOCTYPE html><html><body>Service unavailable</body></html>", "html_file"),
        (gzip.compress(("\r\n".join(SDN)).encode() + b"\r\n\x1a")[:-12], "unreadable_file"),
    ],
)
def test_a_bad_copy_is_refused_and_the_earlier_one_stays(tmp_path, data, code):
    """Proves: an empty, cut-off or HTML copy is listed as refused, and the answer rests on the copy before it.

    Without it: a half list would make the other half clear.
    """
    good = sdn(tmp_path, "2023-05-19", SDN)
    bad = tmp_path / "sdn_2023-06-01.csv"
    bad.write_bytes(data)
    result = goods.screen([good, bad], as_of="2023-06-02", parties=["North Sea Trading"])
    assert len(result.refused) >= 1
    if code:
        assert result.refused["code"].tolist() == [code]
    assert result.table[["status", "copy"]].to_numpy().tolist() == [["hit", "2023-05-19"]]
    with pytest.raises(InputRefused):
        goods.screen(bad, as_of="2023-06-02", parties=["North Sea Trading"])


def test_screen_from_the_command_line_says_how_good_it_is(two_editions, tmp_path):
    """Proves: score, threshold, measured precision and recall, copy, hash and caveat are printed."""
    copy = sdn(tmp_path, "2023-05-19", SDN)
    ran = CliRunner().invoke(
        app,
        [
            "goods",
            "screen",
            str(copy),
            str(two_editions),
            "--as-of",
            "2023-05-19",
            "--party",
            "Pjotr Volkov",
            "--good",
            "854231",
        ],
    )
    assert ran.exit_code == 0, ran.output
    flat = " ".join(ran.output.split())
    for text in ("hit", "score 0.", "sha256", "precision 0.88", "recall 0.90", "pattern is not proof"):
        assert text in flat


@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": "yesterday", "goods": ["854231"]},
        {"as_of": "2023-05-19"},
        {"as_of": "2023-05-19", "goods": ["85423"]},
        {"as_of": "2023-05-19", "goods": ["8542x1"]},
        {"as_of": "2023-05-19", "goods": ["854231"], "edition": "HS6"},
        {"as_of": "2023-05-19", "parties": ["A"]},
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(two_editions, asked):
    """Proves: no day, nothing asked, a code that lost its zero, an unknown edition, no list of parties."""
    with pytest.raises(StraitsError):
        goods.screen(two_editions, **asked)


def test_a_list_with_a_row_that_is_refused_is_left_out_whole(tmp_path):
    """Proves: a table that was cut in its last row is refused as a whole; the edition before it, in another file, stays in use.

    Without it: the rows after the cut would be clear.
    """
    good = chpl(tmp_path, "CHPL,2023-05-19,854231,1", "CHPL,2023-05-19,848210,2")
    cut = tmp_path / "cut.csv"
    cut.write_text("list,edition,hs6,tier\nCHPL,2023-06-19,854231,1\nCHPL,2023-06-19,8482")
    result = goods.screen([good, cut], as_of="2023-07-01", goods=["848210"])
    assert result.refused["file"].tolist() == [str(cut)]
    assert result.table[["status", "copy"]].to_numpy().tolist() == [["hit", "2023-05-19"]]


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    """Proves: names without their packages end with the command that installs them; codes need none."""
    from straits.goods.screening.names import prepare

    monkeypatch.setattr(prepare, "anyascii", None)
    prepare.prepare.cache_clear()
    with pytest.raises(StraitsError, match=r"pip install 'straits\[goods\]'"):
        goods.screen(sdn(tmp_path, "2023-05-19", SDN), as_of="2023-05-19", parties=["Anna"])
    assert status("goods", "2023-05-19", "854231", chpl(tmp_path, "CHPL,2023-05-19,854231,1")) == ["hit"]


def test_a_list_of_no_rows_is_no_list(tmp_path):
    """Proves: a copy that holds a header alone is refused, and the copy before it counts on.
    Without it: by an empty copy everything would be clear."""
    full, bare = tmp_path / "a_2023-05-19.csv", tmp_path / "b_2023-06-01.csv"
    full.write_text("list,edition,hs6,tier\nCHPL,2023-05-19,854231,1\n")
    bare.write_text("list,edition,hs6,tier\n")
    told = goods.screen([full, bare], as_of="2023-06-02", goods=["854231"])
    assert told.refused["code"].tolist() == ["empty_file"]
    assert told.table["status"].tolist() == ["hit"] and told.table["copy"].tolist() == ["2023-05-19"]


def test_what_is_no_list_is_refused_by_name(tmp_path, two_editions):
    """Proves: a file of trade among the lists is refused by name, and the lists beside it still answer.
    Without it: a table of trade would be a list on which nothing stands, and all would be clear."""
    trade = tmp_path / "trade.csv"
    trade.write_text("exporter,importer,period,value_eur\nLT,KZ,2022,1\n")
    result = goods.screen([two_editions, trade], goods=["854231"], as_of="2024-06-01")
    assert result.refused["code"].tolist() == ["wrong_kind"] and "trade.csv" in result.refused["file"].iloc[0]
    assert result.table["status"].tolist() == ["hit"]
    with pytest.raises(InputRefused):
        goods.screen([trade], goods=["854231"], as_of="2024-06-01")


def test_a_table_that_is_asked_has_its_own_days_and_editions(tmp_path, two_editions):
    """Proves: a row's own day and edition hold before those of the question, which hold where a row says none.
    Without it: goods of last year would be looked up in the list of today."""
    asked = tmp_path / "asked.csv"
    asked.write_text("code,edition,day\n848210,,2024-06-01\n848210,,2023-06-01\n848210,HS2017,\n848210,,\n")
    table = goods.screen([two_editions], asked=asked, edition="HS2022", as_of="2024-03-01").table
    assert table["day"].tolist() == ["2024-06-01", "2023-06-01", "2024-03-01", "2024-03-01"]
    assert table["edition"].tolist() == ["HS2022", "HS2022", "HS2017", "HS2022"]
    assert table["status"].iloc[0] == "hit" and table["status"].iloc[1] != "hit"


def test_families_of_codes_both_ways():
    """Proves: split 851712 into 851713 and 851714: under a list of the new edition the old code is tied to both and each new
    one to its sibling; under a list of the old edition the new ones are tied to the old one; a code without an edition may be
    either; one that was not changed is only itself.
    Without it: a list of one edition would be searched by the numbers of the other."""
    from straits.goods.screening.goods import Concordance, _changed, _family, _untied

    one = lambda *codes: frozenset(codes)  # noqa: E731
    table = Concordance(
        "HS2022", "HS2017", {"851712": one("851713", "851714"), "010121": one("010121")},
        {"851713": one("851712"), "851714": one("851712"), "010121": one("010121")},
    )  # fmt: skip
    assert _family("851712", "HS2017", "HS2022", table) == {"851713", "851714"}
    assert _family("851713", "HS2022", "HS2022", table) == {"851713", "851714"}
    assert _family("851713", "HS2022", "HS2017", table) == {"851712"}
    assert _family("851712", "HS2017", "HS2017", table) == {"851712"}
    assert _family("851712", "", "HS2022", table) == {"851713", "851714"}
    assert _family("851713", "", "HS2022", table) == {"851713", "851714"}
    assert _family("851713", "", "HS2017", table) == {"851712"}
    assert _family("851713", "HS2022", "HS2022", Concordance("", "", {}, {})) == set()
    assert _changed("851712", "HS2017", "HS2022", table) and not _changed("010121", "HS2017", "HS2022", table)
    assert _changed("010121", "HS2012", "HS2022", table)
    assert _untied("999999", "HS2017", "HS2022", table) and not _untied("851712", "HS2017", "HS2022", table)
    assert not _untied("851713", "HS2022", "HS2017", table) and _untied("851712", "HS2022", "HS2017", table)
    assert not _untied("999999", "", "HS2022", table) and not _untied("999999", "HS2022", "HS2022", table)
    assert _untied("010121", "HS2012", "HS2022", table)


def test_a_list_named_by_a_month_is_known_at_its_end(tmp_path):
    """Proves: a list whose file is named by a month counts from the month's last day, and the answer says so; one named by a day
    counts from it, and nothing is assumed. Without it: a list of July would hold on the first of July."""
    for name, day, assumed in (
        ("regulation_2022-07", "2022-07-31", True),
        ("regulation_2022-07-10", "2022-07-10", False),
    ):
        (tmp_path / f"{name}.csv").write_text("cn8,description\n85423111,a\n")
        result = goods.screen([tmp_path / f"{name}.csv"], goods=["85423111"], as_of="2022-08-01")
        assert result.table[["status", "copy"]].values.tolist() == [["hit", day]]
        told = result.assumptions["assumption"].str.startswith("day of")
        assert told.any() == assumed
        before = goods.screen([tmp_path / f"{name}.csv"], goods=["85423111"], as_of="2022-07-05").table
        assert before["status"].tolist() != ["hit"]


def test_a_row_that_stands_twice_is_named(tmp_path):
    """Proves: a code twice in one edition, a party twice and a day twice are refused, each in its own column and line.
    Without it: nobody would find the row, or one of two tiers would hold by chance."""
    copies = {
        "chpl.csv": (
            "list,edition,hs6,tier\nCHPL,2023-05-19,854231,1\nCHPL,2023-06-19,854231,1\nCHPL,2023-05-19,854231,2\n",
            "4",
            "code",
        ),
        "parties_2023-05-19.csv": ("ent_num,name,type\n1,A,\n2,B,\n1,C,\n", "4", "ent_num"),
        "days.csv": ("snapshot_day\n2023-05-19\n2023-05-19\n", "3", "day"),
    }
    for name, (text, row, column) in copies.items():
        (tmp_path / name).write_text(text)
        refused = goods.check(tmp_path / name).refused
        assert refused[["row", "column", "code"]].values.tolist() == [[row, column, "duplicate_key"]], name


def test_words_run_together_leave_nothing_over():
    """Proves: of two names that differ by a blank alone no word is left without a partner; of two that differ by a word, one is.
    Without it: `Northsea` would lack a word that `North Sea` has."""
    from straits.goods.screening.names.prepare import prepare
    from straits.goods.screening.names.score import features

    joined, apart, other = (
        prepare(name, "entity") for name in ("Northsea Lines", "North Sea Lines", "North Sea Harbour Lines")
    )
    assert features(joined, apart, "entity")[2:4] == (0.0, 0.0)
    assert features(apart, apart, "entity")[2:4] == (0.0, 0.0)
    assert features(apart, other, "entity")[2] == 0.0 and features(apart, other, "entity")[3] > 0.0
