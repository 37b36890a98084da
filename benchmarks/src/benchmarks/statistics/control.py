"""A control variate: what the speed of the machine explains of a rate is taken out of it. Pure.

Beside each window a probe takes the same work's CPU time, whatever is measured. Where rates follow it as
`rate ~ probe ** exponent`, the rate at a common speed is `rate * (probe / common) ** -exponent`: it has the same mean,
as the probe is the same for all who are compared, and less spread (Lavenberg and Welch, A Perspective on the Use of
Control Variables to Increase the Efficiency of Monte Carlo Simulations, Management Science 27, 1981).

An exponent that was fitted to the very rounds that it corrects would make them look more alike than they are, so each
round's is that of all the others (Avramidis and Wilson, A Splitting Scheme for Control Variates, Operations Research
Letters 14, 1993).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

# At -1 rates go with the probe's speed. A server needs more of the caches and of the memory than a probe that finds all
# in the first of them, so what slows the probe can slow the server more, which was seen at up to -1.25.
LEAST_EXPONENT = -1.5
# (probe seconds, rate) of each window of one server in one round: nothing differs between them but the moment.
Windows = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class _Sums:
    """Of the squares of the probes' logarithms, and of their products with the rates', all about the server's means."""

    squares: float = 0.0
    products: float = 0.0

    def __add__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.squares + other.squares, self.products + other.products)

    @property
    def exponent(self) -> float:
        """By least squares, from 0, where rates owe the probe nothing, to `LEAST_EXPONENT`."""
        return min(0.0, max(LEAST_EXPONENT, self.products / self.squares)) if self.squares > 0 else 0.0


def exponents(windows: Mapping[int, Sequence[Windows]]) -> dict[int, float]:
    """How rates follow the probe, for each round by all other rounds.

    Parameters:
        windows: by round, those of each server; all of them positive.

    Returns:
        An exponent from `LEAST_EXPONENT` to 0 by round; 0 where there are no other rounds.
    """
    sums = {number: sum((_about_means(one) for one in servers), _Sums()) for number, servers in windows.items()}
    # Added up without the round, and not subtracted from the whole, which would leave crumbs where nothing is left.
    return {
        number: sum((one for other, one in sums.items() if other != number), _Sums()).exponent for number in windows
    }


def at_speed(rate: float, probe: float, exponent: float, common: float) -> float:
    """The rate, had the probe taken the common time."""
    return rate * math.pow(probe / common, -exponent)


def _about_means(windows: Windows) -> _Sums:
    probes = [math.log(probe) for probe, _ in windows]
    rates = [math.log(rate) for _, rate in windows]
    probe_mean, rate_mean = (fmean(values) if values else 0.0 for values in (probes, rates))
    deviations = [(probe - probe_mean, rate - rate_mean) for probe, rate in zip(probes, rates, strict=True)]
    return _Sums(sum(probe**2 for probe, _ in deviations), sum(probe * rate for probe, rate in deviations))
