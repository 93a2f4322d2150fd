"""What is left to lose by what is spent, without going through all portfolios.

A program with a column for each option chooses a portfolio by planes that lie below its loss. The worst attack on it is then
looked for, with proof, and the duals of the best replies give one more plane, which touches the loss there. When the portfolio
loses no more than the program said, none within that amount loses less. Then the cheapest one that loses no more is a step, and
the next is looked for below its cost (Benders 1962; Israeli and Wood 2002 for the attacks).

Where an option can be built in part, the least loss falls without steps; it is then found at the ends of equal parts of what
could be spent, and between two of them it lies between theirs.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

from straits.engine.executors import Progress
from straits.engine.solve import demand_optimal
from straits.hedge.adversary import Adversary, Facing
from straits.hedge.ask import Hedging
from straits.hedge.choices import Choices, bits
from straits.hedge.mixed.master import Chosen, Master
from straits.hedge.replies.lattice import Lattice
from straits.hedge.replies.past import History
from straits.hedge.replies.slopes import Slopes
from straits.hedge.staircase import Proof, Step
from straits.lp import Basis, Session
from straits.lp.tolerance import SAME

#: Amounts at which a loss that falls without steps is found.
AMOUNTS = 24
#: Share of the cost of everything by which a step must be cheaper than the one above it.
_CHEAPER = 1e-6


class Curve:
    """Searches portfolios of many options, or of parts of options.

    Parameters
    ----------
    h : Hedging
    spend : float
        Portfolios that cost more in a year are left out.
    seconds : float
        Time after which what is not proved keeps its bounds.
    progress : callable, optional
        Called with steps proved, steps found, and nan for the seconds left.
    """

    def __init__(
        self,
        h: Hedging,
        *,
        spend: float = np.inf,
        seconds: float = np.inf,
        progress: Progress | None = None,
    ) -> None:
        self.h, self.choices, self.progress = h, h.choices, progress
        self.histories, self.measure = h.histories.effects, h.measure
        self.deadline = time.perf_counter() + seconds
        self.spend = min(spend, self.choices.cost_of(self.choices.all))
        self.attacks: list[int] = [0]
        self.proofs: dict[int, Proof] = {}
        self.steps: list[Step] = []
        #: All portfolios that were looked at, by their parts.
        self.seen: dict[tuple[float, ...], tuple[Chosen, Proof]] = {}
        self._lattices: dict[tuple[float, ...], Lattice] = {(): h.lattice}
        self._slopes = Slopes(h.choices, h.lattice.closures)
        self._session = Session(h.choices.options.model)
        self._basis: Basis | None = None
        every = self.prove(self.choices.all)
        self._master = Master(self.choices, min(every.least_loss, every.loss))

    @property
    def solves(self) -> int:
        """Linear programs solved so far, by all lattices."""
        return sum(lattice.solves for lattice in self._lattices.values())

    # ------------------------------------------------------------------ one portfolio

    def prove(self, built: int) -> Proof:
        """Find the worst attack on a set of whole options, with proof."""
        if built not in self.proofs:
            self.proofs[built] = self._worst(self.h.lattice, built)
        return self.proofs[built]

    def _lattice(self, chosen: Chosen) -> Lattice:
        part = tuple(round(x, 12) for x in chosen.part) if any(0.0 < x < 1.0 for x in chosen.part) else ()
        if part not in self._lattices:
            old = self.h.lattice
            self._lattices[part] = Lattice(
                replace(self.choices, part=part), old.attacks, old.names, old.scale, safe=old.closures.safe,
                histories=self.histories,
            )  # fmt: skip
        return self._lattices[part]

    def _worst(self, lattice: Lattice, built: int) -> Proof:
        began, solved = time.perf_counter(), lattice.solves
        facing = Facing(lattice, self.histories, self.measure, self.h.ground, built)
        if not self.h.budget:
            loss = -facing.value(0)
            return Proof(0, loss, loss, lattice.solves - solved, time.perf_counter() - began)
        left = max(self.deadline - time.perf_counter(), 0.0)
        found = Adversary(facing, self.h.weights, [a for a in self.attacks[:3] if a], seconds=left).worst(
            self.h.budget
        )
        if found.attack in self.attacks:
            self.attacks.remove(found.attack)
        self.attacks.insert(0, found.attack)
        return Proof(
            found.attack, -found.bound, -found.value, lattice.solves - solved, time.perf_counter() - began
        )

    def _look(self, chosen: Chosen) -> Proof:
        """Find the loss of a portfolio and tell the program of the plane that touches it there."""
        if chosen.part in self.seen:
            return self.seen[chosen.part][1]
        lattice = self._lattice(chosen)
        whole = lattice is self.h.lattice
        proof = self.prove(chosen.built) if whole else self._worst(lattice, chosen.built)
        self.seen[chosen.part] = (chosen, proof)
        losses, slopes = [], []
        for history in self.histories:
            loss, slope = self._below(lattice.choices, chosen.built, history, proof.attack)
            losses.append(loss)
            slopes.append(slope)
        each = np.array(losses)
        weight = self.h.counted(each)
        plane = weight @ np.array(slopes)
        self._master.add(plane, float(weight @ each - plane @ np.array(chosen.part)))
        if whole:
            self._master.add_within(chosen.built, proof.least_loss)
        return proof

    def _below(self, choices: Choices, built: int, history: History, attack: int) -> tuple[float, np.ndarray]:
        """Return the loss in one history under one attack, and by how much it moves with each whole option."""
        model, h = self.choices.options.model, self.h
        effects = (history, [e for i in bits(attack) for e in h.lattice.attacks[i]])
        if self._basis is not None:
            self._session.start_from(self._basis)
        answer = demand_optimal(
            model, self._session.solve(self._slopes.bounds(choices.parts(built), *effects))
        )
        self._basis = self._session.basis()
        found = self._slopes.of(choices, built, effects, (answer.reduced_cost, answer.dual))
        return h.ground + answer.value * h.question.scale, found * h.question.scale

    # ------------------------------------------------------------------ all amounts

    def search(self) -> None:
        """Find the steps from the dearest down, or stop when the time is used up."""
        spend, unit = self.spend, max(self.choices.cost_of(self.choices.all), 1e-12)
        amounts = [spend * k / AMOUNTS for k in range(AMOUNTS)] if self.choices.divisible else [0.0]
        while True:
            step = self._step(spend)
            if self.steps and step.loss <= self.steps[-1].loss + self.near(step.loss):
                self.steps.pop()
            self.steps.append(step)
            if self.progress is not None:
                self.progress(sum(s.proved for s in self.steps), len(self.steps), np.nan)
            if step.cost <= _CHEAPER * unit or time.perf_counter() > self.deadline:
                break
            below = step.cost - _CHEAPER * unit
            spend = max(x for x in amounts if x < below) if self.choices.divisible else below
        if self.steps[-1].portfolio:
            nothing = Chosen(0, (0.0,) * len(self.choices.ids), 0.0)
            proof = self._look(nothing)
            self.steps.append(self._told(nothing, proof, proof.least_loss))
        self.steps.reverse()

    def _step(self, spend: float) -> Step:
        """Find the least loss within an amount, and the cheapest portfolio that has it."""
        chosen, proof, least = self._least_loss(spend)
        near, unit = self.near(proof.loss), max(self.choices.cost_of(self.choices.all), 1e-12)
        while least >= proof.loss - near and time.perf_counter() < self.deadline:
            cheaper = self._master.least_cost(proof.loss + 0.1 * near, self._left())
            if (
                cheaper is None
                or self._master.cost_of(cheaper) > self._master.cost_of(chosen) - self._worth_it * unit
            ):
                break
            other = self._look(cheaper)
            if other.loss <= proof.loss + near:
                chosen, proof = cheaper, other
                break
        return self._told(
            chosen, proof, proof.loss if least >= proof.loss - 2.0 * near else min(least, proof.loss)
        )

    @property
    def _worth_it(self) -> float:
        """Share of the cost of everything that a cheaper portfolio must save: parts could be shaved off for ever."""
        return 1e-4 if self.choices.divisible else 0.0

    def _least_loss(self, spend: float) -> tuple[Chosen, Proof, float]:
        best: tuple[Chosen, Proof] | None = None
        least = -np.inf
        while True:
            chosen = self._master.least_loss(spend, self._left())
            if chosen is None:
                break
            again, least = chosen.part in self.seen, max(least, chosen.bound)
            proof = self._look(chosen)
            if best is None or proof.loss < best[1].loss:
                best = (chosen, proof)
            # A portfolio chosen again cannot be told more of: its plane touches its loss but for rounding.
            if best[1].loss <= least + self.near(least) or again or time.perf_counter() > self.deadline:
                break
        if best is None:
            nothing = Chosen(0, (0.0,) * len(self.choices.ids), -np.inf)
            best = (nothing, self._look(nothing))
        near = self.near(least)
        if best[1].loss <= min(least, best[1].least_loss) + near:
            least = best[1].loss
        return (*best, least)

    def _left(self) -> float:
        return max(self.deadline - time.perf_counter(), 0.1)

    def _told(self, chosen: Chosen, proof: Proof, least: float) -> Step:
        lattice = self._lattice(chosen)
        quiet = lattice.reply((), 0, chosen.built).value - self.h.ground
        losses = Facing(lattice, self.histories, self.measure, self.h.ground, chosen.built).losses(
            proof.attack
        )
        text = lattice.choices.text(chosen.built)
        cost = self._master.cost_of(chosen)
        return Step(
            cost, text, proof.loss, least, proof.attack, quiet, losses, np.nan, proof.solves, proof.seconds
        )

    def portfolios(self) -> pd.DataFrame:
        """Return all portfolios that were looked at, the cheapest first."""
        rows = sorted(
            (
                self._master.cost_of(chosen),
                self._lattice(chosen).choices.text(chosen.built),
                proof.least_loss,
                proof.loss,
            )
            for chosen, proof in self.seen.values()
        )
        frame = pd.DataFrame(rows, columns=["cost", "portfolio", "least_loss", "loss"])
        frame["proved"] = frame["loss"] <= frame["least_loss"] + 1e-9 * (1.0 + frame["loss"].abs())
        return frame[["portfolio", "cost", "least_loss", "loss", "proved"]]

    @staticmethod
    def near(loss: float) -> float:
        """Return what is rounding beside a loss."""
        return 10.0 * SAME * (1.0 + abs(loss)) if np.isfinite(loss) else 0.0


__all__ = ["AMOUNTS", "Curve"]
