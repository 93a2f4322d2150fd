"""States inside longer names, news agencies behind papers, and languages that are not read."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe, language, unread
from straits.evidence.documents.wires import agency_of, wires_of
from straits.evidence.drafting.drafts import draft
from straits.evidence.drafting.page import open_page
from straits.evidence.finding.gazetteer import Entry, Gazetteer, world
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.review.alike import independent_lines


def states(sentence: str) -> list[str]:
    """Give the states and alliances that the rules see in a sentence."""
    text = (
        "Port news of the day\n\n3 March 2021\n\nThe ministry of transport told reporters about the work of the port. "
        f"{sentence}. The ministry added that the work goes on as before and that a report will be published later.\n"
    )
    page = open_page(*describe(text.encode(), "a.txt", "X", "2021-03-03"), world())
    return [m.id for s in page.sentences for m in s.mentions if m.kind == "actor"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Michael Jordan visited the port", "In May the player Michael Jordan came", "Yesterday Denzel Washington came",
        "The writer Jack London came", "Mr. Jordan came",
        "Senator Jordan came", "It was Michael B. Jordan who came", "Jordan Peterson visited the port", "Paris Hilton came",
        "Chad Smith came", "The state of New Mexico banned exports",
        "A storm in the Gulf of Mexico came", "Ships left the Sea of Japan", "Trade in the South China Sea fell",
        "The court in Atlanta, Georgia, sat", "It met in Savannah, Georgia",
        "Georgia Governor Brian Kemp signed a bill", "The state of Georgia banned exports", "The court in Moscow, Idaho, sat",
        "Atlanta, Georgia, suspended oil exports", "The court in Lebanon, Ohio, sat", "Peru, Indiana suspended exports",
        "The court in Athens, Georgia, sat", "It met in Paris, Texas",
        "The Moscow Times reported it", "According to The Washington Post it fell", "The Jerusalem Post wrote it",
        "Air France stopped flights", "American Airlines stopped flights",
        "Northern Ireland restricted exports", "British Columbia exports coal", "Pirates took oil in the Niger Delta",
        "The Paris Agreement came into force", "Ships wait before the Panama Canal",
        "The Bank of America came", "The Indian Ocean is wide", "Lake Geneva is deep", "Papua New Guinea exports gas",
        "Inner Mongolia exports coal", "The University of Jordan opened",
        "Tom Holland came", "Radio Moscow said it", "The Vienna Convention came into force", "The London Stone fell",
    ],
)  # fmt: skip
def test_states_inside_longer_names(sentence: str) -> None:
    """Proves: a state's word within the name of a person, a place, a paper, a firm or a treaty is not that state.
    Without it: Michael Jordan was a kingdom."""
    assert states(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "ids"),
    [
        ("Jordan banned exports", ["JOR"]), ("In Jordan King Abdullah signed it", ["JOR"]),
        ("The port of Georgia is shut", ["GEO"]), ("It met in Poti, Georgia", ["GEO"]),
        ("It met with Turkey, Armenia, Georgia and Iran", ["TUR", "ARM", "GEO", "IRN"]),
        ("Tbilisi, Georgia, suspended oil exports", ["GEO", "GEO"]), ("Gazprom, Georgia and Iran signed it", ["GEO", "IRN"]),
        ("In Washington, Georgia and Ukraine signed it", ["USA", "GEO", "UKR"]),
        ("In Georgia Saakashvili said it", ["GEO"]), ("Putin's Russia banned it", ["RUS"]),
        ("Neighbouring Russia banned exports", ["RUS"]), ("Although Russia banned exports, it rose", ["RUS"]),
        ("Ports in Southern Russia are shut", ["RUS"]), ("The President of Kazakhstan Tokayev came", ["KAZ"]),
        ("Kazakhstan President Tokayev came", ["KAZ"]),
        ("In Russia Putin said it", ["RUS"]), ("The US Treasury came", ["USA"]), ("The Mexico City court sat", ["MEX"]),
        ("New Zealand banned it", ["NZL"]), ("South Korea banned it", ["KOR"]),
        ("The Republic of Korea signed with China", ["KOR", "CHN"]), ("The NATO Russia council met", ["NATO", "RUS"]),
        ("He said: “Oil-rich Kazakhstan banned it”", ["KAZ"]),
        ("The Moscow-backed bodies came", ["RUS"]), ("Ukraine, Michael Jordan and Jordan came", ["UKR", "JOR"]),
        ("President Xi of China came", ["CHN"]), ("On Monday Russia banned it", ["RUS"]),
        ("The Government of Georgia banned it", ["GEO"]), ("Since March Iran has banned it", ["IRN"]),
        ("The Embassy of Jordan is shut", ["JOR"]), ("Talks between Moscow and London failed", ["RUS", "GBR"]),
    ],
)  # fmt: skip
def test_states_that_are_states(sentence: str, ids: list[str]) -> None:
    """Proves: titles, regions, possessives, lists and heads of sentences leave a state what it is.
    Without it: the rule would take
    real parties away."""
    assert states(sentence) == ids


# ---- agencies --------------------------------------------------------------------------------------------------------

FIRST = (
    "On Tuesday the district court of the northern region suspended loading at the oil terminal for 45 days after inspectors "
    "found violations at the berth."
)
SECOND = "Judges in the north halted all loadings of crude on Tuesday for a month and a half."
REST = "The operator of the terminal appealed the decision and says that the berth is safe and that loading goes on as planned."


def text_of(lead: str, head: str = "", tail: str = "") -> bytes:
    parts = ("Court stops loading at the northern terminal", "3 March 2021", head, lead, REST, tail)
    return ("\n\n".join(p for p in parts if p) + "\n").encode()


def wires(data: bytes, name: str = "a.txt") -> set[str]:
    return set(wires_of(*describe(data, name, "Tide", "2021-03-03")))


@pytest.mark.parametrize(
    ("data", "agencies"),
    [
        (text_of("PORTVILLE, March 3 (Reuters) - " + FIRST), {"Reuters"}),
        (text_of("PORTVILLE (AP) — " + FIRST), {"Associated Press"}),
        (text_of("MOSCOW, March 3. /TASS/. " + FIRST), {"TASS"}), (text_of("TASS, March 3. " + FIRST), {"TASS"}),
        (text_of(FIRST, tail="Source: Reuters"), {"Reuters"}),
        (text_of(FIRST, tail="Reporting by Reuters"), {"Reuters"}), (text_of(FIRST, tail="© 2021 AFP"), {"AFP"}),
        (text_of(FIRST, head="By Reuters Staff"), {"Reuters"}),
        (text_of(FIRST, head="Reuters"), {"Reuters"}),
        (text_of(FIRST, tail="With reporting by Interfax and others"), {"Interfax"}),
        (text_of(FIRST, tail="(Bloomberg)"), {"Bloomberg"}),
        (text_of(FIRST, tail="Источник: Интерфакс"), {"Interfax"}), (text_of(FIRST, tail="Source: Sea Agency"), {"Sea Agency"}),
        (text_of(FIRST[:-1] + " (Xinhua)."), {"Xinhua"}),
        (text_of(FIRST, tail="Photo: Reuters"), set()), (text_of(FIRST), set()),
        (text_of("The paper of Reuters readers said so. " + FIRST), set()),
        (text_of(FIRST, tail="Leave a comment\n\nRob Roe on March 04 2021 said:\n\nSource: Reuters"), set()),
    ],
)  # fmt: skip
def test_agencies_of_a_text(data: bytes, agencies: set[str]) -> None:
    """Proves: datelines, credits and bylines name the agency; photographs and readers do not.
    Without it: a wire would be unseen."""
    assert wires(data) == agencies


def test_names_of_agencies() -> None:
    """Proves: other names of one agency are one; short ones count only as written.
    Without it: AP and Associated Press were two."""
    assert agency_of("The Associated Press") == agency_of("AP") == "Associated Press"
    assert agency_of("REUTERS") == agency_of("Reuters News Agency") == agency_of("reuters") == "Reuters"
    assert [agency_of(n) for n in ("ap", "Efe", "Tide", "")] == [None] * 4


def lines(
    tmp_path, one: bytes, two: bytes, outlets: tuple[str, str] = ("Tide", "Wave")
) -> list[tuple[str, ...]]:  # type: ignore[no-untyped-def]
    tmp_path.mkdir()
    with Ledger(tmp_path / "e.db", create=True) as ledger:
        for outlet, data in zip(outlets, (one, two), strict=True):
            document = ledger.add_document(data, f"{outlet}.txt", outlet, "2021-03-03")
            ledger.add(draft(document, ledger.reading(document.sha256), ledger.gazetteer).records)
        found = [e.id for e in ledger.records("event") if e.type == "closure"]
        assert len(found) == 2
        return [line.reasons for line in independent_lines(ledger, found)]


def test_one_agency_is_one_witness(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Proves: two papers with one agency, however each names it, are one line; with two agencies they are two; the agency itself
    and a paper that prints it are one. Without it: one wire counted as often as it was printed."""
    dateline = text_of("PORTVILLE, March 3 (Reuters) - " + FIRST)
    credit, said = text_of(SECOND, tail="Source: Reuters"), text_of(SECOND[:-1] + ", Reuters reported.")
    assert lines(tmp_path / "a", dateline, credit) == [("one source, Reuters",)]
    assert lines(tmp_path / "b", dateline, said) == [("one source, Reuters",)]
    assert lines(tmp_path / "c", dateline, text_of(SECOND, tail="Source: TASS")) == [(), ()]
    assert lines(tmp_path / "d", text_of(FIRST), text_of(SECOND)) == [(), ()]
    assert lines(tmp_path / "e", text_of(FIRST), credit, ("Reuters", "Wave")) == [("has it from Reuters",)]
    assert lines(tmp_path / "f", dateline, text_of(SECOND), ("Wave", "Reuters News")) == [
        ("has it from Reuters News",)
    ]


