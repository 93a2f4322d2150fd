"""Games in a tree: decisions, moves of chance, information sets and ends, with payoffs as fractions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from straits.errors import GameError
from straits.threat.games.exact import ZERO, Number, Vector, exact

#: Most nodes of a tree.
MOST_NODES = 200_000


class End:
    """An end of the game: `End(3, "-1/2")`, a payoff for each player in their order."""

    __slots__ = ("label", "payoffs")

    def __init__(self, *payoffs: Number, label: str = "") -> None:
        self.payoffs: Vector = tuple(exact(p) for p in payoffs)
        self.label = label


@dataclass(frozen=True)
class Decision:
    """A player's choice.

    Attributes
    ----------
    player : str
    moves : mapping of str to Node
        What follows each action.
    information : str
        Decisions of one player with the same text are one information set: the player does not know at which of them it is.
        Blank: a set of its own.
    """

    player: str
    moves: Mapping[str, Node]
    information: str = ""


@dataclass(frozen=True)
class Chance:
    """A move of chance.

    Attributes
    ----------
    moves : mapping of str to (number, Node)
        Chance of each outcome and what follows; chances add up to exactly 1.
    """

    moves: Mapping[str, tuple[Number, Node]]


Node = Decision | Chance | End


@dataclass(frozen=True)
class Spot:
    """A node of a checked tree.

    Attributes
    ----------
    node : Node
    number, parent : int
        Its place in the order of a walk, and that of the node before (-1 for the root).
    after : int
        Number after that of the last node below it: its subtree is `number` to `after - 1`.
    moves : tuple of str
        Actions or outcomes.
    children : tuple of int
    chances : tuple of Fraction
        Of a move of chance.
    player, info : int
        Number of player and information set of a decision; -1 for others.
    """

    node: Node
    number: int
    parent: int
    after: int
    moves: tuple[str, ...]
    children: tuple[int, ...]
    chances: Vector
    player: int
    info: int


@dataclass(frozen=True)
class Info:
    """An information set: its name, player, actions, nodes, and what the player did on the way to it."""

    name: str
    player: int
    moves: tuple[str, ...]
    nodes: tuple[int, ...]
    history: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Tree:
    """A game in a tree.

    Attributes
    ----------
    players : tuple of str
    root : Node
    title : str

    Raises
    ------
    GameError
        A cycle; an end with more or fewer payoffs than players; chances that do not add up to 1; an unknown player; an
        information set of two players or of unequal actions; imperfect recall: a player who forgets what it knew or did.
    """

    players: tuple[str, ...]
    root: Node
    title: str = ""
    spots: tuple[Spot, ...] = field(init=False, repr=False, compare=False)
    infos: tuple[Info, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Walk the tree and check it."""
        object.__setattr__(self, "players", tuple(self.players))
        if not self.players or len(set(self.players)) < len(self.players):
            raise GameError(
                f"players: found {', '.join(self.players) or 'none'}; accepted: one or more different names"
            )
        walk = _Walk(self.players)
        walk.visit(self.root, -1, {}, ())
        object.__setattr__(self, "spots", tuple(walk.spots))
        object.__setattr__(self, "infos", tuple(walk.infos()))

    def subtree(self, number: int) -> range:
        """Return the numbers of a node and of all below it."""
        return range(number, self.spots[number].after)

    def __iter__(self) -> Iterator[Spot]:
        return iter(self.spots)


