"""Shapley values from sampled orders of joining, with standard errors, for games with too many coalitions.

One replicate draws an order of the players at random. Two devices make a replicate tell more:

- stratified: the order is used in all its n rotations, so that each player stands once at each position
  (systematic sampling of the n strata; compare Castro, Gómez, Molina and Tejada 2017);
- antithetic: each order is used forwards and backwards, so that who came early also comes late.

Each use of an order is uniform over all orders by itself, so every replicate is an unbiased estimate;
replicates are independent, so their spread gives the standard error whatever the devices did inside."""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from straits.engine.store.places import Place, place_of
from straits.lp.tolerance import DIFFERS
from straits.power.games.allocation import Allocation
from straits.power.games.game import Array, Game, GameError
from straits.power.games.lazygame import LazyGame

#: Name of the state in its place of a store.
_FILE = "sample.json"


class ShapleySampler:
    """An estimate that can be made sharper, stored, and taken up again.

    Parameters
    ----------
    game : Game or LazyGame
        Where the values of coalitions come from.
    rng : int or numpy.random.Generator
        Seed or generator.
    stratified, antithetic : bool
        Devices that lower the error; see the module's text.

    Examples
    --------
    >>> sampler = ShapleySampler(Game.from_values(2, [0, 0, 1]), rng=1)
    >>> sampler.run(10)
    >>> state = sampler.state()          # can be written as JSON
    >>> sampler.run(10)
    """

    def __init__(
        self,
        game: Game | LazyGame,
        *,
        rng: int | np.random.Generator,
        stratified: bool = True,
        antithetic: bool = True,
    ) -> None:
        if isinstance(rng, int | np.integer) and rng < 0:
            raise GameError(f"rng: a seed must not be negative, found {rng}")
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer | np.random.Generator):
            raise GameError(f"rng: expected a seed (int) or a numpy Generator, found {type(rng).__name__}")
        self.game = game
        self.stratified = stratified
        self.antithetic = antithetic
        self.replicates = 0
        #: Orders are drawn of names: the same seed draws the same, in whatever order the players are given.
        self._by_name = np.argsort(np.array(game.players, dtype=str), kind="stable")
        self._rng = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
        self._mean = np.zeros(game.n)
        self._squares = np.zeros(game.n)
        self._place: Place | None = None
        self._store: str | Path = ""

    def run(self, replicates: int) -> None:
        """Add independent replicates. May be called again, and interrupted between replicates without
        loss.

        Parameters
        ----------
        replicates : int
            How many.
        """
        if isinstance(replicates, bool) or not isinstance(replicates, int | np.integer):
            raise GameError(f"sample: expected a whole number of replicates, found {replicates!r}")
        if replicates < 1:
            raise GameError(f"sample: at least 1 replicate must be drawn, found {replicates}")
        for _ in range(replicates):
            estimate = self._replicate()
            self.replicates += 1
            step = estimate - self._mean  # Welford: mean and sum of squares without keeping the replicates
            self._mean += step / self.replicates
            self._squares += step * (estimate - self._mean)
            self._keep()

    def _replicate(self) -> Array:
        n = self.game.n
        order = self._by_name[self._rng.permutation(n)]
        orders = [np.roll(order, k) for k in range(n)] if self.stratified else [order]
        if self.antithetic:
            orders += [o[::-1] for o in orders]
        return np.mean([self._marginals(o) for o in orders], axis=0)

    def _marginals(self, order: NDArray[np.int64]) -> Array:
        gains = np.zeros(self.game.n)
        mask, before = 0, 0.0
        for i in order:
            mask |= 1 << int(i)
            value = self._value(mask)
            gains[i] = value - before
            before = value
        return gains

    def _value(self, mask: int) -> float:
        return float(self.game.values[mask]) if isinstance(self.game, Game) else self.game.value(mask)

    def result(self) -> Allocation:
        """Return the estimate so far, with standard errors. Raises `GameError` below two replicates."""
        if self.replicates < 2:
            raise GameError(f"sample: a standard error needs at least 2 replicates, found {self.replicates}")
        spread = np.sqrt(self._squares / (self.replicates - 1) / self.replicates)
        parameters: dict[str, Any] = {
            "replicates": self.replicates,
            "stratified": self.stratified,
            "antithetic": self.antithetic,
        }
        if isinstance(self.game, LazyGame):
            parameters |= {"coalitions_valued": self.game.asked} | self.game.checked()
        return Allocation(
            self.game,
            "Shapley value (sampled)",
            self._mean,
            parameters,
            tolerance=float(spread.max()),
            errors=spread,
        )

    @classmethod
    def stored(
        cls, game: Game | LazyGame, store: str | Path, *, rng: int | np.random.Generator
    ) -> ShapleySampler:
        """Go on from a store, or begin there; `run` then keeps the state after each replicate.

        Parameters
        ----------
        game : Game or LazyGame
        store : path or str
            Folder or address as for `straits.engine.solve_many`; a sample has its own place there by players, parameters of the
            game and seed.
        rng : int or numpy.random.Generator
            Seed or generator of the sample.

        Raises
        ------
        GameError
            The store cannot be read, or is damaged, or what it holds is of a game with other values.
        """
        sampler = cls(game, rng=rng)
        named = [list(game.players), _identity(game), _plain(sampler._rng.bit_generator.state)]
        place = place_of(store, hashlib.sha256(json.dumps(named).encode()).hexdigest()[:32])
        try:
            place.open()
            with contextlib.suppress(FileNotFoundError):
                sampler = cls.resume(game, json.loads(place.read(_FILE)))
        except OSError as error:
            raise GameError(f"sample: store {store} cannot be written: {error.strerror or error}") from None
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise GameError(
                f"sample: store {store} holds a damaged sample ({str(error)[:200]}); name another folder, or remove it"
            ) from None
        sampler._place, sampler._store = place, store
        return sampler

    def _keep(self) -> None:
        if self._place is not None:
            try:
                self._place.write(_FILE, json.dumps(self.state()).encode())
            except OSError as error:
                raise GameError(
                    f"sample: store {self._store} cannot be written: {error.strerror or error}"
                ) from None

    @cached_property
    def _values_told(self) -> list[float]:
        return _told(self.game)

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on later, as plain numbers, texts and lists."""
        return {
            "players": list(self.game.players),
            "game": _identity(self.game),
            "values": self._values_told,
            "stratified": self.stratified,
            "antithetic": self.antithetic,
            "replicates": self.replicates,
            "mean": self._mean.tolist(),
            "squares": self._squares.tolist(),
            "rng": _plain(self._rng.bit_generator.state),
        }

    @classmethod
    def resume(cls, game: Game | LazyGame, state: dict[str, Any]) -> ShapleySampler:
        """Go on from a stored state: the result is that of one uninterrupted run."""
        if list(game.players) != list(state["players"]):
            raise GameError("sample: the stored state is of other players, or of the same in another order")
        if state["game"] != _identity(game):
            differ = sorted(
                k
                for k in {*state["game"], *_identity(game)}
                if state["game"].get(k) != _identity(game).get(k)
            )
            raise GameError(f"sample: the stored state is of another game: {', '.join(differ)} differ")
        # A lazy game tells one number less than one whose values are all known.
        before, now = np.array(list(zip(state["values"], _told(game), strict=False)), dtype=float).T
        known = len(state["values"]) >= len(_told(game)) - 1
        # Asked this way round, a value that is no number is not the same either.
        if not known or not np.abs(before - now).max() <= DIFFERS * np.abs(before).max():
            raise GameError(
                "sample: the stored state is of another game of the same players: its values differ"
            )
        kind = getattr(np.random, state["rng"]["bit_generator"], None)
        if kind is None:
            raise GameError(
                f"sample: unknown bit generator {state['rng']['bit_generator']!r} in the stored state"
            )
        generator = kind()
        generator.state = state["rng"]
        sampler = cls(
            game,
            rng=np.random.Generator(generator),
            stratified=bool(state["stratified"]),
            antithetic=bool(state["antithetic"]),
        )
        sampler.replicates = int(state["replicates"])
        sampler._mean = np.array(state["mean"], dtype=float)
        sampler._squares = np.array(state["squares"], dtype=float)
        if not 0 <= sampler.replicates < 1e12:
            raise GameError(f"sample: the stored state holds {str(sampler.replicates)[:30]} replicates")
        shapes = {sampler._mean.shape, sampler._squares.shape} == {(game.n,)}
        if not shapes or not np.isfinite([sampler._mean, sampler._squares]).all():
            raise GameError(
                "sample: the stored state does not hold a finite mean and sum of squares for each player"
            )
        if (sampler._squares < 0).any():
            raise GameError("sample: the stored state holds a negative sum of squares")
        return sampler


def _identity(game: Game | LazyGame) -> dict[str, str]:
    """Say how the values of a game come about, so that a sample of one is not taken up for another."""
    counted = ("coalitions", "states", "solves", "parts", "stored", "checked", "largest_difference")
    return {k: json.dumps(v, default=str) for k, v in game.parameters.items() if k not in counted}


def _told(game: Game | LazyGame) -> list[float]:
    """Give numbers by which games of the same players are told apart: the values of single players, of all but one, of all, which
    every stratified replicate asks for; of a game whose values are known also a weighted sum of all of them."""
    full = (1 << game.n) - 1
    masks = [full, *(1 << i for i in range(game.n)), *(full ^ 1 << i for i in range(game.n))]
    if isinstance(game, LazyGame):
        return [game.value(m) for m in masks]
    weights = np.random.default_rng(0).uniform(-1.0, 1.0, len(game.values))
    return [*(float(v) for v in game.values[masks]), float(weights @ game.values)]


def _plain(state: Any) -> Any:
    if isinstance(state, dict):
        return {k: _plain(v) for k, v in state.items()}
    if isinstance(state, np.ndarray):
        return state.tolist()
    return state


__all__ = ["ShapleySampler"]
