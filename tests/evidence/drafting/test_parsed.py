"""Parties by a dependency parse: trees written by hand, and what is said where parser or model are not those expected."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from straits.cli.evidence import evidence_app
from straits.errors import MissingExtra
from straits.evidence.documents.document import Document, Published, describe, digest
from straits.evidence.documents.reading import read
from straits.evidence.documents.regions import Region
from straits.evidence.drafting import parsed
from straits.evidence.drafting.drafts import draft
from straits.evidence.drafting.page import Page, open_page
from straits.evidence.drafting.parsed import Token, Tree
from straits.evidence.finding.gazetteer import world


def page_of(text: str) -> Page:
    """Give a page that is one text of prose."""
    document = Document(
        sha256=digest(text.encode()), name="a", media="text/plain", encoding="utf-8", chars=len(text), outlet=None, language="en",
        published=Published(value=None, basis="unknown"), regions=(Region(label="body", start=0, end=len(text)),),
    )  # fmt: skip
    return open_page(document, read(text, "text/plain"), world())


def grown(notation: str) -> tuple[str, Tree]:
    """Give text and tree of `word/dep/head` for each word, its head by number or, where it stands once, by its letters."""
    parts = [p.split("/") for p in notation.split()]
    words = [p[0].replace("_", " ") for p in parts]
    tokens, at = [], 0
    for word, (_, dep, head) in zip(words, parts, strict=True):
        number = int(head) if head.isdigit() else words.index(head)
        tokens.append(Token(at, at + len(word), word, dep, number))
        at += len(word) + 1
    return " ".join(words), Tree(tokens)


def parties(
    notation: str, trigger: str, form: str = "verb", name: str = "ban", order: str = ""
) -> tuple[str, str]:
    """Give sources and targets of a trigger on a tree, by their ids; `order` is what the order of words would say, as ids."""
    text, tree = grown(notation)
    page = page_of(text)
    (s,) = page.sentences
    by_order: tuple[list[Any], list[Any]] = ([], [])
    for side, ids in zip(by_order, order.split(">"), strict=False):
        side += [m for m in s.mentions if m.id in ids.split()]
    start = text.index(trigger)
    found = parsed.roles(page, s, tree, (start, start + len(trigger)), form, name, by_order)
    return " ".join(m.id for m in found[0]), " ".join(m.id for m in found[1])


@pytest.mark.parametrize(
    ("notation", "trigger", "wanted"),
    [
        # subject and object, with what is joined to them
        ("Norway/nsubj/3 and/cc/0 Brazil/conj/0 banned/ROOT/3 Egypt/dobj/3 or/cc/4 Japan/conj/4", "banned",
         ("NOR BRA", "EGY JPN")),
        # agent of a passive; without one nobody acts
        ("Egypt/nsubjpass/2 was/auxpass/2 sanctioned/ROOT/2 by/agent/2 Norway/pobj/3", "sanctioned", ("NOR", "EGY")),
        ("Egypt/nsubjpass/2 was/auxpass/2 sanctioned/ROOT/2", "sanctioned", ("", "EGY")),
        # whose an object is: possessor, adjective, complement; the first of them that names one
        ("Norway/nsubj/1 banned/ROOT/1 Egypt/poss/4 's/case/2 gas/dobj/1", "banned", ("NOR", "EGY")),
        ("Norway/nsubj/1 banned/ROOT/1 Egyptian/amod/3 gas/dobj/1 to/prep/gas Japan/pobj/to", "banned", ("NOR", "EGY")),
        ("Norway/nsubj/1 banned/ROOT/1 gas/dobj/1 from/prep/2 Egypt/pobj/3 to/prep/3 Japan/pobj/5", "banned", ("NOR", "EGY")),
        # an adjective makes no subject
        ("Egyptian/amod/1 shops/nsubj/2 banned/ROOT/2 Japan/dobj/2", "banned", ("", "JPN")),
        ("Norway/nsubj/1 offered/ROOT/1 Egypt/dative/1 oil/dobj/1", "offered", ("NOR", "EGY")),
        ("Norway/nsubj/1 offered/ROOT/1 oil/dobj/1 to/dative/1 Egypt/pobj/3", "offered", ("NOR", "EGY")),
        ("Norway/nsubj/1 talked/ROOT/1 to/prep/1 Egyptian/amod/4 traders/pobj/2", "talked", ("NOR", "EGY")),
        # neither does one that stands alone, nor what only describes a thing
        ("Norwegian/nsubj/1 banned/ROOT/1 Egypt/dobj/1", "banned", ("", "EGY")),
        ("Norway/nsubj/1 sold/ROOT/1 banned/amod/3 gas/dobj/1", "banned", ("", "")),
        ("Egypt/nsubj/2 banned/acl/0 slept/ROOT/2", "banned", ("", "EGY")),
        # a place acts for nobody
        ("The/det/2 Caspian/compound/2 Sea/nsubj/3 banned/ROOT/3 Japan/dobj/3", "banned", ("", "JPN")),
        # the subject of an owner: "traders of Norway"
        ("Traders/nsubj/3 of/prep/0 Norway/pobj/1 banned/ROOT/3 gas/dobj/3", "banned", ("NOR", "")),
        # behind a preposition of the verb where the object names none; not where it says the place
        ("Norway/nsubj/1 banned/ROOT/1 gas/dobj/1 to/prep/1 Egypt/pobj/3 in/prep/1 Japan/pobj/5", "banned", ("NOR", "EGY")),
        ("Norway/nsubj/1 banned/ROOT/1 gas/dobj/1 in/prep/1 Japan/pobj/3", "banned", ("NOR", "")),
        # shared subjects: joined, dependent, governed; of an object that is asked to act
        ("Norway/nsubj/1 spoke/ROOT/1 and/cc/1 banned/conj/1 gas/dobj/3", "banned", ("NOR", "")),
        ("Norway/nsubj/1 spoke/ROOT/1 ,/punct/1 banning/advcl/1 gas/dobj/3", "banning", ("NOR", "")),
        ("Norway/nsubj/1 plans/ROOT/1 to/aux/3 ban/xcomp/1 Egypt/dobj/3", "ban", ("NOR", "EGY")),
        ("Norway/nsubj/1 asked/ROOT/1 Egypt/dobj/1 to/aux/4 ban/xcomp/1 gas/dobj/4", "ban", ("EGY", "")),
        ("Egypt/nsubjpass/2 was/auxpass/2 asked/ROOT/2 by/agent/2 Norway/pobj/3 to/aux/6 ban/xcomp/2 Japan/dobj/6",
         "ban", ("EGY", "JPN")),
        # what a governed verb acts upon
        ("Norway/nsubj/1 banned/ROOT/1 to/aux/3 sell/xcomp/1 Egypt/dobj/3", "banned", ("NOR", "EGY")),
        # relative clauses and participles
        ("Norway/nsubj/5 ,/punct/0 which/nsubj/3 banned/relcl/0 Egypt/dobj/3 slept/ROOT/5", "banned", ("NOR", "EGY")),
        ("Norway/nsubj/4 whom/dobj/3 Japan/nsubj/3 banned/relcl/0 slept/ROOT/4", "banned", ("JPN", "")),
        ("Egypt/nsubj/4 banned/acl/0 by/agent/1 Norway/pobj/2 slept/ROOT/4", "banned", ("NOR", "EGY")),
        ("Norway/nsubj/3 banning/acl/0 gas/dobj/1 slept/ROOT/3", "banning", ("NOR", "")),
        ("Norway/nsubj/4 to/aux/2 ban/acl/0 gas/dobj/2 slept/ROOT/4", "ban", ("NOR", "")),
    ],
)  # fmt: skip
def test_parties_of_verbs(notation: str, trigger: str, wanted: tuple[str, str]) -> None:
    """Proves: subject, agent, object, what they own, are joined to or depend on give the parties of a verb.

    Without it: whom the tree names and whom the order of words names could not be told apart.
    """
    assert parties(notation, trigger) == wanted


@pytest.mark.parametrize(
    ("notation", "wanted"),
    [
        ("Norway/poss/2 's/case/0 ban/ROOT/2 on/prep/2 Egypt/pobj/3", ("NOR", "EGY")),
        ("Norway/compound/1 ban/ROOT/1", ("NOR", "")),
        ("ban/ROOT/0 between/prep/0 Norway/pobj/1 and/cc/2 Egypt/conj/2", ("NOR EGY", "")),
        ("Norwegian/amod/1 ban/ROOT/1 against/prep/1 Egypt/pobj/2", ("NOR", "EGY")),
        ("ban/ROOT/0 by/prep/0 Norway/pobj/1 in/prep/0 Egypt/pobj/3", ("NOR", "")),
        # the verb that carries it: its subject, its agent, and with whom
        ("Norway/nsubj/1 put/ROOT/1 ban/dobj/1 on/prep/1 Egypt/pobj/3", ("NOR", "EGY")),
        ("ban/nsubjpass/2 was/auxpass/2 put/ROOT/2 by/agent/2 Norway/pobj/3 on/prep/2 Egypt/pobj/5", ("NOR", "EGY")),
        ("Norway/nsubj/1 made/ROOT/1 laws/dobj/1 and/cc/2 ban/conj/2 with/prep/1 Egypt/pobj/5", ("NOR EGY", "")),
        ("Japan/nsubj/6 heeds/ROOT/6 ban/pobj/0 put/acl/2 by/agent/3 Norway/pobj/4 sleeps/ROOT/6", ("NOR", "")),
        ("ban/nsubj/6 put/acl/0 on/prep/1 Egypt/pobj/2 by/agent/1 Norway/pobj/4 ended/ROOT/6", ("NOR", "EGY")),
        ("Norway/nsubj/1 hailed/ROOT/1 Japan/poss/4 's/case/2 ban/dobj/1", ("JPN", "")),
        # it is no object: nobody carries it
        ("Norway/nsubj/1 slept/ROOT/1 after/prep/1 ban/pobj/2", ("", "")),
    ],
)  # fmt: skip
def test_parties_of_nouns(notation: str, wanted: tuple[str, str]) -> None:
    """Proves: possessor, adjective, complements and the verb that carries a noun give its parties.

    Without it: "Norway hailed Japan's ban" would be an act of Norway.
    """
    assert parties(notation, "ban", "noun") == wanted


def test_a_visit_leads_wherever_it_leads() -> None:
    """Proves: of a visit the place is the target, not where it comes from or what it is about; of another act it is none.

    Without it: "arrived in Egypt" would lead nowhere.
    """
    tree = "Norway/nsubj/1 went/ROOT/1 from/prep/1 Japan/pobj/2 in/prep/1 Egypt/pobj/4"
    assert parties(tree, "went", name="visit") == ("NOR", "EGY")
    assert parties(tree, "went", name="ban") == ("NOR", "")


def test_where_the_parse_has_no_answer_the_order_of_words_has() -> None:
    """Proves: the order of words fills what the tree leaves open, with nobody twice; where the tree names somebody or something
    that acts and is no party, nobody else is taken for it; a pronoun is no answer; a trigger outside the tree changes nothing.

    Without it: "France fell silent as the opposition banned gas" would be an act of France, or a half would be lost.
    """
    assert parties("banned/ROOT/0 gas/dobj/0 Norway/dep/0 Egypt/dep/0", "banned", order="NOR>EGY") == (
        "NOR",
        "EGY",
    )
    assert parties("Norway/nsubj/1 banned/ROOT/1 gas/dobj/1", "banned", order="NOR>NOR") == ("NOR", "")
    assert parties("Egypt/nsubjpass/2 was/auxpass/2 banned/ROOT/2", "banned", order="EGY>") == ("", "EGY")
    assert parties("Norway/dep/2 opposition/nsubj/2 banned/ROOT/2", "banned", order="NOR>") == ("", "")
    assert parties("Norway/dep/2 It/nsubj/2 banned/ROOT/2", "banned", order="NOR>") == ("NOR", "")
    assert parties(
        "Norway/dep/3 Egypt/nsubjpass/3 was/auxpass/3 banned/ROOT/3", "banned", order="NOR>EGY"
    ) == ("NOR", "EGY")
    text, _ = grown("Norway/nsubj/1 banned/ROOT/1")
    page = page_of(text)
    order = (list(page.sentences[0].mentions), [])
    assert parsed.roles(page, page.sentences[0], Tree([]), (7, 13), "verb", "ban", order) is order


def test_a_pronoun_means_the_person_named_last() -> None:
    """Proves: "he" is the person named last before it; without one, nobody. Without it: half of what leaders do has no doer."""
    tree = "President/compound/1 Vale/nsubj/2 slept/ROOT/2 and/cc/2 he/nsubj/5 banned/conj/2 Egypt/dobj/5"
    assert parties(tree, "banned") == ("candidate:Vale", "EGY")
    assert parties("He/nsubj/1 banned/ROOT/1 Egypt/dobj/1", "banned") == ("", "EGY")


# ---- parser and model ----------------------------------------------------------------------------------------------


@dataclass
class FakeToken:
    """What is read of a token of spaCy."""

    text: str
    idx: int
    dep_: str
    i: int
    head: Any = None

    def __len__(self) -> int:
        return len(self.text)


class FakeParser:
    """Gives the trees that were written for its sentences, and keeps what it was asked."""

    def __init__(self, *notations: str) -> None:
        self.trees, self.asked = dict(map(grown, notations)), []

    def pipe(self, texts: Iterator[str]) -> Iterator[list[FakeToken]]:
        for text in texts:
            self.asked.append(text)
            tree = self.trees[text.rstrip(".")]
            tokens = [FakeToken(t.text, t.start, t.dep, i) for i, t in enumerate(tree.tokens)]
            for token, t in zip(tokens, tree.tokens, strict=True):
                token.head = tokens[t.head]
            yield tokens


SLEPT = "Norway/nsubj/1 slept/ROOT/1 as/mark/5 the/det/4 opposition/nsubj/5 banned/advcl/1 oil/dobj/5 from/prep/6 Egypt/pobj/7"
ARTICLE = "Quay talk in the harbour town\n\nIt was a long winter.\nNorway slept as the opposition banned oil from Egypt.\n"


def test_only_sentences_with_a_trigger_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: with a parser the parties of a draft are those of the tree, at their places in the document, and its origin names
    parser and model; a sentence without a trigger is not parsed; without the option nothing is.

    Without it: drafts of two kinds would stand under one name, or time would go where nothing can be found.
    """
    fake = FakeParser(SLEPT)
    monkeypatch.setattr(parsed, "_spacy", lambda: fake)
    monkeypatch.setattr(parsed.metadata, "version", lambda name: "3.8.9")
    described = describe(ARTICLE.encode(), "a.txt", "Tide", "2021-03-03")
    plain, told = draft(*described, world()), draft(*described, world(), parse=True)
    assert fake.asked == ["Norway slept as the opposition banned oil from Egypt."]
    assert [(e.type, e.sources) for e in plain.events] == [("ban", ("NOR",))]
    assert [(e.type, e.sources, e.targets) for e in told.events] == [("ban", (), ("EGY",))]
    assert (
        told.events[0].origin.version
        == f"{plain.events[0].origin.version}; spacy 3.8.9, {parsed.MODEL} {parsed.VERSION}"
    )
    assert told.events[0].id != plain.events[0].id


