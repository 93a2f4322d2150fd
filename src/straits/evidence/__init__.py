"""From press report to sourced claim and dated event: documents, drafts, review, and what of them enters a case.

Knows nothing of models. `Ledger` keeps documents and judgements, `draft` proposes records by rules, `into_case` turns accepted
records into rows of a case, `tables` gives the timeline and the terms for a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

_HOME = {
    "Ledger": "straits.evidence.ledger.ledger",
    "draft": "straits.evidence.drafting.drafts",
    "timeline": "straits.evidence.use.tables",
    "terms": "straits.evidence.use.tables",
    "to_claim": "straits.evidence.use.into_case",
    "to_measure": "straits.evidence.use.into_case",
    "to_scenario": "straits.evidence.use.into_case",
}

__all__ = [*_HOME]

if TYPE_CHECKING:
    from straits.evidence.drafting.drafts import draft as draft
    from straits.evidence.ledger.ledger import Ledger as Ledger
    from straits.evidence.use.into_case import to_claim as to_claim
    from straits.evidence.use.into_case import to_measure as to_measure
    from straits.evidence.use.into_case import to_scenario as to_scenario
    from straits.evidence.use.tables import terms as terms
    from straits.evidence.use.tables import timeline as timeline

__getattr__, __dir__ = on_first_use(__name__, _HOME)
