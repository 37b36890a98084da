"""Rates at a common speed of the machine: what the probe on the server's core saw is taken out of them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from benchmarks.gates import good_samples, round_rates
from benchmarks.results import Sample, Settings
from benchmarks.statistics.control import Windows, at_speed, exponents

Rates = dict[str, dict[int, float]]


def adjusted_rates(samples: Mapping[str, Sequence[Sample]], settings: Settings, common: float | None) -> Rates:
    """The capacities of those who are compared, in each round, as if the machine had always had the same speed.

    Parameters:
        samples: by name, those of one table.
        common: the probe's time at the speed that all are brought to; None leaves the rates as they were measured.

    Returns:
        Good answers a second by name and round, of what passes the gates; as measured where a probe is missing.
    """
    good = {name: good_samples(of, settings) for name, of in samples.items()}
    rates = {name: round_rates(of, settings) for name, of in samples.items()}
    if common is None or not has_probes(good):
        return rates
    powers = exponents(_windows(good))
    gains = {name: _gains(of, powers, common) for name, of in good.items()}
    return {name: {n: rate * gains[name].get(n, 1.0) for n, rate in of.items()} for name, of in rates.items()}


def has_probes(samples: Mapping[str, Sequence[Sample]]) -> bool:
    """Whether the probe ran beside every measurement."""
    return all(one.load.probe_seconds is not None for of in samples.values() for one in of)


def common_probe(samples: Iterable[Sample]) -> float | None:
    """The probe's median time over all measurements of a run; None without any."""
    probes = [one.load.probe_seconds for one in samples if one.load.probe_seconds is not None]
    return median(probes) if probes else None


def usual_exponent(samples: Mapping[str, Sequence[Sample]], settings: Settings) -> float | None:
    """The median of the rounds' exponents of a table; None where no probe ran."""
    found = exponents(_windows({name: good_samples(of, settings) for name, of in samples.items()}))
    return median(found.values()) if found else None


def _windows(samples: Mapping[str, Sequence[Sample]]) -> dict[int, list[Windows]]:
    """The windows of each server, by round; a server without a good answer in one of them tells nothing."""
    windows: dict[int, list[Windows]] = {}
    for one in (sample for of in samples.values() for sample in of):
        if one.load.probes and all(rate > 0 for rate in one.load.windows):
            pairs = list(zip(one.load.probes, one.load.windows, strict=True))
            windows.setdefault(one.round, []).append(pairs)
    return windows


def _gains(samples: Iterable[Sample], powers: Mapping[int, float], common: float) -> dict[int, float]:
    """What a round's rate becomes at the common speed, as a factor: each window is brought there by itself."""
    measured: dict[int, float] = defaultdict(float)
    brought: dict[int, float] = defaultdict(float)
    for sample in samples:
        power = powers.get(sample.round, 0.0)
        for probe, rate in zip(sample.load.probes, sample.load.windows, strict=True):
            measured[sample.round] += rate
            brought[sample.round] += at_speed(rate, probe, power, common)
    return {number: brought[number] / rate if rate else 1.0 for number, rate in measured.items()}
