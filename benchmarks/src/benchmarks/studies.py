"""What a result holds beside the capacity: latency under load, service levels, scale, exact cost, footprint. Data."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Load:
    """What the generator saw in one window; the members are those of `loadtests/traffic/closed_loop.py`.

    Several windows that were taken in turn with those of others make one load, in which `windows` has the good answers
    a second of each, and `probes` its `probe_seconds`: the CPU time of the piece of work of `run/probe.py` on the
    server's cores, None where they are not its own. `histogram` holds every response time in microseconds with
    three significant digits (HdrHistogram V2, compressed).
    """

    requests: int
    failures: dict[str, int]
    routes: dict[str, int]
    window_seconds: float
    mean_ms: float
    latency_ms: dict[str, float]
    histogram: str
    cpu_seconds: float
    concurrency: int
    warm_up_rates: tuple[float, ...]
    warm_up_settled: bool
    windows: tuple[float, ...] = ()
    probe_seconds: float | None = None
    probes: tuple[float, ...] = ()

    @property
    def capacity(self) -> float:
        """Good answers a second."""
        return (self.requests - sum(self.failures.values())) / self.window_seconds


@dataclass(frozen=True)
class OpenLoad:
    """What the generator saw in one window of an open loop; the members are those of `loadtests/traffic/open_loop.py`.

    Times count from the instant that a request was scheduled for, so they hold what it waited for its turn. Requests
    that were never answered are in the times with what they had waited for until they were given up.

    Attributes:
        rate: arrivals a second that were asked for.
        offered: arrivals that the schedule had in the window.
        requests: those of them that were answered, in the window or in the grace time after it.
        late_share: the share of them that the generator sent more than a millisecond after their instant.
        most_in_flight: the most requests that were under way at once.
        served: answers that came within the window, to whatever arrival: a server that keeps up gives as many as are
            offered, and one that does not leaves a growing queue.
    """

    rate: float
    offered: int
    requests: int
    failures: dict[str, int]
    routes: dict[str, int]
    window_seconds: float
    mean_ms: float
    latency_ms: dict[str, float]
    histogram: str
    cpu_seconds: float
    late_share: float
    most_in_flight: int
    served: int = 0

    @property
    def achieved(self) -> float:
        """Good answers a second, of the arrivals in the window."""
        return (self.requests - sum(self.failures.values())) / self.window_seconds

    @property
    def error_share(self) -> float:
        """The share of the arrivals that got a wrong answer, or none until the end of the grace time."""
        return (self.offered - self.requests + sum(self.failures.values())) / max(1, self.offered)


@dataclass(frozen=True)
class Usage:
    """What the operating system accounted for in the same window, and the server's memory right after it.

    The CPU of the database's server is in neither of the other two; None where there is none in sight.
    """

    seconds: float
    server_cpu_seconds: float
    others_cpu_seconds: float
    stolen_seconds: float
    pss_bytes: int
    rss_bytes: int
    database_cpu_seconds: float | None = None


@dataclass(frozen=True)
class LatencySample:
    """One window of an open loop.

    Attributes:
        point: `equal` for the rate that all variants got, or the share of the own capacity, such as `0.75`.
    """

    round: int
    variant: str
    scenario: str
    point: str
    attempt: int
    load: OpenLoad
    usage: Usage


@dataclass(frozen=True)
class Step:
    """One rate that a bisection tried. `why` says what was broken there, None when the level was kept."""

    rate: float
    p99_ms: float
    error_share: float
    why: str | None


@dataclass(frozen=True)
class ServiceLevel:
    """The highest rate that a bisection found to keep the level; 0 where not even the lowest did.

    `invalid` says why the search had to be given up, None when it came to its end; `rate` says nothing then.
    """

    round: int
    variant: str
    scenario: str
    rate: float
    steps: tuple[Step, ...]
    invalid: str | None = None


@dataclass(frozen=True)
class ScaleSample:
    """One window of a closed loop with one thing varied.

    Attributes:
        dimension: `concurrency` (users), `workers` (processes) or `rows` (articles).
        value: of what is varied.
    """

    round: int
    variant: str
    scenario: str
    dimension: str
    value: int
    load: Load
    usage: Usage
    attempt: int = 1


@dataclass(frozen=True)
class ExactCost:
    """Instructions that the server executed for one request, as callgrind counts them.

    Attributes:
        handler: `shipped` or `bare`.
        trial: counts from 1; each has a server of its own.
        requests: that were counted.
        layers: instructions by the layers of `plan/layers.py`, which add up; empty where they cannot be told.
        libraries: instructions by the library whose own code they are of, which add up as well.
        counter: what counted, with its version.
    """

    variant: str
    handler: str
    scenario: str
    trial: int
    requests: int
    instructions: float
    layers: dict[str, float]
    libraries: dict[str, float] = field(default_factory=dict)
    counter: str = ""


@dataclass(frozen=True)
class Footprint:
    """What a variant takes when nothing else is installed, and how much of it had to be written.

    Attributes:
        installed_bytes: of all packages in a fresh environment, without Python itself.
        packages: the names of all that was installed.
        lines: of code (no blank lines, comments or docstrings), by feature.
    """

    variant: str
    installed_bytes: int
    packages: tuple[str, ...]
    lines: dict[str, int]
