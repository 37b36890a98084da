"""The capacity: rounds of a closed loop, in which all contestants are asked in turn, window by window."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.gates import Fault, round_rates, sample_faults
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.order import Round, ScenarioTurns, by_settings, rounds
from benchmarks.plan.scenarios import Scenario
from benchmarks.plan.studies import CAPACITY
from benchmarks.results import Failure, Sample
from benchmarks.run.book import BUDGET, COMPLETE, Step
from benchmarks.run.context import Context
from benchmarks.run.scenario_settings import settings_for
from benchmarks.run.servers import Servers, servers_of, start_of
from benchmarks.run.stage import in_brief
from benchmarks.run.turns import OVERHEAD_SECONDS, Loads, until_valid
from benchmarks.statistics.ranking import widest_half_width
from benchmarks.studies import Load
from variants.catalog import Handler
from variants.launch import VariantFailedError
from variants.redis_server import RedisError

# Three windows that agree at once take 1.5 s; most need little more.
USUAL_WARM_UP_SECONDS = 2.0


def measure_capacity(context: Context) -> None:
    """Measure round after round, until the settings say that it is enough; why it ended is in the book then."""
    settings, book = context.settings, context.book
    for plan in rounds(context.contestants, context.scenarios, turns=settings.turns, seed=settings.seed):
        step = Step(CAPACITY, plan.number)
        if book.is_done(step):
            continue
        if ended := _enough(context, plan.number - 1):
            book.ended = ended
            return
        _measure_round(context, plan, step)
        context.finish(step)


def half_width(context: Context) -> float:
    """The widest of all ratios' half-widths so far, among the variants and among the frameworks alone."""
    tables = [(scenario, handler) for scenario in context.scenarios for handler in Handler]
    return max(widest_half_width(rates) for rates in (_rates(context, *table) for table in tables) if rates)


def _measure_round(context: Context, plan: Round, step: Step) -> None:
    for parts in by_settings(plan.scenarios):
        scenario = parts[0].scenario
        try:
            settings = settings_for(scenario, context.settings.server_environment)
        except (VariantFailedError, RedisError) as error:
            context.book.failures.extend(
                Failure(plan.number, one.name, part.scenario.name, in_brief(error), one.handler.value)
                for part in parts
                for one in part.warm_up
            )
        else:
            _measure_group(context, plan, parts, settings, step)


def _measure_group(
    context: Context, plan: Round, parts: Sequence[ScenarioTurns], settings: Mapping[str, str], step: Step
) -> None:
    """Measure scenarios that share servers. A start is that with the run's own settings."""
    taking = [one for one in plan.starts if any(one in part.warm_up for part in parts)]
    workers, share = context.settings.workers, _share(context)
    with servers_of(context, taking, step, workers=workers, settings=settings, share=share) as servers:
        if not parts[0].scenario.server_environment:
            context.book.starts.extend(start_of(plan.number, one, server) for one, server in servers.items())
        for part in parts:
            _measure_scenario(context, part, servers, step)


def _measure_scenario(context: Context, part: ScenarioTurns, servers: Servers, step: Step) -> None:
    """Warm everyone up, then take the turns; who cannot be loaded is out of this scenario for this round."""
    loads = Loads(context, servers, part.scenario, step)
    warm: dict[Contestant, Load] = {}
    for contestant in part.warm_up:
        if contestant in servers:
            _tell(loads, contestant, "warming up")
            load = loads.warm_up(contestant)
            warm |= {} if load is None else {contestant: load}
    for turn, order in enumerate(part.turns, start=1):
        for contestant in order:
            if contestant in warm and not _take_turn(loads, turn, contestant, warm[contestant]):
                del warm[contestant]


def _take_turn(loads: Loads, turn: int, contestant: Contestant, warm: Load) -> bool:
    """Measure a window into the book, and again while a gate trips; whether there was a load at all."""
    context, number = loads.context, loads.step.round

    def take(attempt: int) -> Sequence[Fault] | None:
        again = f", again ({attempt - 1})" if attempt > 1 else ""
        _tell(loads, contestant, f"turn {turn}{again}")
        window = loads.window(contestant)
        if window is None:
            return None
        # What is said of the warm-up is that of the server, not of the new connections.
        load = replace(window[0], warm_up_rates=warm.warm_up_rates, warm_up_settled=warm.warm_up_settled)
        handler = contestant.handler.value
        sample = Sample(number, contestant.name, loads.scenario.name, attempt, load, window[1], turn, handler)
        context.book.samples.append(sample)
        return sample_faults(sample, context.settings)

    return until_valid(take, lambda: _has_time_for_another(context))


def _tell(loads: Loads, contestant: Contestant, what: str) -> None:
    doing = f"round {loads.step.round}: {contestant.label}, {loads.scenario.name}, {what}"
    loads.context.progress(_share(loads.context), doing)


def _enough(context: Context, number: int) -> str | None:
    """Why to stop after this round, or None to go on."""
    if number >= context.settings.max_rounds:
        return COMPLETE
    if number < context.settings.rounds:
        return None
    if half_width(context) <= context.settings.precision:
        return COMPLETE
    a_round = context.book.study_seconds.get(CAPACITY, 0.0) / number
    return None if context.has_seconds(a_round) else BUDGET


def _rates(context: Context, scenario: Scenario, handler: Handler) -> dict[str, dict[int, float]]:
    """Capacity by contestant and round, as far as the gates let it pass."""
    samples = [one for one in context.book.samples if one.scenario == scenario.name and one.handler == handler.value]
    names = [one.name for one in context.contestants if one.handler is handler and one.takes(scenario)]
    return {name: round_rates((one for one in samples if one.variant == name), context.settings) for name in names}


def _windows_of_a_round(context: Context) -> int:
    cells = sum(one.takes(scenario) for one in context.contestants for scenario in context.scenarios)
    return cells * context.settings.turns


def _share(context: Context) -> float:
    """How much is done of the rounds that there will be at least."""
    windows = {(one.round, one.variant, one.handler, one.scenario, one.turn) for one in context.book.samples}
    return min(1.0, len(windows) / (_windows_of_a_round(context) * context.settings.rounds))


def _has_time_for_another(context: Context) -> bool:
    """Whether a window can be repeated, and all that are to come in any case fit into the time too."""
    left = (1 - _share(context)) * _windows_of_a_round(context) * context.settings.rounds
    settings = context.settings
    warm_up = min(settings.warm_up_max_seconds, USUAL_WARM_UP_SECONDS) / settings.turns
    a_window = warm_up + settings.window_seconds + OVERHEAD_SECONDS
    return context.has_seconds(a_window * (left + 1))
