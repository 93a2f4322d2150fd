"""Lists whose copies follow the nomenclature of their year, numbers that people have several of, and many who are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from goods.common import write
from straits import goods
from straits.goods.refusals import InputRefused

CONCORDANCE = """hs2022,hs2017,relationship,conversion
    851713,851712,n:1,1
    851714,851712,n:1,1
    010121,010121,1:1,1"""
PARTIES = """ent_num,name,type,program,remarks
    101,NORTH SEA TRADING LLC,entity,TEST,Registration Number 1081690080450 (Russia).
    102,"VOLKOV, Pyotr Ilyich",individual,TEST,Passport 722759197 (Russia).
    103,MORNING STAR,vessel,TEST,IMO 9187629; MMSI 273123456."""


def test_each_copy_has_its_own_nomenclature(tmp_path: Path) -> None:
    """Proves: a list that stood under CN 2021 and then under CN 2022 is asked in the edition of the copy of the day: the phone
    of HS 2017 is near the one listed in 2022, and the new code is on it.
    Without it: the second copy would be read as the first, and a listed good would be clear."""
    lists = [
        write(tmp_path, "list_2021-05-01.csv", "cn8\n85171200\n01012100"),
        write(tmp_path, "list_2022-05-01.csv", "cn8\n85171300\n01012100"),
    ]
    table = write(tmp_path, "c.csv", CONCORDANCE)

    def asked(day: str, code: str, edition: str) -> list[str]:
        found = goods.screen(lists, as_of=day, goods=[code], edition=edition, concordance=table).table.iloc[0]
        return [found["status"], found["match"], found["listed_code"]]

    assert asked("2022-06-01", "851712", "HS2017") == ["near", "renumbered", "85171300"]
    assert asked("2022-06-01", "85171300", "CN2022") == ["hit", "exact", "85171300"]
    assert asked("2021-06-01", "85171200", "CN2021") == ["hit", "exact", "85171200"]
    assert asked("2021-06-01", "851713", "HS2022") == ["near", "renumbered", "85171200"]


def test_another_passport_does_not_make_another_person(tmp_path: Path) -> None:
    """Proves: the name of a listed person with another passport is near, and that of a listed firm in another register; a ship
    with another IMO number is another ship, though not one with another number of its radio, which goes with the flag.
    Without it: a second passport would clear a listed person."""
    copy = write(tmp_path, "parties_2023-05-19.csv", PARTIES)
    asked = write(
        tmp_path, "asked.csv",
        """name,kind,imo,mmsi,registration,passport
        Pyotr Ilyich Volkov,person,,,,999999999
        Pyotr Ilyich Volkov,person,,,,722759197
        North Sea Trading LLC,entity,,,5555,
        Morning Star,vessel,9000000,,,
        Morning Star,vessel,,111111111,,
        Jane Rivers,person,,,,1""",
    )  # fmt: skip
    found = goods.screen(copy, as_of="2023-05-19", asked=asked)
    assert found.table["status"].tolist() == ["near", "hit", "near", "clear", "near", "clear"]
    assert found.table["by"].tolist()[:3] == [
        "name, but another passport", "passport 722759197", "name, but another registration",
    ]  # fmt: skip
    assert "VOLKOV, Pyotr Ilyich by name, but another passport, score" in found.sentences[0]


def test_of_many_the_hits_are_told(tmp_path: Path) -> None:
    """Proves: of 30 codes of which the last is listed the sentences begin with that one and count the rest; codes of any length
    may be asked in one table, and one that lost its zero is refused. Without it: a hit in row 30 would be in no sentence."""
    copy = write(tmp_path, "list_2022-05-01.csv", "cn8\n85171300\n01012100")
    rows = [
        "code,edition,day",
        *(f"{390100 + n},CN2022,2022-06-01" for n in range(28)),
        "8517,CN2022,2022-06-01",
    ]
    asked = write(tmp_path, "a.csv", "\n".join([*rows, "85171300,CN2022,2022-06-01"]))
    found = goods.screen(copy, as_of="2022-06-01", asked=asked)
    assert len(found.table) == 30 and found.table["status"].iloc[-1] == "hit"
    assert found.sentences[0].startswith("85171300 on list") and ": hit" in found.sentences[0]
    assert ": near" in found.sentences[1]
    assert found.sentences[20] == "10 more answers stand in the table: 10 clear."
    with pytest.raises(InputRefused, match="010121"):
        goods.screen(copy, as_of="2022-06-01", asked=write(tmp_path, "z.csv", "code\n10121\n85171300"))
