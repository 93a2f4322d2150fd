"""All that an answer about a threat is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from straits.threat.network.packages import Backing, Numbers, Schedule
from straits.threat.network.play import Played, Terms

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.threats import Threat
    from straits.threat.network.states import States
    from straits.threat.network.wherever import Verdict


@dataclass(frozen=True)
class Question:
    """A threat, its payoffs and its game, solved.

    Attributes
    ----------
    lasting : (float, int)
        Sustainable demand, and the package that bounds it (-1: none).
    everywhere : list of Verdict
        What holds of the play wherever in their intervals the numbers lie.
    """

    case: Case
    threat: Threat
    states: States
    plans: list[Schedule]
    numbers: Numbers
    backing: Backing
    terms: Terms
    played: Played
    lasting: tuple[float, int]
    everywhere: list[Verdict]

    @property
    def types(self) -> list[tuple[str, float, float, float]]:
        """Types of sender: id, chance, own cost and retreat cost; one type, `sender`, where its costs are known."""
        _, own = self.backing.of(self.states, ())
        retreat = self.numbers.retreat.point
        added = self.backing.retaliation.point
        return [
            (
                t.id,
                t.probability,
                own.point if t.own_cost is None else t.own_cost.point + added,
                retreat if t.retreat_cost is None else t.retreat_cost.point,
            )
            for t in self.threat.resolve
        ] or [("sender", 1.0, own.point, retreat)]


__all__ = ["Question"]
