"""What the tests share: small results made by hand, and a fake server in a process of its own."""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks import results, studies
from benchmarks.gates import Fault
from benchmarks.plan.contestants import contestants_of
from benchmarks.plan.scenarios import scenarios_named
from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import Sample
from benchmarks.run import accounting
from benchmarks.run.book import Book
from benchmarks.run.context import Context
from benchmarks.run.probes import running_probes
from variants.groups import process_group
from variants.ports import free_port, listens
from variants.watch import TreeUsage

from .histograms import HISTOGRAM
from .played import Played, played_stage, played_variant
from .traffic import traffic

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class FakeServer:
    """The server of `fake_server.py`; it has what a running variant has."""

    base_url: str
    pid: int
    startup_seconds: float = 0.1

    def seen(self) -> dict[str, int]:
        """How many answers of each kind it has given."""
        with urllib.request.urlopen(f"{self.base_url}/seen", timeout=10) as answer:  # noqa: S310 - our own http address
            counts: dict[str, int] = json.load(answer)
        return counts


@contextmanager
def running_fake(*options: str) -> Iterator[FakeServer]:
    """Run the fake server with these options for as long as the body runs."""
    port = free_port()
    command = [sys.executable, str(HERE / "fake_server.py"), str(port), *options]
    with process_group(command, cwd=HERE, environment=dict(os.environ)) as process:
        deadline = time.monotonic() + 20
        while not listens(process.pid, port):
            assert process.poll() is None, "the fake server ended"
            assert time.monotonic() < deadline, "the fake server does not listen"
            time.sleep(0.01)
        yield FakeServer(f"http://127.0.0.1:{port}", process.pid)


@pytest.fixture
def fake_server() -> Callable[..., AbstractContextManager[FakeServer]]:
    """Give the means to run fake servers."""
    return running_fake


@pytest.fixture
def root() -> Path:
    """The workspace."""
    return ROOT


@pytest.fixture
def checks() -> ModuleType:
    """The checks of the load, which have no package to be imported from."""
    return traffic("checks")


def make_sample(number: int = 1, variant: str = "flask", scenario: str = "ping", *, rate: float = 1000.0) -> Sample:
    """A good measurement of 2 s with 32 users at this rate."""
    load = studies.Load(
        requests=round(rate * 2),
        failures={},
        routes={"GET /api/v1/ping": round(rate * 2)},
        window_seconds=2.0,
        mean_ms=32 / rate * 1000,
        latency_ms={"p50": 30 / rate * 1000, "p90": 40.0, "p99": 60 / rate * 1000, "p99_9": 70.0, "max": 80.0},
        histogram=HISTOGRAM,
        cpu_seconds=1.0,
        concurrency=32,
        warm_up_rates=(rate, rate, rate),
        warm_up_settled=True,
    )
    usage = studies.Usage(
        seconds=2.0,
        server_cpu_seconds=1.99,
        others_cpu_seconds=0.01,
        stolen_seconds=0.0,
        pss_bytes=50_000_000,
        rss_bytes=60_000_000,
    )
    return Sample(number, variant, scenario, 1, load, usage)


def with_windows(sample: Sample, *shares: float) -> Sample:
    """The same, with windows that had these shares of its rate."""
    rates = tuple(sample.load.capacity * share for share in shares)
    return replace(sample, load=replace(sample.load, windows=rates))


@pytest.fixture
def sample() -> Callable[..., Sample]:
    """Give the means to make measurements."""
    return make_sample


@pytest.fixture
def settings() -> results.Settings:
    """Those of a quick run, whatever its lengths and numbers are by now."""
    quick = make_settings(quick=True, seed=1, studies=studies_named(None, quick=True))
    return replace(quick, window_seconds=0.5, warm_up_max_seconds=1.0, turns=4, rounds=3, max_rounds=3)