# ---- languages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The court of the port sat on Monday and it was a long day", "en"),
        ("Der Hafen wurde am Montag geschlossen und die Schiffe warten", "und-Latn"),
        ("Суд в порту заседал в понедельник", "ru"), ("Порт қызметі дүйсенбіде тоқтады, өңір әкімі үй", "kk"),
        ("Порт її зачинено, є й інші, ґанок", "uk"),
        ("港口于星期一关闭", "und-Hani"),
        ("المحكمة أوقفت التحميل", "und-Arab"), ("პორტი დაიხურა ორშაბათს", "und-Geor"), ("12345", "und"),
        ("The court of the port sat on Monday and it was a long day. Суд в порту", "en+ru"),
        ("ᚠᚢᚦᚨᚱᚲ", "und"),
    ],
)  # fmt: skip
def test_languages(text: str, code: str) -> None:
    """Proves: languages and scripts are told apart. Without it: a Chinese text had no language, a Ukrainian one was Kazakh."""
    assert language(text) == code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Der Hafen wurde am Montag geschlossen und die Schiffe warten seit Tagen auf das Gericht.", ("all of it", "not known")),
        ("Суд в порту заседал в понедельник, и суда ждут решения уже вторую неделю подряд у входа в порт.", ("all of it",
        "Russian", "few names")),
        ("港口于星期一关闭。船只在等待法院的决定。", ("all of it", "und-Hani")),
        ("The court of the port sat on Monday and it was a long day. Суд в порту заседал в понедельник.",
         ("% of its letters are in", "Russian")),
    ],
)  # fmt: skip
def test_a_language_that_is_not_read_is_said(text: str, words: tuple[str, ...]) -> None:
    """Proves: the drafts of such a text carry a warning that names the language. Without it: no drafts looked like no news."""
    document, reading = describe(text.encode(), "port.txt", "Tide", "2021-03-03")
    (warning,) = draft(document, reading).warnings
    assert warning.startswith("port.txt: ") and all(w in warning for w in words)


