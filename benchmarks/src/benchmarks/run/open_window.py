"""Windows of an open loop on servers that run side by side, and the capacity that their rates are shares of."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.files import open_load_from
from benchmarks.gates import round_rates
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.latency import open_scenarios, sharing_servers
from benchmarks.plan.order import chance, shuffled
from benchmarks.plan.scenarios import Scenario
from benchmarks.results import Failure
from benchmarks.run.book import Step
from benchmarks.run.context import Context
from benchmarks.run.generator import LoadFailedError
from benchmarks.run.scenario_settings import settings_for
from benchmarks.run.servers import Servers, servers_of
from benchmarks.run.stage import in_brief
from benchmarks.run.turns import Loads, server_name
from benchmarks.run.window import WindowWatch
from benchmarks.studies import OpenLoad, Usage
from variants.catalog import Handler
from variants.launch import VariantFailedError
from variants.redis_server import RedisError

WARM_UP_SECONDS = 0.5
# How long a window's requests may be under way after its end.
GRACE_SECONDS = 2.0


def open_round(context: Context, step: Step, measure: "Callable[[OpenLoads], None]") -> None:
    """Run a server of each variant side by side, and measure every scenario on them; what fails is in the book."""
    order = shuffled(context.shipped, chance(context.settings.seed, step.study, step.round))
    for scenarios in sharing_servers(open_scenarios(context.scenarios)):
        try:
            settings = settings_for(scenarios[0], context.settings.server_environment)
        except (VariantFailedError, RedisError) as error:
            name, why = scenarios[0].name, in_brief(error)
            context.book.failures.extend(
                Failure(step.round, one.name, name, why, one.handler.value, step.study) for one in order
            )
            continue
        with servers_of(context, order, step, settings=settings) as servers:
            for scenario in scenarios:
                measure(OpenLoads(context, servers, scenario, step))


@dataclass(frozen=True)
class OpenLoads:
    """Open loops of one scenario on the servers of a round. `step` is what failures are noted under."""

    context: Context
    servers: Servers
    scenario: Scenario
    step: Step

    def window(
        self, contestant: Contestant, rate: float, *, seed: str, seconds: float, grace: float = GRACE_SECONDS
    ) -> tuple[OpenLoad, Usage] | None:
        """Offer so many arrivals a second for a window; None, and a failure in the book, when there is no load."""
        request = {
            "mode": "open",
            "host": self.servers[contestant].base_url,
            "user": self.scenario.user_class,
            "rate": rate,
            "seed": seed,
            "warm_up": WARM_UP_SECONDS,
            "window": seconds,
            "grace": grace,
            "server": server_name(self.servers[contestant]),
        }
        try:
            return self._measured(contestant, request)
        except LoadFailedError as error:
            handler, study = contestant.handler.value, self.step.study
            failure = Failure(self.step.round, contestant.name, self.scenario.name, str(error), handler, study)
            self.context.book.failures.append(failure)
            return None

    def _measured(self, contestant: Contestant, request: dict[str, object]) -> tuple[OpenLoad, Usage]:
        context = self.context
        others = tuple(server.pid for one, server in self.servers.items() if one != contestant)
        watch = WindowWatch(self.servers[contestant].pid, context.server_cores, context.database_pid, others)
        load = open_load_from(context.generator.measure(request, watch.on_event))
        return load, watch.usage()


def capacities(loads: OpenLoads) -> dict[Contestant, float]:
    """Warm every server up, and tell what it can serve: the median of this run's rounds, or of one window now."""
    closed = Loads(loads.context, loads.servers, loads.scenario, loads.step)
    found: dict[Contestant, float] = {}
    for contestant in loads.servers:
        if closed.warm_up(contestant) is not None:
            capacity = known_capacity(loads.context, contestant, loads.scenario) or _brief(closed, contestant)
            found |= {contestant: capacity} if capacity else {}
    return found


def known_capacity(context: Context, contestant: Contestant, scenario: Scenario) -> float | None:
    """The median of the rounds that this run has measured; None where none was valid."""
    shipped = Handler.SHIPPED.value
    of_it = [
        sample
        for sample in context.book.samples
        if (sample.variant, sample.scenario, sample.handler) == (contestant.name, scenario.name, shipped)
    ]
    rates = round_rates(of_it, context.settings)
    return median(rates.values()) if rates else None


def _brief(closed: Loads, contestant: Contestant) -> float | None:
    window = closed.window(contestant)
    return None if window is None else window[0].capacity
