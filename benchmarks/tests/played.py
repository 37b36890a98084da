"""Servers, databases and a generator that play a part, so that a study is carried out at once and without a load."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.run.stage import Stage
from variants.catalog import Data, Variant
from variants.catalog import Server as ServerPart
from variants.engines import Engine


@dataclass(frozen=True)
class Idle:
    """A server that is there and does nothing; its process is the test's own."""

    base_url: str
    pid: int = os.getpid()
    startup_seconds: float = 0.25


@dataclass(frozen=True)
class NoDatabase:
    """A database that nobody opens."""

    url: str = "sqlite://"


@dataclass
class Played:
    """A generator that answers from a script: a load, or an error to raise; the last one goes on for ever.

    `windows` are the requests that were no warm-up.
    """

    script: list[Any]
    asked: list[Mapping[str, object]] = field(default_factory=list)

    def measure(self, request: Mapping[str, object], on_event: Callable[[str], None]) -> dict[str, object]:
        self.asked.append(request)
        part = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(part, BaseException):
            raise part
        on_event("window_begins")
        on_event("window_ends")
        played: dict[str, object] = json.loads(json.dumps(asdict(part)))
        return played

    @property
    def windows(self) -> list[Mapping[str, object]]:
        return [request for request in self.asked if not request["warm_up_max"]]


def played_variant(name: str, *, bare: bool = False) -> Variant:
    """A variant that is never started."""
    server = ServerPart(title="a server", package="psutil", command=("c",))
    data = Data(orm="o", driver={"sqlite": "d"})
    return Variant(name, name.title(), "psutil", "", server, data, Path(), bare=server if bare else None)


def played_stage(**members: Any) -> Stage:
    """A stage with no database and no server; a server's address is the variant's name and handler."""
    usual: dict[str, Any] = {
        "root": Path(__file__).parents[2],
        "engine": Engine.SQLITE,
        "database_pid": lambda: None,
        "check": lambda variant: pytest.fail("the contract is not the study's"),
        "database": lambda rows=None: nullcontext(NoDatabase()),
        "server": lambda variant, *options: nullcontext(Idle(f"http://{variant.name}-{options[-1]}")),
        "nothing": lambda cpus: nullcontext(Idle("http://nothing")),
    }
    return Stage(**usual | members)
