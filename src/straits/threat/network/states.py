"""What each actor loses by an act, for each set of options that is built: every distinct state of the network solved once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from straits.access.rights import rights_of, spokesmen, under_access
from straits.access.withheld import closed, closures_of
from straits.case.ownership import state_of
from straits.engine import Session, explain
from straits.engine.foresight.settled import settled_solution
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.prices.ranges import account_ranges
from straits.errors import GameError, SolveError
from straits.lp import Bounds, Status
from straits.lp.answer import Basis
from straits.lp.states.part import surely
from straits.lp.tolerance import NOTHING
from straits.model import Effect, Model, Solution, compile_case, find_scenario
from straits.model.accounts.division import books_of, ledger_of
from straits.threat.network.interval import Interval

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.case.schema.threats import Threat
    from straits.model.accounts.books import Ledger

#: Options that are built, by id, sorted.
Built = tuple[str, ...]
#: Who keeps the scarcity of what is full: by the rules of the case; owners, all of it; nobody who owns, so that owners earn
#: tariffs.
RULES = ("case", "owners", "tariffs")
_TABLES = ("links", "stores", "converts", "fleets")
#: Name of all who are neither sender, target nor named third.
OTHERS = "others"


@dataclass(frozen=True)
class Loss:
    """What an act takes, against the same network undisturbed. All in million currency.

    Attributes
    ----------
    by_player : dict of str to Interval
        Sender, target, named thirds, and all others. The interval is the `alike` range of prices that are not unique: what
        they leave open falls to an actor as little, or as much, as it can, before and after alike.
    by_rule : dict of str to dict of str to float
        By rule of scarcity (`RULES`) and player.
    items : dict of (str, str) to float
        By player and item of the account.
    bystanders : dict of str to float
        By state, of the others.
    joint : float
        Of all together.
    """

    by_player: dict[str, Interval]
    by_rule: dict[str, dict[str, float]]
    items: dict[tuple[str, str], float]
    bystanders: dict[str, float]
    joint: float


class States:
    """The states of the network of a threat, each solved once and then looked up.

    Parameters
    ----------
    case : Case
    threat : Threat
    progress : callable, optional
        Called with states done, states asked for, and the seconds left (nan: not known).

    Attributes
    ----------
    solved : int
        Programs solved.

    Raises
    ------
    GameError
        The target has no account in this network, or an act of the network begins or ends outside its time.
    """

    def __init__(
        self, case: Case, threat: Threat, progress: Callable[[int, int, float], None] | None = None
    ) -> None:
        self.case, self.threat, self.progress = case, threat, progress
        self.players = [threat.sender, threat.target, *threat.third]
        self.speaker = spokesmen(case, self.players)
        self.solved = 0
        self.act = _acts_on_network(threat)
        self._basis: Any = None
        self._shape: tuple[int, int] | None = None
        self._before: dict[Built, _Priced] = {}
        #: Where the plans that were chosen last of those as good stand.
        self._chosen: dict[Built, Basis] = {}
        self._found: dict[Built, Loss] = {}

    def losses(self, built: Iterable[str] = ()) -> Loss:
        """Return what the act takes with some options built.

        Raises
        ------
        InfeasibleError
            A promise without a price cannot be kept in that state.
        """
        key = tuple(sorted(built))
        if key not in self._found:
            self._found[key] = self._lost(key) if self.act else self._stated()
        return self._found[key]

    def again(self) -> float:
        """Return what a second act, right after the first, takes from the target besides, with nothing built.

        Raises
        ------
        GameError
            It would reach beyond the time of the case.
        """
        target = self.threat.target
        if not self.act:
            return self.losses(()).by_player[target].point
        once = self.losses(()).by_player[target].point
        was = self._before[()]
        then = self._acted((), acts=2)
        held = self.held(books_of(then).at(then.dual))
        stated = self._stated().by_player[target].point
        return float(was.held["case"][1] - held[1]) + 2.0 * stated - once

    def held(self, ledger: Ledger) -> NDArray[np.float64]:
        """Return what each player has of the entries of accounts, and last all others, million currency."""
        n = len(self.players)
        found = np.zeros(n + 1)
        for (actor, _), amount in ledger.items():
            found[self.speaker.get(actor, n)] += amount / 1000.0
        return found

    def prepare(self, states: Iterable[Built]) -> None:
        """Solve several states, telling how far it is."""
        todo = [key for key in dict.fromkeys(tuple(sorted(s)) for s in states) if key not in self._found]
        for number, key in enumerate(todo):
            self.losses(key)
            if self.progress is not None:
                self.progress(number + 1, len(todo), float("nan"))

    def model(self, built: Built) -> Model:
        """Compile the case with some options built."""
        return compile_case(self.case, _with_built(self.case, self.threat.scenario, built))

    def bounds(self, model: Model, acts: int = 1) -> Bounds:
        """Return the bounds of a model while the act lasts."""
        threat, start = self.threat, self.threat.start
        end = start + dt.timedelta(days=threat.days * acts)
        axis = model.case.settings.time
        if not (axis.start <= start and end <= axis.end):
            raise GameError(
                f"threats/{threat.id}: the act from {start} to {end} lies outside {axis.start} to {axis.end}"
            )
        bounds = model.bounds_under((*model.effects, *_effects(model.case, threat, start, end)))
        if not threat.act.withhold:
            return bounds
        n, network = len(self.players), model.network
        # As leverage has it: from all others and with all hosts, so that who is shown by name changes nothing.
        rights = rights_of(network, self.speaker, n, any_host=True)
        withheld, _ = closures_of(
            model, rights, under_access(rights, threat.act.access, network), self.speaker, 0, n
        )
        if not withheld:
            raise GameError(
                f"threats/{threat.id}: {threat.sender} may close nothing that others use; accepted: a sender with rights in "
                f"table "
                "controls, or on its territory"
            )
        return closed(bounds, withheld, _steps(model, start, end))

    def _lost(self, built: Built) -> Loss:
        model = self.model(built)
        session = Session(model)
        if self._basis is not None and self._shape == model.matrix.shape:
            session.start_from(self._basis)
        solution = self._solved(session, model, model.bounds, built)
        basis = session.basis()
        if self._basis is None:
            self._basis, self._shape = basis, model.matrix.shape
        elif self._before:
            # Else what a package is worth would be the choice of the solver between prices that are as good.
            solution = with_nearest_prices(solution, next(iter(self._before.values())).solution)
        self._before[built] = _Priced(self, solution, session, basis)
        return self._compared(self._before[built], _Priced(self, self._acted(built)))

    def _acted(self, built: Built, acts: int = 1) -> Solution:
        """Return the solution while the act lasts; it starts from the undisturbed one, and has the prices nearest to its."""
        was = self._before[built]
        was.session.start_from(was.basis)
        model = was.solution.model
        return with_nearest_prices(
            self._solved(was.session, model, self.bounds(model, acts), built), was.solution
        )

    def _solved(self, session: Session, model: Model, bounds: Bounds, built: Built) -> Solution:
        self.solved += 1
        answer = surely(session, bounds)
        if answer.status == Status.INFEASIBLE:
            error = explain(model, bounds)
            name = f"with {', '.join(built)} built" if built else "as it is"
            raise type(error)(f"threats/{self.threat.id}, the network {name}: {error}", error.conflicts)
        if answer.status != Status.OPTIMAL:
            raise SolveError(
                f"threats/{self.threat.id}: the solver stopped without an answer ({answer.story})"
            )
        start = self._chosen.get(built) or session.basis()
        solution, self._chosen[built] = settled_solution(replace(model, bounds=bounds), answer, start)
        return solution

    def _compared(self, was: _Priced, now: _Priced) -> Loss:
        names, n = [*self.players, OTHERS], len(self.players)
        noise = NOTHING * abs(was.solution.objective)

        def clean(value: float) -> float:
            return 0.0 if abs(value) <= noise else float(value)

        points = {rule: [clean(x) for x in was.held[rule] - now.held[rule]] for rule in RULES}
        by_player = {}
        with np.errstate(invalid="ignore"):
            alike = was.ranges - now.ranges
        for k, name in enumerate(names):
            point, ends = points["case"][k], [clean(x) for x in alike[k]]
            known = not np.isnan(alike[k]).any()
            low, high = (min(point, *ends), max(point, *ends)) if known else (-np.inf, np.inf)
            by_player[name] = Interval(low, point, high)
        stated = self._stated()
        items = {
            (names[k], item): clean(amount)
            for (k, item), amount in _difference(was.items, now.items).items()
            if k <= n and abs(amount) > noise
        }
        for name, more in stated.by_player.items():
            by_player[name] += more
            if more.point:
                items[name, "stated"] = more.point
        bystanders = {s: clean(x) for s, x in _difference(was.states, now.states).items() if abs(x) > noise}
        for state, loss in stated.bystanders.items():
            bystanders[state] = bystanders.get(state, 0.0) + loss
        by_rule = {
            rule: {name: points[rule][k] + stated.by_player[name].point for k, name in enumerate(names)}
            for rule in RULES
        }
        joint = clean(was.solution.objective - now.solution.objective) + stated.joint
        return Loss(by_player, by_rule, items, bystanders, joint)

    def _stated(self) -> Loss:
        """Return the losses that the file states: the whole of an act that closes nothing in the network."""
        by_player = {name: Interval.at(0.0) for name in (*self.players, OTHERS)}
        bystanders: dict[str, float] = {}
        for row in self.threat.act.stated:
            # A company's loss is that of its state, as in the accounts.
            speaker = self.speaker.get(row.actor)
            by_player[OTHERS if speaker is None else self.players[speaker]] += Interval.of(row.loss)
            if speaker is None:
                state = state_of(self.case, row.actor)
                bystanders[state] = bystanders.get(state, 0.0) + row.loss.point
        points = {name: loss.point for name, loss in by_player.items()}
        items = {(name, "stated"): value for name, value in points.items() if value}
        return Loss(by_player, dict.fromkeys(RULES, points), items, bystanders, sum(points.values()))


class _Priced:
    """A solution with the accounts of the players under each rule of scarcity."""

    def __init__(
        self, states: States, solution: Solution, session: Session | None = None, basis: Any = None
    ) -> None:
        self.solution, self.basis = solution, basis
        self.session: Session = session  # type: ignore[assignment]
        n, speaker = len(states.players), states.speaker
        books = books_of(solution)
        ledgers = {"case": books.at(solution.dual)}
        for rule, word in (("owners", "scarcity"), ("tariffs", "tariff")):
            ledgers[rule] = ledger_of(_under_rule(solution, word))
        self.held = {rule: states.held(ledger) for rule, ledger in ledgers.items()}
        self.items: dict[tuple[int, str], float] = {}
        self.states: dict[str, float] = {}
        for (actor, item), amount in ledgers["case"].items():
            k = speaker.get(actor, n)
            self.items[k, item] = self.items.get((k, item), 0.0) + amount / 1000.0
            if k == n:
                state = state_of(states.case, actor)
                self.states[state] = self.states.get(state, 0.0) + amount / 1000.0
        actors = {actor for actor, _ in ledgers["case"]}
        if basis is not None and not any(speaker.get(actor) == 1 for actor in actors):
            raise GameError(
                f"threats/{states.threat.id}: target {states.threat.target} has no account in this network: nobody who "
                f"belongs to it "
                "owns, buys, taxes or ships anything; accepted: an actor who does"
            )
        groups = [[a for a, k in speaker.items() if k == j] for j in range(n)]
        self.ranges = account_ranges(solution, [*groups, [a for a in actors if a not in speaker]], books)


def _under_rule(solution: Solution, rule: str) -> Solution:
    """Return the same plan in a case in which the scarcity of all assets follows one rule."""
    case, changed = solution.case, {}
    for table in _TABLES:
        rows = case.rows(table)
        cells = {key: {"scarcity_rule": rule} for key in rows}
        made = {key: row.model_copy(update={"scarcity_rule": rule}) for key, row in rows.items()}
        changed[table] = case.parsed(table).with_cells(cells, made)
    formulation = solution.formulation.on(replace(solution.network, case=case.with_tables(changed)))
    return replace(solution, model=replace(solution.model, formulation=formulation))


def _difference(was: Mapping[Any, float], now: Mapping[Any, float]) -> dict[Any, float]:
    return {key: was.get(key, 0.0) - now.get(key, 0.0) for key in dict.fromkeys((*was, *now))}


def _acts_on_network(threat: Threat) -> bool:
    return bool(threat.act.measures or threat.act.disruptions or threat.act.withhold)


def _effects(case: Case, threat: Threat, start: dt.date, end: dt.date) -> list[Effect]:
    found = []
    for key in threat.act.measures:
        row = case.rows("measures")[key]
        factor = 0.0 if row.factor is None else row.factor
        assert row.asset is not None  # a check of the case
        found.append(Effect(row.asset, factor, start, end, row.commodity, tuple(row.origins)))
    for strike in threat.act.disruptions:
        found.append(Effect(strike.asset, strike.factor, start, end, strike.commodity, strike.origins))
    return found


def _steps(model: Model, start: dt.date, end: dt.date) -> NDArray[np.bool_]:
    """Return the steps that have their middle in the time of the act, as `power.leverage` closes them."""
    steps = model.network.steps
    middle = (steps.edges[:-1] + steps.edges[1:]) / 2
    chosen = (middle >= steps.day(start)) & (middle < steps.day(end))
    if not chosen.any():
        raise GameError(
            f"no step of case {model.case.settings.id} has its middle between {start} and {end}; accepted: acts that last "
            f"longer"
        )
    return chosen


def _with_built(case: Case, scenario: str | None, built: Built) -> Scenario | None:
    from straits.case.schema.settings import Scenario

    found = find_scenario(case, scenario)
    if not built:
        return found
    if found is None:
        return Scenario(id="built", title="options built", options=built)
    return found.model_copy(update={"options": (*found.options, *built)})


__all__ = ["OTHERS", "RULES", "Built", "Loss", "States"]