class _Walk:
    """Numbers the nodes of a tree in the order of a walk, and collects its information sets."""

    def __init__(self, players: Sequence[str]) -> None:
        self.players = list(players)
        self.spots: list[Spot] = []
        self._sets: dict[str, tuple[int, tuple[str, ...], list[int], list[tuple[tuple[int, str], ...]]]] = {}
        self._number: dict[str, int] = {}

    def visit(
        self, node: Node, parent: int, own: Mapping[int, tuple[tuple[int, str], ...]], above: tuple[int, ...]
    ) -> int:
        """Number a node and all below it; `own`: what each player did before; `above`: ids of the nodes on the way."""
        if id(node) in above:
            raise GameError(f"the tree has a cycle: {_named(node)} comes after itself")
        number = len(self.spots)
        if number >= MOST_NODES:
            raise GameError(f"the tree has more than {MOST_NODES:,} nodes")
        self.spots.append(Spot(node, number, parent, 0, (), (), (), -1, -1))
        player, info = -1, -1
        chances: Vector = ()
        moves: list[tuple[str, Node]] = []
        if isinstance(node, End):
            if len(node.payoffs) != len(self.players):
                raise GameError(
                    f"{_named(node)}: found {len(node.payoffs)} payoffs; accepted: one for each of {', '.join(self.players)}"
                )
        elif isinstance(node, Chance):
            chances = _chances(node)
            moves = [(str(label), after) for label, (_, after) in node.moves.items()]
        elif isinstance(node, Decision):
            player = self._player(node)
            moves = [(str(label), after) for label, after in node.moves.items()]
            info = self._information(node, player, number, own.get(player, ()))
        else:
            raise GameError(f"the tree holds {node!r}; accepted: Decision, Chance or End")
        if not isinstance(node, End) and not moves:
            raise GameError(f"{_named(node)} has no moves; an end of the game is an End")
        children = []
        for label, after in moves:
            done = {**own, player: (*own.get(player, ()), (info, label))} if player >= 0 else own
            children.append(self.visit(after, number, done, (*above, id(node))))
        self.spots[number] = Spot(
            node, number, parent, len(self.spots), tuple(label for label, _ in moves), tuple(children), chances, player, info
        )  # fmt: skip
        return number

    def _player(self, node: Decision) -> int:
        if node.player not in self.players:
            raise GameError(
                f"{_named(node)}: unknown player {node.player!r}; accepted: {', '.join(self.players)}"
            )
        return self.players.index(node.player)

    def _information(
        self, node: Decision, player: int, number: int, history: tuple[tuple[int, str], ...]
    ) -> int:
        """Enter a decision into its information set."""
        name = node.information or f"{node.player}:{number}"
        actions = tuple(map(str, node.moves))
        whose, known, nodes, histories = self._sets.setdefault(name, (player, actions, [], [history]))
        if whose != player:
            raise GameError(
                f"information set {name!r}: found decisions of {self.players[whose]} and of {self.players[player]}; accepted: "
                "of one player"
            )
        if known != actions:
            raise GameError(
                f"information set {name!r}: found the moves {', '.join(known)} and {', '.join(actions)}; accepted: the same "
                "moves in the same order at all its decisions"
            )
        if histories[0] != history:
            raise GameError(
                f"imperfect recall at information set {name!r}: {node.player} would know there what it did or knew before, but "
                "the set holds decisions after different moves of its own. Give them sets of their own"
            )
        nodes.append(number)
        return self._number.setdefault(name, len(self._number))

    def infos(self) -> Iterator[Info]:
        for name, (player, actions, nodes, histories) in self._sets.items():
            yield Info(name, player, actions, tuple(nodes), histories[0])


def _chances(node: Chance) -> Vector:
    chances = tuple(exact(chance, f"chance of {label!r}") for label, (chance, _) in node.moves.items())
    if any(chance < 0 for chance in chances) or sum(chances, ZERO) != 1:
        shown = ", ".join(str(chance) for chance in chances)
        raise GameError(
            f"{_named(node)}: found the chances {shown}; accepted: none below 0, and exactly 1 together"
        )
    return chances


def _named(node: Node) -> str:
    if isinstance(node, End):
        return f"end {node.label!r}" if node.label else f"end ({', '.join(map(str, node.payoffs))})"
    if isinstance(node, Chance):
        return f"move of chance ({', '.join(map(str, node.moves))})"
    return f"decision of {node.player} ({', '.join(map(str, node.moves))})"


def expected(chances: Sequence[Fraction], payoffs: Sequence[Vector]) -> Vector:
    """Return the mean of payoffs weighted by chances."""
    return tuple(
        sum((c * p[i] for c, p in zip(chances, payoffs, strict=True)), ZERO) for i in range(len(payoffs[0]))
    )


__all__ = ["Chance", "Decision", "End", "Info", "Node", "Spot", "Tree", "expected"]
