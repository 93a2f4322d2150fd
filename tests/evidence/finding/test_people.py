"""People in office: the table, who is looked up when, and for which state somebody acts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from importlib import resources

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.drafting.page import open_page
from straits.evidence.finding.gazetteer import Entry, Gazetteer, from_tables, with_world
from straits.evidence.finding.people import People, PeopleError, Term, shipped, terms_of

ROWS = [
    ("row 2", {"person": "Ada Marlow", "office": "chief of state", "state": "RUR", "start": "2019-01-10", "spellings": "Marlow"}),
    ("row 3", {"person": "Otto Marlow", "office": "head of government", "state": "BOR", "start": "2020", "end": "2021-05"}),
    ("row 4", {"person": "Boris Keel", "office": "energy minister", "state": "BOR", "end": "2020-12-31",
                "spellings": "Keel|Boris Kyl"}),
]  # fmt: skip
STATES = ("RUR", "BOR", "SYL")
NAMES = Gazetteer(
    (
        Entry(id="RUR", kind="actor", sort="state", names=("Ruritania",), adjectives=("Ruritanian",), capitals=("Strelsau",)),
        Entry(id="BOR", kind="actor", sort="state", names=("Borduria",), adjectives=("Bordurian",)),
        Entry(id="SYL", kind="actor", sort="state", names=("Syldavia",), adjectives=("Syldavian",)),
    ),
    terms_of(ROWS, STATES),
)  # fmt: skip


def test_who_is_found_by_name_and_day() -> None:
    """Proves: a name in full, in another spelling, with another given name of the same first letter; a surname alone only where
    the table lists it; only terms that have a day in the time asked, a month counting to its last day.
    Without it: a minister of last year acts for a state in this year's news."""
    people = People(terms_of(ROWS, STATES))
    day = date(2020, 6, 1)

    def found(name: str, first: date | None = day, last: date | None = day) -> list[str]:
        return [t.person for t in people.holders(name, first, last)]

    assert found("Ada Marlow") == found("ADA MARLOW") == found("Marlow") == ["Ada Marlow"]
    assert found("Otto Marlow") == found("Oscar Marlow") == ["Otto Marlow"] and found("Ivan Marlow") == []
    assert found("Boris Kyl") == ["Boris Keel"] and found("Kyl") == [] and found("") == []
    assert found("Keel", date(2021, 1, 1), date(2021, 1, 1)) == []
    assert found("Keel", date(2020, 12, 31), None) == ["Boris Keel"]
    assert found("Otto Marlow", date(2021, 5, 31), date(2022, 1, 1)) == ["Otto Marlow"]
    assert found("Otto Marlow", date(2021, 6, 1), date(2022, 1, 1)) == []
    assert found("Keel", None, None) == ["Boris Keel"]


def test_a_table_that_cannot_be_right() -> None:
    """Proves: a blank person, an unknown state (with the nearest known), a date that is none, an end before its start and two
    terms that overlap are refused together, each with row and column; terms that follow each other are not.
    Without it: two states would claim one name on one day, or a slip in a year would leave a term empty."""
    bad = [
        ("row 2", {"person": "", "office": "x", "state": "RUR"}),
        ("row 3", {"person": "A B", "office": "x", "state": "RUP"}),
        ("row 4", {"person": "A B", "office": "x", "state": "RUR", "start": "yesterday"}),
        ("row 5", {"person": "A B", "office": "x", "state": "RUR", "start": "2021", "end": "2020"}),
    ]
    with pytest.raises(PeopleError) as caught:
        terms_of(bad, STATES)
    assert [p.split(":")[0] for p in caught.value.problems] == [
        "row 2, column person", "row 3, column state", "row 4, column start", "row 5, column end",
    ]  # fmt: skip
    assert "did you mean" in str(caught.value) and "RUR" in str(caught.value)
    first = ("row 2", {"person": "A B", "office": "x", "state": "RUR", "start": "2019", "end": "2020-06-30"})
    second = ("row 3", {"person": "A B", "office": "x", "state": "RUR", "start": "2020-07-01"})
    assert len(terms_of([first, second], STATES)) == 2
    with pytest.raises(
        PeopleError, match=r"row 3, column start: A B, x, overlaps with row 2, which runs until 2020-06-30"
    ):
        terms_of([first, ("row 3", {**second[1], "start": "2020-06-30"})], STATES)
    with pytest.raises(PeopleError, match=r"row 2, column start.*row 3, which runs without an end"):
        terms_of([("row 2", {**second[1], "start": "2021"}), second], STATES)


