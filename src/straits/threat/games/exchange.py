"""Games as text in the formats of Gambit: `.efg` for trees and `.nfg` for matrices. Written and read here; Gambit itself is
not needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from straits.errors import GameError
from straits.threat.games.exact import Number, Vector, exact, matrix
from straits.threat.games.tree import Chance, Decision, End, Node, Tree

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{},])|([^\s{},"]+)')


def to_efg(tree: Tree) -> str:
    """Return a tree as `.efg` text, all payoffs and chances as fractions.

    Notes
    -----
    The format of Gambit's manual, *The extensive game (.efg) file format*: nodes in the order of a walk; information sets are
    numbered by player from 1, moves of chance each have a set of their own.
    """
    numbers: dict[int, int] = {}
    count = dict.fromkeys(range(-1, len(tree.players)), 0)
    lines = [f"EFG 2 R {_quoted(tree.title)} {{ {' '.join(map(_quoted, tree.players))} }}", '""', ""]
    ends = 0
    for spot in tree:
        if isinstance(spot.node, End):
            ends += 1
            payoffs = ", ".join(map(str, spot.node.payoffs))
            lines.append(f't "" {ends} {_quoted(spot.node.label)} {{ {payoffs} }}')
        elif isinstance(spot.node, Chance):
            count[-1] += 1
            moves = " ".join(f"{_quoted(m)} {c}" for m, c in zip(spot.moves, spot.chances, strict=True))
            lines.append(f'c "" {count[-1]} "" {{ {moves} }} 0')
        else:
            if spot.info not in numbers:
                count[spot.player] += 1
                numbers[spot.info] = count[spot.player]
            name = _quoted(tree.infos[spot.info].name)
            moves = " ".join(map(_quoted, spot.moves))
            lines.append(f'p "" {spot.player + 1} {numbers[spot.info]} {name} {{ {moves} }} 0')
    return "\n".join(lines) + "\n"


def to_nfg(
    a: Sequence[Sequence[Number]],
    b: Sequence[Sequence[Number]],
    *,
    players: Sequence[str] = ("row", "column"),
    strategies: Sequence[Sequence[str]] | None = None,
    title: str = "",
) -> str:
    """Return a game of two players as `.nfg` text.

    Parameters
    ----------
    a, b : matrices
        Payoffs of the row and of the column player.
    players : (str, str)
    strategies : (sequence of str, sequence of str), optional
        Names of rows and columns; default: numbers from 1.
    title : str
    """
    rows, columns = matrix(a, "a"), matrix(b, "b")
    if (len(rows), len(rows[0])) != (len(columns), len(columns[0])):
        raise GameError("a and b: both need the same shape")
    names = strategies or [[str(k + 1) for k in range(size)] for size in (len(rows), len(rows[0]))]
    listed = "\n".join(f"{{ {' '.join(map(_quoted, own))} }}" for own in names)
    # The first player's strategy moves fastest.
    payoffs = " ".join(f"{rows[i][j]} {columns[i][j]}" for j in range(len(rows[0])) for i in range(len(rows)))
    who = " ".join(map(_quoted, players))
    return f'NFG 1 R {_quoted(title)} {{ {who} }}\n\n{{ {listed}\n}}\n""\n\n{payoffs}\n'


def read_efg(text: str) -> Tree:
    """Return the tree of an `.efg` text.

    Raises
    ------
    GameError
        No `.efg`, a payoff at a node that is no end, an outcome without payoffs, or a tree that cannot be right.
    """
    reader = _Reader(text, "EFG", ("2",))
    title, players = reader.text(), reader.texts()
    if reader.next_is_text():
        reader.text()  # a comment
    outcomes: dict[str, Vector] = {}
    tree = Tree(tuple(players), _node(reader, players, outcomes, {}, 0), title)
    reader.end()
    return tree


def read_nfg(text: str) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """Return the two matrices of an `.nfg` text of two players, in the form with a list of payoffs.

    Raises
    ------
    GameError
        No `.nfg`, not two players, or not as many payoffs as there should be.
    """
    reader = _Reader(text, "NFG", ("1",))
    reader.text()
    players = reader.texts()
    if len(players) != 2:
        raise GameError(f".nfg: found {len(players)} players; accepted: two")
    sizes = [len(own) if isinstance(own, list) else int(exact(own)) for own in reader.list_()]
    if reader.next_is_text():
        reader.text()
    numbers = [exact(reader.take()) for _ in range(2 * sizes[0] * sizes[1])]
    reader.end()
    m = sizes[0]
    first = [[numbers[2 * (j * m + i)] for j in range(sizes[1])] for i in range(m)]
    second = [[numbers[2 * (j * m + i) + 1] for j in range(sizes[1])] for i in range(m)]
    return first, second


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Reader:
    """Takes the words of a text one after the other."""

    def __init__(self, text: str, kind: str, versions: Sequence[str]) -> None:
        self.kind, self.at = f".{kind.lower()}", 0
        self.words = [
            (m.group(1) is not None, m.group(1) if m.group(1) is not None else m.group())
            for m in _TOKEN.finditer(text)
        ]
        head = [self.take() for _ in range(3)]
        if head[0] != kind or head[1] not in versions or head[2] not in ("R", "D"):
            raise GameError(
                f"{self.kind}: found {' '.join(head)!r} at the beginning; accepted: {kind} {versions[0]} R"
            )

    def take(self) -> str:
        if self.at >= len(self.words):
            raise GameError(f"{self.kind}: the text ends too early")
        self.at += 1
        return self.words[self.at - 1][1]

    def next_is_text(self) -> bool:
        return self.at < len(self.words) and self.words[self.at][0]

    def text(self) -> str:
        if not self.next_is_text():
            found = self.words[self.at][1] if self.at < len(self.words) else "the end"
            raise GameError(f'{self.kind}, word {self.at + 1}: found {found!r}; accepted: a text in "quotes"')
        return re.sub(r"\\(.)", r"\1", self.take())

    def expect(self, word: str) -> None:
        found = self.take()
        if found != word:
            raise GameError(f"{self.kind}, word {self.at}: found {found!r}; accepted: {word!r}")

    def peek(self) -> str:
        return "" if self.at >= len(self.words) or self.words[self.at][0] else self.words[self.at][1]

    def texts(self) -> list[str]:
        return [str(item) for item in self.list_()]

    def list_(self) -> list[str | list[str]]:
        """Take `{ … }`: texts and numbers, or lists of them."""
        self.expect("{")
        found: list[str | list[str]] = []
        while self.peek() != "}":
            if self.peek() == "{":
                found.append([str(item) for item in self.list_()])
            elif self.peek() == ",":
                self.take()
            else:
                found.append(self.text() if self.next_is_text() else self.take())
        self.take()
        return found

    def end(self) -> None:
        if self.at < len(self.words):
            raise GameError(
                f"{self.kind}, word {self.at + 1}: found {self.words[self.at][1]!r} after the end"
            )


def _node(
    reader: _Reader,
    players: Sequence[str],
    outcomes: dict[str, Vector],
    moves_of: dict[tuple[str, str], list[str]],
    depth: int,
) -> Node:
    if depth > 400:
        raise GameError(".efg: the tree is deeper than 400 moves")
    kind = reader.take()
    if kind not in ("p", "c", "t"):
        raise GameError(f".efg, word {reader.at}: found {kind!r}; accepted: p, c or t")
    reader.text()
    if kind == "t":
        return _end(reader, players, outcomes)
    player = int(exact(reader.take())) if kind == "p" else 0
    if kind == "p" and not 1 <= player <= len(players):
        raise GameError(f".efg, word {reader.at}: found player {player}; accepted: 1 to {len(players)}")
    number = reader.take()
    label = reader.text() if reader.next_is_text() else ""
    key = (kind + str(player), number)
    if reader.peek() == "{":
        moves_of[key] = [str(item) for item in reader.list_()]
    if key not in moves_of:
        raise GameError(f".efg, word {reader.at}: information set {number} has no moves")
    listed = moves_of[key]
    if reader.take() != "0":
        raise GameError(f".efg, word {reader.at}: payoffs at a node that is no end are not accepted")
    count = len(listed) if kind == "p" else len(listed) // 2
    below = [_node(reader, players, outcomes, moves_of, depth + 1) for _ in range(count)]
    if kind == "c":
        return Chance(dict(zip(listed[::2], zip(listed[1::2], below, strict=True), strict=True)))
    name = label or f"{players[player - 1]}:{number}"
    return Decision(players[player - 1], dict(zip(listed, below, strict=True)), name)


def _end(reader: _Reader, players: Sequence[str], outcomes: dict[str, Vector]) -> End:
    number = reader.take()
    label = reader.text() if reader.next_is_text() else ""
    if reader.peek() == "{":
        outcomes[number] = tuple(exact(item) for item in reader.texts())
    # Gambit's outcome 0 is none: nobody gets anything. Any other has to be said once.
    none = (Fraction(0),) * len(players)
    payoffs = outcomes.get(number, none if number == "0" else None)
    if payoffs is None:
        raise GameError(f".efg, word {reader.at}: outcome {number} has no payoffs")
    return End(*payoffs, label=label)


__all__ = ["read_efg", "read_nfg", "to_efg", "to_nfg"]
