"""What an account counts as: a budget, a company, consumers, a group of many, cargo under way, or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.case.ownership import NOBODY

if TYPE_CHECKING:
    from straits.case.case import Case

#: Kinds of parties, in the order of reports.
KINDS = ("budget", "company", "consumer", "group", "cargo", "nobody")

_OF_CONSUMERS = ("buyer surplus", "unmet demand")
#: Worth of cargo that no supply of the run brought: it stands with the state of origin, and is no receipt of its treasury.
_OF_CARGO = ("on the way at the start", "stranded", "untraced")


def kind_of(case: Case, actor: str, item: str) -> str:
    """Give what an entry of the accounts counts as, one of `KINDS`.

    What buyers gain and lose is the consumers', whoever buys. Of the rest, what states, authorities, courts and alliances have is
    a budget, what companies have a company's; groups of many stand apart.
    """
    if actor.startswith(NOBODY):
        return "nobody"
    if item in _OF_CARGO:
        return "cargo"
    if item in _OF_CONSUMERS:
        return "consumer"
    row = case.rows("actors").get(actor)
    if row is None:
        return "cargo"  # cargo whose origin is not kept
    if row.kind == "group":
        return "group" if row.state is None else "company"
    return "company" if row.kind == "company" else "budget"