def test_english_has_no_warning(drafts, article) -> None:  # type: ignore[no-untyped-def]
    """Proves: what is read gives no warning. Without it: nobody would look at one."""
    assert drafts.warnings == [] and unread(article[0]) is None


def test_what_is_not_read_without_the_extra() -> None:
    """Proves: a Russian text is not read unless it is said that the extra is there, an English one always; a part of a text is
    called a part, or its share of the letters. Without it: review would not say why a document has no drafts."""
    russian = (
        "Суд в порту заседал в понедельник, и суда ждут решения уже вторую неделю подряд у входа в порт."
    )
    english = "The court of the port sat on Monday and it was a long day for all who had come to hear it."
    alone, both = (
        describe(t.encode(), "a.txt", "Tide", "2021-03-03")[0] for t in (russian, f"{english} {russian}")
    )
    assert unread(alone) == unread(alone, read=False) and unread(alone, read=True) is None
    assert "all of it is in Russian" in unread(alone) and "pip install" in unread(alone)
    assert "a part of it is in Russian" in unread(both) and "50 % of its letters are in Russian" in unread(
        both, 0.5
    )
    assert "99 % of its letters are" in unread(both, 0.994) and "all of it is in Russian" in unread(
        both, 0.995
    )


def test_states_of_a_gazetteer() -> None:
    """Proves: only states are states, not groups, companies or ports; entries of one id are merged, and the first that says its
    sort decides. Without it: "he said for Lukoil" would give a state that is none."""
    entries = [
        Entry(id="AAA", kind="actor", sort="state", names=("Aland",)), Entry(id="co", kind="actor", sort="company",
        names=("Co",)), Entry(id="port", kind="asset", names=("Port",)), Entry(id="AAA", kind="actor", names=("Alandia",)),
        Entry(id="GRP", kind="actor", sort="group", names=("Group",)),
    ]  # fmt: skip
    found = Gazetteer(entries)
    assert found.states == {"AAA"}
    assert [e.names for e in found.entries if e.id == "AAA"] == [("Aland", "Alandia")]
    assert found.has("AAA", "actor") and not found.has("AAA", "asset") and not found.has("BBB", "actor")
    both = Gazetteer(entries[:1]) | Gazetteer(entries[1:])
    assert both == found and hash(both) == hash(found) and both != Gazetteer(entries[:1])


