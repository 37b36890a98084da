"""A generator whose servers are formulas: each has a capacity, and its times grow towards it as those of a queue do."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.run.generator import LoadFailedError
from benchmarks.studies import Load, OpenLoad

from .histograms import HISTOGRAM

FASTEST_MS = 5.0
Disturb = Callable[[int, OpenLoad], OpenLoad]


def p99_ms(rate: float, capacity: float) -> float:
    """The 99th percentile at a rate; a second where the server does not keep up."""
    return FASTEST_MS / (1 - rate / capacity) if rate < 0.995 * capacity else 1000.0


def open_load(rate: float, capacity: float, seconds: float) -> OpenLoad:
    """What a quiet generator sees of such a server."""
    offered = round(rate * seconds)
    p99 = p99_ms(rate, capacity)
    return OpenLoad(
        rate=rate,
        offered=offered,
        requests=offered,
        failures={},
        routes={"GET /": offered},
        window_seconds=seconds,
        mean_ms=p99 / 4,
        latency_ms={"p50": p99 / 4, "p90": p99 / 2, "p99": p99, "p99_9": 2 * p99, "max": 3 * p99},
        histogram=HISTOGRAM,
        cpu_seconds=0.1 * seconds,
        late_share=0.0,
        most_in_flight=5,
        served=min(offered, round(capacity * seconds)),
    )


@dataclass
class Simulated:
    """Plays the generator; `capacities` are by host, and `disturb` may spoil the open window of a number from 1."""

    capacities: Mapping[str, float]
    disturb: Disturb = lambda number, load: load
    unloadable: frozenset[str] = frozenset()
    opened: list[Mapping[str, Any]] = field(default_factory=list)
    closed: list[Mapping[str, Any]] = field(default_factory=list)

    def measure(self, request: Mapping[str, Any], on_event: Callable[[str], None]) -> dict[str, object]:
        """Answer as the real one does."""
        on_event("window_begins")
        on_event("window_ends")
        capacity = self.capacities[request["host"]]
        if request["mode"] == "closed":
            self.closed.append(request)
            return as_json(_closed_load(capacity, request["window"]))
        if request["host"] in self.unloadable:
            raise LoadFailedError("no token")
        self.opened.append(request)
        load = open_load(request["rate"], capacity, request["window"])
        return as_json(self.disturb(len(self.opened), load))


def as_json(load: Load | OpenLoad) -> dict[str, object]:
    """What is read from the generator's stdout."""
    members: dict[str, object] = json.loads(json.dumps(asdict(load)))
    return members


def _closed_load(capacity: float, seconds: float) -> Load:
    requests = round(capacity * seconds)
    return Load(
        requests=requests,
        failures={},
        routes={"GET /": requests},
        window_seconds=seconds,
        mean_ms=32_000 / capacity,
        latency_ms={"p50": 1.0, "p90": 1.0, "p99": 1.0, "p99_9": 1.0, "max": 1.0},
        histogram=HISTOGRAM,
        cpu_seconds=0.1,
        concurrency=32,
        warm_up_rates=(capacity,) * 3,
        warm_up_settled=True,
    )
