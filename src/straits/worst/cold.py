"""Attacks held against cold solves of the whole program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from straits.engine.cold import Told, check_cold, drawn
from straits.engine.variant import combine
from straits.worst.oracle import bits
from straits.worst.question import Question


def check_attacks(question: Question, lost: Mapping[int, float], check: int) -> dict[str, Any]:
    """Solve some attacks cold and compare what each takes from what replies maximise; see `straits.engine.cold.check_cold`.

    Parameters
    ----------
    question : Question
    lost : mapping of int to float
        Attack (bits) to what it takes, in the unit of the question; of accounts, in million currency of all together.
    check : int
        How many, drawn at random.
    """
    chosen = drawn((attack for attack in lost if attack), check)
    closed = {a: combine(question.model, [question.patches[i] for i in bits(a)]) for a in chosen}
    told = {
        f"closing {', '.join(question.names[i] for i in bits(a))}": Told(lost[a], None, closed[a])
        for a in chosen
    }
    return check_cold(question.model, told, scale=question.scale)