def test_parser_or_model_that_are_not_those_expected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Proves: without the extra, with another parser, no model or another one, drafting and scoring with a parser stop and say
    what was found, what is expected and how to install it; no draft is made silently without.

    Without it: drafts would be those of the order of words, and nobody would know.
    """
    described = describe(ARTICLE.encode(), "a.txt", "Tide", "2021-03-03")

    def refused(kind: type[Exception], words: str) -> None:
        parsed._spacy.cache_clear()
        with pytest.raises(kind, match=words):
            draft(*described, world(), parse=True)

    monkeypatch.setitem(sys.modules, "spacy", None)
    refused(MissingExtra, r"straits\[parse\]")
    spacy = ModuleType("spacy")
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    spacy.__version__ = "3.80.1"  # type: ignore[attr-defined]
    refused(parsed.ModelError, r"spacy: found 3\.80\.1; expected 3\.8\.x; `pip install 'straits\[parse\]'`")
    spacy.__version__ = "3.8.2"  # type: ignore[attr-defined]
    monkeypatch.setattr(parsed, "MODEL", "en_core_web_none")
    refused(parsed.ModelError, r"en_core_web_none: found no such model; expected 3\.8\.0; .*straits\[parse\]")
    monkeypatch.setattr(parsed.metadata, "version", lambda name: "3.7.1")
    refused(parsed.ModelError, r"en_core_web_none: found 3\.7\.1; expected 3\.8\.0")
    loaded = SimpleNamespace(asked=None)

    def load(name: str, exclude: list[str]) -> object:
        loaded.asked = name, exclude
        return loaded

    spacy.load = load  # type: ignore[attr-defined]
    monkeypatch.setattr(parsed.metadata, "version", lambda name: "3.8.0")
    parsed._spacy.cache_clear()
    assert parsed.reader() == "spacy 3.8.0, en_core_web_none 3.8.0"
    assert loaded.asked[0] == "en_core_web_none" and "parser" not in loaded.asked[1]
    parsed._spacy.cache_clear()
    monkeypatch.setitem(sys.modules, "spacy", None)
    run, path = CliRunner(), tmp_path / "a.txt"
    path.write_text(ARTICLE)
    ledger = ["--ledger", str(tmp_path / "e.db")]
    assert run.invoke(evidence_app, ["init", *ledger]).exit_code == 0
    assert (
        run.invoke(
            evidence_app, ["add", str(path), "--outlet", "Tide", "--published", "2021-03-03", *ledger]
        ).exit_code
        == 0
    )
    for more in (["draft", "--parse", *ledger], ["draft", "--parse", "--url", "http://localhost:1", *ledger]):
        done = run.invoke(evidence_app, more)
        assert done.exit_code == 1 and ("straits[parse]" in done.output or "give one" in done.output), (
            done.output
        )


def test_the_real_parser() -> None:
    """Proves: with the model that is expected, agents, shared subjects and "between" are told as the trees above say.

    Without it: the trees written by hand might be none that the parser gives.
    """
    pytest.importorskip("spacy")
    parsed._spacy.cache_clear()
    text = (
        "Quay talk in the harbour town\n\nEgypt was invited by Norway to ban the import of grain. "
        "Talks between Brazil and Japan on grain were held in Hungary. The exports of Egypt were restricted by Norway.\n"
    )
    found = draft(*describe(text.encode(), "a.txt", "Tide", "2021-03-03"), world(), parse=True).events
    told = {e.type: (e.sources, e.targets) for e in found}
    assert told["ban"] == (("EGY",), ()) and told["restriction"] == (("NOR",), ("EGY",))
    assert told["meeting"] == (("BRA", "JPN"), ())