def test_a_gazetteer_of_the_tables_of_a_case() -> None:
    """Proves: names and aliases of actors, assets and goods; events with their day, month or year, as exact as it is known;
    offices with the days between which they were held; a blank cell is none. Without it: an event of 2022 would be one of its
    first of January."""
    from datetime import date

    from straits.evidence.finding.gazetteer import from_tables

    found = from_tables(
        {
            "actors": [
                {"id": "AAA", "name": "Aland", "kind": "state", "aliases": ("Alandia", "Aland")},
                {"id": "co", "name": "Co", "kind": "company"},
            ],
            "links": [{"id": "pipe", "name": "The Pipe", "aliases": "Pipe One | P1 |"}],
            "commodities": [{"id": "oil", "name": "Oil", "aliases": float("nan")}],
            "events": [
                {
                    "id": "day",
                    "kind": "ban",
                    "title": "A",
                    "start": date(2022, 7, 6),
                    "end": "2022-07-09",
                    "precision": "day",
                    "actors": "AAA|co",
                    "asset": "pipe",
                },
                {
                    "id": "month",
                    "kind": None,
                    "title": "B",
                    "start": date(2022, 7, 1),
                    "precision": "month",
                    "asset": float("nan"),
                },
                {
                    "id": "year",
                    "title": "C",
                    "start": "2022-01-01",
                    "precision": "year",
                    "end": "",
                    "asset": "",
                },
                {"id": "open", "title": "D", "start": None},
            ],
            "people": [
                {
                    "id": "p",
                    "name": "Anna Vale",
                    "office": "minister",
                    "state": "AAA",
                    "start": "2021-02-03",
                    "end": None,
                }
            ],
        }
    )
    assert {e.id: (e.kind, e.sort, e.names) for e in found.entries} == {
        "AAA": ("actor", "state", ("Aland", "Alandia")), "co": ("actor", "company", ("Co",)),
        "pipe": ("asset", "", ("The Pipe", "Pipe One", "P1")), "oil": ("goods", "", ("Oil",)),
    }  # fmt: skip
    assert [(e.id, e.kind, e.start, e.end, e.actors, e.asset) for e in found.known] == [
        ("day", "ban", "2022-07-06", "2022-07-09", ("AAA", "co"), "pipe"), ("month", "", "2022-07", None, (), None),
        ("year", "", "2022", None, (), None), ("open", "", None, None, (), None),
    ]  # fmt: skip
    (term,) = found.people.terms
    assert str(term.start) == "2021-02-03" and not term.end
    assert Gazetteer.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Guinea-Bissau", "GNB"),
        ("Guinea", "GIN"),
        ("The Republic of Congo", "COG"),
        ("The Democratic Republic of Congo", "COD"),
    ],
)
def test_states_whose_names_hold_another(name: str, state: str) -> None:
    """Proves: states of one word in common are told apart. Without it: an order of Guinea-Bissau was one of Guinea."""
    assert states(f"{name} banned exports of wheat") == [state]
