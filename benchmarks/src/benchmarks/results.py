"""The result of a comparison as data. The JSON file is these classes, and all that is shown is a function of it."""

from dataclasses import dataclass, field

from benchmarks.studies import ExactCost, Footprint, LatencySample, Load, ScaleSample, ServiceLevel, Usage

SCHEMA_VERSION = 1
METHOD_VERSION = 5


@dataclass(frozen=True)
class Settings:
    """What the run was told. Seconds throughout.

    Attributes:
        precision: the half-width of the ratios that ends a standard run early.
        turns: how many windows a variant gets in a scenario of a round, in turn with the others.
        studies: which tables were measured.
        level_p99_ms: what the service level asks of the 99th percentile, in milliseconds.
        bare: whether the frameworks alone are measured beside the variants.
        rows: the numbers of articles that the scale study asks pages of.
    """

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
    turns: int = 1
    studies: tuple[str, ...] = ("capacity",)
    level_p99_ms: float = 50.0
    bare: bool = False
    rows: tuple[int, ...] = ()


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
    """A variant as it was measured, with the versions that ran, and the facts of its `variant.toml`.

    `features` has a text for each feature: how the variant has it, or `no`.
    """

    name: str
    title: str
    framework_version: str
    server: str
    server_version: str
    orm: str
    driver: str
    contract: Contract
    good_for: str = ""
    features: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ScenarioRecord:
    """A scenario as it was measured."""

    name: str
    title: str
    question: str


@dataclass(frozen=True)
class Start:
    """One start of a variant's server. Bytes are those of the process tree before the first request of a load.

    `handler` is `shipped` for the variant itself and `bare` for the framework alone, wherever it stands.
    """

    round: int
    variant: str
    startup_seconds: float
    pss_bytes: int
    rss_bytes: int
    handler: str = "shipped"


@dataclass(frozen=True)
class Sample:
    """What a round measured of one cell in a closed loop; `attempt` counts from 1, and the highest one counts.

    Before version 3 of the method each window of a round was a sample of its own, and `turn` counted them.
    """

    round: int
    variant: str
    scenario: str
    attempt: int
    load: Load
    usage: Usage
    turn: int = 1
    handler: str = "shipped"


@dataclass(frozen=True)
class Failure:
    """A server that did not start or a load that could not be brought up; `scenario` is None for the former.

    `study` says whose round it was.
    """

    round: int
    variant: str
    scenario: str | None
    why: str
    handler: str = "shipped"
    study: str = "capacity"


@dataclass(frozen=True)
class Checkpoint:
    """How far a run was when its last step had ended; one that goes on forgets what came after, and measures it again.

    Attributes:
        steps: those that have ended, such as `capacity/3`.
        lengths: by member of the result, how many there were of it then.
    """

    steps: tuple[str, ...] = ()
    lengths: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A whole comparison. `ended` is `complete`, `budget` (time was up first) or `interrupted`.

    Attributes:
        seconds: that it took, over all the times that it was gone on with, which `resumed` counts.
        study_seconds: the same by what they were spent on: `contract`, `ceiling`, and each study.
        notes: what a study could not measure here, and why.
    """

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
    latencies: tuple[LatencySample, ...] = ()
    levels: tuple[ServiceLevel, ...] = ()
    scales: tuple[ScaleSample, ...] = ()
    costs: tuple[ExactCost, ...] = ()
    footprints: tuple[Footprint, ...] = ()
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    resumed: int = 0
    study_seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
