"""Signalling: a sender of unknown type chooses a message, a receiver replies with yes or no. All perfect Bayesian
equilibria."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from straits.errors import GameError
from straits.threat.games.exact import ONE, ZERO, Number, Vector, corners, exact, independent, subsets

#: A payoff for a message without reply, or (reply yes, reply no).
Payoff = Number | tuple[Number, Number]
#: Most types and messages.
MOST_TYPES, MOST_MESSAGES = 5, 3


@dataclass(frozen=True)
class Signals:
    """A signalling game, checked, in fractions.

    Attributes
    ----------
    types, messages : tuple of str
    prior : tuple of Fraction
    sender, receiver : tuple of tuple of (Fraction, Fraction)
        By type and message: payoff if the reply is yes, and if it is no; both the same where there is no reply.
    replied : tuple of bool
        Whether a message has a reply.
    """

    types: tuple[str, ...]
    messages: tuple[str, ...]
    prior: Vector
    sender: tuple[tuple[tuple[Fraction, Fraction], ...], ...]
    receiver: tuple[tuple[tuple[Fraction, Fraction], ...], ...]
    replied: tuple[bool, ...]

    def worth(self, t: int, m: int, yes: Fraction) -> Fraction:
        """Return what a type gains from a message that is answered yes with some chance."""
        accepted, refused = self.sender[t][m]
        return refused + yes * (accepted - refused)

    def lean(self, t: int, m: int) -> Fraction:
        """Return what the receiver gains by yes over no, if the message comes from a type."""
        return self.receiver[t][m][0] - self.receiver[t][m][1]


@dataclass(frozen=True)
class Equilibrium:
    """A perfect Bayesian equilibrium, or a family of them that differ only in replies to messages nobody sends.

    Attributes
    ----------
    kind : str
        pooling (all types send one message), separating (no two types send the same), partly pooling, or semi-separating
        (some type mixes).
    sends : dict of str to dict of str to Fraction
        By type, the chance of each message.
    yes : dict of str to (Fraction, Fraction)
        By message with a reply, the least and the greatest chance of yes. They differ only for messages that nobody sends; of
        several such messages each end holds for itself.
    beliefs : dict of str to dict of str to Fraction
        By message, the chance of each type. For a message that nobody sends, one belief that supports the least chance of yes.
    payoffs : dict of str to Fraction
        By type.
    receiver : Fraction
        What the receiver expects.
    unsent : tuple of str
        Messages that nobody sends.
    removed_by : tuple of str
        `intuitive criterion`, `D1`: refinements that find no reasonable belief to support it.
    """

    kind: str
    sends: dict[str, dict[str, Fraction]]
    yes: dict[str, tuple[Fraction, Fraction]]
    beliefs: dict[str, dict[str, Fraction]]
    payoffs: dict[str, Fraction]
    receiver: Fraction
    unsent: tuple[str, ...]
    removed_by: tuple[str, ...]


def signalling(
    prior: Mapping[str, Number],
    sender: Mapping[str, Mapping[str, Payoff]],
    receiver: Mapping[str, Mapping[str, Payoff]],
) -> tuple[Equilibrium, ...]:
    """Find all perfect Bayesian equilibria of a signalling game with two replies: as a threat has, which is met or defied.

    Parameters
    ----------
    prior : mapping of type to number
        Chances above 0 that add up to exactly 1; at most 5 types.
    sender, receiver : mapping of type to mapping of message to payoff
        A pair (payoff if the reply is yes, payoff if it is no), or a number where the message has no reply. At most 3 messages.

    Returns
    -------
    tuple of Equilibrium
        Those that are no mixture of others.

    Raises
    ------
    GameError
        Chances that do not add up to 1, a type or message that is missing.

    Notes
    -----
    For each choice of the messages that each type may send, what types require of the replies and what the receiver requires of
    the types are linear; the corners of both polytopes together are the equilibria. Off the path any belief is allowed
    (Fudenberg and Tirole 1991, *Journal of Economic Theory* 53); the intuitive criterion and D1 are those of Cho and Kreps
    1987, *Quarterly Journal of Economics* 102.
    """
    game = read(prior, sender, receiver)
    found: dict[tuple[tuple[Vector, ...], Vector], list[Vector]] = {}
    every = list(subsets(len(game.messages)))
    for support in product(every, repeat=len(game.types)):
        sent = sorted({m for own in support for m in own})
        for replies in product((0, 1, 2), repeat=sum(game.replied)):
            answer = dict(zip([m for m, r in enumerate(game.replied) if r], replies, strict=True))
            if not all(_supported(game, m, reply) for m, reply in answer.items() if m not in sent):
                continue
            yes = _replies(game, support, answer)
            for mixture in _mixtures(game, support, sent, answer) if yes else ():
                for reply in yes:
                    seen = tuple(reply[m] for m in sent)
                    found.setdefault((mixture, seen), []).append(reply)
    made = (_equilibrium(game, mixture, replies) for (mixture, _), replies in sorted(found.items()))
    return tuple(made)


def read(
    prior: Mapping[str, Number],
    sender: Mapping[str, Mapping[str, Payoff]],
    receiver: Mapping[str, Mapping[str, Payoff]],
) -> Signals:
    """Check a signalling game and bring it to fractions."""
    types = tuple(prior)
    chances = tuple(exact(p, f"chance of type {t!r}") for t, p in prior.items())
    if not types or min(chances) <= 0 or sum(chances, ZERO) != 1:
        raise GameError(
            f"prior: found {', '.join(map(str, chances)) or 'nothing'}; accepted: chances above 0 that add up to exactly 1"
        )
    for who, payoffs in (("sender", sender), ("receiver", receiver)):
        if set(payoffs) != set(types):
            raise GameError(f"{who}: found types {', '.join(payoffs)}; accepted: {', '.join(types)}")
    messages = tuple(sender[types[0]])
    if len(types) > MOST_TYPES or not 1 <= len(messages) <= MOST_MESSAGES:
        raise GameError(
            f"found {len(types)} types and {len(messages)} messages; accepted: at most {MOST_TYPES} and {MOST_MESSAGES}, since "
            "each type may send any set of messages, and all ways in which all types do so are gone through"
        )
    tables, paired = [], set()
    for who, payoffs in (("sender", sender), ("receiver", receiver)):
        table = []
        for t in types:
            if set(payoffs[t]) != set(messages):
                raise GameError(
                    f"{who}, {t}: found messages {', '.join(payoffs[t])}; accepted: {', '.join(messages)}"
                )
            table.append(tuple(_pair(payoffs[t][m], f"{who}, {t}, {m}") for m in messages))
            paired |= {m for m in messages if isinstance(payoffs[t][m], tuple | list)}
        tables.append(tuple(table))
    return Signals(types, messages, chances, tables[0], tables[1], tuple(m in paired for m in messages))


def _pair(payoff: Payoff, where: str) -> tuple[Fraction, Fraction]:
    if isinstance(payoff, tuple | list):
        if len(payoff) != 2:
            raise GameError(
                f"{where}: found {len(payoff)} payoffs; accepted: a number, or (reply yes, reply no): of more replies, what "
                "is best would no longer hang on one number for each type, and the refinements would not be exact"
            )
        return exact(payoff[0], where), exact(payoff[1], where)
    return exact(payoff, where), exact(payoff, where)


def _supported(game: Signals, m: int, reply: int, types: Sequence[int] | None = None) -> bool:
    """Whether a reply to a message (0 no, 1 yes, 2 a mixture) is best for some belief about some types."""
    leans = [game.lean(t, m) for t in (range(len(game.types)) if types is None else types)]
    return (reply == 0 or max(leans) >= 0) and (reply == 1 or min(leans) <= 0)


def _replies(game: Signals, support: Sequence[Sequence[int]], answer: Mapping[int, int]) -> list[Vector]:
    """Return the corners of the chances of yes, by message, at which each type is content with the messages it may send."""
    n = len(game.messages)
    equal, equal_to, above, above_of = [], [], [], []
    for m in range(n):
        row = [ONE if k == m else ZERO for k in range(n)]
        if answer.get(m, 0) == 2:
            above += [row, [-x for x in row]]
            above_of += [ZERO, -ONE]
        else:
            equal.append(row)
            equal_to.append(ONE if answer.get(m, 0) == 1 else ZERO)
    for t, own in enumerate(support):
        for m in range(n):
            if m == own[0]:
                continue
            row, least = [ZERO] * n, game.sender[t][m][1] - game.sender[t][own[0]][1]
            row[own[0]] = game.sender[t][own[0]][0] - game.sender[t][own[0]][1]
            row[m] = game.sender[t][m][1] - game.sender[t][m][0]
            (equal if m in own else above).append(row)
            (equal_to if m in own else above_of).append(least)
    return corners(equal, equal_to, above, above_of) if above else _point(equal, equal_to, n)


def _point(equal: list[list[Fraction]], equal_to: list[Fraction], n: int) -> list[Vector]:
    rows, right = independent(equal, equal_to)
    return corners(rows, right, [[ZERO] * n], [ZERO]) if rows is not None else []


def _mixtures(
    game: Signals, support: Sequence[Sequence[int]], sent: Sequence[int], answer: Mapping[int, int]
) -> Iterator[tuple[Vector, ...]]:
    """Yield the corners of the chances of messages, by type, to which the answers are best replies."""
    at = [(t, m) for t, own in enumerate(support) for m in own]
    unit = [[ONE if k == i else ZERO for k in range(len(at))] for i in range(len(at))]
    equal = [[ONE if u == t else ZERO for u, _ in at] for t in range(len(support))]
    equal_to = [ONE] * len(support)
    above, above_of = list(unit), [ZERO] * len(at)
    for m in sent:
        if m not in answer:
            continue
        row = [game.prior[t] * game.lean(t, m) if k == m else ZERO for t, k in at]
        if answer[m] == 2:
            equal.append(row)
            equal_to.append(ZERO)
        else:
            above.append(row if answer[m] == 1 else [-x for x in row])
            above_of.append(ZERO)
    for point in corners(equal, equal_to, above, above_of):
        chance = dict(zip(at, point, strict=True))
        found = tuple(
            tuple(chance.get((t, m), ZERO) for m in range(len(game.messages))) for t in range(len(support))
        )
        # A message that nobody sends is off the path: another choice of messages says what may be replied to it.
        if all(any(own[m] for own in found) for m in sent):
            yield found


def _equilibrium(game: Signals, mixture: tuple[Vector, ...], replies: list[Vector]) -> Equilibrium:
    types, messages = game.types, game.messages
    unsent = [m for m in range(len(messages)) if not any(own[m] for own in mixture)]
    payoffs = tuple(
        max(game.worth(t, m, replies[0][m]) for m in range(len(messages)) if mixture[t][m])
        for t in range(len(types))
    )
    receiver = sum(
        (
            game.prior[t] * chance * (no + replies[0][m] * (yes - no))
            for t, own in enumerate(mixture)
            for m, chance in enumerate(own)
            for yes, no in [game.receiver[t][m]]
        ),
        ZERO,
    )
    beliefs = {}
    for m, name in enumerate(messages):
        weight = [p * own[m] for p, own in zip(game.prior, mixture, strict=True)]
        total = sum(weight, ZERO)
        least = min(reply[m] for reply in replies)
        held = [w / total for w in weight] if total else _belief(game, m, least)
        beliefs[name] = dict(zip(types, held, strict=True))
    removed = []
    if not all(passes_intuitive(game, payoffs, m) for m in unsent):
        removed.append("intuitive criterion")
    if not all(passes_d1(game, payoffs, m) for m in unsent):
        removed.append("D1")
    return Equilibrium(
        _kind(mixture),
        {t: {m: c for m, c in zip(messages, own, strict=True) if c} for t, own in zip(types, mixture, strict=True)},
        {
            name: (min(reply[m] for reply in replies), max(reply[m] for reply in replies))
            for m, name in enumerate(messages)
            if game.replied[m]
        },
        beliefs,
        dict(zip(types, payoffs, strict=True)),
        receiver,
        tuple(messages[m] for m in unsent),
        tuple(removed),
    )  # fmt: skip


def _belief(game: Signals, m: int, yes: Fraction) -> list[Fraction]:
    """Return a belief for which a chance of yes is a best reply."""
    leans = [game.lean(t, m) for t in range(len(game.types))]
    low, high = leans.index(min(leans)), leans.index(max(leans))
    held = [ZERO] * len(leans)
    if not game.replied[m]:
        return list(game.prior)
    if yes == 0 or yes == 1:
        held[low if yes == 0 else high] = ONE
    elif leans[low] == leans[high]:
        held[low] = ONE
    else:
        held[high] = -leans[low] / (leans[high] - leans[low])
        held[low] = ONE - held[high]
    return held


def _kind(mixture: Sequence[Vector]) -> str:
    if any(0 < chance < 1 for own in mixture for chance in own):
        return "semi-separating"
    sent = [own.index(ONE) for own in mixture]
    if len(set(sent)) == 1:
        return "pooling"
    return "separating" if len(set(sent)) == len(sent) else "partly pooling"


def passes_intuitive(game: Signals, payoffs: Sequence[Fraction], m: int) -> bool:
    """Whether no type could gain by a message nobody sends, once those are left out for whom it is never worth it."""
    everyone = list(range(len(game.types)))
    possible = [r for r in (0, 1) if _supported(game, m, r)]
    left = [t for t in everyone if payoffs[t] <= max(game.worth(t, m, Fraction(r)) for r in possible)]
    if not left:
        return True
    then = [r for r in (0, 1) if _supported(game, m, r, left)]
    return all(payoffs[t] >= min(game.worth(t, m, Fraction(r)) for r in then) for t in left)


def passes_d1(game: Signals, payoffs: Sequence[Fraction], m: int) -> bool:
    """Whether some reply to a message nobody sends, best for beliefs about the types that gain from it in most replies,
    deters all."""
    everyone = range(len(game.types))
    low, high = _interval(game, m, everyone)
    left = []
    for t in everyone:
        wants = _where(game, t, m, payoffs[t], low, high)
        beaten = any(
            u != t
            and _gains(game, u, m, payoffs[u], (low, high), some=True)
            and (wants is None or _gains(game, u, m, payoffs[u], wants))
            for u in everyone
        )
        if not beaten:
            left.append(t)
    if not left:
        return True
    low, high = _interval(game, m, left)
    for t in everyone:
        # What deters a type is an interval too.
        stays = _where(game, t, m, payoffs[t], low, high, below=True)
        if stays is None:
            return False
        low, high = stays
    return True


def _interval(game: Signals, m: int, types: Sequence[int] | range) -> tuple[Fraction, Fraction]:
    """Return the chances of yes that are best replies to some belief about some types."""
    return (
        ZERO if _supported(game, m, 0, list(types)) else ONE,
        ONE if _supported(game, m, 1, list(types)) else ZERO,
    )


def _where(
    game: Signals, t: int, m: int, payoff: Fraction, low: Fraction, high: Fraction, *, below: bool = False
) -> tuple[Fraction, Fraction] | None:
    """Return the part of an interval of replies in which a message is worth at least (or at most) a payoff to a type."""
    sign = -1 if below else 1
    at_low, at_high = (sign * (game.worth(t, m, y) - payoff) for y in (low, high))
    if at_low < 0 and at_high < 0:
        return None
    if at_low >= 0 and at_high >= 0:
        return low, high
    meets = low + (high - low) * at_low / (at_low - at_high)
    return (low, meets) if at_low >= 0 else (meets, high)


def _gains(
    game: Signals, t: int, m: int, payoff: Fraction, ends: tuple[Fraction, Fraction], *, some: bool = False
) -> bool:
    """Whether a message is worth more than a payoff to a type in all (or some) of an interval of replies."""
    gains = [game.worth(t, m, y) > payoff for y in ends]
    return any(gains) if some else all(gains)


__all__ = ["Equilibrium", "Payoff", "Signals", "read", "signalling"]
