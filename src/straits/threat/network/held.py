"""What an answer about a threat holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from straits.results.result import Result
from straits.threat.games.exchange import to_efg, to_nfg
from straits.threat.network.shape import SENDER_PLANS, TARGET_PLANS, round_matrices, round_tree

if TYPE_CHECKING:
    from straits.threat.games.tree import Tree


class Threatened(Result):
    """Who can take what from whom, at what own cost, until when, and what follows.

    Money is in million currency of the case; a loss or cost below zero is a gain.

    Attributes
    ----------
    verdicts : DataFrame
        question, package (blank: as it is), step (from which its options work), scarcity (who keeps it: the rules of the
        `case`, `owners`, or nobody who owns, `tariffs`), verdict (yes, no, open), gap with its ends (above 0 is yes),
        turns_on (the number that turns it) and turns_at (its value there).
    thresholds : DataFrame
        By package and step: least_retreat_cost, most_asked, joint_loss, each with its ends where it has some.
    payoffs, items : DataFrame
        What one act takes, by options built and by actor, and by item of the account.
    destroyed : DataFrame
        What carrying out destroys: each actor's loss, that of each bystander, and leverage before and after.
    decay : DataFrame
        By package and step: loss of the target, own cost, ratio, joint loss.
    play : DataFrame
        question about the course of things, verdict wherever in their intervals the numbers lie (yes, no, open), at_points (the
        same at the points), and a row for each number that alone turns it: turns_on, turns_at.
    path : DataFrame
        What happens step by step in the first equilibrium, at the points of all numbers.
    equilibria : DataFrame
        All equilibria found: values, steps with a threat, with compliance, carried out, and what is started when.
    demands : DataFrame
        What each demand would bring: grab or milk.
    beliefs : DataFrame
        Equilibria of threat and reply over the sender's types.
    brinkmanship, bargain, guarantees, secondary : DataFrame
        Where they have a meaning.
    parameters : dict
    """

    @property
    def verdicts(self) -> pd.DataFrame:
        """Yes, no or open, and what turns it."""
        return self.tables["verdicts"]

    @property
    def thresholds(self) -> pd.DataFrame:
        """Least retreat cost and most that can be asked, by state of the network."""
        return self.tables["thresholds"]

    @property
    def payoffs(self) -> pd.DataFrame:
        """What one act takes, by actor."""
        return self.tables["payoffs"]

    @property
    def items(self) -> pd.DataFrame:
        """What one act takes, by item of the account."""
        return self.tables["items"]

    @property
    def destroyed(self) -> pd.DataFrame:
        """What carrying out destroys."""
        return self.tables["destroyed"]

    @property
    def decay(self) -> pd.DataFrame:
        """Leverage and own cost by step."""
        return self.tables["decay"]

    @property
    def play(self) -> pd.DataFrame:
        """What happens wherever in their intervals the numbers lie."""
        return self.tables["play"]

    @property
    def path(self) -> pd.DataFrame:
        """What happens step by step."""
        return self.tables["path"]

    @property
    def equilibria(self) -> pd.DataFrame:
        """All equilibria found."""
        return self.tables["equilibria"]

    @property
    def demands(self) -> pd.DataFrame:
        """What each demand would bring."""
        return self.tables["demands"]

    @property
    def bargain(self) -> pd.DataFrame:
        """What each would have of a bargain."""
        return self.tables["bargain"]

    @property
    def tree(self) -> Tree:
        """One round now as a tree, with types as moves of chance."""
        return round_tree(self.parameters)

    def efg(self) -> str:
        """Return one round as text that Gambit reads, `.efg`."""
        return to_efg(self.tree)

    def nfg(self) -> str:
        """Return one round of a sender whose costs are known as a matrix that Gambit reads, `.nfg`."""
        a, b = round_matrices(self.parameters)
        p = self.parameters
        return to_nfg(
            a, b, players=(p["sender"], p["target"]), strategies=(SENDER_PLANS, TARGET_PLANS), title=f"{p['threat']}: one round"
        )  # fmt: skip


__all__ = ["Threatened"]