def test_the_shipped_table_holds_what_it_promises() -> None:
    """Proves: the shipped table passes its own checks, knows who led three states on a day of 2022 in several spellings, and no
    single word of it is somebody of two states on that day.
    Without it: a slip in the data would put words into the mouth of another state."""
    people = People(shipped())
    day = date(2022, 7, 12)
    for name, state in (("Kassym-Jomart Tokayev", "KAZ"), ("Kasym-Zhomart Tokayev", "KAZ"), ("Vladimir Putin", "RUS"),
                        ("Recep Tayyip Erdoğan", "TUR"), ("Xi Jinping", "CHN"), ("Olaf Scholz", "DEU")):  # fmt: skip
        assert {t.state for t in people.holders(name, day, day)} == {state}
    assert people.holders("Nursultan Nazarbayev", day, day) == []
    words = {n for t in people.terms for n in t.spellings if " " not in n}
    for word in words:
        assert len({t.state for t in people.holders(word, day, day)}) <= 1, word


def test_a_case_overrides() -> None:
    """Proves: whom a case names is known by the case's rows alone, under any spelling; others stay; what a gazetteer says
    survives being written.
    Without it: a fictional president would share office with a real one."""
    own = from_tables(
        {
            "actors": [{"id": "RUR", "name": "Ruritania", "aliases": "", "kind": "state"}],
            "people": [
                {"id": "p1", "name": "Vladimir Putin", "aliases": ("Putin",), "office": "chief of state", "state": "RUR",
                 "start": date(2020, 1, 1), "end": None},
            ],
        }
    )  # fmt: skip
    both = with_world(own)
    day = date(2022, 7, 12)
    assert {t.state for t in both.people.holders("Putin", day, day)} == {"RUR"}
    assert {t.state for t in both.people.holders("Tokayev", day, day)} == {"KAZ"}
    assert Gazetteer.from_json(own.to_json()) == own and "RUR" in both.states and "KAZ" in both.states
    with pytest.raises(PeopleError, match=r"row p1, column state: no state 'RUT'"):
        from_tables({"people": [{"id": "p1", "name": "A B", "office": "x", "state": "RUT"}]})


def states(sentence: str, published: str = "2020-06-01") -> list[tuple[str, str]]:
    """The parties of a sentence: words and state."""
    document, reading = describe(("Some Title Here\n\n" + sentence).encode(), "a.txt", "Tide", published)
    page = open_page(document, reading, NAMES)
    kinds = ("actor", "person", "organisation", "name")
    return [(m.text, m.state) for s in page.sentences for m in s.mentions if m.kind in kinds]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("The talks went on when Marlow shut the port of the town.", [("Marlow", "RUR")]),
        ("They say that Ivan Vale closed the pipeline on the day.", [("Ivan Vale", "")]),
        ("Then Bordurian Energy Minister Ivan Vale closed the line.", [("Bordurian", "BOR"), ("Ivan Vale", "BOR")]),
        ("Then Ivan Vale, the energy minister of Borduria, closed it.", [("Ivan Vale", "BOR"), ("minister of Borduria", "BOR")]),
        ("Then Ivan Vale of Syldavia closed the pipeline for good.", [("Ivan Vale", "SYL"), ("Syldavia", "SYL")]),
        ("It was the Bordurian deputy energy minister who shut it.", [("Bordurian deputy energy minister", "BOR")]),
        ("Later the government of Borduria closed the pipeline.", [("government of Borduria", "BOR")]),
        ("Later the head of the Syldavian state closed the line.", [("head of the Syldavian", "SYL")]),
        ("Later Bordurian and Syldavian warships shelled the port.", [("Bordurian", "BOR"), ("Syldavian warships", "SYL")]),
        ("Later Bordurian oil was pumped into the tanks for good.", [("Bordurian", "BOR")]),
    ],
)  # fmt: skip
def test_for_which_state_somebody_acts(sentence: str, wanted: list[tuple[str, str]]) -> None:
    """Proves: the list first; titles before a name, an apposition and "of" behind it; offices and bodies of a state; nobody else.
    Without it: a minister is no party of his state."""
    assert states("It is told here at length in the first sentence. " + sentence) == wanted


