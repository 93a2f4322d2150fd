"""Names inside sentences: with an article where English wants one, and without a capital where they are no name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

#: Words of names of states and alliances that stand with an article: the United States, the European Union, the Netherlands.
_WITH_ARTICLE = re.compile(
    r"^(United|EU|UN|UK|USA?|UAE|G7|G20)\b"
    r"|\b(Union|Organi[sz]ation|Group|League|Council|Alliance|Community|Commonwealth|Cooperation|Republic|Kingdom|States|Emirates|"
    r"Federation|Islands|Houthis|Netherlands|Philippines|Bahamas|Gambia|Maldives|Seychelles|Comoros)\b"
)

#: First words of goods that keep their capital: adjectives of states and regions, names of places and grades.
_PROPER = re.compile(
    r"(Afghan|African|Albanian|Algerian|American|Angolan|Arab|Arabian|Arctic|Argentin(e|ian)|Armenian|Asian|Atlantic|Australian|"
    r"Austrian|Azerbaijani|Azeri|Bahraini|Baltic|Bangladeshi|Basrah?|Belarusian|Belgian|Black Sea|Bolivian|Bonny|Bosnian|"
    r"Brazilian|Brent|British|Bulgarian|Cambodian|Canadian|Caspian|Central Asian|Chilean|Chinese|Colombian|Congolese|"
    r"Croatian|Cuban|Cypriot|Czech|Danish|Djiboutian|Dubai|Dutch|Ecuadorian|Egyptian|Emirati|English|Eritrean|Estonian|"
    r"Ethiopian|Eurasian|European|Finnish|French|Gabonese|Georgian|German|Ghanaian|Greek|Hungarian|Icelandic|Indian|"
    r"Indonesian|Iranian|Iraqi|Irish|Israeli|Italian|Japanese|Jordanian|Kashagan|Kazakh(stani)?|Kenyan|Kirkuk|Korean|Kurdish|"
    r"Kuwaiti|Kyrgyz|Latin|Latvian|Lebanese|Libyan|Lithuanian|Malaysian|Maya|Mediterranean|Mexican|Moldovan|Mongolian|"
    r"Moroccan|Mozambican|Murban|Namibian|Nepalese|New Zealand|Nigerian|North Sea|Norwegian|Omani|Pacific|Pakistani|"
    r"Panamanian|Persian|Peruvian|Philippine|Polish|Portland|Portuguese|Qatari|Romanian|Russian|Saudi|Scottish|Serbian|Siberian|"
    r"Singaporean|Slovak|Slovenian|Somali|South African|Soviet|Spanish|Sudanese|Swedish|Swiss|Syrian|Taiwanese|Tajik|Tanzanian|"
    r"Tengiz|Thai|Tunisian|Turkish|Turkmen|Ukrainian|Urals|Uzbek|Venezuelan|Vietnamese|Western Canadian|Yemeni|Zambian)\b"
)


def with_article(name: str) -> str:
    """Return the name of a state or alliance as it stands in a sentence: the European Union, but Kazakhstan.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        Without a change where the name begins with an article already.
    """
    # Of "Buyers in the European Union" it is the buyers who would have it, and they are none of these.
    head = re.split(r"\s+(?:of|on|in|from|with|at|for)\s", name)[0]
    return f"the {name}" if _WITH_ARTICLE.search(head) and not name.lower().startswith("the ") else name


def in_sentence(name: str) -> str:
    """Return the name of a good as it stands in a sentence: crude oil, but LNG, Russian gas and Brent crude.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    proper = _PROPER.match(name) or not re.match(r"[A-Z][a-z]", name)
    return name if proper else name[0].lower() + name[1:]


def capital(text: str) -> str:
    """Return a text that begins with a capital, to open a sentence."""
    return text[:1].upper() + text[1:]


#: Heads of names that stand for many: who does something ("Buyers on the open sea"), and small letters ("container lines").
_MANY = re.compile(
    r"(?:\w{3,}(?:ers|ors)|Houthis|Ships|Companies|Households|Rebels|Pirates|Militants|Allies|Forces|[a-z]+(?<![aiusAIUS])s)"
)


