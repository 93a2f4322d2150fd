"""Names inside sentences: with an article where English wants one, and without a capital where they are no name."""

from __future__ import annotations

import re

#: Words of names of states and alliances that stand with an article: the United States, the European Union, the Netherlands.
_WITH_ARTICLE = re.compile(
    r"^(United|EU|UN|UK|USA?|UAE|G7|G20)\b"
    r"|\b(Union|Organi[sz]ation|Group|League|Council|Alliance|Community|Commonwealth|Cooperation|Republic|Kingdom|States|Emirates|"
    r"Federation|Islands|Netherlands|Philippines|Bahamas|Gambia|Maldives|Seychelles|Comoros)\b"
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
    return f"the {name}" if _WITH_ARTICLE.search(name) and not name.lower().startswith("the ") else name


def in_sentence(name: str) -> str:
    """Return the name of a good as it stands in a sentence: crude oil, but LNG.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return name[0].lower() + name[1:] if re.match(r"[A-Z][a-z]", name) else name


def capital(text: str) -> str:
    """Return a text that begins with a capital, to open a sentence."""
    return text[:1].upper() + text[1:]


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


def as_amount(amount: float) -> str:
    """Write an amount with four digits that count, never as a power of ten: 16,670, not 1.667e+04."""
    return f"{float(f'{amount:.4g}'):,.10g}"


__all__ = ["as_amount", "capital", "in_sentence", "listed", "with_article"]
