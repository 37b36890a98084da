"""When the requests of an open loop are due. Pure: no clock, no network, no Locust."""

import random
from array import array


def poisson_arrivals(rate: float, seconds: float, seed: str) -> "array[float]":
    """Draw the instants at which independent visitors arrive: a Poisson process, the same again for a seed.

    Parameters:
        rate: arrivals a second, in the mean.
        seconds: how long they come.

    Returns:
        Seconds from the beginning, ascending.
    """
    draw = random.Random(seed)  # noqa: S311 - a schedule that can be repeated, no secret
    instants, instant = array("d"), draw.expovariate(rate)
    while instant < seconds:
        instants.append(instant)
        instant += draw.expovariate(rate)
    return instants
