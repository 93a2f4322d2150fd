"""What attackers and histories take from a model in which options are built: patches of its bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from straits.engine.variant import patch_from
from straits.lp import Patch
from straits.model import Effect, Factors, Model
from straits.model.availability import factors_from, spans_of
from straits.model.options import Options


class Closures:
    """Effects on the model with a set of options built.

    Parameters
    ----------
    options : Options
    safe : bool
        Whether the attacker's effects spare what is newly built; histories spare nothing.
    """

    def __init__(self, options: Options, *, safe: bool) -> None:
        self.options, self.safe = options, safe

    def patch(
        self,
        model: Model,
        parts: Mapping[str, float],
        history: Sequence[Effect],
        attack: Sequence[Effect],
    ) -> Patch:
        """Return what effects change of the bounds of a model in which parts of options are built.

        Parameters
        ----------
        model : Model
            That of `Options.built(parts)`.
        parts : mapping of str to float
        history, attack : sequence of Effect
        """
        return patch_from(model, "", self.factors(model, parts, history, attack), (*history, *attack))

    def factors(
        self, model: Model, parts: Mapping[str, float], history: Sequence[Effect], attack: Sequence[Effect]
    ) -> dict[tuple[str, int], np.ndarray]:
        """Return the share of capacity that is left of each asset that is struck, shape (T,) each."""
        every = _shares(model, (*history, *attack))
        if not self.safe or not attack or not parts:
            return every
        spared = _shares(model, history)
        old = self.options.old_share(parts)
        found = {}
        for key, left in every.items():
            share = old.get(owner(model, key))
            own = spared.get(key, model.factors.by_kind[key[0]].get(key[1], np.ones_like(left)))
            # Of what was there before only `left` remains; of what is new, all that history leaves.
            found[key] = left if share is None else share * left + (1.0 - share) * own
        return found


def owner(model: Model, key: tuple[str, int]) -> tuple[str, int]:
    """Return the asset whose capacity an effect takes: for cargo on a link, the link."""
    return ("link", int(model.network.pair_link[key[1]])) if key[0] == "pair" else key


def _shares(model: Model, effects: Iterable[Effect]) -> dict[tuple[str, int], np.ndarray]:
    touched = spans_of(model.network, effects)
    merged = {key: [*model.spans.get(key, ()), *spans] for key, spans in touched.items()}
    fresh: Factors = factors_from(model.network, merged)
    one = np.ones(model.network.T)
    return {key: fresh.by_kind[key[0]].get(key[1], one) for key in merged}