@pytest.fixture
def small_result(settings: results.Settings) -> results.Result:
    """Four variants and one scenario: two that are tied, one that failed a gate, one that breaks the contract."""
    rates = {"tornado": (4000.0, 4100.0, 3900.0), "flask": (4010.0, 4050.0, 3930.0), "django": (900.0, 910.0, 905.0)}
    samples = [
        with_windows(make_sample(number, variant, rate=rate), 1, 1, 1, 1 + 0.001 * number)
        for variant, of_variant in rates.items()
        for number, rate in enumerate(of_variant, start=1)
    ]
    busy = [replace(one, usage=replace(one.usage, others_cpu_seconds=0.5)) for one in samples[-2:]]
    return results.Result(
        schema=results.SCHEMA_VERSION,
        method=results.METHOD_VERSION,
        name="small",
        started_at="2026-11-20T21:00:00+00:00",
        seconds=100.0,
        ended="complete",
        settings=settings,
        environment=_environment(),
        database=results.Database("SQLite", "3.40.1", 10_000, 500, "abc"),
        ceiling=results.Ceiling(11_600.0, 1.0),
        variants=tuple(_variant(name) for name in ("django", "fastapi", "flask", "tornado")),
        scenarios=(results.ScenarioRecord("ping", "Ping", "no database: the framework's own cost"),),
        starts=tuple(results.Start(1, name, 0.5, 40_000_000, 50_000_000) for name in rates),
        samples=(*samples[:-2], *busy),
        failures=(),
    )


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Context, Played]]:
    """Give the means to carry a study out with a generator that plays a part: its context, and that generator."""
    # The system's accounts have tests of their own, and reading them takes longer than all that is played here.
    monkeypatch.setattr("benchmarks.run.window.take", lambda cores: accounting.Instant(time.monotonic(), {}, 0.0, 0.0))
    # As on a machine whose cores the server shares with everybody.
    monkeypatch.setattr("benchmarks.run.window.running_probes", lambda cores: running_probes(()))
    for module in ("window", "servers"):
        monkeypatch.setattr(f"benchmarks.run.{module}.tree_usage", lambda pid: TreeUsage(()))

    def make(
        settings: results.Settings, *script: Any, bare: bool = False, scenarios: tuple[str, ...] = (), **members: Any
    ) -> tuple[Context, Played]:
        played = Played(list(script))
        layout = results.Layout((), ())
        context = Context(
            stage=played_stage(**members),
            generator=played,  # type: ignore[arg-type] # a player
            contestants=contestants_of([played_variant(name, bare=bare) for name in "ab"], bare=bare),
            scenarios=scenarios_named(list(scenarios) or ["ping", "create_article"], quick=True),
            settings=settings,
            layout=layout,
            cores=(0, 1),
            progress=lambda share, what: None,
            book=Book(layout=layout),
            keep=lambda: None,
            database_pid=None,
            deadline=time.monotonic() + 1000,
        )
        return context, played

    return make


@pytest.fixture
def gates_say(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the means to play the gates' part: nothing is under load here, so no real gate could pass."""

    def say(module: str, *faults: list[str]) -> None:
        answers = [[Fault(gate, gate) for gate in gates] for gates in faults]
        monkeypatch.setattr(module, lambda *_: answers.pop(0) if answers else [])

    return say


def _environment() -> results.Environment:
    return results.Environment(
        cpu="A CPU",
        cores=2,
        memory_bytes=8_000_000_000,
        kernel="Linux 6",
        python="CPython 3.11.7",
        packages={"locust": "2.47.0"},
        revision="0123456789ab",
        layout=results.Layout(server=(1,), generator=(0,)),
    )


def _variant(name: str) -> results.VariantRecord:
    contract = results.Contract(passed=400, failed=3 if name == "fastapi" else 0, seconds=20.0, revision="def")
    return results.VariantRecord(name, name.title(), "1.0", "a server", "2.0", "an ORM", "sqlite3", contract)
