"""Plays sequences against all servers at once, and finds the shortest one that they answer differently."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count

from compare import Reader
from differences import differences
from fleet import Fleet
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from memory import Memory
from modes import Mode
from request import NEWEST, Request
from shrink import simplified
from wire import Answer
from world import World, token_of

# Examples of one call of hypothesis; each call starts from nothing, so that few would all be simple.
EXAMPLES_A_ROUND = 60
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Divergence:
    """A sequence whose last request is answered differently, or wrongly by the form of an answer.

    Args:
        what: names where the answers differ, and who agrees with whom; equal for divergences of one cause.
        values: those that were sent, by server and name.
        certain: False when playing it again has not shown it again.
    """

    what: str
    steps: tuple[Request, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    values: Mapping[str, Mapping[str, str]] = field(repr=False)
    certain: bool = True


class EnoughError(Exception):
    """Ends a round in which enough requests were played: drawing more sequences would take as long as playing them."""


def until_ids_are_drawn(steps: list[Request]) -> list[Request]:
    """A sequence up to where several create something at once: from there on ids depend on who was first."""
    drawn = next((index for index, step in enumerate(steps) if step.draws_ids), len(steps))
    return steps[: drawn + 1]


class Player:
    """Plays sequences, counts requests, and keeps what was found.

    Args:
        fleet: the servers.
        mode: what they are, and what is played against them.
        requests: how many to play; those of shrinking are not counted.
        on_requests: is called with the number of requests that a sequence had.
    """

    def __init__(self, fleet: Fleet, mode: Mode, *, requests: int, on_requests: Callable[[int], None]) -> None:
        self.fleet = fleet
        self.played = 0
        self.known: dict[str, Divergence] = {}
        self._mode = mode
        self._world: World = mode.world(fleet)
        self._requests = requests
        self._on_requests = on_requests
        self._numbers = count(1)
        self._dirty = False

    @property
    def finished(self) -> bool:
        """Whether enough requests were played."""
        return self.played >= self._requests

    def round(self, round_seed: str) -> Iterator[Divergence]:
        """Play some sequences, and give the divergences that are not known yet, shrunk.

        Args:
            round_seed: decides on the sequences.
        """
        self._begin()
        if self._mode.logs_in:
            self._world.log_in(self.fleet)
        found: dict[str, Divergence] = {}
        # What hypothesis draws is shrunk here, request by request: it knows nothing of what a sequence can do without.
        test = settings(
            max_examples=EXAMPLES_A_ROUND,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )(given(self._mode.sequences(self._world))(lambda steps: self._example(steps, found)))
        with suppress(EnoughError):
            seed(round_seed)(test)()
        for divergence in found.values():
            self.known[divergence.what] = self._shrunk(divergence)
            yield self.known[divergence.what]

    def _example(self, steps: list[Request], found: dict[str, Divergence]) -> None:
        if self.finished:
            raise EnoughError
        steps = until_ids_are_drawn(steps)
        divergence = self._play(steps)
        number = sum(step.times for step in (steps if divergence is None else divergence.steps))
        self.played += number
        self._on_requests(number)
        if divergence is not None and divergence.what not in self.known:
            found.setdefault(divergence.what, divergence)

    def _shrunk(self, found: Divergence) -> Divergence:
        shortest = self._again(found.steps, found.what)
        if shortest is None:
            return replace(found, certain=False)

        def fails(steps: tuple[Request, ...]) -> bool:
            nonlocal shortest
            divergence = self._again(steps, found.what)
            shortest = divergence or shortest
            return divergence is not None

        simplified(found.steps, fails)
        return shortest

    def _again(self, steps: Sequence[Request], what: str) -> Divergence | None:
        """Play a sequence that has diverged, and give the divergence if it is the same, and at its end."""
        divergence = self._play(steps)
        fits = divergence is not None and divergence.what == what and len(divergence.steps) == len(steps)
        return divergence if fits else None

    def _play(self, steps: Sequence[Request]) -> Divergence | None:
        """Play a sequence from the common start to its end, or to where the servers diverge."""
        self._begin()
        names, tokens = self.fleet.names, self._world.tokens
        readers = {name: Reader(self._world.since, self._mode.free) for name in names}
        own = self._mode.values(next(self._numbers), self.fleet.secret_key)
        memories = {name: Memory({**tokens, **own}) for name in names}
        for index, step in enumerate(steps):
            sent = {name: dict(memory.values) for name, memory in memories.items()}
            answers = self.fleet.ask(step, sent)
            self._dirty = self._dirty or step.method not in READING
            if what := differences(step, answers, readers):
                return Divergence(what, tuple(steps[: index + 1]), answers, sent)
            for name, memory in memories.items():
                memory.keep(step, answers[name][0])
            self._keep_token(step, index, answers, memories)
        return None

    def _begin(self) -> None:
        self.fleet.hang_up()
        if self._dirty:
            self.fleet.reset()
            self._dirty = False

    def _keep_token(
        self,
        step: Request,
        index: int,
        answers: Mapping[str, Sequence[Answer]],
        memories: Mapping[str, Memory],
    ) -> None:
        """Send the token that one server gave to all of them from now on: it must be good for all."""
        given = [token for name in self.fleet.names if (token := token_of(step, answers[name][0])) is not None]
        if given:
            for memory in memories.values():
                memory.values[NEWEST] = given[index % len(given)]
