"""How many rounds there were, and how the windows of one were taken, in words. Pure."""

from statistics import median

from benchmarks.report.cells import complete_rounds, good_windows
from benchmarks.report.numbers import listed
from benchmarks.results import Result, Sample
from benchmarks.statistics.drift import drift

# From then on the warm-up has a fixed length, windows are put together, and later rounds leave out what is precise.
SHORT_WINDOWS_METHOD = 3


def rounds_text(result: Result) -> str:
    """How many rounds there were."""
    rounds = complete_rounds(result)
    return f"{rounds} complete {'round' if rounds == 1 else 'rounds'}{more_rounds_text(result)}"


def more_rounds_text(result: Result) -> str:
    """What follows the number of complete rounds where only some cells had more; else nothing."""
    if result.method < SHORT_WINDOWS_METHOD:
        return ""
    later = {sample.round for sample in result.samples if sample.round > result.settings.rounds}
    wider = max(later, default=0) - max(complete_rounds(result), result.settings.rounds)
    if wider <= 0:
        return ""
    return f", and up to {wider} more of what was not known to {100 * result.settings.precision:.0f} % by then"


def users_text(result: Result) -> str:
    """How many users there were, and where there were others."""
    usual = result.settings.users
    others = {sample.scenario: sample.load.concurrency for sample in result.samples}
    told = [f"{title}: {others[name]}" for name, title in _titles(result) if others.get(name, usual) != usual]
    return f"{usual} users{_in_brackets(told)}"


def windows_text(result: Result) -> str:
    """How a scenario of a round was measured: the warm-up, and the windows after it."""
    settings = result.settings
    seconds = f"{settings.window_seconds:g} s"
    most = "at most " if result.method < SHORT_WINDOWS_METHOD else ""
    windows = f"{settings.turns} windows" if settings.turns > 1 else "a window"
    turns = " in turn with the others" if settings.turns > 1 else ""
    longer = _in_brackets(_longer_windows(result))
    return f"a warm-up of {most}{settings.warm_up_max_seconds:g} s and {windows} of {seconds}{longer}{turns}"


def warm_up_text(result: Result) -> str | None:
    """How warm the servers were: whether they had settled, or how much faster they still grew."""
    if result.method < SHORT_WINDOWS_METHOD:
        unsettled = sum(not sample.load.warm_up_settled for sample in result.samples)
        begun = f"{unsettled} of {len(result.samples)} windows began before three half-second windows of the warm-up"
        return f"{begun} agreed within 5 %." if unsettled else None
    grown = drift(sample.load.windows for sample in good_windows(result, result.samples))
    if grown is None:
        return None
    estimate, low, high = (100 * (ratio - 1) for ratio in (grown.estimate, grown.low, grown.high))
    return (
        f"The last windows of a round were {abs(estimate):.1f} % {'slower' if estimate < 0 else 'faster'} than the "
        f"first ({low:.1f} % to {high:.1f} %): what a longer warm-up could have changed."
    )


def _longer_windows(result: Result) -> list[str]:
    """Scenarios whose windows were a multiple as long as the settings have it."""
    usual = result.settings.window_seconds
    told = []
    for name, title in _titles(result):
        lengths = [_window_seconds(sample) for sample in result.samples if sample.scenario == name]
        factor = round(median(lengths) / usual) if lengths else 1
        told += [f"{title}: {factor * usual:g} s"] if factor > 1 else []
    return told


def _window_seconds(sample: Sample) -> float:
    return sample.load.window_seconds / max(1, len(sample.load.windows))


def _titles(result: Result) -> list[tuple[str, str]]:
    return [(scenario.name, scenario.title) for scenario in result.scenarios]


def _in_brackets(told: list[str]) -> str:
    return f" ({listed(told)})" if told else ""
