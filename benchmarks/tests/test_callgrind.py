"""Counting by callgrind: its files read, and a server of known work counted by the real thing."""

import os
import shutil
from pathlib import Path

import pytest

from benchmarks.run import callgrind, counted
from benchmarks.run.calibrate import weight
from benchmarks.run.callgrind import CallgrindError, Instructions, instructions_by_library, library_of, valgrind_version
from benchmarks.run.counted import Slice, counting, middle, per_request, prefixed
from variants.catalog import Handler, Variant, variant_named

COUNTS = """# callgrind format
version: 1
positions: line
events: Ir
summary: 1790

ob=(1) /usr/bin/python3.11
fl=(1) ceval.c
fn=(1) _PyEval_EvalFrameDefault
0 1000
cob=(2) /venv/lib/python3.11/site-packages/orjson/orjson.cpython-311-x86_64-linux-gnu.so
cfn=(2) dumps
calls=5 0
* 500
+1 40

ob=(2)
fn=(2)
0 450
cob=(3) /usr/lib/libc.so.6
cfn=(3) memcpy
calls=9 0
0 50

ob=(3)
fn=(3)
0 50
fi=(9) other.c
- 250

totals: 1790
"""
WORK = 50


def test_the_instructions_of_a_library_are_those_of_its_own_code() -> None:
    assert instructions_by_library(COUNTS) == {"interpreter": 1040, "orjson": 450, "libc": 300}


@pytest.mark.parametrize("changed", [COUNTS.replace("totals: 1790", "totals: 1791"), COUNTS.replace("totals", "sum")])
def test_counts_that_do_not_add_up_are_refused(changed: str) -> None:
    with pytest.raises(CallgrindError, match="add up to 1790"):
        instructions_by_library(changed)


@pytest.mark.parametrize(
    ("path", "library"),
    [
        ("/usr/bin/python3.11", "interpreter"),
        ("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "interpreter"),
        ("/usr/lib/python3.11/lib-dynload/_socket.cpython-311-x86_64-linux-gnu.so", "interpreter"),
        ("/venv/lib/python3.11/site-packages/uvloop/loop.cpython-311-x86_64-linux-gnu.so", "uvloop"),
        ("/venv/lib/python3.11/site-packages/psycopg_binary.libs/libpq-2cb0b0d0.so.5.17", "libpq"),
        ("/venv/lib/python3.11/site-packages/_cffi_backend.cpython-311-x86_64-linux-gnu.so", "_cffi_backend"),
        ("/usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6", "libsqlite3"),
        ("???", "unknown"),
    ],
)
def test_libraries_have_short_names(path: str, library: str) -> None:
    assert library_of(path) == library


def test_what_a_server_does_anyway_is_taken_off() -> None:
    cost = per_request(Slice(2.0, Instructions(a=1000, b=50)), {"a": 100.0, "c": 10.0}, 10)
    assert cost == {"a": 80.0, "b": 5.0, "c": -2.0}


def test_a_collection_of_garbage_in_one_slice_changes_nothing() -> None:
    slices = [Slice(1.0, Instructions(a=count)) for count in (101, 500, 100)]
    assert middle(slices) == slices[0]


@pytest.mark.parametrize("handler", Handler)
def test_only_the_command_of_the_handler_gets_a_prefix(handler: Handler) -> None:
    variant = variant_named("flask")
    changed = prefixed(variant, handler, ("valgrind",))
    other = Handler.BARE if handler is Handler.SHIPPED else Handler.SHIPPED
    assert changed.server_of(handler).command == ("valgrind", *variant.server_of(handler).command)
    assert changed.server_of(other) == variant.server_of(other)


def test_without_valgrind_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CallgrindError, match="there is no valgrind on the path"):
        valgrind_version()


@pytest.fixture
def valgrind() -> None:
    """Valgrind is there; only outside CI may it not be."""
    if shutil.which(callgrind.VALGRIND) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no valgrind on the path")


def count(variant: Variant, requests: int = 20) -> float:
    """The instructions of one ping."""
    with counting(
        variant,
        Handler.SHIPPED,
        scenarios=("ping",),
        requests=requests,
        database_url="sqlite://",
        environment={},
        cores=(),
    ) as server:
        return sum(server.count("ping", requests, lambda: None).values())


@pytest.mark.usefixtures("valgrind")
def test_k_times_the_work_costs_k_times_the_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "IDLE_SECONDS", 0.5)
    nothing, once, thrice = (count(weight("weight", work)) for work in (0, WORK, 3 * WORK))
    assert nothing > 0
    assert (thrice - nothing) / (once - nothing) == pytest.approx(3.0, rel=0.02)


@pytest.mark.usefixtures("valgrind")
def test_a_server_that_is_told_to_write_its_counts_twice_has_done_nothing_in_between(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(counted, "IDLE_SECONDS", 0.1)
    with counting(
        weight("weight", WORK),
        Handler.SHIPPED,
        scenarios=("ping",),
        requests=2,
        database_url="sqlite://",
        environment={},
        cores=(),
    ) as server:
        cost = sum(server.count("ping", 2, lambda: None).values())
        again = server.callgrind.take(server.pid)
    assert again.total() < cost
    with pytest.raises(CallgrindError, match="has ended"):
        server.callgrind.take(server.pid)
