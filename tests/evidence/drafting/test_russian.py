"""Russian: what is said and given without the extra, and the frames with it."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from straits.errors import MissingExtra
from straits.evidence.documents.document import describe
from straits.evidence.drafting import russian
from straits.evidence.drafting.drafts import Drafts, draft
from straits.evidence.finding.gazetteer import world
from straits.evidence.ledger.validate import problems_of

TEXT = (
    "Спор о причале\n\n6 июля 2022 года Казахстан приостановил отгрузку 300 тонн нефти через порт. "
    "Это случилось летом в порту.\n"
)


def drafts(text: str) -> Drafts:
    return draft(*describe(text.encode(), "a.txt", "Tide", "2022-07-12"), world())


def without_natasha(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "natasha", None)
    russian._natasha.cache_clear()


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: without the extra a Russian document gives its dates and numbers, and ends with a warning that names the
    language, the share of the text and the extra; a document half in English names its share; an English one says nothing.
    Without it: a Russian article would give nothing and say nothing."""
    without_natasha(monkeypatch)
    found = drafts(TEXT)
    assert found.events == [] and [d.value for d in found.dates] == ["2022-07-06"]
    assert [(q.value, q.unit) for q in found.quantities] == [(300.0, "t")]
    last = found.warnings[-1]
    assert "all of it is in Russian" in last and "straits[russian]" in last
    english = "The court of the harbour town has lifted the ban on the export of oil to the whole of the world and that is it."
    mixed = drafts(TEXT + "\n" + english + "\n")
    assert "% of its letters are in Russian" in mixed.warnings[-1]
    assert drafts("Quay talk in the town\n\n" + english).warnings == []
    with pytest.raises(MissingExtra, match=r"straits\[russian\]"):
        russian.reader()


def test_another_version_of_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: another version than expected is refused: what was found, what is expected, how to install it.
    Without it: other models would give other drafts under one name."""
    monkeypatch.setitem(sys.modules, "natasha", type(sys)("natasha"))
    monkeypatch.setattr(russian.metadata, "version", lambda name: "2.0.1")
    russian._natasha.cache_clear()
    with pytest.raises(russian.ModelError, match=r"found 2\.0\.1; expected 1\.6\.x.*straits\[russian\]"):
        russian.reader()
    with pytest.raises(russian.ModelError):
        drafts(TEXT)


@pytest.mark.parametrize(
    ("sentence", "kind", "sources", "targets", "goods", "modality"),
    [
        (
            "Польша ограничила импорт зерна с Украины.",
            "restriction",
            ("POL",),
            ("UKR",),
            ("grain",),
            "asserted",
        ),
        ("Порт был закрыт из-за шторма.", "closure", (), (), (), "asserted"),
        (
            "Министр энергетики Узбекистана подписал соглашение с Китаем.",
            "agreement",
            ("UZB", "CHN"),
            (),
            (),
            "asserted",
        ),
        ("Литва может запретить транзит угля.", "ban", ("LTU",), (), ("coal",), "hypothetical"),
        ("Путин прибыл в Ташкент.", "visit", ("RUS",), ("UZB",), (), "asserted"),
        (
            "Иран пригрозил остановить экспорт газа в Турцию.",
            "threat",
            ("IRN",),
            ("TUR",),
            ("gas",),
            "asserted",
        ),
    ],
)
def test_frames_of_russian(
    sentence: str,
    kind: str,
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    goods: tuple[str, ...],
    modality: str,
) -> None:
    """Proves: type, parties as states, goods and modality of Russian sentences; the origin names the parser; drafts pass the
    ledger's checks.
    Without it: the extra would add noise that nobody can place."""
    pytest.importorskip("natasha")
    russian._natasha.cache_clear()
    raw = "Спор о причале\n\n" + sentence + "\n"
    document, reading = describe(raw.encode(), "a.txt", "Tide", "2022-07-12")
    (event,) = draft(document, reading, world()).events
    found: Any = (event.type, event.source_states, event.target_states, event.goods, event.modality)
    assert found == (kind, sources, targets, goods, modality)
    assert "natasha 1.6" in event.origin.version and problems_of(event, raw, document, world()) == []


@pytest.mark.parametrize(
    ("sentence", "modality"),
    [
        ("Министр опроверг, что Россия закрыла трубопровод.", "denied"),
        ("Сообщения о том, что Россия закрыла трубопровод, не соответствуют действительности.", "denied"),
        ("Россия отказалась закрыть трубопровод.", "denied"),
        ("Россия хочет закрыть трубопровод.", "hypothetical"),
        ("Министр сообщил, что Россия закрыла трубопровод.", "asserted"),
        ("Россия закрыла трубопровод с 6 июля.", "asserted"),
        ("Россия не планирует закрыть трубопровод.", "denied"),
        ("Россия не собирается закрывать трубопровод.", "denied"),
        ("Украина призвала Россию закрыть трубопровод.", "hypothetical"),
        ("Россия просит закрыть трубопровод.", "hypothetical"),
        ("Россия и Китай договорились закрыть трубопровод.", "planned"),
        ("Если Россия не закроет трубопровод, поставки вырастут.", "hypothetical"),
    ],
)
def test_what_is_denied_in_russian(sentence: str, modality: str) -> None:
    """Proves: a closure that a minister denies, that is refused or threatened is told as such. Without it: it was asserted."""
    pytest.importorskip("natasha")
    found = drafts(
        f"Новости порта\n\n{sentence} Об этом сообщили в порту, работа которого идет как и раньше.\n"
    ).events
    assert [e.modality for e in found if e.type == "closure"] == [modality]


def test_who_is_asked_acts_and_what_flows_does_not() -> None:
    """Proves: whom somebody asks to do it is its source; a flow that falls by itself is a change of trade and acts for
    nobody; how long an order lasts is read.
    Without it: Ukraine closed the straits that it asked Turkey to close, and "экспорт" restricted."""
    pytest.importorskip("natasha")
    russian._natasha.cache_clear()
    (stop,) = (
        e for e in drafts("Новости порта\n\nУкраина призвала Турцию закрыть проливы для судов.\n").events
    )
    assert (stop.type, stop.source_states) == ("closure", ("TUR",))
    (fall,) = drafts("Новости порта\n\nЭкспорт зерна снизился в июне на 15%.\n").events
    assert (fall.type, fall.sources, fall.when and fall.when.value) == ("trade_change", (), "2022-06")
    (order,) = drafts(
        "Новости порта\n\nСуд приостановил работу терминала на тридцать или на 30 дней.\n"
    ).events
    assert (order.duration, order.duration_text) == ("P30D", "30 дней")