def test_two_of_one_name_are_not_told_apart_by_the_list() -> None:
    """Proves: a surname of two people in office for two states names neither state, unless the words beside it do.
    Without it: one of two states would be taken by chance."""
    two = [
        ("row 2", {"person": "Ada Marlow", "office": "x", "state": "RUR", "spellings": "Marlow"}),
        ("row 3", {"person": "Otto Marlow", "office": "x", "state": "BOR", "spellings": "Marlow"}),
    ]
    names = Gazetteer(NAMES.entries, terms_of(two, STATES))

    def sources(text: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        document, reading = describe(("Some Title Here\n\n" + text).encode(), "a.txt", "Tide", "2020-06-01")
        return [(e.sources, e.source_states) for e in draft(document, reading, names).events]

    assert sources("On that day Marlow suspended the oil exports through the port.") == [
        (("candidate:Marlow",), ("candidate:Marlow",))
    ]
    assert sources("On that day Bordurian President Marlow suspended the oil exports of the port.") == [
        (("candidate:Marlow",), ("BOR",))
    ]


def test_the_leader_is_whom_the_document_names() -> None:
    """Proves: "the Ruritanian leader" is the person whom the document names and the list has as head of that state at
    publication; without one, the state; events keep the person and gain the state.
    Without it: one act would have two actors."""
    text = "Some Title Here\n\nWe know that Ada Marlow came. Then the Ruritanian leader suspended the oil exports of the port."

    def sources(text: str, published: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        document, reading = describe(text.encode(), "a.txt", "Tide", published)
        return [(e.sources, e.source_states) for e in draft(document, reading, NAMES).events]

    assert sources(text, "2020-06-01") == [(("candidate:Ada Marlow",), ("RUR",))]
    assert sources(text, "2018-06-01") == [(("RUR",), ("RUR",))]
    assert sources(text.replace("Ada Marlow", "nobody"), "2020-06-01") == [(("RUR",), ("RUR",))]


def test_records_of_before_keep_their_ids() -> None:
    """Proves: a record that says nothing in the newer fields is written without them, so that its id is what it was.
    Without it: every ledger of an earlier version would be refused as forged."""
    document, reading = describe(
        b"Some Title Here\n\nThe court lifted the ban on exports of oil.", "a.txt", "Tide", "2020"
    )
    (event,) = draft(document, reading, NAMES).events
    bare = event.model_copy(update={"source_states": (), "target_states": (), "not_after": None}).model_dump(
        mode="json"
    )
    assert not {"source_states", "target_states", "not_after"} & set(bare)


def test_terms_are_read_as_they_are_written() -> None:
    """Proves: a term runs from the first day that its start can mean to the last that its end can.
    Without it: a term of "2021" would end on its first day."""
    term = Term(person="A B", office="x", state="RUR", start="2020-03", end="2021")
    assert term.span == (date(2020, 3, 1), date(2021, 12, 31))
    assert Term(person="A B", office="x", state="RUR").span == (date.min, date.max)


@pytest.mark.parametrize(
    "day",
    (
        "2015-12-01",
        "2017-06-01",
        "2018-07-01",
        "2020-07-01",
        "2022-07-10",
        "2023-06-01",
        "2024-12-01",
        "2026-01-01",
    ),
)
def test_a_state_has_one_head_at_a_time(day: str) -> None:
    """Proves: of the people that come with the package one alone is head of a state on a day, but where three are at once.

    Without it: deputies, who stand under the same office in the source, would be "the Chinese leader".
    """
    heads: dict[str, set[str]] = {}
    for term in shipped():
        if term.office == "chief of state" and term.span[0] <= date.fromisoformat(day) <= term.span[1]:
            heads.setdefault(term.state, set()).add(term.person)
    assert {state for state, people in heads.items() if len(people) > 1} <= {"BIH"}
    assert len(heads) > 25


@pytest.mark.parametrize(
    ("name", "day", "office", "state"),
    [
        ("Kassym-Jomart Tokayev", "2022-07-06", "chief of state", "KAZ"),
        ("Bolat Akchulakov", "2022-07-06", "energy minister", "KAZ"),
        ("Magzum Mirzagaliyev", "2021-12-01", "energy minister", "KAZ"),
        ("Bakytzhan Sagintayev", "2018-01-01", "head of government", "KAZ"),
        ("Dariga Nazarbayeva", "2016-01-01", "deputy head of government", "KAZ"),
        ("Alexander Novak", "2022-07-06", "deputy head of government", "RUS"),
        ("Nikolai Shulginov", "2022-07-06", "energy minister", "RUS"),
        ("Mikhail Mishustin", "2022-07-06", "head of government", "RUS"),
        ("Yuriy Trutnev", "2022-07-06", "deputy head of government", "RUS"),
        ("Mehriban Aliyeva", "2022-07-06", "deputy chief of state", "AZE"),
        ("Ali Asadov", "2022-07-06", "head of government", "AZE"),
        ("Novruz Mammadov", "2019-01-01", "head of government", "AZE"),
        ("Wang Qishan", "2020-01-01", "deputy chief of state", "CHN"),
        ("Serdar Berdimuhamedov", "2022-07-06", "chief of state", "TKM"),
        ("Binali Yildirim", "2017-12-01", "head of government", "TUR"),
        ("Volodymyr Hroisman", "2018-06-01", "head of government", "UKR"),
        ("Joachim Gauck", "2017-03-18", "chief of state", "DEU"),
        ("Josep Borrell", "2022-07-06", "high representative for foreign affairs", "EU"),
        ("Charles Michel", "2022-07-06", "president of the European Council", "EU"),
        ("Charles Michel", "2018-07-06", "head of government", "BEL"),
    ],
)
def test_who_held_which_office(name: str, day: str, office: str, state: str) -> None:
    """Proves: terms that were looked up by hand stand in the table. Without it: a renewed table would lose what was mended."""
    when = date.fromisoformat(day)
    assert [(t.office, t.state) for t in People(shipped()).holders(name, when, when)] == [(office, state)]


def test_every_row_says_what_it_rests_on() -> None:
    """Proves: each person in office has the Factbook or an item of Wikidata as its source, or is called unsourced.
    Without it: a term that somebody remembered would look like one that was read."""
    text = (resources.files("straits.evidence") / "data" / "people.csv").read_text(encoding="utf-8")
    sources = [row["source"] for row in csv.DictReader(text.splitlines())]
    known = re.compile(r"factbook(, .+)?|wikidata Q\d+ at 20\d\d-\d\d(, start)?|unsourced")
    assert [source for source in sources if not known.fullmatch(source)] == []
    kinds = Counter(source.split()[0].rstrip(",") for source in sources)
    assert (kinds["wikidata"], kinds["unsourced"]) == (71, 60)
