"""What the tables of a comparison are called."""

from __future__ import annotations

#: Tables of a comparison, and what each says.
TABLES = {
    "summary": "What each scenario costs",
    "states": "Gains and losses by state",
    "parties": "Gains and losses by budget, companies and consumers",
    "value_parts": "What the joint value that is lost is made of",
    "exposures": "What world prices bring those beyond the network, outside all accounts",
    "world_prices": "World prices",
    "scarcity": "Scarcity by the rule that moved it",
    "imports": "What states use, make and bring in",
    "entries": "By which links goods enter states",
    "lost_exports": "Flow lost on each corridor",
    "export_loss": "Sales abroad lost",
    "actors": "Gains and losses by actor",
    "storage": "Content of stores",
    "storage_days": "Days that stores could take in what passes them",
    "fleets": "Vessel-days and joint capacities used",
    "built": "What options bring and cost",
    "processes": "What processes take in and make",
    "bottlenecks": "Worth of one more unit of each bottleneck",
    "unmet": "Promised and not delivered",
    "shortfall": "Agreed and not moved",
    "stranded": "Sent before it was known that nothing leads on",
    "circles": "Would have gone round",
    "steps": "Answers in the steps of the case, and in steps that fit the scenario",
    "foresights": "Answers if all had known it from the start, and as a surprise",
    "bypass": "Going round the state that the focus names",
    "back_test": "Modelled beside observed",
}
