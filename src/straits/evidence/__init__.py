"""From press report to sourced claim and dated event: documents, drafts, review, and what of them enters a case.

Knows nothing of models. Its rooms, each of which knows only those before it: `finding` (what stands in a piece of text),
`documents` (what a file is), `ledger` (what is kept), `drafting` (what rules or a language model propose), `review` (what a
person says of it), `use` (rows of a case, tables, files for others). `records`, `text` and `edtf` are words common to all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

_HOME = {
    "Ledger": "straits.evidence.ledger.ledger",
    "draft": "straits.evidence.drafting.drafts",
    "timeline": "straits.evidence.use.tables",
    "terms": "straits.evidence.use.tables",
    "OpenParameters": "straits.evidence.use.parameters",
    "Setting": "straits.evidence.use.parameters",
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
    from straits.evidence.use.parameters import OpenParameters as OpenParameters
    from straits.evidence.use.parameters import Setting as Setting
    from straits.evidence.use.tables import terms as terms
    from straits.evidence.use.tables import timeline as timeline

__getattr__, __dir__ = on_first_use(__name__, _HOME)