def if_more(known: float, loss: float) -> str:
    """Say behind a loss that all know of from the start why it is more than the same by surprise; nothing where it is not.

    What is sent in ignorance may strand, what is sent knowingly may not, and a step that ends in a closure is sent whole or not.
    A gain that is less is no loss.
    """
    more = known > max(0.0, loss + 0.005 * abs(loss))
    return ": more, since nobody sends knowingly what would strand" if more else ""


def remaining(loss: float, write: Callable[[float], str], said: str = "{} remain to be lost") -> str:
    """Say what is left to lose; below zero, what is built earns more than is lost.

    Parameters
    ----------
    loss : float
    write : callable
        Writes an amount with its unit.
    said : str
        How a loss is told, with `{}` in the place of its amount.
    """
    if loss < 0:
        return f"nothing remains to be lost, with {write(-loss)} more than undisturbed with nothing built"
    return said.format(write(loss))


def agreeing(name: str, verb: str) -> str:
    """Return a verb as it stands behind a name: Kazakhstan withholds, but Buyers on the open sea withhold.

    Parameters
    ----------
    name : str
        With or without an article.
    verb : str
        Behind one: loses, has, goes.

    Returns
    -------
    str
        The same, or the form of many, where the noun before "of", "on", "with" or a bracket is one of many.
    """
    bare = name.removeprefix("the ").strip()
    head = re.split(r"\s+(?:of|on|in|from|with|at|for|and)\s|\s*[(,]", bare)[0].split(" ")
    # A capital behind the first word is part of a name: Russian Railways, the United States.
    many = _MANY.fullmatch(head[-1]) and (len(head) == 1 or not head[-1][:1].isupper())
    if not many and not re.search(r"\band (?:the )?others?\b", bare):
        return verb
    return {"has": "have", "is": "are", "does": "do"}.get(verb, re.sub(r"(?<=o)es$|s$", "", verb))


def counted(number: float, name: str) -> str:
    """Return a number with what it counts: 1 row, 1,200 rows, 1.5 closures."""
    amount = f"{int(number):,}" if number == int(number) else f"{number:g}"
    return f"{amount} {name}" + ("" if number == 1 else "s")


def listed(names: list[str]) -> str:
    """Return names as a list in a sentence: a, b and c; with semicolons where a name holds a comma itself.

    Parameters
    ----------
    names : list of str

    Returns
    -------
    str
    """
    if any("," in name for name in names) and len(names) > 1:
        return "; ".join(names)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


#: Digits that count of amounts in sentences: more where who shows them rounds them himself, as a report does.
_DIGITS: ContextVar[int] = ContextVar("digits of amounts in sentences", default=4)


@contextmanager
def unrounded() -> Iterator[None]:
    """Write amounts in sentences with ten digits, for who rounds them himself: what is rounded twice is wrong at times."""
    before = _DIGITS.set(10)
    try:
        yield
    finally:
        _DIGITS.reset(before)


def as_amount(amount: float, digits: int | None = None) -> str:
    """Write an amount with four digits that count, never as a power of ten: 16,670, not 1.667e+04, and 0.00002, not 2e-05.

    Parameters
    ----------
    amount : float
    digits : int, optional
        Others than four; nothing rounds these again.

    Returns
    -------
    str
    """
    text = f"{amount + 0.0:.{digits or _DIGITS.get()}g}"  # nothing has no sign
    return f"{Decimal(text):,f}" if math.isfinite(amount) else text


def in_millions(amount: float, decimals: int = 0) -> str:
    """Write an amount of money in millions; one that would round to nothing with two digits that count."""
    if abs(amount) >= 10.0 ** (6 - decimals):
        return f"{amount / 1e6:,.{decimals}f}"
    return as_amount(amount / 1e6, 2)


def as_whole(amount: float) -> str:
    """Write an amount of goods without a fraction, but with its digits where who shows it rounds it himself."""
    return f"{round(amount, 0) + 0.0:,.0f}" if _DIGITS.get() == 4 else as_amount(amount)


def as_money(amount: float) -> str:
    """Write millions, or a price: whole from a hundred on, below it with the digits that count."""
    return as_whole(amount) if abs(amount) >= 100 else as_amount(amount)


__all__ = [
    "as_amount",
    "as_money",
    "as_whole",
    "capital",
    "in_sentence",
    "listed",
    "unrounded",
    "with_article",
]
