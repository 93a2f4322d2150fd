"""Subgame perfection: solve a tree from its ends, subgame by subgame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from straits.threat.games.bimatrix import MOST, bimatrix
from straits.threat.games.exact import ONE, ZERO, Vector
from straits.threat.games.tree import Info, Tree, expected

#: Chances of the moves of each information set, by its name.
Strategies = dict[str, dict[str, Fraction]]
#: A plan of one player in one subgame: a move for each information set that the plan can come to.
_Plan = dict[int, str]

#: Most equilibria that are listed, and most profiles of pure plans that are tried in one subgame.
MOST_LISTED = 1000
MOST_PROFILES = 100_000


@dataclass(frozen=True)
class Profile:
    """A subgame-perfect equilibrium.

    Attributes
    ----------
    strategies : dict of str to dict of str to Fraction
        For each information set by name, the chance of each move; moves of chance 0 are left out.
    payoffs : tuple of Fraction
    """

    strategies: Strategies
    payoffs: Vector

    @property
    def pure(self) -> bool:
        """Whether nobody mixes."""
        return all(len(moves) == 1 for moves in self.strategies.values())


@dataclass(frozen=True)
class Perfect:
    """The subgame-perfect equilibria of a tree.

    Attributes
    ----------
    tree : Tree
    equilibria : tuple of Profile
        Where a player is indifferent between moves, one for each of them; mixtures of these are equilibria too where nobody
        before that player would then do otherwise.
    ties : tuple of str
        Information sets at which moves tie in some equilibrium.
    stops : tuple of str
        Where the search is not complete, and why; empty if all are found.
    """

    tree: Tree
    equilibria: tuple[Profile, ...]
    ties: tuple[str, ...]
    stops: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.equilibria)

    def path(self, which: int = 0) -> tuple[str, ...]:
        """Return the moves of one equilibrium from the root, each time the likeliest, chance too, the first of several."""
        spot, moves = self.tree.spots[0], []
        while spot.children:
            if spot.player < 0:
                chances = dict(zip(spot.moves, spot.chances, strict=True))
            else:
                chances = self.equilibria[which].strategies[self.tree.infos[spot.info].name]
            move = max(chances, key=lambda m: (chances[m], -spot.moves.index(m)))
            moves.append(move)
            spot = self.tree.spots[spot.children[spot.moves.index(move)]]
        return tuple(moves)


def solve(tree: Tree) -> Perfect:
    """Find the subgame-perfect equilibria of a tree.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    Perfect

    Notes
    -----
    Backward induction (Selten 1965) over subgames: a node alone in its information set, below which no set reaches outside.
    With perfect information all equilibria in pure strategies are found. A subgame with information sets becomes a matrix of
    reduced plans: of one player it is a maximum; of two with at most 6 plans each all equilibria are found (`bimatrix`); of
    more, only those in pure plans, and `stops` says so. All in fractions.
    """
    return _Solver(tree).run()


class _Solver:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.ties: dict[str, None] = {}
        self.stops: dict[str, None] = {}
        # A set that reaches outside a subtree has a node before or behind it.
        self.first = [info.nodes[0] for info in tree.infos]
        self.last = [info.nodes[-1] for info in tree.infos]
        self.root = [self._is_root(s.number) for s in tree.spots]

    def run(self) -> Perfect:
        solved: dict[int, list[Profile]] = {}
        for spot in reversed(self.tree.spots):
            if self.root[spot.number]:
                solved[spot.number] = self._solve(spot.number, solved)
        return Perfect(self.tree, tuple(solved[0]), tuple(self.ties), tuple(self.stops))

    def _is_root(self, number: int) -> bool:
        below = self.tree.subtree(number)
        if self.tree.spots[number].info >= 0 and len(self.tree.infos[self.tree.spots[number].info].nodes) > 1:
            return False
        sets = {self.tree.spots[k].info for k in below} - {-1}
        return all(below.start <= self.first[i] and self.last[i] < below.stop for i in sets)

    def _solve(self, number: int, solved: Mapping[int, list[Profile]]) -> list[Profile]:
        """Solve a subgame whose own subgames are solved."""
        spot = self.tree.spots[number]
        if not spot.children:
            return [Profile({}, spot.node.payoffs)]  # type: ignore[union-attr]
        inside, leaves = self._block(number)
        found: list[Profile] = []
        for choice in product(*(solved[leaf] for leaf in leaves)):
            below = dict(zip(leaves, choice, strict=True))
            rest: Strategies = {}
            for profile in choice:
                rest |= profile.strategies
            payoffs = {leaf: profile.payoffs for leaf, profile in below.items()}
            for strategies, worth in self._equilibria(inside, payoffs):
                found.append(Profile({**strategies, **rest}, worth))
                if len(found) > MOST_LISTED:
                    self.stops[f"more than {MOST_LISTED} equilibria; the first of them are listed"] = None
                    return found[:MOST_LISTED]
        return found

    def _block(self, number: int) -> tuple[list[int], list[int]]:
        """Return the nodes of a subgame that belong to none of its own subgames, and the roots of these."""
        inside: list[int] = []
        leaves: list[int] = []
        open_ = [number]
        while open_:
            at = open_.pop()
            inside.append(at)
            for child in self.tree.spots[at].children:
                (leaves if self.root[child] else open_).append(child)
        return sorted(inside), sorted(leaves)

    def _equilibria(
        self, inside: Sequence[int], payoffs: Mapping[int, Vector]
    ) -> Iterator[tuple[Strategies, Vector]]:
        """Yield the equilibria of a subgame with its own subgames replaced by their payoffs."""
        top = self.tree.spots[inside[0]]
        if len(inside) == 1:
            worths = [payoffs[child] for child in top.children]
            if top.player < 0:
                yield {}, expected(top.chances, worths)
                return
            best = max(worth[top.player] for worth in worths)
            chosen = [k for k, worth in enumerate(worths) if worth[top.player] == best]
            name = self.tree.infos[top.info].name
            if len(chosen) > 1:
                self.ties[name] = None
            for k in chosen:
                yield {name: {top.moves[k]: ONE}}, worths[k]
            return
        sets = [i for i in range(len(self.tree.infos)) if self.tree.infos[i].nodes[0] in set(inside)]
        players = sorted({self.tree.infos[i].player for i in sets})
        plans = {
            p: _plans([(i, self.tree.infos[i]) for i in sets if self.tree.infos[i].player == p])
            for p in players
        }
        block = _Block(self.tree, inside, payoffs)
        small = len(players) == 2 and all(len(plans[p]) <= MOST for p in players)
        # Where a player's own plan does not lead, its first move stands: it changes nothing.
        anything = {self.tree.infos[i].name: {self.tree.infos[i].moves[0]: ONE} for i in sets}
        for strategies, worth in (self._mixed if small else self._pure)(block, players, plans):
            yield {**anything, **strategies}, worth

    def _mixed(
        self, block: _Block, players: Sequence[int], plans: Mapping[int, list[_Plan]]
    ) -> Iterator[tuple[Strategies, Vector]]:
        mine, theirs = players
        table = [[block.worth({**a, **b}) for b in plans[theirs]] for a in plans[mine]]
        game = bimatrix(*([[cell[p] for cell in row] for row in table] for p in players))
        if game.degenerate:
            self.stops[
                f"the subgame at node {block.top} is degenerate: mixtures of the equilibria listed can be equilibria too"
            ] = None
        for mixed in game:
            strategies = {
                **_behaviour(self.tree, plans[mine], mixed.row),
                **_behaviour(self.tree, plans[theirs], mixed.column),
            }
            chances = [x * y for x in mixed.row for y in mixed.column]
            yield strategies, expected(chances, [cell for row in table for cell in row])

    def _pure(
        self, block: _Block, players: Sequence[int], plans: Mapping[int, list[_Plan]]
    ) -> Iterator[tuple[Strategies, Vector]]:
        """Yield equilibria in pure plans; of one player these are the best plans, and nothing is missed."""
        sizes = [len(plans[p]) for p in players]
        count = 1
        for size in sizes:
            count *= size
        shape = " x ".join(map(str, sizes))
        if count > MOST_PROFILES:
            self.stops[
                f"the subgame at node {block.top} has {shape} plans; at most {MOST_PROFILES:,} profiles are tried: no "
                "equilibrium is given"
            ] = None
            return
        if len(players) > 1:
            self.stops[
                f"the subgame at node {block.top} has {shape} plans; mixed equilibria are sought up to {MOST} x {MOST} for two "
                "players: only those in pure plans are given"
            ] = None
        worth = {
            at: block.worth(_joined([plans[p][k] for p, k in zip(players, at, strict=True)]))
            for at in product(*map(range, sizes))
        }
        for at, value in worth.items():
            if all(
                value[p] >= worth[(*at[:i], k, *at[i + 1 :])][p]
                for i, p in enumerate(players)
                for k in range(sizes[i])
            ):
                strategies: Strategies = {}
                for p, k in zip(players, at, strict=True):
                    strategies |= _behaviour(self.tree, [plans[p][k]], (ONE,))
                yield strategies, value


def _joined(plans: Sequence[_Plan]) -> _Plan:
    return {info: move for plan in plans for info, move in plan.items()}


def _plans(sets: Sequence[tuple[int, Info]]) -> list[_Plan]:
    """Return the reduced plans of one player: no move where the plan itself does not lead."""
    own, plans = {i for i, _ in sets}, [_Plan()]
    for number, info in sets:  # what a set comes after stands before it
        longer: list[_Plan] = []
        for plan in plans:
            leads = all(plan.get(i) == move for i, move in info.history if i in own)
            longer += [{**plan, number: move} for move in info.moves] if leads else [plan]
        plans = longer
        if len(plans) > MOST_PROFILES:
            break
    return plans


def _behaviour(tree: Tree, plans: Sequence[_Plan], weights: Sequence[Fraction]) -> Strategies:
    """Return a mixture of plans as chances of moves (Kuhn 1953)."""
    found: Strategies = {}
    for info in dict.fromkeys(i for plan in plans for i in plan):
        chances: dict[str, Fraction] = {}
        for plan, weight in zip(plans, weights, strict=True):
            if weight and info in plan:
                chances[plan[info]] = chances.get(plan[info], ZERO) + weight
        if total := sum(chances.values(), ZERO):
            found[tree.infos[info].name] = {move: weight / total for move, weight in chances.items()}
    return found


class _Block:
    """A subgame without its own subgames, which are worth their payoffs."""

    def __init__(self, tree: Tree, inside: Sequence[int], payoffs: Mapping[int, Vector]) -> None:
        self.tree, self.top, self.payoffs = tree, inside[0], payoffs

    def worth(self, plan: _Plan, number: int | None = None) -> Vector:
        """Return the payoffs of a profile of plans."""
        spot = self.tree.spots[self.top if number is None else number]
        if number is not None and number in self.payoffs:
            return self.payoffs[number]
        if spot.player < 0:
            return expected(spot.chances, [self.worth(plan, child) for child in spot.children])
        return self.worth(plan, spot.children[spot.moves.index(plan[spot.info])])


__all__ = ["Perfect", "Profile", "solve"]
