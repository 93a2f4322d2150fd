"""Numbers are read in sentences of English and Russian alone."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.languages import is_read

ENGLISH = (
    "The port carried 5 million tonnes of coal in May, and the operator said that the work goes on as it did before that month.",
    "Exports: 300 TEU per week via La Paz.",
    "Ursula von der Leyen told Le Monde and La Repubblica of the 55 bcm.",
    "Rio de la Plata and Mar del Plata shipped 5 Mt to the coast.",
)
RUSSIAN = (
    "Порт перевалил 5 млн тонн угля, и оператор сообщил, что работа идет.",
    "Экспорт нефти: 67 млн тонн.",
    "Глава АО «ҚазМұнайГаз» сообщил о 5 млн тонн.",
)
OTHERS = (
    "Deutschland importierte rund 55 Mrd. m³ Gas pro Jahr, und der Hafen ist seit Mai geschlossen.",
    "La France importe 12 000 t par an, et le prix est de 85 euros le baril.",
    "El puerto movió 300 TEU al mes y 40 km de vías para los trenes.",
    "Il porto ha movimentato 300 TEU al mese, e la linea è lunga 40 km per gli anni che vengono dalla costa.",
    "Портта жылына 67 млн тонна мұнай ашылады.",
    "Тәулігіне 1,2 млн баррель өндіріледі.",
    "Україна отримала 5 млн тонн на рік, це багато.",
)


@pytest.mark.parametrize(("text", "language"), [*((t, "en") for t in ENGLISH), *((t, "ru") for t in RUSSIAN)])
def test_what_is_read(text: str, language: str) -> None:
    """Proves: English with names of elsewhere, and Russian with a Kazakh name, are read.

    Without it: their numbers would be lost.
    """
    assert is_read(text, language)
    assert is_read(text, "en+ru")


@pytest.mark.parametrize("text", OTHERS)
@pytest.mark.parametrize("language", ["en", "ru", "en+ru", "und-Latn", "kk", "uk", "de"])
def test_what_is_not_read(text: str, language: str) -> None:
    """Proves: a sentence of another language is told, even in a document of English or Russian. Without it: see below."""
    assert not is_read(text, language)


def test_a_sentence_shows_its_language_where_the_document_has_another() -> None:
    """Proves: in a document of another language a bare number is left, an English or Russian sentence is read.

    Without it: short lines of a German page would be read as English.
    """
    assert not is_read("300 TEU pro Woche", "und-Latn") and not is_read("Umschlag: 300 TEU", "und-Latn")
    assert is_read("It carried 300 TEU in the year", "und-Latn") and is_read("Umschlag: 300 TEU", "en")
    assert not is_read("67 млн тонна экспорт", "kk") and is_read(
        "Порт сообщил о 67 млн тонн и закрылся", "kk"
    )


@pytest.mark.parametrize("text", OTHERS)
def test_another_language_has_no_quantities(text: str) -> None:
    """Proves: of a document whose language is not read no quantity is drafted, and it says so.

    Without it: 55 thousand million cubic metres a year were an amount, since "pro Jahr" and "жылына" are no periods here.
    """
    found = draft(*describe(f"{text} {text}\n\n{text}\n".encode(), "a.txt", "Tide", "2021-03-03"))
    assert found.quantities == [] and len(found.warnings) == 1
