"""The capacity: rounds of a closed loop, in which all contestants are asked in turn, window by window."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.gates import SATURATION, Fault, least_good_rounds, sample_faults
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.order import Round, ScenarioTurns, by_settings, rounds
from benchmarks.plan.scenarios import Scenario
from benchmarks.plan.studies import CAPACITY
from benchmarks.pooled import pooled_load, pooled_usage
from benchmarks.results import Failure, Sample
from benchmarks.run.book import BUDGET, COMPLETE, Step
from benchmarks.run.context import Context
from benchmarks.run.scenario_settings import settings_for
from benchmarks.run.servers import Servers, servers_of, start_of
from benchmarks.run.stage import in_brief
from benchmarks.run.turns import MAX_REPEATS, OVERHEAD_SECONDS, SETTLE_SECONDS, Loads
from benchmarks.speed import Rates, adjusted_rates, common_probe
from benchmarks.statistics.ranking import widest_half_width
from benchmarks.studies import Load, Usage
from variants.catalog import Handler
from variants.launch import VariantFailedError
from variants.redis_server import RedisError


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
        _measure_round(context, _still_wanted(context, plan), step)
        context.finish(step)


def half_width(context: Context) -> float:
    """The widest of all ratios' half-widths so far, among the variants and among the frameworks alone."""
    tables = [(scenario, handler) for scenario in context.scenarios for handler in Handler]
    return max(_half_width(context, *table) for table in tables)


def _still_wanted(context: Context, plan: Round) -> Round:
    """Leave out of a round what is precise enough already, once the rounds are there that a run takes at least."""
    if plan.number <= context.settings.rounds:
        return plan
    wanted = _imprecise(context)
    return replace(plan, scenarios=tuple(part for part in plan.scenarios if (part.scenario, part.handler) in wanted))


def _imprecise(context: Context) -> Sequence[tuple[Scenario, Handler]]:
    """The tables that need more rounds: the variants', and those of the frameworks alone when there are no others."""
    for handler in (Handler.SHIPPED, Handler.BARE):
        widths = {scenario: _half_width(context, scenario, handler) for scenario in context.scenarios}
        if wanted := [scenario for scenario, width in widths.items() if width > context.settings.precision]:
            return [(scenario, handler) for scenario in wanted]
    return []


def _half_width(context: Context, scenario: Scenario, handler: Handler) -> float:
    """Of the ratios of one table; 0 where there is nobody to compare.

    Who had no good round in the least number of rounds will have none in more: its cell stays invalid, and is no reason
    to go on.
    """
    rates = {name: rounds for name, rounds in _rates(context, scenario, handler).items() if rounds}
    if any(len(rounds) < least_good_rounds(context.settings) for rounds in rates.values()):
        return math.inf
    return widest_half_width(rates) if rates else 0.0


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
    """Warm everyone up, then take the turns; who cannot be loaded is out of this scenario for this round.

    Whose windows do not pass the gates takes all turns again, at most three times and only while there is time.
    """
    loads = Loads(context, servers, part.scenario, step)
    warm: dict[Contestant, Load] = {}
    for contestant in part.warm_up:
        if contestant in servers:
            _tell(loads, contestant, "warming up")
            load = loads.warm_up(contestant)
            warm |= {} if load is None else {contestant: load}
    for attempt in range(1, MAX_REPEATS + 2):
        faulty = _take_turns(loads, part, warm, attempt)
        warm = {one: load for one, load in warm.items() if one in faulty}
        if not warm or not _has_time_for_another(context, len(warm) * part.scenario.window_factor):
            return


def _take_turns(
    loads: Loads, part: ScenarioTurns, warm: Mapping[Contestant, Load], attempt: int
) -> frozenset[Contestant]:
    """Measure the windows of those who are warm, and put each one's together into the book; gives who is faulty."""
    windows: dict[Contestant, list[tuple[Load, Usage]]] = {one: [] for one in warm}
    again = f", again ({attempt - 1})" if attempt > 1 else ""
    for turn, order in enumerate(part.turns, start=1):
        for contestant in order:
            if contestant in windows:
                _tell(loads, contestant, f"turn {turn}{again}")
                window = loads.window(contestant)
                if window is None:
                    del windows[contestant]
                else:
                    windows[contestant].append(window)
    samples = {one: _sample(loads, one, warm[one], taken, attempt) for one, taken in windows.items()}
    loads.context.book.samples.extend(samples.values())
    settings = loads.context.settings
    return frozenset(one for one, sample in samples.items() if _is_to_repeat(sample_faults(sample, settings)))


def _is_to_repeat(faults: Sequence[Fault]) -> bool:
    """Whether another try may be better: a server that waits for its database alone will wait again."""
    return any(fault.gate != SATURATION for fault in faults)


def _sample(
    loads: Loads, contestant: Contestant, warm: Load, windows: Sequence[tuple[Load, Usage]], attempt: int
) -> Sample:
    """What is said of the warm-up is that of the server, not of the new connections."""
    pooled = pooled_load([load for load, _ in windows])
    return Sample(
        round=loads.step.round,
        variant=contestant.name,
        scenario=loads.scenario.name,
        attempt=attempt,
        load=replace(pooled, warm_up_rates=warm.warm_up_rates, warm_up_settled=warm.warm_up_settled),
        usage=pooled_usage([usage for _, usage in windows]),
        handler=contestant.handler.value,
    )


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
    return None if context.has_seconds(_seconds_of_next(context, number)) else BUDGET


def _rates(context: Context, scenario: Scenario, handler: Handler) -> Rates:
    """Capacity by contestant and round, as far as the gates let it pass."""
    samples = [one for one in context.book.samples if one.scenario == scenario.name and one.handler == handler.value]
    names = [one.name for one in context.contestants if one.handler is handler and one.takes(scenario)]
    by_name = {name: [one for one in samples if one.variant == name] for name in names}
    return adjusted_rates(by_name, context.settings, common_probe(samples))


def _seconds_of_next(context: Context, number: int) -> float:
    """What the next round will take, judged by those that were: by the share of the cells that it still measures."""
    a_round = context.book.study_seconds.get(CAPACITY, 0.0) / number
    cells = Counter((one.scenario, one.handler) for one in context.book.samples if one.round == 1)
    wanted = sum(cells[scenario.name, handler.value] for scenario, handler in _imprecise(context))
    return a_round * wanted / max(1, cells.total())


def _cells(context: Context) -> int:
    """What a whole round measures: contestants by the scenarios that they take."""
    return sum(one.takes(scenario) for one in context.contestants for scenario in context.scenarios)


def _share(context: Context) -> float:
    """How much is done of the rounds that there will be at least."""
    cells = {(one.round, one.variant, one.handler, one.scenario) for one in context.book.samples}
    return min(1.0, len(cells) / (_cells(context) * context.settings.rounds))


def _has_time_for_another(context: Context, contestants: int) -> bool:
    """Whether so many can take usual turns again, and all that are to come in any case fit into the time too."""
    settings = context.settings
    left = (1 - _share(context)) * _cells(context) * settings.rounds
    turns = settings.turns * (settings.window_seconds + SETTLE_SECONDS + OVERHEAD_SECONDS)
    return context.has_seconds((settings.warm_up_max_seconds + turns) * left + turns * contestants)
