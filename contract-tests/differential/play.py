"""Plays sequences against all servers at once, and finds the shortest one that they answer differently."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from compare import Reader, faults
from fleet import Fleet
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky
from request import NEWEST, Request
from sequences import sequences
from shrink import simplified
from targets import FIXED_PATHS
from wire import Answer
from world import World, token_of

# Examples of one call of hypothesis; each starts from nothing, so that few would all be simple.
EXAMPLES_A_ROUND = 60
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Divergence:
    """A sequence whose last request is answered differently, or wrongly by the form of an answer.

    Args:
        what: names where the answers differ, and who agrees with whom; equal for divergences of one cause.
        tokens: those that were sent, by name.
        certain: False when playing it again has not shown it again.
    """

    what: str
    steps: tuple[Request, ...]
    answers: Mapping[str, Answer]
    tokens: Mapping[str, str] = field(repr=False)
    certain: bool = True


class DivergedError(Exception):
    """Stops a sequence where the servers diverge."""


class Player:
    """Plays sequences, counts requests, and keeps what was found.

    Args:
        fleet: the servers.
        world: the state that every sequence begins with.
        requests: how many to play; those of shrinking are not counted.
        on_request: is called after each one that counts.
    """

    def __init__(self, fleet: Fleet, world: World, *, requests: int, on_request: Callable[[], None]) -> None:
        self.fleet = fleet
        self.world = world
        self.played = 0
        self.known: dict[str, Divergence] = {}
        self._requests = requests
        self._on_request = on_request
        self._dirty = False
        self._current: Divergence | None = None

    @property
    def finished(self) -> bool:
        """Whether enough requests were played."""
        return self.played >= self._requests

    def round(self, round_seed: str) -> Divergence | None:
        """Play some sequences; stop at the first that diverges in a way not known yet, and shrink it.

        Args:
            round_seed: decides on the sequences.
        """
        self._current = None
        self._begin()
        self.world.log_in(self.fleet)
        # Of sequences alone is every failure to be repeated: nothing is read from or written to disk.
        test = settings(
            max_examples=EXAMPLES_A_ROUND,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
        )(given(sequences(self.world))(self._example))
        try:
            seed(round_seed)(test)()
        except DivergedError:
            return self._found(certain=True)
        except (Flaky, BaseExceptionGroup):
            return self._found(certain=False)
        return None

    def _found(self, *, certain: bool) -> Divergence:
        assert self._current is not None
        found = replace(self._current, certain=certain)
        if certain:
            simplified(found.steps, lambda steps: self._fails(steps, found.what))
            found = self._current
        self.known[found.what] = found
        return found

    def _fails(self, steps: Sequence[Request], what: str) -> bool:
        divergence = self._play(steps, lambda: None)
        if divergence is None or divergence.what != what or len(divergence.steps) < len(steps):
            return False
        self._current = divergence
        return True

    def _example(self, steps: list[Request]) -> None:
        shrinking = self._current is not None
        if self.finished and not shrinking:
            return
        divergence = self._play(steps, (lambda: None) if shrinking else self._count)
        if divergence is None or divergence.what in self.known:
            return
        if self._current is None or self._current.what == divergence.what:
            self._current = divergence
            raise DivergedError(divergence.what)

    def _count(self) -> None:
        self.played += 1
        self._on_request()

    def _play(self, steps: Sequence[Request], count: Callable[[], None]) -> Divergence | None:
        """Play a sequence from the common start to its end, or to where the servers diverge."""
        self._begin()
        readers = {name: Reader(self.world.since) for name in self.fleet.names}
        sent: dict[str, str] = {}
        for index, step in enumerate(steps):
            sent |= {name: self.world.tokens[name] for name in step.token_names() & self.world.tokens.keys()}
            answers = self.fleet.ask(step, self.world.tokens)
            self._dirty = self._dirty or step.method not in READING
            count()
            if what := differences(step, answers, readers):
                return Divergence(what, tuple(steps[: index + 1]), answers, sent)
            self._keep_token(step, index, answers)
        return None

    def _begin(self) -> None:
        self.fleet.hang_up()
        if self._dirty:
            self.fleet.reset()
            self._dirty = False
        self.world.tokens[NEWEST] = "none"

    def _keep_token(self, step: Request, index: int, answers: Mapping[str, Answer]) -> None:
        given = [token for name in self.fleet.names if (token := token_of(step, answers[name])) is not None]
        if given:
            self.world.tokens[NEWEST] = given[index % len(given)]


def differences(step: Request, answers: Mapping[str, Answer], readers: Mapping[str, Reader]) -> str | None:
    """Say where the answers to one request differ, or what is wrong with one; None when all is well."""
    seen = {name: readers[name].seen(step, answer) for name, answer in answers.items()}
    wrong = {name: found for name, answer in answers.items() if (found := faults(step, answer))}
    if wrong:
        return "; ".join(f"{name} {answers[name].status}: {_kind(found[0])}" for name, found in wrong.items())
    if len(set(seen.values())) == 1:
        return None
    statuses = {name: str(one.status) for name, one in seen.items()}
    if len(set(statuses.values())) > 1:
        return f"status: {_grouped(statuses)}"
    where = f"at {_place(step)}, {next(iter(statuses.values()))}"
    for header in sorted({name for one in seen.values() for name, _ in one.headers}):
        values = {name: str([value for given, value in one.headers if given == header]) for name, one in seen.items()}
        if len(set(values.values())) > 1:
            return f"header {header} {where}: {_parted(values)}"
    return f"body {where}: {_parted({name: one.body for name, one in seen.items()})}"


def _kind(fault: str) -> str:
    """A fault without what is of one occasion only."""
    return fault.partition(": ")[0] if not fault.startswith("no answer") else fault[:60]


def _place(step: Request) -> str:
    path = step.target.partition("?")[0]
    known = path if path in FIXED_PATHS else path.rstrip("0123456789") + "…"
    return f"{step.method} {known}"


def _grouped(values: Mapping[str, str]) -> str:
    """Who has which value: `200 (flask, django), 404 (tornado)`."""
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value, []).append(name)
    return ", ".join(f"{value} ({', '.join(names)})" for value, names in groups.items())


def _parted(values: Mapping[str, str]) -> str:
    """Who agrees with whom: `flask, django | tornado`."""
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value, []).append(name)
    return " | ".join(", ".join(names) for names in groups.values())
