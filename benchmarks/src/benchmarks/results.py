"""The result of a comparison as data. The JSON file is these classes, and all that is shown is a function of it."""

from dataclasses import dataclass

SCHEMA_VERSION = 1
METHOD_VERSION = 1


@dataclass(frozen=True)
class Settings:
    """What the run was told. Seconds throughout; `precision` is the half-width that ends a standard run early."""

    quick: bool
    users: int
    window_seconds: float
    warm_up_max_seconds: float
    rounds: int
    max_rounds: int
    precision: float
    budget_seconds: float
    seed: int
    workers: int
    server_environment: dict[str, str]


@dataclass(frozen=True)
class Database:
    """The engine and the seeded state that every round starts from."""

    engine: str
    version: str
    articles: int
    users: int
    seed_revision: str


@dataclass(frozen=True)
class Layout:
    """The cores of the server, and of the generator; empty where the system cannot hold a process to some.

    Those of the database's server are None where it has none, as SQLite, or is on another machine or not ours to hold.
    """

    server: tuple[int, ...]
    generator: tuple[int, ...]
    database: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Ceiling:
    """What the generator reached against a server that does nothing, just before the run: its own limit."""

    requests_per_second: float
    cpu_share: float


@dataclass(frozen=True)
class Environment:
    """The machine and what is installed on it; it has no name here, and no path."""

    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    packages: dict[str, str]
    revision: str
    layout: Layout


@dataclass(frozen=True)
class Contract:
    """What the contract suite said of a variant before it was measured; `why` when it could not run to its end."""

    passed: int
    failed: int
    seconds: float
    revision: str
    why: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the variant may have a rank."""
        return self.why is None and self.passed > 0 and self.failed == 0


@dataclass(frozen=True)
class VariantRecord:
    """A variant as it was measured, with the versions that ran."""

    name: str
    title: str
    framework_version: str
    server: str
    server_version: str
    orm: str
    driver: str
    contract: Contract


@dataclass(frozen=True)
class ScenarioRecord:
    """A scenario as it was measured."""

    name: str
    title: str
    question: str


@dataclass(frozen=True)
class Start:
    """One start of a variant's server. Bytes are those of the process tree before the first request of a load."""

    round: int
    variant: str
    startup_seconds: float
    pss_bytes: int
    rss_bytes: int


@dataclass(frozen=True)
class Load:
    """What the generator saw in one window; the members are those of `loadtests/traffic/closed_loop.py`.

    `histogram` holds every response time in microseconds with three significant digits (HdrHistogram V2, compressed).
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

    @property
    def capacity(self) -> float:
        """Good answers a second."""
        return (self.requests - sum(self.failures.values())) / self.window_seconds


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
class Sample:
    """One measurement; `attempt` counts from 1, and a repeated one has the higher number."""

    round: int
    variant: str
    scenario: str
    attempt: int
    load: Load
    usage: Usage


@dataclass(frozen=True)
class Failure:
    """A server that did not start or a load that could not be brought up; `scenario` is None for the former."""

    round: int
    variant: str
    scenario: str | None
    why: str


@dataclass(frozen=True)
class Result:
    """A whole comparison. `ended` is `complete`, `budget` (time was up first) or `interrupted`."""

    schema: int
    method: int
    name: str
    started_at: str
    seconds: float
    ended: str
    settings: Settings
    environment: Environment
    database: Database
    ceiling: Ceiling | None
    variants: tuple[VariantRecord, ...]
    scenarios: tuple[ScenarioRecord, ...]
    starts: tuple[Start, ...]
    samples: tuple[Sample, ...]
    failures: tuple[Failure, ...]
