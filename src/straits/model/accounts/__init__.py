"""Who gains what of the value of a plan: margins, tariffs, scarcity, duties and shares, actor by actor."""

from straits.model.accounts.division import (
    AT_TARIFF,
    ITEMS,
    OF_OWNERS,
    account_totals,
    accounts,
    books_of,
    entries,
    ledger_of,
)

__all__ = [
    "AT_TARIFF",
    "ITEMS",
    "OF_OWNERS",
    "account_totals",
    "accounts",
    "books_of",
    "entries",
    "ledger_of",
]
